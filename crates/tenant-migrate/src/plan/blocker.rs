//! Why nothing may be done to a tenant before a person has looked.

use std::collections::BTreeSet;
use std::fmt;

use db_backend::{History, JournalEntry, Mark, Statement, StrayHistory, Version, WrittenBy};
use serde::{Deserialize, Serialize};

use super::claim::{Claim, Record};
use crate::checksum::statements_checksum;
use crate::migration::{Migration, MigrationSet};
use crate::refusal::{Refusal, too_long};

/// Why nothing may be done to a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum Blocker {
    /// It bears the mark of another owner.
    OtherOwner {
        /// Whose it is.
        owner: Mark,
        /// The registry that asked.
        registry: String,
    },
    /// A database of the name that a new one should get exists already; it is not empty, and has no
    /// mark.
    Occupied,
    /// Its journal has a form that only a newer release knows.
    NewerJournal {
        /// The release that wrote it.
        written_by: String,
        /// This release.
        own: String,
    },
    /// A history is in another schema than the one in which tables are created.
    StrayHistory(StrayHistory),
    /// The registry says that it was migrated, and its history is absent or empty.
    HistoryLost {
        /// The version on record.
        recorded: Version,
    },
    /// Its history has versions that these migrations do not have: it is ahead of the binary.
    UnknownVersion {
        /// Those versions, ascending.
        versions: Vec<Version>,
    },
    /// A migration was edited after it had been applied.
    ChecksumMismatch {
        /// The name of its folder.
        migration: String,
    },
    /// A migration failed halfway, and the part that had taken effect was edited.
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
    /// It was to be adopted at a version, and has a history already.
    HasHistory {
        /// The newest version in it; `None` if a migration was only begun.
        version: Option<Version>,
    },
    /// It was to be adopted at a version, and is empty.
    Empty,
    /// It was to be adopted at a version, and is not what that version's migrations make.
    Differs {
        /// That version.
        version: Version,
        /// A sentence for each difference; never empty.
        differences: Vec<String>,
    },
    /// Pending migrations that are never applied as they stand.
    Refused {
        /// Those migrations, ascending; never empty.
        migrations: Vec<RefusedMigration>,
    },
}

/// A migration that is never applied as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedMigration {
    /// The name of its folder.
    pub migration: String,
    /// Why, in the order of its `up.sql`; never empty.
    pub refusals: Vec<Refusal>,
}

impl Blocker {
    /// What in the database forbids any migration, whatever is pending.
    pub(super) fn find(
        set: &MigrationSet,
        claim: Claim,
        record: &Record,
        observed: &History,
    ) -> Option<Self> {
        Self::not_ours(claim, record, observed)
            .or_else(|| history_lost(record.version.as_ref(), observed))
            .or_else(|| unknown_versions(set, observed))
            .or_else(|| edited(set, observed))
    }

    /// Why that database neither is the tenant's nor may become it, or can't be told to be.
    pub(crate) fn not_ours(claim: Claim, record: &Record, observed: &History) -> Option<Self> {
        if let Some(stray) = &observed.stray {
            return Some(Self::StrayHistory(stray.clone()));
        }
        if let Some(newer) = &observed.newer {
            return Some(newer.into());
        }
        let expected = record.mark.as_ref()?;
        match (claim, &observed.mark) {
            (_, Some(mark)) if mark == expected => None,
            (Claim::Any, _) | (Claim::Unmarked, None) => None,
            (Claim::Empty, None) => (!observed.is_empty()).then_some(Self::Occupied),
            (Claim::Unmarked | Claim::Empty, Some(mark)) => {
                Some(Self::OtherOwner { owner: mark.clone(), registry: expected.registry.clone() })
            }
        }
    }

    /// The reason in one line, without its details.
    pub fn headline(&self) -> String {
        match self {
            Self::Differs { version, differences } => {
                let count = differences.len();
                let noun = if count == 1 { "difference" } else { "differences" };
                format!("its tables are not those of version {version} ({count} {noun})")
            }
            Self::OtherOwner { .. }
            | Self::Occupied
            | Self::NewerJournal { .. }
            | Self::StrayHistory(_)
            | Self::HistoryLost { .. }
            | Self::UnknownVersion { .. }
            | Self::ChecksumMismatch { .. }
            | Self::EditedAfterPartial { .. }
            | Self::OutOfOrder { .. }
            | Self::HasHistory { .. }
            | Self::Empty
            | Self::Refused { .. } => self.to_string(),
        }
    }

    /// Which of the pending migrations have a statement that is longer than the server takes.
    pub(crate) fn too_long(pending: &[&Migration], limit: u64) -> Option<Self> {
        let refused = pending.iter().filter_map(|migration| {
            let refusals = too_long(&migration.up_statements, limit);
            let migration = migration.name.clone();
            (!refusals.is_empty()).then_some(RefusedMigration { migration, refusals })
        });
        let migrations: Vec<_> = refused.collect();
        (!migrations.is_empty()).then_some(Self::Refused { migrations })
    }

    /// Which of the pending migrations are never applied as they stand.
    pub(super) fn refused(pending: &[&Migration]) -> Option<Self> {
        let refused = pending.iter().filter(|migration| !migration.up_refusals.is_empty());
        let migrations: Vec<_> =
            refused.map(|migration| RefusedMigration::from(*migration)).collect();
        (!migrations.is_empty()).then_some(Self::Refused { migrations })
    }
}

impl From<&WrittenBy> for Blocker {
    fn from(newer: &WrittenBy) -> Self {
        let own = WrittenBy::this_release().release;
        Self::NewerJournal { written_by: newer.release.clone(), own }
    }
}

impl From<&Migration> for RefusedMigration {
    fn from(migration: &Migration) -> Self {
        let refusals = migration.up_refusals.clone();
        Self { migration: migration.name.clone(), refusals }
    }
}

fn history_lost(recorded: Option<&Version>, observed: &History) -> Option<Blocker> {
    let recorded = recorded.filter(|_| observed.is_unapplied())?;
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
        let migration = set.of_entry(entry, observed)?;
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

/// Whether a part of that migration may have taken effect although it is not complete. Stock Diesel
/// leaves a finished row without a history row when it reverts.
pub(crate) fn is_begun(entry: &JournalEntry) -> bool {
    !entry.finished && (entry.statements_done > 0 || entry.in_flight.is_some())
}

fn done_is_unchanged(entry: &JournalEntry, statements: &[Statement]) -> bool {
    let done = usize::try_from(entry.statements_done).ok().and_then(|done| statements.get(..done));
    done.is_some_and(|done| statements_checksum(done) == entry.done_checksum)
}

impl fmt::Display for Blocker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherOwner { owner, registry } if owner.registry == *registry => {
                write!(
                    f,
                    "its database belongs to another tenant of this registry, number {}",
                    owner.tenant
                )
            }
            Self::OtherOwner { owner, .. } => {
                write!(f, "its database belongs to another registry, {}", owner.registry)
            }
            Self::Occupied => {
                write!(f, "its database exists already, is not empty, and is not ours")
            }
            Self::NewerJournal { written_by, own } => write!(
                f,
                "its journal was written by tenantctl {written_by}, which is newer than this one \
                 ({own})"
            ),
            Self::StrayHistory(StrayHistory { schemas, current, has_own }) => {
                let also = if *has_own { "also " } else { "" };
                write!(f, "its migration history is {also}in the schema {}", schemas.join(", "))?;
                match current {
                    Some(current) => write!(f, ", and the search path leads to {current}"),
                    None => write!(f, ", and the search path leads to no schema"),
                }
            }
            Self::HistoryLost { recorded } => {
                write!(f, "recorded at version {recorded}, but its migration history is empty")
            }
            Self::UnknownVersion { versions } => {
                write!(f, "ahead of these migrations: {} unknown here", subject(versions))
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
                write!(f, "{} missing below the newest version {newest}", subject(missing))
            }
            Self::HasHistory { version: Some(version) } => {
                write!(f, "it has a migration history already, at version {version}")
            }
            Self::HasHistory { version: None } => {
                write!(f, "a run has begun a migration of it already")
            }
            Self::Empty => write!(f, "it is empty"),
            Self::Differs { differences, .. } => {
                write!(f, "{}: {}", self.headline(), differences.join("; "))
            }
            Self::Refused { migrations } => {
                let words: Vec<String> = migrations.iter().map(ToString::to_string).collect();
                write!(f, "{}", words.join("; "))
            }
        }
    }
}

/// `migration 2_use can't be applied: line 3 (USE other): it leaves the tenant's database`.
impl fmt::Display for RefusedMigration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { migration, refusals } = self;
        let words: Vec<String> = refusals.iter().map(ToString::to_string).collect();
        write!(f, "migration {migration} can't be applied: {}", words.join("; "))
    }
}

/// The versions and their verb: `1 is`, `1, 2 are`.
fn subject(versions: &[Version]) -> String {
    let names: Vec<&str> = versions.iter().map(|version| version.0.as_str()).collect();
    let verb = if names.len() == 1 { "is" } else { "are" };
    format!("{} {verb}", names.join(", "))
}
