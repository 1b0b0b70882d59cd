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
mod fleet_run;
mod ledger;
mod manager;
mod provision;
mod select;
mod status;
mod targets;

pub use error::ManagerError;
pub use fleet_run::{FinishedRun, FleetRun, new_run_id};
pub use manager::{Config, SYSTEM_FILE, TenantManager};
pub use provision::{Placement, Provisioned};
pub use select::Selection;
pub use status::{FleetStatus, Laggard, MigrationStatus, VersionRow};
pub use targets::EMBEDDED_SERVER;

/// The examples of the guide are compiled and run as tests of this crate.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/LIBRARY.md")]
struct Guide;
