//! PostgreSQL: DDL is transactional, and the lock is an advisory one that the session holds.

mod broken;
mod cancelled;
mod catalog;
mod concurrently;
mod connect;
mod databases;
pub(crate) mod errors;
mod lock;
mod relations;
mod session;
mod tables;
mod views;

use sql_dialect::catalog::Catalog;
use sql_dialect::relations::Relations;
use sql_text::Statement;

use self::databases::SERVER_SQL;
use crate::backend::{Backend, Guard, ViewSql};
use crate::connection::{Access, ExecutionMode, Timeouts};
use crate::driver::AnyConnection;
use crate::error::DbError;
use crate::server::Databases;
use crate::tables::TableSql;
use crate::url::{DatabaseUrl, ServerUrl};

pub(crate) struct Postgres;

impl Backend for Postgres {
    fn connect(
        &self,
        database: &DatabaseUrl,
        access: Access,
        timeouts: &Timeouts,
    ) -> Result<AnyConnection, DbError> {
        connect::connect(database, access, timeouts)
    }

    fn guard(&self, database: &DatabaseUrl, timeouts: &Timeouts) -> Box<dyn Guard> {
        Box::new(lock::AdvisoryGuard { database: database.clone(), timeouts: *timeouts })
    }

    fn execution_mode(&self, _statements: &[Statement], run_in_transaction: bool) -> ExecutionMode {
        if run_in_transaction { ExecutionMode::Transactional } else { ExecutionMode::Journalled }
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

    fn is_broken(&self, connection: &mut AnyConnection, sql: &str) -> Result<bool, DbError> {
        broken::is_broken(connection, sql)
    }

    fn views_over(
        &self,
        connection: &mut AnyConnection,
        tables: &[&str],
    ) -> Result<ViewSql, DbError> {
        views::over(connection, tables)
    }

    fn views_query(&self) -> &'static str {
        views::VIEWS
    }

    fn keep_limits(&self, connection: &mut AnyConnection, _: &Timeouts) -> Result<(), DbError> {
        connection.execute(session::KEEP_LIMITS)
    }

    fn shield(&self, connection: &mut AnyConnection) -> Result<(), DbError> {
        connection.execute(session::SHIELD)
    }

    fn leftovers(
        &self,
        connection: &mut AnyConnection,
        statement: &Statement,
    ) -> Result<Vec<String>, DbError> {
        let found = concurrently::invalid_index(connection, statement)?;
        Ok(found.map(|index| format!("the invalid index {index}")).into_iter().collect())
    }

    fn remove_leftovers(
        &self,
        connection: &mut AnyConnection,
        statement: &Statement,
    ) -> Result<(), DbError> {
        match concurrently::invalid_index(connection, statement)? {
            Some(index) => connection.execute(&format!("DROP INDEX CONCURRENTLY {index}")),
            None => Ok(()),
        }
    }

    fn version_query(&self) -> &'static str {
        "SHOW server_version"
    }

    fn create_database(
        &self,
        kept: &mut Option<AnyConnection>,
        server: &ServerUrl,
        name: &str,
        timeouts: &Timeouts,
    ) -> Result<bool, DbError> {
        self.databases(server, timeouts).create(kept, name)
    }

    fn drop_database(
        &self,
        server: &ServerUrl,
        name: &str,
        timeouts: &Timeouts,
    ) -> Result<(), DbError> {
        self.databases(server, timeouts).drop(name)
    }

    fn drop_unused(
        &self,
        server: &ServerUrl,
        is_meant: &dyn Fn(&str) -> bool,
        timeouts: &Timeouts,
    ) -> Result<(), DbError> {
        self.databases(server, timeouts).drop_unused(is_meant)
    }

    fn database_exists(
        &self,
        server: &ServerUrl,
        name: &str,
        timeouts: &Timeouts,
    ) -> Result<bool, DbError> {
        self.databases(server, timeouts).exists(name)
    }

    fn list_databases(
        &self,
        server: &ServerUrl,
        timeouts: &Timeouts,
    ) -> Result<Vec<String>, DbError> {
        self.databases(server, timeouts).list()
    }

    fn ping(&self, server: &ServerUrl, timeouts: &Timeouts) -> Result<(), DbError> {
        self.databases(server, timeouts).ping()
    }
}

impl Postgres {
    fn databases<'a>(&'a self, server: &'a ServerUrl, timeouts: &'a Timeouts) -> Databases<'a> {
        Databases { backend: self, sql: &SERVER_SQL, server, timeouts }
    }
}
