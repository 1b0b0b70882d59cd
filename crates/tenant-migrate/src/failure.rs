//! What failed, and what it left in the database.

use std::fmt;

use db_backend::{DbError, DbErrorKind, Version};
use serde::{Deserialize, Serialize};

use crate::excerpt::excerpt;
use crate::migration::{Migration, SetKey};

/// What failed, and what it left in the database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// The kind.
    pub kind: FailureKind,
    /// The message, without credentials.
    pub message: String,
    /// The migration that failed; `None` if the failure was outside a migration (connecting,
    /// locking).
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
    /// The run was cancelled before it could be done.
    Cancelled,
    /// A defect in this program.
    Defect,
    /// A statement may have taken effect when an earlier run was interrupted, and nothing in the
    /// database shows it.
    Unsettled,
    /// A hook that is called before the tenant; nothing was done to it.
    Hook,
    /// The team's own SQL, with which a session begins or ends.
    SessionSql,
    /// What its database is compared with could not be made in a scratch database.
    Scratch,
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
    /// The statement that failed; `None` if the failure was between statements (at the commit).
    pub statement: Option<FailedStatement>,
    /// What is left of it in the database.
    #[serde(flatten)]
    pub effect: Effect,
}

/// A statement that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedStatement {
    /// Its number in the file, from 1.
    pub number: u32,
    /// How many statements the file has.
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
    /// The first statements took effect and stay; the next run continues after them.
    Partial {
        /// How many statements took effect.
        statements_done: u32,
    },
    /// Only the database knows the result; the next run reads it.
    InDoubt {
        /// How many statements took effect at the least.
        statements_done: u32,
    },
    /// A statement that is a program of its own may have taken effect in part. Only a person can
    /// tell, so the tenant is not migrated before that.
    Unclear {
        /// How many statements took effect before it.
        statements_done: u32,
    },
}

impl Failure {
    /// Outside of any migration: connecting, reading, locking.
    pub(crate) fn outside(error: DbError) -> Self {
        Self::new(FailureKind::Database(error.kind), error.message)
    }

    /// Nothing can be done to a tenant of that back end.
    pub(crate) fn no_migrations(set: &SetKey) -> Self {
        Self::new(FailureKind::NoMigrations, format!("there are no migrations for {set}"))
    }

    /// What a database is compared with could not be made.
    pub const fn of_scratch(message: String) -> Self {
        Self::new(FailureKind::Scratch, message)
    }

    /// Of that kind, in those words.
    pub(crate) const fn new(kind: FailureKind, message: String) -> Self {
        Self { kind, message, migration: None, applied: Vec::new() }
    }

    /// The statement with that index may have taken effect in an earlier run.
    pub(crate) fn unsettled(migration: &Migration, index: usize) -> Self {
        let message = "an earlier run was interrupted in it, and the schema does not show whether \
                       it took effect";
        let error = DbError::new(DbErrorKind::Statement, message);
        let effect = Effect::Unclear { statements_done: count(index) };
        Self { kind: FailureKind::Unsettled, ..Self::at_statement(migration, index, error, effect) }
    }

    /// At the statement with that index in the migration's `up.sql`; after the last one, if no
    /// statement has the index.
    pub(crate) fn at_statement(
        migration: &Migration,
        index: usize,
        error: DbError,
        effect: Effect,
    ) -> Self {
        let statements = &migration.up_statements;
        let statement = statements.get(index).map(|statement| FailedStatement {
            number: count(index + 1),
            total: count(statements.len()),
            line: statement.line,
            excerpt: excerpt(statement),
        });
        Self {
            migration: Some(FailedMigration::new(migration, statement, effect)),
            ..Self::outside(error)
        }
    }

    /// In the migration's transaction, but not at one of its statements.
    pub(crate) fn between_statements(
        migration: &Migration,
        error: DbError,
        effect: Effect,
    ) -> Self {
        Self {
            migration: Some(FailedMigration::new(migration, None, effect)),
            ..Self::outside(error)
        }
    }
}

impl FailedMigration {
    fn new(migration: &Migration, statement: Option<FailedStatement>, effect: Effect) -> Box<Self> {
        Box::new(Self {
            version: migration.version.clone(),
            name: migration.name.clone(),
            statement,
            effect,
        })
    }
}

impl FailureKind {
    /// The kind in words of one line.
    pub const fn describe(self) -> &'static str {
        match self {
            Self::NoMigrations => "no migrations",
            Self::Cancelled => "cancelled",
            Self::Defect => "defect in this program",
            Self::Unsettled => "statement in doubt",
            Self::Hook => "hook failed",
            Self::SessionSql => "session SQL failed",
            Self::Scratch => "scratch database failed",
            Self::Database(kind) => match kind {
                DbErrorKind::Unreachable => "server unreachable",
                DbErrorKind::ServerBusy => "server busy",
                DbErrorKind::ConnectionLost => "connection lost",
                DbErrorKind::NoAnswer => "no answer",
                DbErrorKind::Closed => "database closed",
                DbErrorKind::Denied => "access denied",
                DbErrorKind::Missing => "database missing",
                DbErrorKind::Corrupt => "database damaged",
                DbErrorKind::ReadOnly => "database read-only",
                DbErrorKind::DiskFull => "disk full",
                DbErrorKind::LockTimeout => "lock timeout",
                DbErrorKind::LockLost => "lock lost",
                DbErrorKind::StatementTimeout => "statement timeout",
                DbErrorKind::Deadlock => "deadlock",
                DbErrorKind::Statement => "statement failed",
                DbErrorKind::OutOfResources => "too few file descriptors or threads",
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
                write!(f, "the first statement took effect")
            }
            Self::Partial { statements_done } => {
                write!(f, "the first {statements_done} statements took effect")
            }
            Self::InDoubt { .. } => write!(
                f,
                "the database did not confirm it, and the next run reads what took effect"
            ),
            Self::Unclear { .. } => write!(f, "it may have taken effect in part"),
        }
    }
}

/// A number of statements, as the journal holds it.
pub(crate) fn count(statements: usize) -> u32 {
    u32::try_from(statements).unwrap_or(u32::MAX)
}
