//! The order of changes on a server, where a foreign key must always have something to refer to.

use schema_model::diff::{AlterTable, Change, Step};
use schema_model::{ForeignKey, Table};

use crate::dialect::Piece;

/// What each phase is made of.
pub(crate) trait Phases {
    /// Whether a foreign key can be renamed in place; if not, it is dropped and added.
    const RENAMES_FOREIGN_KEYS: bool;

    /// Removes foreign keys of one table; never none.
    fn drop_foreign_keys(&self, table: &str, keys: &[&ForeignKey]) -> String;

    /// Renames a table, and what is named after it by the back end itself.
    fn rename_table(&self, from: &Table, to: &Table) -> Vec<String>;

    /// Statements that fail if rows are against what is to come. None where DDL is rolled back:
    /// there the change itself may fail.
    fn guards(&self, _alter: &AlterTable) -> Vec<String> {
        Vec::new()
    }

    /// Takes all steps on a table that has its new name already, but for the foreign keys that are
    /// dropped, added or released.
    fn alter_table(&self, alter: &AlterTable) -> Vec<String>;

    /// Creates a table with all its foreign keys but the late ones.
    fn create_table(&self, table: &Table, late_keys: &[ForeignKey]) -> Vec<String>;

    /// Adds foreign keys to one table; never none.
    fn add_foreign_keys(&self, table: &str, keys: &[&ForeignKey]) -> String;

    /// Drops a table.
    fn drop_table(&self, table: &Table) -> String;
}

/// Guards are first of all. Foreign keys let go first and hold again last. Tables go after
/// everything else, so that a backfill can still read them.
pub(crate) fn render<P: Phases>(phases: &P, changes: &[Change]) -> Vec<Piece> {
    let mut sql: Vec<String> = altered(changes).flat_map(|alter| phases.guards(alter)).collect();
    for change in changes {
        let (table, keys) = dropped_keys::<P>(change);
        if !keys.is_empty() {
            sql.push(phases.drop_foreign_keys(table, &keys));
        }
    }
    for alter in altered(changes).filter(|alter| alter.from.name != alter.to.name) {
        sql.extend(phases.rename_table(&alter.from, &alter.to));
    }
    for alter in altered(changes) {
        sql.extend(phases.alter_table(alter));
    }
    for change in changes {
        if let Change::CreateTable(create) = change {
            sql.extend(phases.create_table(&create.table, &create.late_keys));
        }
    }
    for change in changes {
        let (table, keys) = added_keys::<P>(change);
        if !keys.is_empty() {
            sql.push(phases.add_foreign_keys(table, &keys));
        }
    }
    for change in changes {
        if let Change::DropTable(drop) = change {
            sql.push(phases.drop_table(&drop.table));
        }
    }
    sql.into_iter().map(Piece::Statement).collect()
}

fn altered(changes: &[Change]) -> impl Iterator<Item = &AlterTable> {
    changes.iter().filter_map(|change| match change {
        Change::AlterTable(alter) => Some(alter),
        Change::CreateTable(_) | Change::DropTable(_) => None,
    })
}

/// The foreign keys that let go first, with the name that their table has then.
fn dropped_keys<P: Phases>(change: &Change) -> (&str, Vec<&ForeignKey>) {
    match change {
        Change::CreateTable(create) => (&create.table.name, Vec::new()),
        Change::DropTable(drop) => (&drop.table.name, drop.early_keys.iter().collect()),
        Change::AlterTable(alter) => {
            let keys = alter.steps.iter().filter_map(|step| match step {
                Step::DropForeignKey(key) | Step::ReleaseForeignKey { from: key, .. } => Some(key),
                Step::RenameForeignKey { from, .. } if !P::RENAMES_FOREIGN_KEYS => Some(from),
                _ => None,
            });
            (&alter.from.name, keys.collect())
        }
    }
}

/// The foreign keys that hold again last.
fn added_keys<P: Phases>(change: &Change) -> (&str, Vec<&ForeignKey>) {
    match change {
        Change::CreateTable(create) => (&create.table.name, create.late_keys.iter().collect()),
        Change::DropTable(drop) => (&drop.table.name, Vec::new()),
        Change::AlterTable(alter) => {
            let keys = alter.steps.iter().filter_map(|step| match step {
                Step::AddForeignKey(key) | Step::ReleaseForeignKey { to: key, .. } => Some(key),
                Step::RenameForeignKey { to, .. } if !P::RENAMES_FOREIGN_KEYS => Some(to),
                _ => None,
            });
            (&alter.to.name, keys.collect())
        }
    }
}
