//! From what was observed to what is to be done. Pure: no I/O, no clock, equal inputs give equal
//! plans.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use db_backend::{BackendKind, History, JournalEntry, Version};
use serde::{Deserialize, Serialize};

use crate::migration::{Goal, MigrationSet, MigrationSets, statements_checksum};
use crate::observe::Observation;
use crate::outcome::FailureKind;

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

/// Why nothing may be done to a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum Blocker {
    /// The registry says that it was migrated, and its history is absent or empty.
    HistoryLost {
        /// The version on record.
        recorded: Version,
    },
    /// Its history has versions that the migrations at hand do not: it is ahead of the binary.
    UnknownVersion {
        /// Those versions, ascending.
        versions: Vec<Version>,
    },
    /// A migration was edited after it had been applied.
    ChecksumMismatch {
        /// The name of its folder.
        migration: String,
    },
    /// A migration failed half-way, and what had taken effect by then was edited.
    EditedAfterPartial {
        /// The name of its folder.
        migration: String,
        /// How many statements took effect.
        statements_done: u32,
    },
    /// Migrations are missing below the newest one applied.
    OutOfOrder {
        /// The missing versions, ascending.
        missing: Vec<Version>,
        /// The newest version applied.
        newest: Version,
    },
}

/// Plans one tenant. `recorded` is the version that the registry has for it.
pub fn plan_tenant(
    set: &MigrationSet,
    goal: &Goal,
    policy: Policy,
    recorded: Option<&Version>,
    observed: &History,
) -> TenantPlan {
    let applied = observed.applied.as_deref().unwrap_or_default();
    if let Some(blocker) = history_lost(recorded, applied)
        .or_else(|| unknown_versions(set, observed))
        .or_else(|| edited(set, observed))
    {
        return TenantPlan::Blocked(blocker);
    }

    let known: BTreeSet<&Version> = applied.iter().collect();
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

fn history_lost(recorded: Option<&Version>, applied: &[Version]) -> Option<Blocker> {
    let recorded = recorded.filter(|_| applied.is_empty())?;
    Some(Blocker::HistoryLost { recorded: recorded.clone() })
}

fn unknown_versions(set: &MigrationSet, observed: &History) -> Option<Blocker> {
    let applied = observed.applied.iter().flatten();
    let begun = observed.journal.iter().filter(|entry| is_begun(entry)).map(|entry| &entry.version);
    let versions: BTreeSet<&Version> =
        applied.chain(begun).filter(|version| set.get(version).is_none()).collect();
    (!versions.is_empty())
        .then(|| Blocker::UnknownVersion { versions: versions.into_iter().cloned().collect() })
}

fn edited(set: &MigrationSet, observed: &History) -> Option<Blocker> {
    let applied = observed.applied.as_deref().unwrap_or_default();
    observed.journal.iter().find_map(|entry| {
        let migration = set.get(&entry.version)?;
        let name = migration.name.clone();
        if applied.contains(&entry.version) {
            let edited = entry.finished && entry.checksum != migration.checksum;
            return edited.then_some(Blocker::ChecksumMismatch { migration: name });
        }
        let edited = is_begun(entry)
            && entry.checksum != migration.checksum
            && (entry.in_flight.is_some() || !done_is_unchanged(entry, &migration.up_statements));
        edited.then_some(Blocker::EditedAfterPartial {
            migration: name,
            statements_done: entry.statements_done,
        })
    })
}

/// Whether something of that migration may have taken effect without its being complete. A
/// finished row without a history row is what stock Diesel leaves behind when it reverts.
pub(crate) fn is_begun(entry: &JournalEntry) -> bool {
    !entry.finished && (entry.statements_done > 0 || entry.in_flight.is_some())
}

fn done_is_unchanged(entry: &JournalEntry, statements: &[db_backend::Statement]) -> bool {
    let done = usize::try_from(entry.statements_done).ok().and_then(|done| statements.get(..done));
    done.is_some_and(|done| statements_checksum(done) == entry.done_checksum)
}

impl fmt::Display for Blocker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::HistoryLost { recorded } => {
                write!(f, "recorded at version {recorded}, but its migration history is empty")
            }
            Self::UnknownVersion { versions } => {
                write!(f, "ahead of these migrations: {} is unknown here", list(versions))
            }
            Self::ChecksumMismatch { migration } => {
                write!(f, "migration {migration} was edited after it had been applied")
            }
            Self::EditedAfterPartial { migration, statements_done } => write!(
                f,
                "migration {migration} stopped after statement {statements_done}, and was edited in \
                 what may have taken effect"
            ),
            Self::OutOfOrder { missing, newest } => {
                write!(f, "{} is missing below the newest version {newest}", list(missing))
            }
        }
    }
}

fn list(versions: &[Version]) -> String {
    let names: Vec<&str> = versions.iter().map(|version| version.0.as_str()).collect();
    names.join(", ")
}

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
        return Planned::Unreadable {
            kind: FailureKind::NoMigrations,
            error: no_migrations(observation.kind),
        };
    };
    match &observation.history {
        Ok(history) => {
            let recorded = observation.recorded.as_ref();
            Planned::Plan(plan_tenant(set, goal, policy, recorded, history))
        }
        Err(error) => Planned::Unreadable { kind: error.kind, error: error.message.clone() },
    }
}

pub(crate) fn no_migrations(kind: BackendKind) -> String {
    format!("there are no migrations for {kind}")
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
