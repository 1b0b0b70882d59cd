//! Connections in a pool, for the registry and for services; the engine migrates without one.

use crate::connection::{Access, Timeouts};
use crate::driver::AnyConnection;
use crate::error::{DbError, DbErrorKind};
use crate::url::DatabaseUrl;

/// Opens the connections of an [`r2d2::Pool`] to one database.
#[derive(Debug, Clone)]
pub struct ConnectionManager {
    database: DatabaseUrl,
    timeouts: Timeouts,
}

impl ConnectionManager {
    /// A manager of read-write connections to that database, which must exist.
    pub fn new(database: DatabaseUrl, timeouts: Timeouts) -> Self {
        Self { database, timeouts }
    }
}

impl r2d2::ManageConnection for ConnectionManager {
    type Connection = AnyConnection;
    type Error = DbError;

    fn connect(&self) -> Result<AnyConnection, DbError> {
        AnyConnection::establish(&self.database, Access::ReadWrite, &self.timeouts)
    }

    fn is_valid(&self, connection: &mut AnyConnection) -> Result<(), DbError> {
        connection.execute("SELECT 1")
    }

    fn has_broken(&self, connection: &mut AnyConnection) -> bool {
        // A connection that a panic or an error left inside a transaction would hand its locks to
        // the next borrower.
        crate::dispatch!(connection, c => diesel::r2d2::R2D2Connection::is_broken(c))
    }
}

/// What [`r2d2::Pool::get`] says when no connection came free, or none could be opened, in time.
impl From<r2d2::Error> for DbError {
    fn from(error: r2d2::Error) -> Self {
        Self::new(DbErrorKind::ServerBusy, error)
    }
}
