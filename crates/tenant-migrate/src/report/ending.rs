//! The result of a run, or of a plan, as a whole.

use super::outcome::Counts;
use super::summary::Report;
use crate::failure::FailureKind;
use crate::plan::{FleetPlan, Planned, PlannedTenant, TenantPlan};

/// The result of a run, or of a plan, as a whole, from the best to the worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ending {
    /// All tenants are at the goal.
    AllAtGoal,
    /// Something is pending (plans).
    Pending,
    /// Some tenants failed or are blocked, or hooks after them failed.
    SomeFailed,
    /// The run was cancelled.
    Cancelled,
}

impl Report {
    /// The result of the run.
    pub const fn ending(&self) -> Ending {
        let Counts { blocked, failed, not_started, .. } = self.counts;
        if not_started > 0 {
            Ending::Cancelled
        } else if blocked + failed + self.hooks_failed > 0 {
            Ending::SomeFailed
        } else {
            Ending::AllAtGoal
        }
    }
}

impl FleetPlan<'_> {
    /// The result of the plan: that of the tenant with the worst one.
    pub fn ending(&self) -> Ending {
        let ending = |tenant: &PlannedTenant<'_>| match &tenant.planned {
            Planned::Plan(TenantPlan::UpToDate | TenantPlan::BeyondGoal(_)) => Ending::AllAtGoal,
            Planned::Plan(TenantPlan::Pending(_)) => Ending::Pending,
            Planned::Unreadable { kind: FailureKind::Cancelled, .. } => Ending::Cancelled,
            Planned::Plan(TenantPlan::Blocked(_)) | Planned::Unreadable { .. } => {
                Ending::SomeFailed
            }
        };
        self.tenants.iter().map(ending).max().unwrap_or(Ending::AllAtGoal)
    }
}
