//! SQLite: a tenant is a file, and the lock on it is the write transaction.

mod catalog;
mod connect;
mod databases;
mod definition;
pub(crate) mod errors;
mod files;
mod foreign_keys;
mod lock;
mod process;
mod relations;
mod sidecar;
mod tables;
#[cfg(test)]
mod tests;

use sql_dialect::catalog::Catalog;
use sql_dialect::relations::Relations;
use sql_text::Statement;

use crate::backend::{Backend, Guard};
use crate::connection::{Access, ExecutionMode, Timeouts};
use crate::driver::AnyConnection;
use crate::error::DbError;
use crate::tables::TableSql;
use crate::url::{DatabaseUrl, ServerUrl};

pub(crate) use connect::in_memory;
pub use process::tune_process;

pub(crate) struct Sqlite;

impl Backend for Sqlite {
    fn connect(
        &self,
        database: &DatabaseUrl,
        access: Access,
        timeouts: &Timeouts,
    ) -> Result<AnyConnection, DbError> {
        connect::connect(database, access, timeouts)
    }

    fn guard(&self, database: &DatabaseUrl, timeouts: &Timeouts) -> Box<dyn Guard> {
        Box::new(lock::FileGuard::new(files::path_of(database), timeouts))
    }

    fn execution_mode(&self, statements: &[Statement], run_in_transaction: bool) -> ExecutionMode {
        // Dropping a table first deletes its rows, which cascades to the rows that refer to them.
        // Foreign keys are therefore suspended, and checked before the commit; and also where the
        // author switches them off, which has no effect within a transaction.
        let suspends = |statement: &Statement| {
            statement.kind.drops_table()
                || statement.kind.pragma().is_some_and(|pragma| {
                    pragma.name == "foreign_keys" && pragma.switch() == Some(false)
                })
        };
        match (run_in_transaction, statements.iter().any(suspends)) {
            (false, _) => ExecutionMode::Journalled,
            (true, true) => ExecutionMode::TransactionalRebuild,
            (true, false) => ExecutionMode::Transactional,
        }
    }

    fn table_sql(&self) -> &'static TableSql {
        &tables::TABLE_SQL
    }

    fn read_catalog(&self, connection: &mut AnyConnection) -> Result<Catalog, DbError> {
        catalog::read(connection)
    }

    fn read_relations(
        &self,
        connection: &mut AnyConnection,
        schema: Option<&str>,
    ) -> Result<Relations, DbError> {
        relations::read(connection, schema)
    }

    fn triggers_of(
        &self,
        connection: &mut AnyConnection,
        table: &str,
    ) -> Result<Vec<String>, DbError> {
        catalog::triggers_of(connection, table)
    }

    fn is_broken(&self, connection: &mut AnyConnection, sql: &str) -> Result<bool, DbError> {
        // Explaining it compiles its triggers, and runs none of them.
        Ok(connection.execute(&format!("EXPLAIN {sql}")).is_err())
    }

    fn changed_definition(
        &self,
        connection: &mut AnyConnection,
        _statement: &Statement,
    ) -> Result<Option<String>, DbError> {
        // All that DDL can change is text here, in one table.
        let sql = "SELECT name || ' ' || coalesce(sql, '') FROM sqlite_schema ORDER BY type, name";
        let rows = connection.rows(sql, &[])?;
        Ok(Some(rows.into_iter().flatten().flatten().collect::<Vec<_>>().join("\n")))
    }

    fn views_query(&self) -> &'static str {
        catalog::VIEWS
    }

    fn keep_limits(
        &self,
        connection: &mut AnyConnection,
        timeouts: &Timeouts,
    ) -> Result<(), DbError> {
        // The limit of statements is not the session's: see `process::with_deadline`.
        let limit = timeouts.lock.as_millis();
        let own = connection.text("SELECT CAST(timeout AS TEXT) FROM pragma_busy_timeout", &[])?;
        match own.and_then(|own| own.parse::<u128>().ok()).is_some_and(|own| own > limit) {
            true => connection.execute(&format!("PRAGMA busy_timeout = {limit}")),
            false => Ok(()),
        }
    }

    fn version_query(&self) -> &'static str {
        "SELECT sqlite_version()"
    }

    fn create_database(
        &self,
        _kept: &mut Option<AnyConnection>,
        server: &ServerUrl,
        name: &str,
        _timeouts: &Timeouts,
    ) -> Result<bool, DbError> {
        databases::create(server, name)
    }

    fn drop_database(
        &self,
        server: &ServerUrl,
        name: &str,
        _timeouts: &Timeouts,
    ) -> Result<(), DbError> {
        databases::drop(server, name)
    }

    fn drop_unused(
        &self,
        _server: &ServerUrl,
        _is_meant: &dyn Fn(&str) -> bool,
        _timeouts: &Timeouts,
    ) -> Result<(), DbError> {
        Ok(())
    }

    fn database_exists(
        &self,
        server: &ServerUrl,
        name: &str,
        _timeouts: &Timeouts,
    ) -> Result<bool, DbError> {
        databases::exists(server, name)
    }

    fn list_databases(
        &self,
        server: &ServerUrl,
        _timeouts: &Timeouts,
    ) -> Result<Vec<String>, DbError> {
        databases::list(server)
    }

    fn ping(&self, server: &ServerUrl, _timeouts: &Timeouts) -> Result<(), DbError> {
        databases::ping(server)
    }
}
