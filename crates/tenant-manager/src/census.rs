//! Where the tenants of a fleet stand before anything is done to them.

use std::collections::BTreeMap;

use serde::Serialize;
use tenant_migrate::{Blocker, Goal, MigrationSets, Observation, Policy, TenantPlan, plan_tenant};

/// Where a tenant stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It has every migration.
    AtHead,
    /// It has a part of them.
    Behind,
    /// It has versions that these migrations do not have, all of them newer.
    Ahead,
    /// It has versions that these migrations do not have.
    Unknown,
    /// It is empty.
    Empty,
    /// It has tables, and no history.
    NoHistory,
    /// Something else is in the way; a dry run says what.
    Blocked,
    /// It could not be read.
    Unreadable,
}

/// The tenants that stand alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CensusRow {
    /// Where they stand.
    pub standing: Standing,
    /// Their slugs.
    pub tenants: Vec<String>,
}

/// Groups what was observed. Pure.
pub(crate) fn census(sets: &MigrationSets, observed: &[Observation]) -> Vec<CensusRow> {
    let mut rows: BTreeMap<Standing, Vec<String>> = BTreeMap::new();
    for observation in observed {
        rows.entry(standing(sets, observation)).or_default().push(observation.slug.clone());
    }
    rows.into_iter().map(|(standing, tenants)| CensusRow { standing, tenants }).collect()
}

fn standing(sets: &MigrationSets, observation: &Observation) -> Standing {
    let Ok(history) = &observation.history else { return Standing::Unreadable };
    let is_readable = history.stray.is_none() && history.newer.is_none();
    if history.is_unapplied() && history.journal.is_empty() && is_readable {
        return if history.has_tables { Standing::NoHistory } else { Standing::Empty };
    }
    let Some(set) = sets.get(&observation.set) else { return Standing::Blocked };
    // Whose it is does not matter here: a fleet that is being adopted has no marks.
    let record = tenant_migrate::Record { version: None, mark: None };
    match plan_tenant(set, &Goal::Head, Policy::default(), &record, history) {
        TenantPlan::UpToDate => Standing::AtHead,
        TenantPlan::Pending(_) => Standing::Behind,
        TenantPlan::BeyondGoal(_) => Standing::Ahead,
        TenantPlan::Blocked(Blocker::UnknownVersion { versions }) => {
            match versions.iter().all(|version| set.head() < Some(version)) {
                true => Standing::Ahead,
                false => Standing::Unknown,
            }
        }
        TenantPlan::Blocked(_) => Standing::Blocked,
    }
}
