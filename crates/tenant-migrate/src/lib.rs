//! From targets to outcomes: observe, plan, execute, report.
//!
//! ```text
//! targets → observe_fleet → plan_fleet → (dry run stops here)
//! targets → run_fleet → events → report
//! ```
//!
//! Planning is pure and decides everything; execution reads the tenant's own history again under
//! the lock of its database and plans again from that. This crate does not know where targets
//! come from, prints nothing, and reaches databases through [`db_backend::Connector`] alone.

pub mod crash;
mod event;
mod failure;
mod fleet;
mod hint;
mod journalled;
mod lanes;
mod load;
mod migration;
mod observe;
mod outcome;
mod plan;
mod render;
mod report;
mod revert;
mod session;
#[cfg(any(test, feature = "sim"))]
pub mod sim;
mod source;
mod target;
mod tenant;
#[cfg(test)]
mod tests;
mod transactional;

pub use event::{Event, Sink};
pub use fleet::run_fleet;
pub use hint::{database_hint, hint};
pub use load::{Finding, LoadError, embedded_sets};
pub use migration::{
    EmbeddedFolder, EmbeddedMigration, Goal, Migration, MigrationSet, MigrationSets, UnknownGoal,
    checksum,
};
pub use observe::{Observation, Unread, observe_fleet};
pub use outcome::{
    Counts, Effect, FailedMigration, FailedStatement, Failure, FailureKind, Outcome, TenantReport,
};
pub use plan::{
    Blocker, FleetPlan, Planned, PlannedTenant, Policy, TenantPlan, plan_fleet, plan_tenant,
};
pub use render::{render_plan, render_report};
pub use report::{Exit, FailureGroup, Report, Slow};
pub use revert::revert_tenant;
pub use target::{JOBS_DEFAULT, Limits, PER_SERVER_DEFAULT, RetryPolicy, RunOptions, Target};
pub use tenant::migrate_tenant;

pub use db_backend::{BackendKind, Cancel, Timeouts, Version};
