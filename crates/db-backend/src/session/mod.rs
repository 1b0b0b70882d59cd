//! Tenant databases on real back ends: connecting, locking, transactions, whole databases.
//!
//! `tenant` is the one implementation of [`TenantConnection`]; what differs is behind the two traits
//! here, in one file for each back end, with the same headings in the same order.

#[cfg(feature = "mysql")]
mod mysql;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(any(feature = "postgres", feature = "mysql"))]
mod server;
#[cfg(feature = "sqlite")]
mod sqlite;
mod tables;
mod tenant;

use crate::connection::{Access, Connector, ExecutionMode, TenantConnection, Timeouts};
use crate::driver::AnyConnection;
use crate::error::DbError;
use crate::kind::BackendKind;
use crate::url::{DatabaseUrl, ServerUrl};

/// Opens tenant databases with Diesel.
#[derive(Debug, Clone, Copy, Default)]
pub struct DieselConnector;

impl Connector for DieselConnector {
    fn connect(
        &self,
        database: &DatabaseUrl,
        access: Access,
        timeouts: &Timeouts,
    ) -> Result<Box<dyn TenantConnection>, DbError> {
        Ok(Box::new(tenant::Session::open(database, access, timeouts)?))
    }
}

/// What one back end does in its own way without a session's state.
pub(crate) trait Backend {
    /// Opens an existing database, its limits set.
    fn connect(
        &self,
        database: &DatabaseUrl,
        access: Access,
        timeouts: &Timeouts,
    ) -> Result<AnyConnection, DbError>;

    /// The migration lock of that database, not yet taken.
    fn guard(&self, database: &DatabaseUrl, timeouts: &Timeouts) -> Box<dyn Guard>;

    /// How this back end's SQL of history and journal differs.
    fn table_sql(&self) -> &'static tables::TableSql;

    /// The definition of what that statement changes, where that is one table's and much cheaper to
    /// read than the catalogue; `None` otherwise.
    fn changed_definition(
        &self,
        connection: &mut AnyConnection,
        sql: &str,
    ) -> Result<Option<String>, DbError>;

    /// The query for the server's version, as text.
    fn version_query(&self) -> &'static str;

    /// Creates an empty database; `false` where one of that name existed. Uses the connection
    /// that was kept for this, or opens one, and leaves it to be kept.
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

    /// Whether there is a database of that name.
    fn database_exists(
        &self,
        server: &ServerUrl,
        name: &str,
        timeouts: &Timeouts,
    ) -> Result<bool, DbError>;

    /// Whether the server answers.
    fn ping(&self, server: &ServerUrl, timeouts: &Timeouts) -> Result<(), DbError>;
}

/// The migration lock and the transactions under it, with what they must remember.
pub(crate) trait Guard {
    /// Takes the lock, or fails as [`LockTimeout`](crate::DbErrorKind::LockTimeout).
    fn lock(&mut self, connection: &mut AnyConnection, mode: ExecutionMode) -> Result<(), DbError>;
    /// Releases it; where it is the transaction, commits that.
    fn unlock(&mut self, connection: &mut AnyConnection) -> Result<(), DbError>;
    /// Begins a transaction, unless the lock is one.
    fn begin(&mut self, connection: &mut AnyConnection) -> Result<(), DbError>;
    /// Commits it, unless the lock is one.
    fn commit(&mut self, connection: &mut AnyConnection) -> Result<(), DbError>;
    /// Rolls it back, and releases the lock where that is the transaction.
    fn rollback(&mut self, connection: &mut AnyConnection) -> Result<(), DbError>;
    /// Executes a migration's statement within the statement timeout.
    fn execute(&mut self, connection: &mut AnyConnection, sql: &str) -> Result<(), DbError>;
}

/// The back end of that kind.
///
/// # Errors
/// [`DbErrorKind::Address`](crate::DbErrorKind::Address) where this build does not have it.
pub(crate) fn backend(kind: BackendKind) -> Result<&'static dyn Backend, DbError> {
    match kind {
        #[cfg(feature = "sqlite")]
        BackendKind::Sqlite => Ok(&sqlite::Sqlite),
        #[cfg(feature = "postgres")]
        BackendKind::Postgres => Ok(&postgres::Postgres),
        #[cfg(feature = "mysql")]
        BackendKind::Mysql => Ok(&mysql::Mysql),
        #[cfg(not(all(feature = "sqlite", feature = "postgres", feature = "mysql")))]
        kind => Err(missing(kind)),
    }
}

#[cfg(not(all(feature = "sqlite", feature = "postgres", feature = "mysql")))]
fn missing(kind: BackendKind) -> DbError {
    DbError::new(
        crate::error::DbErrorKind::Address,
        format_args!("this build has no {kind}; build it with the feature `{kind}`"),
    )
}

/// An empty SQLite database in memory.
///
/// # Errors
/// As [`backend`].
pub(crate) fn in_memory() -> Result<AnyConnection, DbError> {
    #[cfg(feature = "sqlite")]
    let connection = sqlite::in_memory();
    #[cfg(not(feature = "sqlite"))]
    let connection = Err(missing(BackendKind::Sqlite));
    connection
}

/// What each back end says where the lock was not free in time.
fn lock_timeout(timeouts: &Timeouts) -> DbError {
    DbError::new(
        crate::error::DbErrorKind::LockTimeout,
        format_args!("another session held the migration lock for longer than {:?}", timeouts.lock),
    )
}
