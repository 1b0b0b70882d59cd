//! What can change: the data that a comparison yields and a renderer reads.

use crate::model::{Check, Column, ForeignKey, Index, List, Table, Text};

/// One change of a schema. A list of them comes from [`diff`](super::diff()): tables that stay, then new ones in the
/// order of their foreign keys, then those that go, in the reverse of that order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A table that is declared differently.
    AlterTable(AlterTable),
    /// A new table.
    CreateTable(CreateTable),
    /// A table that is no longer declared.
    DropTable(DropTable),
}

/// A new table, with its indexes, foreign keys and checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreateTable {
    /// The table.
    pub table: Table,
    /// Those of its foreign keys that refer to a table created after it, since they form a cycle.
    pub late_keys: Vec<ForeignKey>,
}

/// A table that goes, with its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DropTable {
    /// The table.
    pub table: Table,
    /// Those of its foreign keys that are in the way of another change, which comes before.
    pub early_keys: Vec<ForeignKey>,
}

/// A table before and after, and the steps between. It is renamed where the names differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlterTable {
    /// The table as it is.
    pub from: Table,
    /// The table as it is to be.
    pub to: Table,
    /// The steps, in an order in which they can be applied once the table has its new name. Empty
    /// where nothing but that changes.
    pub steps: Vec<Step>,
}

/// One step of an [`AlterTable`]. The order of the variants is the order of the steps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Remove a foreign key.
    DropForeignKey(ForeignKey),
    /// A foreign key that stays, but is in the way of what happens to one of its two ends: a back
    /// end that can't change a column under it drops and adds it.
    ReleaseForeignKey {
        /// As it is.
        from: ForeignKey,
        /// As it is to be.
        to: ForeignKey,
    },
    /// Remove a check.
    DropCheck(Check),
    /// Remove an index.
    DropIndex(Index),
    /// Rename a column.
    RenameColumn {
        /// The name as it is.
        from: Text,
        /// The name as it is to be.
        to: Text,
    },
    /// Add a column: with the values of its backfill, its default, numbers, or NULL.
    AddColumn(Column),
    /// Change a column, which has its new name by then.
    AlterColumn {
        /// As it is.
        from: Column,
        /// As it is to be.
        to: Column,
    },
    /// Remove a column with its values. One of that name may have been added: the column is
    /// replaced, and a backfill can still read the old values.
    DropColumn(Column),
    /// Change the primary key, or make it anew since one of its columns is replaced.
    ChangePrimaryKey {
        /// The columns as they are.
        from: List<Text>,
        /// The columns as they are to be.
        to: List<Text>,
    },
    /// Rename a foreign key.
    RenameForeignKey {
        /// As it is.
        from: ForeignKey,
        /// As it is to be.
        to: ForeignKey,
    },
    /// Rename a check.
    RenameCheck {
        /// As it is.
        from: Check,
        /// As it is to be.
        to: Check,
    },
    /// Rename an index, to a name that none has before: one that changes its name with another is
    /// dropped and added. The same holds for foreign keys and checks.
    RenameIndex {
        /// As it is.
        from: Index,
        /// As it is to be.
        to: Index,
    },
    /// Add an index.
    AddIndex(Index),
    /// Add a check.
    AddCheck(Check),
    /// Add a foreign key.
    AddForeignKey(ForeignKey),
}

impl AlterTable {
    /// The column whose values a column of `to` carries on; none where it is added or replaced.
    pub fn source_of(&self, column: &Column) -> Option<&Column> {
        let mut name = &column.name;
        for step in &self.steps {
            match step {
                Step::AddColumn(added) if added.name == *name => return None,
                Step::RenameColumn { from, to } if to == name => name = from,
                _ => {}
            }
        }
        self.from.column(name)
    }

    /// Whether a column of that name goes and another comes.
    pub fn replaces(&self, name: &str) -> bool {
        let mut steps = self.steps.iter();
        steps.any(|step| matches!(step, Step::AddColumn(column) if column.name == name))
            && steps.any(|step| matches!(step, Step::DropColumn(column) if column.name == name))
    }
}

/// A difference that no migration is generated for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsupported {
    /// Where: `table` or `table.column`.
    pub place: String,
    /// What differs, and what to do instead.
    pub reason: String,
}
