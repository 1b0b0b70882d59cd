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

mod checksum;
pub mod crash;
mod execute;
mod failure;
mod finding;
mod hint;
mod load;
mod migration;
mod plan;
mod render;
mod report;
#[cfg(any(test, feature = "sim"))]
pub mod sim;
mod source;
mod target;
#[cfg(test)]
mod tests;

pub use checksum::checksum;
pub use execute::Run;
pub use failure::{Effect, FailedMigration, FailedStatement, Failure, FailureKind};
pub use finding::{Finding, LoadError};
pub use hint::{database_hint, hint};
pub use load::embedded_sets;
pub use migration::{
    EmbeddedFolder, EmbeddedMigration, Goal, Migration, MigrationSet, MigrationSets, UnknownGoal,
};
pub use plan::{
    Blocker, FleetPlan, Observation, Planned, PlannedTenant, Policy, ReadFailure, TenantPlan,
    plan_fleet, plan_tenant,
};
pub use render::{render_plan, render_report};
pub use report::{Counts, Event, Exit, FailureGroup, Outcome, Report, Sink, Slow, TenantReport};
pub use target::{JOBS_DEFAULT, Limits, PER_SERVER_DEFAULT, RetryPolicy, RunOptions, Target};

pub use db_backend::{BackendKind, Cancel, Timeouts, Version};
