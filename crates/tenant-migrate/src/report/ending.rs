//! The result of a run, or of a plan, as a whole.

use super::outcome::Counts;
use super::summary::Report;
use crate::plan::{FleetPlan, Planned, TenantPlan};

/// The result of a run, or of a plan, as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// All tenants are at the goal.
    AllAtGoal,
    /// Something is pending (plans).
    Pending,
    /// Some tenants failed or are blocked.
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
        } else if blocked + failed > 0 {
            Ending::SomeFailed
        } else {
            Ending::AllAtGoal
        }
    }
}

impl FleetPlan<'_> {
    /// The result of the plan.
    pub fn ending(&self) -> Ending {
        let mut ending = Ending::AllAtGoal;
        for tenant in &self.tenants {
            match &tenant.planned {
                Planned::Plan(TenantPlan::UpToDate | TenantPlan::BeyondGoal(_)) => {}
                Planned::Plan(TenantPlan::Pending(_)) => ending = Ending::Pending,
                Planned::Plan(TenantPlan::Blocked(_)) | Planned::Unreadable { .. } => {
                    return Ending::SomeFailed;
                }
            }
        }
        ending
    }
}
