//! What became of a tenant.

use std::time::Duration;

use db_backend::Version;
use serde::{Deserialize, Serialize};

use super::millis;
use crate::failure::Failure;
use crate::plan::Blocker;
use crate::target::Target;

/// What became of one tenant in one run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantReport {
    /// The tenant.
    #[serde(rename = "tenant")]
    pub slug: String,
    /// Its server.
    pub server: String,
    /// What became of it.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// The newest version that it is known to have now; `None` if it has none, or if the history
    /// could not be read.
    pub version: Option<Version>,
    /// How many times it was tried; 0 if it was not tried.
    pub attempts: u32,
    /// How long it took in total, waits included.
    #[serde(rename = "duration_ms", with = "millis")]
    pub duration: Duration,
}

impl TenantReport {
    /// That outcome of a tenant that was not tried.
    pub(crate) fn without_attempt(target: &Target, outcome: Outcome) -> Self {
        Self {
            slug: target.slug.clone(),
            server: target.server.clone(),
            outcome,
            version: None,
            attempts: 0,
            duration: Duration::ZERO,
        }
    }
}

/// The result for one tenant. Each target of a run has exactly one.
///
/// A new outcome needs this file and the step in `execute/` that produces it: other rooms ask for
/// the facts below instead of matching. Its words for people are in `tenantctl`, where the compiler
/// finds the three places: `hints/outcome.rs`, `render/fleet.rs` and `progress.rs`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// Nothing was pending, and nothing was written.
    UpToDate,
    /// Everything pending was applied.
    Migrated {
        /// The versions that this run applied, in the order in which it did.
        applied: Vec<Version>,
    },
    /// Its database, which had no history, has what these migrations make: they count as applied.
    Adopted {
        /// Their versions, ascending.
        versions: Vec<Version>,
    },
    /// The history does not allow a migration; nothing was attempted.
    Blocked {
        /// Why.
        blocker: Blocker,
        /// The versions that this run applied before it noticed; usually empty.
        applied: Vec<Version>,
    },
    /// Something failed.
    Failed(Failure),
    /// It was withdrawn from the run before its turn.
    Skipped {
        /// Why.
        reason: String,
    },
    /// The run was cancelled before this tenant's turn.
    NotStarted,
}

impl Outcome {
    /// The name, as it is in JSON and in the ledger.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::UpToDate => "up_to_date",
            Self::Migrated { .. } => "migrated",
            Self::Adopted { .. } => "adopted",
            Self::Blocked { .. } => "blocked",
            Self::Failed(_) => "failed",
            Self::Skipped { .. } => "skipped",
            Self::NotStarted => "not_started",
        }
    }

    /// Whether the tenant is at the goal.
    pub const fn is_at_goal(&self) -> bool {
        match self {
            Self::UpToDate | Self::Migrated { .. } | Self::Adopted { .. } => true,
            Self::Blocked { .. } | Self::Failed(_) | Self::Skipped { .. } | Self::NotStarted => {
                false
            }
        }
    }

    /// The failure, if that is the outcome.
    pub const fn failure(&self) -> Option<&Failure> {
        match self {
            Self::Failed(failure) => Some(failure),
            Self::UpToDate
            | Self::Migrated { .. }
            | Self::Adopted { .. }
            | Self::Blocked { .. }
            | Self::Skipped { .. }
            | Self::NotStarted => None,
        }
    }

    /// What stopped the tenant or kept it from its turn, if anything did.
    pub fn reason(&self) -> Option<String> {
        match self {
            Self::Blocked { blocker, .. } => Some(blocker.to_string()),
            Self::Failed(failure) => Some(failure.to_string()),
            Self::Skipped { reason } => Some(reason.clone()),
            Self::UpToDate | Self::Migrated { .. } | Self::Adopted { .. } | Self::NotStarted => {
                None
            }
        }
    }

    /// The versions that the run applied to this tenant, in that order.
    pub fn applied(&self) -> &[Version] {
        match self {
            Self::Migrated { applied } | Self::Blocked { applied, .. } => applied,
            Self::Failed(failure) => &failure.applied,
            Self::UpToDate | Self::Adopted { .. } | Self::Skipped { .. } | Self::NotStarted => &[],
        }
    }
}

/// How many tenants had which outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Nothing was pending.
    pub up_to_date: usize,
    /// Migrated to the goal.
    pub migrated: usize,
    /// Adopted with what they had.
    #[serde(default)]
    pub adopted: usize,
    /// Blocked by their history.
    pub blocked: usize,
    /// Failed.
    pub failed: usize,
    /// Withdrawn before their turn.
    pub skipped: usize,
    /// Not started, as the run was cancelled.
    pub not_started: usize,
}

impl Counts {
    /// How many tenants there were.
    pub const fn total(&self) -> usize {
        self.up_to_date
            + self.migrated
            + self.adopted
            + self.blocked
            + self.failed
            + self.skipped
            + self.not_started
    }

    pub(crate) fn count(&mut self, outcome: &Outcome) {
        let counter = match outcome {
            Outcome::UpToDate => &mut self.up_to_date,
            Outcome::Migrated { .. } => &mut self.migrated,
            Outcome::Adopted { .. } => &mut self.adopted,
            Outcome::Blocked { .. } => &mut self.blocked,
            Outcome::Failed(_) => &mut self.failed,
            Outcome::Skipped { .. } => &mut self.skipped,
            Outcome::NotStarted => &mut self.not_started,
        };
        *counter += 1;
    }
}
