//! Which servers and tenants exist, and the ledger of runs: the system database.
//!
//! It is an SQLite file by default, and a PostgreSQL or MySQL/MariaDB database by URL. Its own
//! schema is declared with the tenants' DSL and brought up by the tenants' engine.

mod error;
mod ledger;
mod model;
mod open;
mod registry;
pub mod schema;
mod slug;

use db_backend::{AnyConnection, ConnectionManager};

pub use error::RegistryError;
pub use model::{NewTenant, Run, RunOutcome, Server, Tenant, TenantState, UnknownState};
pub use open::POOL_SIZE;
pub use slug::{InvalidSlug, SLUG_MAX, Slug};

/// An open system database; cheap to clone, safe to share.
#[derive(Clone)]
pub struct Registry {
    pool: r2d2::Pool<ConnectionManager>,
}

impl Registry {
    fn connection(&self) -> Result<r2d2::PooledConnection<ConnectionManager>, RegistryError> {
        self.pool.get().map_err(RegistryError::Pool)
    }

    fn transaction<T>(
        &self,
        body: impl FnOnce(&mut AnyConnection) -> Result<T, RegistryError>,
    ) -> Result<T, RegistryError> {
        self.connection()?.write_transaction(body)
    }
}
