//! What a service holds: provision a tenant, migrate one or all, ask for a status.
//!
//! ```
//! use tenant_manager::{Config, TenantManager};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let data_dir = folder.path();
//! let manager = TenantManager::open_or_create(&Config::embedded(data_dir))?;
//! manager.provision("acme")?;
//!
//! let status = manager.migration_status("acme")?;
//! assert!(status.is_current());
//!
//! // Safe to call at every start of a service: it does nothing if nothing is pending.
//! manager.run_tenant_migrations("acme")?;
//! # Ok(())
//! # }
//! ```
//!
//! # Invariants
//!
//! - A tenant is registered before its database is created, and becomes active when its migrations
//!   are done, so that calling again finishes what a crash interrupted at any point.
//! - A database becomes a tenant's by its mark: one that exists already is taken only if it is
//!   empty, or if the caller says so.
//! - The version in the registry is a hint. Before anything is done to a tenant, its own history is
//!   read.
//! - The ledger never changes what happens to tenants: if it fails, the run goes on, and says so
//!   in the end.
//! - A pattern that selects no tenant is an error, so that a misspelt slug never passes for a fleet
//!   with nothing to do.
//!
//! # Never in here
//!
//! This crate must never contain:
//!
//! - Printing, the environment, flags and subcommands.
//! - How a tenant is migrated (`tenant-migrate`), and what the registry's tables look like
//!   (`system-db`).
//! - A back end's SQL.

mod baseline;
mod census;
mod create;
mod error;
mod fleet_run;
mod import;
mod ledger;
mod manager;
mod provision;
mod repair;
mod select;
mod servers;
mod status;
mod targets;
mod withdrawn;

pub use census::{CensusRow, Standing};
pub use error::{ImportFault, ManagerError};
pub use fleet_run::{FinishedRun, FleetRun, new_run_id};
pub use import::{ImportPlan, ImportRow};
pub use manager::{Config, ProgramSchema, SYSTEM_FILE, TenantManager};
pub use provision::{Placement, Provisioned};
pub use select::Selection;
pub use status::{FleetStatus, Laggard, MigrationStatus, VersionRow};
pub use targets::EMBEDDED_SERVER;

/// The tenants' migrations of this workspace, as they were at build time.
pub static MIGRATIONS: &[tenant_migrate::EmbeddedFolder] =
    migration_embed::folders!(::tenant_migrate, "migrations_tenant");

/// The examples of the guide are compiled and run as tests of this crate.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/LIBRARY.md")]
struct Guide;
