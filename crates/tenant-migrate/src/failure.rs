//! Making failures: from what a database says, and where.

use db_backend::{DbError, Statement};

use crate::migration::Migration;
use crate::outcome::{Effect, FailedMigration, FailedStatement, Failure, FailureKind};

impl Failure {
    /// Outside of any migration: connecting, reading, locking.
    pub(crate) fn outside(error: DbError) -> Self {
        Self::new(FailureKind::Database(error.kind), error.message)
    }

    /// Of that kind, in those words.
    pub(crate) const fn new(kind: FailureKind, message: String) -> Self {
        Self { kind, message, migration: None, applied: Vec::new() }
    }

    /// At the statement at that index of the migration's `up.sql` or `down.sql`; after the last
    /// one, where the index is that of none.
    pub(crate) fn at_statement(
        migration: &Migration,
        statements: &[Statement],
        index: usize,
        error: DbError,
        effect: Effect,
    ) -> Self {
        let statement = statements.get(index).map(|statement| FailedStatement {
            number: count(index + 1),
            total: count(statements.len()),
            line: statement.line,
            excerpt: excerpt(&statement.sql),
        });
        let failed = FailedMigration {
            version: migration.version.clone(),
            name: migration.name.clone(),
            statement,
            effect,
        };
        Self { migration: Some(Box::new(failed)), ..Self::outside(error) }
    }

    /// In the migration's transaction, but at none of its statements.
    pub(crate) fn between_statements(
        migration: &Migration,
        error: DbError,
        effect: Effect,
    ) -> Self {
        Self::at_statement(migration, &[], 0, error, effect)
    }
}

/// Long enough to recognise a statement by, short enough for a line.
const EXCERPT_LENGTH: usize = 60;

fn excerpt(sql: &str) -> String {
    let words: Vec<&str> = sql.split_whitespace().collect();
    let line = words.join(" ");
    match line.char_indices().nth(EXCERPT_LENGTH) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line,
    }
}

/// A number of statements, as the journal holds it.
pub(crate) fn count(statements: usize) -> u32 {
    u32::try_from(statements).unwrap_or(u32::MAX)
}
