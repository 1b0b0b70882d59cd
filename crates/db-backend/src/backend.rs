//! How access to databases differs between back ends: two traits, which each back end implements in
//! its own folder, in the same files with the same headings.

use sql_dialect::catalog::Catalog;
use sql_dialect::relations::Relations;
use sql_text::Statement;

use crate::connection::{Access, ExecutionMode, Timeouts};
use crate::driver::AnyConnection;
use crate::error::{DbError, DbErrorKind};
use crate::tables::TableSql;
use crate::url::{DatabaseUrl, ServerUrl};

/// Statements for the views over some tables.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ViewSql {
    /// Drops them, each before those that it reads.
    pub drop: Vec<String>,
    /// Creates them again as they are, with their indexes and triggers, but not their privileges
    /// and comments.
    pub create: Vec<String>,
}

/// The operations of one back end that need no session state.
pub(crate) trait Backend: Sync {
    /// Opens an existing database, and sets its limits.
    fn connect(
        &self,
        database: &DatabaseUrl,
        access: Access,
        timeouts: &Timeouts,
    ) -> Result<AnyConnection, DbError>;

    /// The migration lock of that database, not taken yet.
    fn guard(&self, database: &DatabaseUrl, timeouts: &Timeouts) -> Box<dyn Guard>;

    /// How a migration made of these statements must be executed.
    fn execution_mode(&self, statements: &[Statement], run_in_transaction: bool) -> ExecutionMode;

    /// This back end's SQL for tenantctl's own tables.
    fn table_sql(&self) -> &'static TableSql;

    /// Reads the catalogue, without tenantctl's own tables. Writes nothing.
    fn read_catalog(&self, connection: &mut AnyConnection) -> Result<Catalog, DbError>;

    /// Reads the tables and views of that schema, or of the default one. Writes nothing.
    fn read_relations(
        &self,
        connection: &mut AnyConnection,
        schema: Option<&str>,
    ) -> Result<Relations, DbError>;

    /// The statements that would create the triggers of that table again, ordered by name. Empty on
    /// back ends that never rebuild a table, since they have no triggers to carry over.
    fn triggers_of(
        &self,
        _connection: &mut AnyConnection,
        _table: &str,
    ) -> Result<Vec<String>, DbError> {
        Ok(Vec::new())
    }

    /// Executes a statement that fails, and says whether it can never succeed, since something that
    /// it uses does not exist. Otherwise something rejects it: a constraint, or a trigger.
    fn is_broken(&self, connection: &mut AnyConnection, sql: &str) -> Result<bool, DbError>;

    /// The views over these tables; none on back ends that change a table under its views.
    fn views_over(
        &self,
        _connection: &mut AnyConnection,
        _tables: &[&str],
    ) -> Result<ViewSql, DbError> {
        Ok(ViewSql::default())
    }

    /// The query for the views: the name of each, and a statement that evaluates it.
    fn views_query(&self) -> &'static str;

    /// The definition of what that statement changes (or of more), if that is much cheaper to read
    /// than the catalogue; otherwise `None`.
    fn changed_definition(
        &self,
        _connection: &mut AnyConnection,
        _statement: &Statement,
    ) -> Result<Option<String>, DbError> {
        Ok(None)
    }

    /// See [`TenantConnection::table_defaults`](crate::TenantConnection::table_defaults).
    fn table_defaults(&self, _: &mut AnyConnection) -> Result<Option<String>, DbError> {
        Ok(None)
    }

    /// How many bytes a statement may have; `None` if there is no limit that a file can reach.
    fn statement_length_max(&self, _: &mut AnyConnection) -> Result<Option<u64>, DbError> {
        Ok(None)
    }

    /// Sets the session's limits again to those that it was opened with, unless they are shorter.
    /// Called after a statement that may have changed them.
    fn keep_limits(
        &self,
        connection: &mut AnyConnection,
        timeouts: &Timeouts,
    ) -> Result<(), DbError>;

    /// See [`TenantConnection::shield`](crate::TenantConnection::shield).
    fn shield(&self, _connection: &mut AnyConnection) -> Result<(), DbError> {
        Ok(())
    }

    /// See [`TenantConnection::lock_tables`](crate::TenantConnection::lock_tables).
    fn lock_tables(
        &self,
        connection: &mut AnyConnection,
        statement: &Statement,
    ) -> Result<(), DbError> {
        connection.execute(&statement.sql)
    }

    /// See [`TenantConnection::unlock_tables`](crate::TenantConnection::unlock_tables).
    fn unlock_tables(&self, _connection: &mut AnyConnection) -> Result<(), DbError> {
        Ok(())
    }

    /// See [`TenantConnection::can_roll_back`](crate::TenantConnection::can_roll_back).
    fn can_roll_back(
        &self,
        _connection: &mut AnyConnection,
        _statements: &[Statement],
    ) -> Result<bool, DbError> {
        Ok(true)
    }

    /// See [`TenantConnection::leftovers`](crate::TenantConnection::leftovers).
    fn leftovers(
        &self,
        _connection: &mut AnyConnection,
        _statement: &Statement,
    ) -> Result<Vec<String>, DbError> {
        Ok(Vec::new())
    }

    /// See [`TenantConnection::remove_leftovers`](crate::TenantConnection::remove_leftovers).
    fn remove_leftovers(
        &self,
        _connection: &mut AnyConnection,
        _statement: &Statement,
    ) -> Result<(), DbError> {
        Ok(())
    }

    /// The query for the server's version, as text.
    fn version_query(&self) -> &'static str;

    /// Creates an empty database; `false` if one of that name existed. Uses the connection that was
    /// kept for this, or opens one, and leaves it to be kept.
    fn create_database(
        &self,
        kept: &mut Option<AnyConnection>,
        server: &ServerUrl,
        name: &str,
        timeouts: &Timeouts,
    ) -> Result<bool, DbError>;

    /// Drops a database with all its data, if it exists.
    fn drop_database(
        &self,
        server: &ServerUrl,
        name: &str,
        timeouts: &Timeouts,
    ) -> Result<(), DbError>;

    /// Drops all databases that have such a name and no session. Does nothing without a server.
    fn drop_unused(
        &self,
        server: &ServerUrl,
        is_meant: &dyn Fn(&str) -> bool,
        timeouts: &Timeouts,
    ) -> Result<(), DbError>;

    /// Whether a database of that name exists.
    fn database_exists(
        &self,
        server: &ServerUrl,
        name: &str,
        timeouts: &Timeouts,
    ) -> Result<bool, DbError>;

    /// The names of all databases that may be a tenant's.
    fn list_databases(
        &self,
        server: &ServerUrl,
        timeouts: &Timeouts,
    ) -> Result<Vec<String>, DbError>;

    /// Whether the server answers.
    fn ping(&self, server: &ServerUrl, timeouts: &Timeouts) -> Result<(), DbError>;
}

/// The migration lock and the transactions under it, with the state that they need.
pub(crate) trait Guard {
    /// Takes the lock, or fails as [`LockTimeout`](crate::DbErrorKind::LockTimeout).
    fn lock(&mut self, connection: &mut AnyConnection, mode: ExecutionMode) -> Result<(), DbError>;
    /// Whether this session still has it.
    fn is_held(&mut self, connection: &mut AnyConnection) -> Result<bool, DbError>;
    /// Releases it. If the lock is the transaction, commits that.
    fn unlock(&mut self, connection: &mut AnyConnection) -> Result<(), DbError>;
    /// Begins a transaction, unless the lock is one.
    fn begin(&mut self, connection: &mut AnyConnection) -> Result<(), DbError>;
    /// Commits it, unless the lock is one.
    fn commit(&mut self, connection: &mut AnyConnection) -> Result<(), DbError>;
    /// Rolls it back, and releases the lock if that is the transaction.
    fn rollback(&mut self, connection: &mut AnyConnection) -> Result<(), DbError>;
    /// What a person should know of the last batch, once.
    fn note(&mut self) -> Option<String> {
        None
    }
    /// Executes a migration's statement within the statement timeout.
    fn execute(&mut self, connection: &mut AnyConnection, sql: &str) -> Result<(), DbError>;
}

/// The failure of every back end if the lock was not free in time.
pub(crate) fn lock_timeout(timeouts: &Timeouts) -> DbError {
    DbError::new(
        DbErrorKind::LockTimeout,
        format_args!("another session held the migration lock for longer than {:?}", timeouts.lock),
    )
}
