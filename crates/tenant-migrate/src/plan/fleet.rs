//! What is to be done to a whole fleet.

use std::collections::BTreeMap;

use db_backend::{BackendKind, Version};
use serde::{Deserialize, Serialize};

use super::observation::Observation;
use super::tenant::{Policy, TenantPlan, plan_tenant};
use crate::failure::{Failure, FailureKind};
use crate::migration::{Goal, MigrationSets};

/// What is to be done to a whole fleet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FleetPlan {
    /// One entry for each observation, in the same order.
    pub tenants: Vec<PlannedTenant>,
}

/// One tenant of a [`FleetPlan`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedTenant {
    /// The tenant.
    #[serde(rename = "tenant")]
    pub slug: String,
    /// Its server.
    pub server: String,
    /// Its back end.
    pub kind: BackendKind,
    /// The newest version that it has; `None` if it has none, or could not be read.
    pub version: Option<Version>,
    /// What is to be done.
    #[serde(flatten)]
    pub planned: Planned,
}

/// A plan, or why there is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Planned {
    /// The plan.
    Plan(TenantPlan),
    /// The tenant could not be read.
    Unreadable {
        /// The kind of failure.
        kind: FailureKind,
        /// What was said, without credentials.
        error: String,
    },
}

/// Plans all tenants from what was observed.
pub fn plan_fleet(
    sets: &MigrationSets,
    goal: &Goal,
    policy: Policy,
    observed: &[Observation],
) -> FleetPlan {
    let tenants = observed
        .iter()
        .map(|observation| PlannedTenant {
            slug: observation.slug.clone(),
            server: observation.server.clone(),
            kind: observation.kind,
            version: observation.version().cloned(),
            planned: plan_observation(sets, goal, policy, observation),
        })
        .collect();
    FleetPlan { tenants }
}

fn plan_observation(
    sets: &MigrationSets,
    goal: &Goal,
    policy: Policy,
    observation: &Observation,
) -> Planned {
    let Some(set) = sets.get(&observation.kind) else {
        let Failure { kind, message, .. } = Failure::no_migrations(observation.kind);
        return Planned::Unreadable { kind, error: message };
    };
    match &observation.history {
        Ok(history) => {
            let recorded = observation.recorded.as_ref();
            Planned::Plan(plan_tenant(set, goal, policy, recorded, history))
        }
        Err(error) => Planned::Unreadable { kind: error.kind, error: error.message.clone() },
    }
}

impl FleetPlan {
    /// How many tenants have which pending version, by version.
    pub fn pending(&self) -> BTreeMap<&Version, usize> {
        let mut counts = BTreeMap::new();
        for tenant in &self.tenants {
            if let Planned::Plan(TenantPlan::Pending(versions)) = &tenant.planned {
                for version in versions {
                    *counts.entry(version).or_default() += 1;
                }
            }
        }
        counts
    }
}
