//! From two schemas to the changes that lead from the one to the other. Pure.

mod order;
mod unsupported;

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

/// The changes that turn `from` into `to`, in an order in which every back end can apply them:
/// nothing refers to a table or key that does not exist yet, or no longer. Equal schemas have no
/// changes; the order of tables, columns, indexes and constraints is no difference, and what is
/// declared differently but stays where it is (an index over other columns) is dropped and added.
///
/// Created tables come in the order of their foreign keys. Where those form a cycle, one key is left
/// out and added at the end.
///
/// # Errors
/// All differences that no migration is generated for: changed columns and primary keys, renames,
/// and new columns that existing rows would have no value for.
pub fn diff(from: &Schema, to: &Schema) -> Result<Vec<Change>, Vec<Unsupported>> {
    let unsupported = unsupported::find(from, to);
    if unsupported.is_empty() { Ok(changes(from, to)) } else { Err(unsupported) }
}

fn changes(from: &Schema, to: &Schema) -> Vec<Change> {
    let dropped =
        order::for_creation(from.tables.iter().filter(|table| to.table(&table.name).is_none()));
    let created =
        order::for_creation(to.tables.iter().filter(|table| from.table(&table.name).is_none()));

    // A foreign key lets go before the key that it refers to goes or is replaced, and comes back
    // when that is done; in a cycle, one waits until all tables are there.
    let target_changes = |table: &Table, key: &ForeignKey| {
        key.foreign_table != table.name && unique_keys_differ(from, to, key)
    };
    let dropped_early = |table: &Table, key: &ForeignKey| {
        target_changes(table, key) || order::refers_forward(&dropped, table, key)
    };
    let added_late = |table: &Table, key: &ForeignKey| {
        target_changes(table, key) || order::refers_forward(&created, table, key)
    };
    let before = |table: &Table| without_keys(table, dropped_early);
    let after = |table: &Table| without_keys(table, added_late);
    let alter = |before: Table, after: &Table| alteration(from, to, before, after);

    let early = from.tables.iter().filter_map(|table| alter(table.clone(), &before(table)));
    let creations = created.iter().map(|table| Change::CreateTable(after(table)));
    let kept = to.tables.iter().filter_map(|table| Some((from.table(&table.name)?, table)));
    let alterations = kept.filter_map(|(old, new)| alter(before(old), &after(new)));
    let late = to.tables.iter().filter_map(|table| alter(after(table), table));
    let drops = dropped.iter().rev().map(|table| Change::DropTable(before(table)));
    early.chain(creations).chain(alterations).chain(late).chain(drops).collect()
}

/// Whether the unique indexes that such a foreign key may need differ. Primary keys do not change,
/// and a table that is created or dropped has its keys for all its life.
fn unique_keys_differ(from: &Schema, to: &Schema, key: &ForeignKey) -> bool {
    let (Some(before), Some(after)) =
        (from.table(&key.foreign_table), to.table(&key.foreign_table))
    else {
        return false;
    };
    let target = std::slice::from_ref(&key.foreign_column);
    let needed = |index: &Index| index.unique && *index.columns == *target;
    let keys = |table: &Table| -> Vec<Index> {
        table.indexes.iter().filter(|index| needed(index)).cloned().collect()
    };
    *before.primary_key != *target && keys(before) != keys(after)
}

fn without_keys(table: &Table, left_out: impl Fn(&Table, &ForeignKey) -> bool) -> Table {
    let mut copy = table.clone();
    copy.foreign_keys.to_mut().retain(|key| !left_out(table, key));
    copy
}

/// The steps from one shape of a table to another; nothing where there is no difference.
fn alteration(from: &Schema, to: &Schema, before: Table, after: &Table) -> Option<Change> {
    // A key of a table into itself can't stay while the index that it needs is replaced. (Keys
    // into other tables that change are in neither shape by then.)
    let replaced =
        |key: &ForeignKey| before.indexes != after.indexes && unique_keys_differ(from, to, key);
    let only_in_first = |first: &Table, second: &Table| {
        let keys = first.foreign_keys.iter();
        let keys = keys.filter(|key| !second.foreign_keys.contains(key) || replaced(key));
        keys.cloned().collect::<Vec<ForeignKey>>()
    };
    let is_new = |column: &&Column| before.column(&column.name).is_none();
    let is_gone = |column: &&Column| after.column(&column.name).is_none();

    let mut steps = Vec::new();
    steps.extend(only_in_first(&before, after).into_iter().map(Step::DropForeignKey));
    steps.extend(missing(&before.checks, &after.checks).map(Step::DropCheck));
    steps.extend(missing(&before.indexes, &after.indexes).map(Step::DropIndex));
    steps.extend(before.columns.iter().filter(is_gone).cloned().map(Step::DropColumn));
    steps.extend(after.columns.iter().filter(is_new).cloned().map(Step::AddColumn));
    steps.extend(missing(&after.indexes, &before.indexes).map(Step::AddIndex));
    steps.extend(missing(&after.checks, &before.checks).map(Step::AddCheck));
    steps.extend(only_in_first(after, &before).into_iter().map(Step::AddForeignKey));
    if steps.is_empty() {
        return None;
    }
    Some(Change::AlterTable(AlterTable { from: before, to: after.clone(), steps }))
}

/// What is in the first list and not in the second.
fn missing<'a, T: Clone + PartialEq>(
    first: &'a [T],
    second: &'a [T],
) -> impl Iterator<Item = T> + 'a {
    first.iter().filter(|item| !second.contains(item)).cloned()
}
