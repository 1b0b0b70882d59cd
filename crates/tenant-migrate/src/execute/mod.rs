//! From targets to outcomes: tenants in lanes, each under the lock of its own database.

mod baseline;
mod batch;
mod claim;
mod fleet;
mod journalled;
mod lane;
mod lanes;
mod locked;
mod observe;
mod repair;
mod run;
mod session;
mod tenant;
mod transactional;
mod turn;

pub use claim::ClaimError;
pub use repair::{Repair, RepairError, Unfinished};
pub use run::{Run, Withdrawn};
