//! Compares two schemas.

use super::change::{Change, CreateTable, DropTable, Unsupported};
use super::rename::{self, predecessor};
use super::{order, table, unsupported};
use crate::model::{ForeignKey, Schema, Table, Text};

/// The changes that turn `from` into `to`. Equal schemas have no changes, and the order of tables,
/// columns, indexes and constraints makes no difference. A table or column of `to` continues the
/// one of the same name, or the one that `to` says it was renamed from.
///
/// A column that changes to a type without a [`conversion`](super::conversion()) is replaced.
/// Indexes and constraints whose definition changes are dropped and added.
///
/// # Errors
/// All differences that no migration is generated for: new columns that existing rows would have no
/// value for, renames to a name that is taken, and names of constraints that move between tables.
pub fn diff(from: &Schema, to: &Schema) -> Result<Vec<Change>, Vec<Unsupported>> {
    let unsupported = unsupported::find(from, to);
    if unsupported.is_empty() { Ok(compare(from, to)) } else { Err(unsupported) }
}

/// The same changes, even if no migration can be generated for them: for reports, not for applying.
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
