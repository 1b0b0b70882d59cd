//! What it takes to say of a database without a history at which version it is.

use db_backend::{History, Version};

use super::blocker::Blocker;
use super::claim::{Claim, Record};
use super::tenant::TenantPlan;
use crate::migration::{Goal, Migration, MigrationSet};

/// What a history alone decides.
pub(crate) enum BaselinePlan<'s> {
    /// These migrations count as applied if the database has what they make.
    IfEqual(Vec<&'s Migration>),
    Settled(TenantPlan<'s>),
}

/// Whether a database can be said to be at that version, as far as its history tells.
pub(crate) fn plan_baseline<'s>(
    set: &'s MigrationSet,
    version: &Version,
    claim: Claim,
    record: &Record,
    observed: &History,
) -> BaselinePlan<'s> {
    let settled = BaselinePlan::Settled;
    if let Some(blocker) = Blocker::not_ours(claim, record, observed) {
        return settled(TenantPlan::Blocked(blocker));
    }
    let goal = Goal::Version(version.clone());
    let migrations: Vec<&Migration> =
        set.iter().filter(|migration| goal.includes(&migration.version)).collect();
    let applied = observed.applied.as_deref().unwrap_or_default();
    if migrations.iter().all(|migration| applied.contains(&migration.version)) {
        return settled(TenantPlan::UpToDate);
    }
    if !observed.is_unapplied() || !observed.journal.is_empty() {
        let version = applied.last().cloned();
        return settled(TenantPlan::Blocked(Blocker::HasHistory { version }));
    }
    match observed.has_tables {
        true => BaselinePlan::IfEqual(migrations),
        false => settled(TenantPlan::Blocked(Blocker::Empty)),
    }
}

/// The same, if it is known how the database differs from one at that version.
pub(crate) fn decided<'s>(
    migrations: Vec<&'s Migration>,
    version: &Version,
    differences: Vec<String>,
) -> TenantPlan<'s> {
    match differences.is_empty() {
        true => TenantPlan::Pending(migrations),
        false => TenantPlan::Blocked(Blocker::Differs { version: version.clone(), differences }),
    }
}
