//! From two schemas to what lies between them. Pure.
//!
//! [`diff`] says what changes, table by table; how a back end gets there, and in which order, is for
//! it to know. [`hazards`] names what may lose data or fail on rows that are there, [`in_words`] says
//! it all in sentences, and [`undone`] gives the schema that leads back.

mod conversion;
mod expression;
mod hazard;
mod order;
mod rename;
mod table;
mod undo;
mod unsupported;
mod words;

use crate::model::{Check, Column, ForeignKey, Index, List, Schema, Table, Text};

pub use conversion::{Conversion, conversion};
pub use hazard::{Hazard, HazardKind, hazards};
pub use undo::undone;
pub use words::in_words;

use rename::predecessor;

/// One change of a schema. A list of them comes from [`diff`]: tables that stay, then new ones in the
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

/// The changes that turn `from` into `to`. Equal schemas have none; the order of tables, columns,
/// indexes and constraints is no difference. A table or column is the same one if it has the same
/// name, or if `to` says that it was renamed from it.
///
/// A column that changes to a type without a [`conversion`] is replaced. Indexes and constraints
/// whose definition changes are dropped and added.
///
/// # Errors
/// All differences that no migration is generated for: new columns that existing rows would have no
/// value for, renames to a name that is taken, and names of constraints that move between tables.
pub fn diff(from: &Schema, to: &Schema) -> Result<Vec<Change>, Vec<Unsupported>> {
    let unsupported = unsupported::find(from, to);
    if unsupported.is_empty() { Ok(compare(from, to)) } else { Err(unsupported) }
}

/// The same, also where no migration can be generated for it: to be told, and not to be applied.
pub fn compare(from: &Schema, to: &Schema) -> Vec<Change> {
    let stays = |old: &Table| to.tables.iter().any(|new| predecessor(from, to, new) == Some(old));
    let dropped = order::for_creation(from.tables.iter().filter(|old| !stays(old)));
    let is_new = |new: &&Table| predecessor(from, to, new).is_none();
    let created = order::for_creation(to.tables.iter().filter(is_new));

    let base = rename::in_new_names(from, to);
    let alterations = to.tables.iter().filter_map(|new| {
        let old = predecessor(from, to, new)?;
        table::alteration(old, base.table(&new.name)?, new, &base, to)
    });
    let creations = created.iter().map(|&table| CreateTable {
        late_keys: keys_where(table, |key| order::refers_forward(&created, table, key)),
        table: table.clone(),
    });
    let drops = dropped.iter().rev().map(|&table| DropTable {
        early_keys: keys_where(table, |key| {
            let new_name = |name: &Text| {
                let new = to
                    .tables
                    .iter()
                    .find(|new| predecessor(from, to, new).is_some_and(|old| old.name == *name));
                new.map(|new| new.name.clone())
            };
            order::refers_forward(&dropped, table, key)
                || new_name(&key.foreign_table).is_some()
                    && base.table(&table.name).is_some_and(|translated| {
                        let same = translated.foreign_keys.iter().find(|k| k.name == key.name);
                        same.is_some_and(|key| table::target_is_touched(key, &base, to))
                    })
        }),
        table: table.clone(),
    });
    alterations
        .map(Change::AlterTable)
        .chain(creations.map(Change::CreateTable))
        .chain(drops.map(Change::DropTable))
        .collect()
}

fn keys_where(table: &Table, condition: impl Fn(&ForeignKey) -> bool) -> Vec<ForeignKey> {
    table.foreign_keys.iter().filter(|key| condition(key)).cloned().collect()
}
