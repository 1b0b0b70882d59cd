//! From two schemas to the changes that lead from the one to the other. Pure.

use crate::model::{Check, Column, ForeignKey, Index, Schema, Table};

/// One change of a schema, in the order in which it can be applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A new table with its indexes, foreign keys and checks.
    CreateTable(Table),
    /// A table that is no longer declared.
    DropTable(Table),
    /// A table that is declared differently.
    AlterTable(AlterTable),
}

/// A table before and after, and the steps between. A back end that can't take a step in place
/// (SQLite) rebuilds the table from `from` and `to`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlterTable {
    /// The table as it is.
    pub from: Table,
    /// The table as it is to be.
    pub to: Table,
    /// The steps, in the order in which they can be applied; never empty.
    pub steps: Vec<Step>,
}

/// One step of an [`AlterTable`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Remove a foreign key.
    DropForeignKey(ForeignKey),
    /// Remove a check.
    DropCheck(Check),
    /// Remove an index.
    DropIndex(Index),
    /// Remove a column with its data.
    DropColumn(Column),
    /// Add a column.
    AddColumn(Column),
    /// Add an index.
    AddIndex(Index),
    /// Add a check.
    AddCheck(Check),
    /// Add a foreign key.
    AddForeignKey(ForeignKey),
}

/// A difference that no migration is generated for; write that one by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsupported {
    /// Where: `table` or `table.column`.
    pub place: String,
    /// What differs, and what to do instead.
    pub reason: String,
}
