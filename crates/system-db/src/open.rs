//! Opening the system database and bringing up its schema.

use std::fs::OpenOptions;
use std::io;
use std::path::Path;
use std::time::Duration;

use db_backend::{
    Access, AnyConnection, ConnectionManager, DatabaseUrl, DbError, DbErrorKind, DieselConnector,
    Timeouts,
};
use tenant_migrate::{
    Cancel, FailureKind, Outcome, RunOptions, Target, TenantReport, embedded_sets, migrate_tenant,
};

use crate::Registry;
use crate::error::RegistryError;

/// Enough for a service's threads to look up tenants, and a small share of a server's connections.
pub const POOL_SIZE: u32 = 4;

/// Longer than another process takes to bring up the schema of a system database.
const POOL_TIMEOUT: Duration = Duration::from_secs(30);

include!(concat!(env!("OUT_DIR"), "/migrations.rs"));

impl Registry {
    /// Opens the system database and brings its schema up. An SQLite file is created where it is
    /// missing; a database on a server must be there.
    ///
    /// Two processes may open a new one at once: each waits for the other's lock, and finds the
    /// work done.
    ///
    /// # Errors
    /// [`RegistryError::Open`] or [`RegistryError::Schema`].
    pub fn open(url: &DatabaseUrl) -> Result<Self, RegistryError> {
        if let Some(path) = url.path() {
            create_file(path).map_err(RegistryError::Open)?;
        }
        bring_up(url)?;
        let manager = ConnectionManager::new(url.clone(), Timeouts::default());
        let pool = r2d2::Pool::builder()
            .max_size(POOL_SIZE)
            .min_idle(Some(0))
            .connection_timeout(POOL_TIMEOUT)
            .build(manager)
            .map_err(RegistryError::Pool)?;
        Ok(Self { pool })
    }
}

fn create_file(path: &Path) -> Result<(), DbError> {
    match OpenOptions::new().write(true).create_new(true).open(path) {
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(()),
        Err(error) => {
            return Err(DbError::new(
                DbErrorKind::Missing,
                format_args!("{} can't be created: {error}", path.display()),
            ));
        }
    }
    // Lookups of a service go on while a run writes its ledger. The mode stays with the file.
    let mut connection = AnyConnection::establish(
        &DatabaseUrl::file(path),
        Access::ReadWrite,
        &Timeouts::default(),
    )?;
    connection.execute("PRAGMA journal_mode = WAL")
}

fn bring_up(url: &DatabaseUrl) -> Result<(), RegistryError> {
    let target = Target {
        slug: "system database".to_owned(),
        server: "system database".to_owned(),
        kind: url.kind(),
        database: url.clone(),
        recorded: None,
    };
    let sets = embedded_sets(EMBEDDED).map_err(|error| RegistryError::Schema(error.to_string()))?;
    let set = sets
        .get(&url.kind())
        .ok_or_else(|| RegistryError::Schema(format!("no migrations for {}", url.kind())))?;
    let TenantReport { outcome, .. } = migrate_tenant(
        &DieselConnector,
        set,
        &target,
        &RunOptions::new("system-database"),
        &Cancel::new(),
        &|_event| {},
    );
    match outcome {
        Outcome::UpToDate | Outcome::Migrated { .. } => Ok(()),
        Outcome::Failed(failure) => match (failure.kind, &failure.migration) {
            (FailureKind::Database(kind), None) => {
                Err(RegistryError::Open(DbError::new(kind, &failure.message)))
            }
            _ => Err(RegistryError::Schema(failure.to_string())),
        },
        Outcome::Blocked { blocker, .. } => Err(RegistryError::Schema(blocker.to_string())),
        Outcome::NotStarted => Err(RegistryError::Schema("it was not started".to_owned())),
    }
}
