//! What became of a tenant.

use std::fmt;
use std::time::Duration;

use db_backend::{DbErrorKind, Version};
use serde::{Deserialize, Serialize};

use crate::plan::Blocker;

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
    /// How many times it was tried; 0 where it was not.
    pub attempts: u32,
    /// How long it took in all, waits included.
    #[serde(rename = "duration_ms", with = "crate::event::millis")]
    pub duration: Duration,
}

/// The result for one tenant. Each target of a run has exactly one.
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
    /// The history does not allow to go on; nothing was attempted.
    Blocked {
        /// Why.
        blocker: Blocker,
        /// The versions that this run applied before it was noticed; empty in the usual case.
        applied: Vec<Version>,
    },
    /// Something failed.
    Failed(Failure),
    /// The run was cancelled before this tenant's turn.
    NotStarted,
}

impl Outcome {
    /// The versions that the run applied to this tenant, in that order.
    pub fn applied(&self) -> &[Version] {
        match self {
            Self::Migrated { applied } | Self::Blocked { applied, .. } => applied,
            Self::Failed(failure) => &failure.applied,
            Self::UpToDate | Self::NotStarted => &[],
        }
    }
}

/// What failed, and in which state it left the database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// The kind, which decides the hint.
    pub kind: FailureKind,
    /// What was said, without credentials.
    pub message: String,
    /// The migration that failed; `None` where it failed outside of one (connecting, locking).
    pub migration: Option<Box<FailedMigration>>,
    /// The versions that this run applied before it, in that order. They are kept.
    pub applied: Vec<Version>,
}

/// The kinds of failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// There are no migrations for the tenant's back end.
    NoMigrations,
    /// The migration has no `down.sql`.
    Irreversible,
    /// The run was cancelled before it could be done.
    Cancelled,
    /// A defect in this program.
    Defect,
    /// What the database or its server said.
    #[serde(untagged)]
    Database(DbErrorKind),
}

/// A migration that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedMigration {
    /// Its version.
    pub version: Version,
    /// The name of its folder.
    pub name: String,
    /// The statement that failed; `None` where it failed between statements (at the commit).
    pub statement: Option<FailedStatement>,
    /// What is left of it in the database.
    #[serde(flatten)]
    pub effect: Effect,
}

/// A statement that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedStatement {
    /// Which one of the file, from 1.
    pub number: u32,
    /// How many the file has.
    pub total: u32,
    /// The line of the file that it begins on, from 1.
    pub line: u32,
    /// The beginning of its text, in one line.
    pub excerpt: String,
}

/// What a failed migration left in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "effect", rename_all = "snake_case")]
pub enum Effect {
    /// Nothing.
    RolledBack,
    /// The first statements took effect and stay; the next run goes on after them.
    Partial {
        /// How many statements took effect.
        statements_done: u32,
    },
    /// The connection broke at a moment at which only the database knows; the next run reads it.
    InDoubt {
        /// How many statements took effect at least.
        statements_done: u32,
    },
}

impl FailureKind {
    /// The kind in words of one line.
    pub const fn describe(self) -> &'static str {
        match self {
            Self::NoMigrations => "no migrations for this back end",
            Self::Irreversible => "no down.sql",
            Self::Cancelled => "cancelled",
            Self::Defect => "defect in this program",
            Self::Database(kind) => match kind {
                DbErrorKind::Unreachable => "server unreachable",
                DbErrorKind::ServerBusy => "server busy",
                DbErrorKind::ConnectionLost => "connection lost",
                DbErrorKind::Denied => "access denied",
                DbErrorKind::Missing => "database missing",
                DbErrorKind::Occupied => "database name taken",
                DbErrorKind::Corrupt => "database damaged",
                DbErrorKind::ReadOnly => "database read-only",
                DbErrorKind::DiskFull => "disk full",
                DbErrorKind::LockTimeout => "lock timeout",
                DbErrorKind::StatementTimeout => "statement timeout",
                DbErrorKind::Deadlock => "deadlock",
                DbErrorKind::Statement => "statement failed",
                DbErrorKind::Address => "unusable address",
            },
        }
    }
}

/// `migration 2026_x failed at statement 2 of 3 (line 7): no such table: a; rolled back`.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(migration) = &self.migration else {
            return write!(f, "{}: {}", self.kind.describe(), self.message);
        };
        write!(f, "{migration}: {}; {}", self.message, migration.effect)
    }
}

impl fmt::Display for FailedMigration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "migration {} failed", self.name)?;
        match &self.statement {
            Some(statement) => write!(f, " at {statement}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for FailedStatement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { number, total, line, excerpt } = self;
        write!(f, "statement {number} of {total} (line {line}: {excerpt})")
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RolledBack => write!(f, "rolled back"),
            Self::Partial { statements_done: 0 } => write!(f, "none of it took effect"),
            Self::Partial { statements_done: 1 } => {
                write!(f, "the statement before it took effect")
            }
            Self::Partial { statements_done } => {
                write!(f, "the {statements_done} statements before it took effect")
            }
            Self::InDoubt { .. } => write!(
                f,
                "the connection broke before the database confirmed it, and the next run reads \
                 what took effect"
            ),
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
    /// Blocked by their history.
    pub blocked: usize,
    /// Failed.
    pub failed: usize,
    /// Not started, as the run was cancelled.
    pub not_started: usize,
}

impl Counts {
    /// How many tenants there were.
    pub const fn total(&self) -> usize {
        self.up_to_date + self.migrated + self.blocked + self.failed + self.not_started
    }

    pub(crate) fn count(&mut self, outcome: &Outcome) {
        let counter = match outcome {
            Outcome::UpToDate => &mut self.up_to_date,
            Outcome::Migrated { .. } => &mut self.migrated,
            Outcome::Blocked { .. } => &mut self.blocked,
            Outcome::Failed(_) => &mut self.failed,
            Outcome::NotStarted => &mut self.not_started,
        };
        *counter += 1;
    }
}
