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
        // A connection that a panic or an error left inside a transaction would pass its locks to
        // the next borrower.
        crate::dispatch!(connection, c => diesel::r2d2::R2D2Connection::is_broken(c))
    }
}

/// The error of [`r2d2::Pool::get`] if no connection became free or could be opened in time.
impl From<r2d2::Error> for DbError {
    fn from(error: r2d2::Error) -> Self {
        Self::new(DbErrorKind::ServerBusy, error)
    }
}

#[cfg(all(test, feature = "sqlite"))]
mod tests {
    use super::*;
    use crate::error::DbError;

    #[test]
    fn a_connection_left_in_a_transaction_is_not_given_out_again() {
        let folder = tempfile::tempdir().expect("the temporary folder is writable");
        let file = folder.path().join("system.db");
        std::fs::write(&file, "").expect("the folder is writable");
        let manager = ConnectionManager::new(DatabaseUrl::file(file), Timeouts::default());
        let pool = r2d2::Pool::builder().max_size(1).build(manager).expect("it can be opened");

        let mut connection = pool.get().expect("it is free");
        connection.execute("CREATE TABLE t (a INTEGER)").expect("the SQL is right");
        let abandoned = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            connection.write_transaction(|connection| -> Result<(), DbError> {
                connection.execute("INSERT INTO t VALUES (1)")?;
                panic!("the work fails half way");
            })
        }));
        assert!(abandoned.is_err());
        drop(connection);

        let mut connection = pool.get().expect("it is replaced");
        let rows = connection.text("SELECT CAST(count(*) AS TEXT) FROM t", &[]);
        assert_eq!(rows, Ok(Some("0".to_owned())));
    }

    #[test]
    fn a_pool_without_its_database_says_why() {
        let missing = DatabaseUrl::file("no such folder/system.db");
        let manager = ConnectionManager::new(missing, Timeouts::default());
        let pool = r2d2::Pool::builder()
            .max_size(1)
            .connection_timeout(std::time::Duration::from_millis(10))
            .error_handler(Box::new(r2d2::NopErrorHandler))
            .build_unchecked(manager);
        let error = pool.get().map_err(DbError::from).expect_err("there is no file");
        assert_eq!(error.kind, DbErrorKind::ServerBusy);
    }
}
