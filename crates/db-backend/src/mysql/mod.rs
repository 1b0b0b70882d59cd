//! MySQL and MariaDB: each DDL statement commits by itself, and the lock is a named one that the
//! session holds.

mod broken;
mod catalog;
mod connect;
mod databases;
mod definition;
mod engines;
pub(crate) mod errors;
mod lock;
mod relations;
mod table_locks;
mod tables;

use sql_dialect::catalog::Catalog;
use sql_dialect::relations::Relations;
use sql_text::Statement;

use self::databases::SERVER_SQL;
use crate::backend::{Backend, Guard};
use crate::connection::{Access, ExecutionMode, Timeouts};
use crate::driver::AnyConnection;
use crate::error::DbError;
use crate::server::Databases;
use crate::tables::TableSql;
use crate::url::{DatabaseUrl, ServerUrl};

pub(crate) struct Mysql;

impl Backend for Mysql {
    fn connect(
        &self,
        database: &DatabaseUrl,
        access: Access,
        timeouts: &Timeouts,
    ) -> Result<AnyConnection, DbError> {
        connect::connect(database, access, timeouts)
    }

    fn guard(&self, database: &DatabaseUrl, timeouts: &Timeouts) -> Box<dyn Guard> {
        Box::new(lock::NamedGuard::new(&database.name(), timeouts))
    }

    fn execution_mode(
        &self,
        _statements: &[Statement],
        _run_in_transaction: bool,
    ) -> ExecutionMode {
        // DDL commits by itself here, even inside a transaction.
        ExecutionMode::Journalled
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

    fn views_query(&self) -> &'static str {
        catalog::VIEWS
    }

    fn changed_definition(
        &self,
        connection: &mut AnyConnection,
        statement: &Statement,
    ) -> Result<Option<String>, DbError> {
        definition::of_target(connection, statement)
    }

    fn table_defaults(&self, connection: &mut AnyConnection) -> Result<Option<String>, DbError> {
        connection.text(catalog::TABLE_DEFAULTS, &[])
    }

    fn statement_length_max(&self, connection: &mut AnyConnection) -> Result<Option<u64>, DbError> {
        let packet = connection.text("SELECT CAST(@@max_allowed_packet AS CHAR)", &[])?;
        // A packet has one byte for the command.
        Ok(packet.and_then(|bytes| bytes.parse::<u64>().ok()).map(|bytes| bytes.saturating_sub(1)))
    }

    fn lock_tables(
        &self,
        connection: &mut AnyConnection,
        statement: &Statement,
    ) -> Result<(), DbError> {
        table_locks::lock(connection, statement)
    }

    fn unlock_tables(&self, connection: &mut AnyConnection) -> Result<(), DbError> {
        table_locks::unlock(connection)
    }

    fn can_roll_back(
        &self,
        connection: &mut AnyConnection,
        statements: &[Statement],
    ) -> Result<bool, DbError> {
        engines::can_roll_back(connection, statements)
    }

    fn keep_limits(
        &self,
        connection: &mut AnyConnection,
        timeouts: &Timeouts,
    ) -> Result<(), DbError> {
        connection.execute(&connect::keep_limits(timeouts))
    }

    fn version_query(&self) -> &'static str {
        "SELECT VERSION()"
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

impl Mysql {
    fn databases<'a>(&'a self, server: &'a ServerUrl, timeouts: &'a Timeouts) -> Databases<'a> {
        Databases { backend: self, sql: &SERVER_SQL, server, timeouts }
    }
}
