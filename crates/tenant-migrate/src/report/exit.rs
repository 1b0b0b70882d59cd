//! How a command ends.

use super::outcome::Counts;
use super::summary::Report;
use crate::plan::{FleetPlan, Planned, TenantPlan};

/// How a command ends. The numbers are part of the command line's interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// All tenants are at the goal.
    AllAtGoal = 0,
    /// Something went wrong that no other code stands for.
    Unexpected = 1,
    /// The command was used wrongly.
    Usage = 2,
    /// Something is pending (dry runs and checks).
    Pending = 3,
    /// Some tenants failed or are blocked.
    SomeFailed = 4,
    /// A gate or a breaker stopped the run. Nothing ends so yet, as no rollout has gates; the number
    /// is taken, so that it means nothing else until one has.
    Stopped = 5,
    /// The run was cancelled.
    Cancelled = 130,
}

impl Exit {
    /// The number for the operating system.
    pub const fn code(self) -> u8 {
        self as u8
    }
}

impl Report {
    /// How a command that made this run ends.
    pub const fn exit(&self) -> Exit {
        let Counts { blocked, failed, not_started, .. } = self.counts;
        if not_started > 0 {
            Exit::Cancelled
        } else if blocked + failed > 0 {
            Exit::SomeFailed
        } else {
            Exit::AllAtGoal
        }
    }
}

impl FleetPlan<'_> {
    /// How a command that only made this plan ends.
    pub fn exit(&self) -> Exit {
        let mut exit = Exit::AllAtGoal;
        for tenant in &self.tenants {
            match &tenant.planned {
                Planned::Plan(TenantPlan::UpToDate | TenantPlan::BeyondGoal(_)) => {}
                Planned::Plan(TenantPlan::Pending(_)) => exit = Exit::Pending,
                Planned::Plan(TenantPlan::Blocked(_)) | Planned::Unreadable { .. } => {
                    return Exit::SomeFailed;
                }
            }
        }
        exit
    }
}
