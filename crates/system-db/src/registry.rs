//! The handle to an open system database.

use db_backend::{AnyConnection, ConnectionManager};

use crate::error::RegistryError;

/// How many rows one statement takes at most: far below every back end's limit of bind parameters.
pub(crate) const ROWS_PER_STATEMENT: usize = 500;

/// An open system database; cheap to clone, safe to share.
#[derive(Clone)]
pub struct Registry {
    pub(crate) pool: r2d2::Pool<ConnectionManager>,
    pub(crate) id: String,
}

impl Registry {
    pub(crate) fn connection(
        &self,
    ) -> Result<r2d2::PooledConnection<ConnectionManager>, RegistryError> {
        self.pool.get().map_err(RegistryError::Pool)
    }

    pub(crate) fn transaction<T>(
        &self,
        body: impl FnOnce(&mut AnyConnection) -> Result<T, RegistryError>,
    ) -> Result<T, RegistryError> {
        self.connection()?.write_transaction(body)
    }
}
