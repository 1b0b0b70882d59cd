//! From targets to outcomes: tenants in lanes, each under the lock of its own database.

mod batch;
mod fleet;
mod journalled;
mod lanes;
mod locked;
mod observe;
mod tenant;
mod transactional;

pub use fleet::run_fleet;
pub use observe::observe_fleet;
pub use tenant::migrate_tenant;
