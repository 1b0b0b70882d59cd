//! What is to be done to one tenant.

use std::collections::BTreeSet;

use db_backend::{History, Version};
use serde::{Deserialize, Serialize};

use super::blocker::Blocker;
use crate::migration::{Goal, MigrationSet};

/// What the operator allows beyond the usual.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Policy {
    /// Apply migrations that are older than the newest one applied, as a late branch leaves them.
    pub allow_out_of_order: bool,
}

/// What is to be done to one tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "plan", content = "detail", rename_all = "snake_case")]
pub enum TenantPlan {
    /// Nothing: the goal is reached.
    UpToDate,
    /// Nothing: the tenant is beyond the goal, at that version, and nothing is migrated down.
    BeyondGoal(Version),
    /// These versions are to be applied, in this order; never empty.
    Pending(Vec<Version>),
    /// Nothing may be done before a person has looked.
    Blocked(Blocker),
}

/// Plans one tenant. `recorded` is the version that the registry has for it.
pub fn plan_tenant(
    set: &MigrationSet,
    goal: &Goal,
    policy: Policy,
    recorded: Option<&Version>,
    observed: &History,
) -> TenantPlan {
    if let Some(blocker) = Blocker::find(set, recorded, observed) {
        return TenantPlan::Blocked(blocker);
    }

    let known: BTreeSet<&Version> = observed.applied.iter().flatten().collect();
    let pending: Vec<Version> = set
        .iter()
        .map(|migration| &migration.version)
        .filter(|version| goal.includes(version) && !known.contains(version))
        .cloned()
        .collect();
    let newest = known.last().copied();
    match (pending.is_empty(), newest) {
        (true, Some(newest)) if !goal.includes(newest) => TenantPlan::BeyondGoal(newest.clone()),
        (true, _) => TenantPlan::UpToDate,
        (false, Some(newest)) if !policy.allow_out_of_order && pending[0] < *newest => {
            let missing = pending.into_iter().take_while(|version| version < newest).collect();
            TenantPlan::Blocked(Blocker::OutOfOrder { missing, newest: newest.clone() })
        }
        (false, _) => TenantPlan::Pending(pending),
    }
}
