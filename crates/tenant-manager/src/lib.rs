//! What a service holds: provision a tenant, migrate one or all, ask where one stands.
//!
//! ```
//! use tenant_manager::{Config, TenantManager};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let data_dir = folder.path();
//! let manager = TenantManager::open(&Config::embedded(data_dir))?;
//! manager.provision("acme")?;
//!
//! let status = manager.migration_status("acme")?;
//! assert!(status.is_current());
//!
//! // Safe to call at every start of a service: it does nothing where nothing is pending.
//! manager.run_tenant_migrations("acme")?;
//! # Ok(())
//! # }
//! ```

mod create;
mod error;
mod ledger;
mod manager;
mod provision;
mod select;
mod status;

pub use error::ManagerError;
pub use manager::{Config, EMBEDDED_SERVER, Run, SYSTEM_FILE, TenantManager, new_run_id};
pub use provision::{Place, Provisioned};
pub use select::Selection;
pub use status::{FleetStatus, Laggard, MigrationStatus, VersionRow};

/// The tenants' migrations of this workspace, as they were at build time.
pub static MIGRATIONS: &[tenant_migrate::EmbeddedFolder] = manager::EMBEDDED;

/// The examples of the guide are compiled and run as tests of this crate.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/LIBRARY.md")]
struct Guide;
