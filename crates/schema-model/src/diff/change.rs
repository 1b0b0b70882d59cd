//! The changes that a comparison yields and a renderer reads.

use crate::model::{Check, Column, ForeignKey, Index, List, Table, Text};

/// One change of a schema. [`diff`](super::diff()) lists them: first the tables that stay, then new
/// tables in the order of their foreign keys, then dropped tables in the reverse of that order.
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
    /// Those of its foreign keys that refer to a table created later, because the keys form a
    /// cycle.
    pub late_keys: Vec<ForeignKey>,
}

/// A table that is dropped, with its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DropTable {
    /// The table.
    pub table: Table,
    /// Those of its foreign keys that block an earlier change, so that they are dropped before it.
    pub early_keys: Vec<ForeignKey>,
}

/// A table before and after, and the steps between. If the names differ, the table is renamed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlterTable {
    /// The table before the change.
    pub from: Table,
    /// The table after the change.
    pub to: Table,
    /// The steps, in an order in which they can be applied once the table has its new name. Empty
    /// if only the name changes.
    pub steps: Vec<Step>,
}

/// One step of an [`AlterTable`]. The order of the variants is the order of the steps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Remove a foreign key.
    DropForeignKey(ForeignKey),
    /// A foreign key that stays, but blocks a change at one of its two ends. A back end that can't
    /// change a column under a foreign key drops the key and adds it again.
    ReleaseForeignKey {
        /// Before the change.
        from: ForeignKey,
        /// After the change.
        to: ForeignKey,
    },
    /// Remove a check.
    DropCheck(Check),
    /// Remove an index.
    DropIndex(Index),
    /// Rename a column.
    RenameColumn {
        /// The old name.
        from: Text,
        /// The new name.
        to: Text,
    },
    /// Add a column. Existing rows get the values of its backfill, its default, numbers, or NULL.
    AddColumn(Column),
    /// Change a column, which already has its new name.
    AlterColumn {
        /// Before the change.
        from: Column,
        /// After the change.
        to: Column,
    },
    /// Remove a column with its values. If a column of that name was added, this one is replaced,
    /// and a backfill can still read the old values.
    DropColumn(Column),
    /// Change the primary key, or create it again because one of its columns is replaced.
    ChangePrimaryKey {
        /// The columns before the change.
        from: List<Text>,
        /// The columns after the change.
        to: List<Text>,
    },
    /// Rename a foreign key.
    RenameForeignKey {
        /// Before the change.
        from: ForeignKey,
        /// After the change.
        to: ForeignKey,
    },
    /// Rename a check.
    RenameCheck {
        /// Before the change.
        from: Check,
        /// After the change.
        to: Check,
    },
    /// Rename an index to a name that no index had before. Two indexes that swap their names are
    /// dropped and added instead. The same holds for foreign keys and checks.
    RenameIndex {
        /// Before the change.
        from: Index,
        /// After the change.
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
    /// The old and the new name of each renamed column.
    pub fn renamed_columns(&self) -> Vec<(&str, &str)> {
        let renamed = self.steps.iter().filter_map(|step| match step {
            Step::RenameColumn { from, to } => Some((&**from, &**to)),
            _ => None,
        });
        renamed.collect()
    }

    /// The column of `from` whose values a column of `to` keeps; `None` if it is added or replaced.
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

    /// Whether a column of that name is dropped and another one is added.
    pub fn replaces(&self, name: &str) -> bool {
        let mut steps = self.steps.iter();
        steps.any(|step| matches!(step, Step::AddColumn(column) if column.name == name))
            && steps.any(|step| matches!(step, Step::DropColumn(column) if column.name == name))
    }
}

/// A difference that no migration is generated for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsupported {
    /// The place: `table` or `table.column`.
    pub place: String,
    /// What differs, and what to do instead.
    pub reason: String,
}
