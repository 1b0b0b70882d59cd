//! The status of tenants. Pure folds over what was read.

use std::collections::BTreeMap;

use db_backend::Version;
use serde::Serialize;
use system_db::{Slug, Tenant, TenantState};
use tenant_migrate::{
    FleetPlan, Goal, Migration, MigrationSets, Observation, ObstacleGroup, Planned, PlannedTenant,
    Policy, SetKey, TenantPlan, plan_fleet,
};

/// The status of one tenant.
#[derive(Debug, Clone)]
pub struct MigrationStatus<'m> {
    /// The tenant.
    pub slug: Slug,
    /// Its state in the registry.
    pub state: TenantState,
    /// The newest version that it has; `None` if it has none.
    pub version: Option<Version>,
    /// The newest version of the migrations; `None` if there are no migrations.
    pub head: Option<Version>,
    /// What a run would do.
    pub plan: TenantPlan<'m>,
}

impl<'m> MigrationStatus<'m> {
    /// Whether the tenant is at head, so that a service of this build may serve it.
    pub fn is_current(&self) -> bool {
        self.plan == TenantPlan::UpToDate
    }

    /// The migrations that a run would apply, in that order.
    pub fn pending(&self) -> &[&'m Migration] {
        match &self.plan {
            TenantPlan::Pending(migrations) => migrations,
            TenantPlan::UpToDate | TenantPlan::BeyondGoal(_) | TenantPlan::Blocked(_) => &[],
        }
    }
}

/// The status of a fleet: versions × tenants.
#[derive(Debug, Clone, Serialize)]
pub struct FleetStatus {
    /// Whether the tenants were read; otherwise, this is what the registry has.
    pub verified: bool,
    /// The newest version of the migrations, for each schema and back end that has tenants.
    pub heads: BTreeMap<SetKey, Option<Version>>,
    /// One row for each version that tenants are at, newest first, those without one last.
    pub versions: Vec<VersionRow>,
    /// How many tenants are in which state.
    pub states: BTreeMap<TenantState, usize>,
    /// The active tenants that are not at head, by slug.
    pub laggards: Vec<Laggard>,
    /// What is in the way of some of them, by cause. Only known if the tenants were read.
    pub obstacles: Vec<ObstacleGroup>,
}

/// The tenants at one version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VersionRow {
    /// The version; `None` for tenants that have none, or could not be read.
    pub version: Option<Version>,
    /// The name of its migration, if it is known.
    pub name: Option<String>,
    /// How many active tenants are at it.
    pub active: usize,
    /// How many others are.
    pub others: usize,
}

/// An active tenant that is not at head.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Laggard {
    /// The tenant.
    pub tenant: String,
    /// Its version.
    pub version: Option<Version>,
    /// In words: how far behind, or why it is stuck.
    pub why: String,
    /// Whether a run can't migrate it before someone has removed an obstacle.
    pub stuck: bool,
}

impl FleetStatus {
    /// Folds tenants, and what was observed of the active ones, into one status.
    pub(crate) fn new(
        sets: &MigrationSets,
        tenants: &[Tenant],
        observed: Option<&[Observation]>,
    ) -> Self {
        let observed_versions: BTreeMap<&str, Option<Version>> = observed
            .unwrap_or_default()
            .iter()
            .map(|observation| (observation.slug.as_str(), observation.version().cloned()))
            .collect();
        let version_of = |tenant: &Tenant| match observed_versions.get(tenant.slug.as_str()) {
            Some(version) => version.clone(),
            None => tenant.recorded_version.clone(),
        };

        let mut rows: BTreeMap<Option<Version>, VersionRow> = BTreeMap::new();
        let mut states = BTreeMap::new();
        let mut heads = BTreeMap::new();
        for tenant in tenants {
            let key = set_of(tenant);
            let set = sets.get(&key);
            heads.insert(key, set.and_then(|set| set.head().cloned()));
            *states.entry(tenant.state).or_default() += 1;
            let version = version_of(tenant);
            let row = rows.entry(version.clone()).or_insert_with(|| VersionRow {
                name: version.as_ref().and_then(|version| Some(set?.get(version)?.name.clone())),
                version,
                active: 0,
                others: 0,
            });
            match tenant.state {
                TenantState::Active => row.active += 1,
                _ => row.others += 1,
            }
        }
        let (laggards, obstacles) = match observed {
            Some(observed) => {
                let plan = plan_fleet(sets, &Goal::Head, Policy::default(), observed);
                let obstacles = plan.obstacles();
                (observed_laggards(plan), obstacles)
            }
            None => (recorded_laggards(sets, tenants), Vec::new()),
        };
        let versions = rows.into_values().rev().collect();
        Self { verified: observed.is_some(), heads, versions, states, laggards, obstacles }
    }
}

fn observed_laggards(plan: FleetPlan<'_>) -> Vec<Laggard> {
    let laggard = |tenant: PlannedTenant<'_>| {
        let (why, stuck) = match tenant.planned {
            Planned::Plan(TenantPlan::UpToDate) => return None,
            Planned::Plan(TenantPlan::BeyondGoal(version)) => {
                (format!("ahead, at {version}"), false)
            }
            Planned::Plan(TenantPlan::Pending(migrations)) => (pending(migrations.len()), false),
            Planned::Plan(TenantPlan::Blocked(blocker)) => (format!("blocked: {blocker}"), true),
            Planned::Unreadable { kind, error } => {
                (format!("can't be read: {}: {error}", kind.describe()), true)
            }
        };
        Some(Laggard { tenant: tenant.slug, version: tenant.version, why, stuck })
    };
    plan.tenants.into_iter().filter_map(laggard).collect()
}

fn recorded_laggards(sets: &MigrationSets, tenants: &[Tenant]) -> Vec<Laggard> {
    let active = tenants.iter().filter(|tenant| tenant.state == TenantState::Active);
    active
        .filter_map(|tenant| {
            let set = sets.get(&set_of(tenant))?;
            let behind = match &tenant.recorded_version {
                Some(version) => set.iter().filter(|m| m.version > *version).count(),
                None => set.len(),
            };
            (behind > 0).then(|| Laggard {
                tenant: tenant.slug.to_string(),
                version: tenant.recorded_version.clone(),
                why: pending(behind),
                stuck: false,
            })
        })
        .collect()
}

fn set_of(tenant: &Tenant) -> SetKey {
    SetKey::new(tenant.schema.clone(), tenant.server.url.kind())
}

fn pending(count: usize) -> String {
    format!("{count} pending")
}
