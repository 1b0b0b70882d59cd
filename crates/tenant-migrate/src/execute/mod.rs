//! From targets to outcomes: tenants in lanes, each under the lock of its own database.

mod batch;
mod claim;
mod fleet;
mod journalled;
mod lanes;
mod locked;
mod observe;
mod repair;
mod run;
mod tenant;
mod transactional;

pub use claim::ClaimError;
pub use repair::{Repair, RepairError, Unfinished};
pub use run::{Run, Withdrawn};
