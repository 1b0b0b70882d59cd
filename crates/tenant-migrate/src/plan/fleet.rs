//! The plan for a whole fleet.

use std::collections::BTreeMap;

use db_backend::{BackendKind, Version};
use serde::Serialize;

use super::observation::Observation;
use super::tenant::{Policy, TenantPlan, plan_tenant};
use crate::failure::{Failure, FailureKind};
use crate::migration::{Goal, MigrationSets};

/// The plan for a whole fleet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FleetPlan<'s> {
    /// One entry for each observation, in the same order.
    pub tenants: Vec<PlannedTenant<'s>>,
}

/// One tenant of a [`FleetPlan`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlannedTenant<'s> {
    /// The tenant.
    #[serde(rename = "tenant")]
    pub slug: String,
    /// Its server.
    pub server: String,
    /// Its back end.
    pub kind: BackendKind,
    /// The newest version that it has; `None` if it has none, or could not be read.
    pub version: Option<Version>,
    /// The plan, or the reason why it could not be made.
    #[serde(flatten)]
    pub planned: Planned<'s>,
}

/// A plan, or the reason why it could not be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Planned<'s> {
    /// The plan.
    Plan(TenantPlan<'s>),
    /// The tenant could not be read.
    Unreadable {
        /// The kind of failure.
        kind: FailureKind,
        /// The message, without credentials.
        error: String,
    },
}

/// Plans all tenants from what was observed.
pub fn plan_fleet<'s>(
    sets: &'s MigrationSets,
    goal: &Goal,
    policy: Policy,
    observed: &[Observation],
) -> FleetPlan<'s> {
    let tenants = observed
        .iter()
        .map(|observation| PlannedTenant {
            slug: observation.slug.clone(),
            server: observation.server.clone(),
            kind: observation.set.kind,
            version: observation.version().cloned(),
            planned: plan_observation(sets, goal, policy, observation),
        })
        .collect();
    FleetPlan { tenants }
}

fn plan_observation<'s>(
    sets: &'s MigrationSets,
    goal: &Goal,
    policy: Policy,
    observation: &Observation,
) -> Planned<'s> {
    let Some(set) = sets.get(&observation.set) else {
        let Failure { kind, message, .. } = Failure::no_migrations(&observation.set);
        return Planned::Unreadable { kind, error: message };
    };
    match &observation.history {
        Ok(history) => Planned::Plan(plan_tenant(set, goal, policy, &observation.record, history)),
        Err(error) => Planned::Unreadable { kind: error.kind, error: error.message.clone() },
    }
}

impl FleetPlan<'_> {
    /// How many tenants have which pending version, by version.
    pub fn pending(&self) -> BTreeMap<&Version, usize> {
        let mut counts = BTreeMap::new();
        for tenant in &self.tenants {
            if let Planned::Plan(TenantPlan::Pending(migrations)) = &tenant.planned {
                for version in migrations.iter().flat_map(|migration| migration.versions()) {
                    *counts.entry(version).or_default() += 1;
                }
            }
        }
        counts
    }
}
