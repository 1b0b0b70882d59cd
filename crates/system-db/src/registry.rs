//! The handle to an open system database.

use std::time::Duration;

use db_backend::{AnyConnection, ConnectionManager, Timeouts, watched};

use crate::error::RegistryError;

/// How many rows one statement takes at most: far below every back end's limit of bind parameters.
pub(crate) const ROWS_PER_STATEMENT: usize = 500;

/// How long a query on the system database may take: far longer than any of them needs.
pub const QUERY_TIMEOUT: Duration = Duration::from_secs(30);

/// How long the system database is waited for, if nobody says otherwise.
pub fn default_timeouts() -> Timeouts {
    Timeouts { statement: QUERY_TIMEOUT, ..Timeouts::default() }
}

/// An open system database; cheap to clone, safe to share.
#[derive(Clone)]
pub struct Registry {
    pub(crate) pool: r2d2::Pool<ConnectionManager>,
    pub(crate) id: String,
    /// How long an answer is waited for, in addition to the wait for a connection.
    pub(crate) answer_max: Duration,
}

impl Registry {
    /// Works on the system database, on a thread that is given up if
    /// there is no answer.
    pub(crate) fn work<T: Send + 'static>(
        &self,
        query: impl FnOnce(&mut AnyConnection) -> Result<T, RegistryError> + Send + 'static,
    ) -> Result<T, RegistryError> {
        let pool = self.pool.clone();
        let limit = pool.connection_timeout() + self.answer_max;
        watched(move |watch| {
            watch.call(Some(limit), || query(&mut *pool.get().map_err(RegistryError::Pool)?))
        })
    }

    /// Writes, in one transaction.
    pub(crate) fn transaction<T: Send + 'static>(
        &self,
        body: impl FnOnce(&mut AnyConnection) -> Result<T, RegistryError> + Send + 'static,
    ) -> Result<T, RegistryError> {
        self.work(|connection| connection.write_transaction(body))
    }
}
