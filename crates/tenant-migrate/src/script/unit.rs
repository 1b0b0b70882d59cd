//! Statements that take effect together.

use std::ops::Range;

/// Statements that take effect together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unit {
    /// Which ones, by index; never empty.
    pub(crate) statements: Range<usize>,
    /// How they are executed.
    pub(crate) form: Form,
}

impl Unit {
    /// Whether that statement is one of them.
    pub(crate) fn contains(&self, index: usize) -> bool {
        self.statements.contains(&index)
    }
}

/// How the statements of a unit are executed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// In a transaction together with their journal row.
    Together,
    /// The same, but the first statement begins the transaction and the last one commits it.
    Block,
    /// The same, but the first statement locks tables, and the last one unlocks them.
    TablesLocked,
    /// By itself: one statement that may commit.
    Alone,
    /// Without a journal row, since they only change the session.
    InSession,
    /// Not at all: the beginning or the end of a block that the database itself ends earlier.
    Skipped,
}
