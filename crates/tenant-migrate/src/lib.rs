//! From targets to outcomes: observe, plan, execute, report.
//!
//! ```text
//! targets → Run::observe → Run::plan → a dry run stops here
//! targets → Run::migrate → events → report
//! ```
//!
//! Migrations, targets and failures are plain data, at the bottom. `plan` decides what to do,
//! `execute` does it, and `report` says what happened.
//!
//! # Invariants
//!
//! - Planning is pure: no I/O, no clock, and equal inputs give equal plans.
//! - Observing writes nothing, not even the history table.
//! - Only the holder of a database's migration lock applies migrations to it, and only those that
//!   were planned from the history that it read under the lock.
//! - Every target of a run has exactly one outcome, and one tenant's failure never touches another.
//! - Every wait and every retry has a limit. Once cancelled, no further tenant is begun. A tenant
//!   that is withdrawn before its turn is not begun either.
//! - A [`MigrationSet`] is ascending by version and has no version twice.
//! - No event, no failure and no report holds a credential.
//!
//! # Never in here
//!
//! This crate must never contain:
//!
//! - Where targets come from: no registry, no ledger.
//! - Printing, the environment, the arguments of a program.
//! - A back end's SQL, or a match on the back end: databases are reached through
//!   [`db_backend::Connector`].
//! - In `plan`, an import of `execute` or `report`.

mod baseline;
mod checksum;
pub mod crash;
mod embedded;
mod excerpt;
mod execute;
mod failure;
mod fault;
mod fingerprint;
mod hooks;
mod load;
mod metadata;
mod migration;
mod plan;
mod refusal;
mod report;
mod script;
mod session_sql;
#[cfg(any(test, feature = "sim"))]
pub mod sim;
mod source;
mod squashed;
mod target;
#[cfg(test)]
mod tests;

pub use baseline::{Baseline, ExpectedCatalog};
pub use checksum::checksum;
pub use embedded::embedded_sets;
pub use execute::{ClaimError, Repair, RepairError, Run, Unfinished, Withdrawn};
pub use failure::{Effect, FailedMigration, FailedStatement, Failure, FailureKind};
pub use fault::{Fault, LoadError};
pub use hooks::TenantHooks;
pub use load::{own_folders, squashed_folder};
pub use metadata::{OwnLimits, parse_limit};
pub use migration::{
    DEFAULT_SCHEMA, EmbeddedFolder, EmbeddedMigration, Goal, Member, Migration, MigrationSet,
    MigrationSets, SetKey, UnknownGoal, version_of,
};
pub use plan::{
    Blocker, Claim, FleetPlan, Observation, Planned, PlannedTenant, Policy, ReadFailure, Record,
    RefusedMigration, TenantPlan, plan_fleet, plan_tenant,
};
pub use refusal::{Refusal, RefusalReason, WithoutEffect};
pub use report::{
    Counts, Ending, Event, FailureGroup, Obstacle, ObstacleGroup, Outcome, Report, Sink, Slow,
    TenantReport,
};
pub use script::SessionState;
pub use session_sql::SessionSql;
pub use target::{JOBS_DEFAULT, Limits, PER_SERVER_DEFAULT, RetryPolicy, RunOptions, Target};

pub use db_backend::{BackendKind, Cancel, Mark, Timeouts, Version};
