//! What is in the way of tenants in a plan, by cause.

use std::cmp::Reverse;

use serde::Serialize;

use super::cause::normalised;
use crate::failure::FailureKind;
use crate::plan::{Blocker, FleetPlan, Planned, PlannedTenant, TenantPlan};

/// Why a tenant can't be planned or migrated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "obstacle", rename_all = "snake_case")]
pub enum Obstacle {
    /// Its history does not allow it.
    Blocked {
        /// Why.
        blocker: Blocker,
    },
    /// It could not be read.
    Unreadable {
        /// The kind of failure.
        kind: FailureKind,
        /// The message, without credentials.
        error: String,
    },
}

/// Tenants with the same obstacle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ObstacleGroup {
    /// What they have in common: the kind, and the message without names and numbers.
    pub cause: String,
    /// How many there are.
    pub tenants: usize,
    /// The first of them in the plan.
    pub example: String,
    /// The obstacle of that one.
    #[serde(flatten)]
    pub obstacle: Obstacle,
}

impl FleetPlan<'_> {
    /// What is in the way of tenants, by cause, the most frequent first.
    pub fn obstacles(&self) -> Vec<ObstacleGroup> {
        let mut groups: Vec<ObstacleGroup> = Vec::new();
        for tenant in &self.tenants {
            let Some((cause, obstacle)) = obstacle_of(tenant) else { continue };
            match groups.iter_mut().find(|group| group.cause == cause) {
                Some(group) => group.tenants += 1,
                None => {
                    let example = tenant.slug.clone();
                    groups.push(ObstacleGroup { cause, tenants: 1, example, obstacle });
                }
            }
        }
        groups.sort_by(|a, b| (Reverse(a.tenants), &a.cause).cmp(&(Reverse(b.tenants), &b.cause)));
        groups
    }
}

/// The cause and the obstacle of a tenant that has one.
fn obstacle_of(tenant: &PlannedTenant<'_>) -> Option<(String, Obstacle)> {
    match &tenant.planned {
        Planned::Plan(TenantPlan::Blocked(blocker)) => {
            Some((blocker.to_string(), Obstacle::Blocked { blocker: blocker.clone() }))
        }
        Planned::Unreadable { kind, error } => {
            let cause = format!("{}: {}", kind.describe(), normalised(error, &tenant.slug));
            Some((cause, Obstacle::Unreadable { kind: *kind, error: error.clone() }))
        }
        Planned::Plan(
            TenantPlan::UpToDate | TenantPlan::Pending(_) | TenantPlan::BeyondGoal(_),
        ) => None,
    }
}
