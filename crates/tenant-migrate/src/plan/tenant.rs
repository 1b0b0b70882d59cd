//! The plan for one tenant.

use std::collections::BTreeSet;

use db_backend::{History, Version};
use serde::{Serialize, Serializer};

use super::blocker::Blocker;
use super::claim::{Claim, Record};
use crate::migration::{Goal, Migration, MigrationSet};

/// What the operator allows beyond the usual.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Policy {
    /// Apply migrations that are older than the newest one applied, as a late branch leaves them.
    pub allow_out_of_order: bool,
    /// Which databases become a tenant's.
    pub claim: Claim,
}

/// The plan for one tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "plan", content = "detail", rename_all = "snake_case")]
pub enum TenantPlan<'s> {
    /// Nothing: the goal is reached.
    UpToDate,
    /// Nothing: the tenant is beyond the goal, at that version, and nothing is migrated down.
    BeyondGoal(Version),
    /// These migrations are to be applied, in this order; never empty. The first one may be the
    /// squashed one. As JSON, their versions.
    Pending(#[serde(serialize_with = "as_versions")] Vec<&'s Migration>),
    /// Nothing may be done before a person has looked.
    Blocked(Blocker),
}

fn as_versions<S: Serializer>(migrations: &[&Migration], to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(migrations.iter().flat_map(|migration| migration.versions()))
}

/// Plans one tenant.
pub fn plan_tenant<'s>(
    set: &'s MigrationSet,
    goal: &Goal,
    policy: Policy,
    record: &Record,
    observed: &History,
) -> TenantPlan<'s> {
    if let Some(blocker) = Blocker::find(set, policy.claim, record, observed) {
        return TenantPlan::Blocked(blocker);
    }

    let known: BTreeSet<&Version> = observed.applied.iter().flatten().collect();
    let is_pending = |version: &Version| goal.includes(version) && !known.contains(version);
    let squashed = set.squashed_for(observed).filter(|squashed| goal.includes(&squashed.version));
    let is_left = |migration: &&Migration| {
        is_pending(&migration.version)
            && squashed.is_none_or(|squashed| migration.version > squashed.version)
    };
    let pending: Vec<&Migration> = squashed.into_iter().chain(set.iter().filter(is_left)).collect();
    let newest = known.last().copied();
    match (pending.is_empty(), newest) {
        (true, Some(newest)) if !goal.includes(newest) => TenantPlan::BeyondGoal(newest.clone()),
        (true, _) => TenantPlan::UpToDate,
        (false, Some(newest)) if !policy.allow_out_of_order && pending[0].version < *newest => {
            let versions = pending.iter().map(|migration| migration.version.clone());
            let missing = versions.take_while(|version| version < newest).collect();
            TenantPlan::Blocked(Blocker::OutOfOrder { missing, newest: newest.clone() })
        }
        (false, _) => match Blocker::refused(&pending) {
            Some(blocker) => TenantPlan::Blocked(blocker),
            None => TenantPlan::Pending(pending),
        },
    }
}
