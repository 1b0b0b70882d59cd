//! From observations to plans. Pure: no I/O, no clock, equal inputs give equal plans. Nothing in
//! here imports `execute`, `report`, or what opens a file or a connection.

mod baseline;
mod blocker;
mod claim;
mod fleet;
mod observation;
mod tenant;

pub(crate) use baseline::{BaselinePlan, decided, plan_baseline};
pub(crate) use blocker::is_begun;
pub use blocker::{Blocker, RefusedMigration};
pub use claim::{Claim, Record};
pub use fleet::{FleetPlan, Planned, PlannedTenant, plan_fleet};
pub use observation::{Observation, ReadFailure};
pub use tenant::{Policy, TenantPlan, plan_tenant};
