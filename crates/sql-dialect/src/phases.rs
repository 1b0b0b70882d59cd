//! The order of changes on a server, where a foreign key must always have a target.

use schema_model::diff::{AlterTable, Change, Step};
use schema_model::{ForeignKey, Table};

use crate::dialect::Piece;

/// The statements of each phase.
pub(crate) trait Phases {
    /// Whether a foreign key can be renamed in place; if not, it is dropped and added.
    const RENAMES_FOREIGN_KEYS: bool;

    /// Drops foreign keys of one table. `keys` is never empty.
    fn drop_foreign_keys(&self, table: &str, keys: &[&ForeignKey]) -> String;

    /// Renames a table, and everything that the back end itself names after the table.
    fn rename_table(&self, from: &Table, to: &Table) -> Vec<String>;

    /// Statements that fail if rows do not allow the change. There are none if DDL can be rolled
    /// back: then the change itself may fail.
    fn guards(&self, _alter: &AlterTable) -> Vec<String> {
        Vec::new()
    }

    /// Carries out all steps on a table that already has its new name, except those that drop, add
    /// or release foreign keys.
    fn alter_table(&self, alter: &AlterTable) -> Vec<String>;

    /// Creates a table with all its foreign keys except the late ones.
    fn create_table(&self, table: &Table, late_keys: &[ForeignKey]) -> Vec<String>;

    /// Adds foreign keys to one table. `keys` is never empty.
    fn add_foreign_keys(&self, table: &str, keys: &[&ForeignKey]) -> String;

    /// Drops a table.
    fn drop_table(&self, table: &Table) -> String;
}

/// Guards come first. Then foreign keys are dropped. They are added again after the other changes.
/// Tables are dropped last, so that a backfill can still read them.
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

/// The foreign keys to drop first, with the name that their table has at that point.
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

/// The foreign keys to add last.
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
