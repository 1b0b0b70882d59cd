//! Inserts rows to try migrations on, and reads their values again.

use db_backend::{DbError, Scratch};
use schema_model::diff::{Change, diff, hazards};
use schema_model::{Column, ForeignKey, Schema, Table, Text};
use sql_dialect::Dialect;

/// Inserts three rows into each table: two with a value in every column, and one with as many NULLs
/// as the table allows. Rows with the same number have the same values in all tables, so that the
/// first row of a table refers to the first row of another. Rows that a check or a unique index
/// rejects are left out. Returns how many rows there are now.
pub(crate) fn fill(scratch: &mut Scratch, schema: &Schema) -> usize {
    let mut filled = 0;
    // Any table can be created, so no table is missing here.
    for change in diff(&Schema::EMPTY, schema).unwrap_or_default() {
        let Change::CreateTable(create) = change else { continue };
        let rows = 1..=3;
        filled += rows
            .filter(|number| fill_row(scratch, &create.table, &create.late_keys, *number))
            .count();
    }
    filled
}

fn fill_row(scratch: &mut Scratch, table: &Table, late_keys: &[ForeignKey], number: u8) -> bool {
    let dialect = scratch.dialect();
    let waits = |column: &Column| {
        column.nullable && late_keys.iter().any(|key| key.columns.contains(&column.name))
    };
    let is_null = |column: &Column| column.nullable && (number == 3 || waits(column));
    let values: Vec<String> = table
        .columns
        .iter()
        .map(|column| match is_null(column) {
            true => "NULL".to_owned(),
            false => dialect.sample(column.sql_type, number),
        })
        .collect();
    let insert = format!(
        "INSERT INTO {} ({}) VALUES ({})",
        dialect.quote(&table.name),
        quoted(dialect, table.columns.iter().map(|column| &column.name)),
        values.join(", ")
    );
    // If a row is refused, the migration is tried on fewer rows.
    scratch.connection().execute(&insert).is_ok()
}

/// The columns of a table that keep their values in a migration, by their names before or after it.
pub(crate) struct Kept {
    table: Text,
    columns: Vec<Column>,
}

/// The columns that keep their values in these changes of `from`, by their names before and after.
pub(crate) fn kept(from: &Schema, changes: &[Change]) -> (Vec<Kept>, Vec<Kept>) {
    let tables = from.tables.iter().filter_map(|table| kept_of(table, changes));
    tables.unzip()
}

fn kept_of(table: &Table, changes: &[Change]) -> Option<(Kept, Kept)> {
    let all = || Kept { table: table.name.clone(), columns: table.columns.to_vec() };
    for change in changes {
        match change {
            Change::DropTable(drop) if drop.table.name == table.name => return None,
            Change::AlterTable(alter) if alter.from.name == table.name => {
                let pairs = alter.to.columns.iter().filter_map(|to| {
                    let from = alter.source_of(to)?;
                    // NULL becomes a value there.
                    let is_filled = from.nullable && !to.nullable;
                    (!is_filled).then(|| (from.clone(), to.clone()))
                });
                let (before, after) = pairs.unzip();
                return Some((
                    Kept { table: table.name.clone(), columns: before },
                    Kept { table: alter.to.name.clone(), columns: after },
                ));
            }
            Change::AlterTable(_) | Change::CreateTable(_) | Change::DropTable(_) => {}
        }
    }
    Some((all(), all()))
}

/// The values of these columns, one text for each row, in an order that depends only on them.
pub(crate) fn values(scratch: &mut Scratch, kept: &[Kept]) -> Result<Vec<Vec<String>>, DbError> {
    kept.iter().map(|kept| values_of(scratch, kept)).collect()
}

fn values_of(scratch: &mut Scratch, kept: &Kept) -> Result<Vec<String>, DbError> {
    if kept.columns.is_empty() {
        return Ok(Vec::new());
    }
    let dialect = scratch.dialect();
    let texts = kept.columns.iter();
    let texts: Vec<String> = texts
        .map(|column| dialect.as_text(column.sql_type, &dialect.quote(&column.name)))
        .collect();
    let query = format!("SELECT {} FROM {}", texts.join(", "), dialect.quote(&kept.table));
    let rows = scratch.connection().rows(&query, &[])?;
    let shown = |row: Vec<Option<String>>| {
        let cells =
            row.into_iter().map(|cell| cell.map_or("NULL".to_owned(), |text| format!("{text:?}")));
        cells.collect::<Vec<_>>().join(", ")
    };
    let mut rows: Vec<String> = rows.into_iter().map(shown).collect();
    rows.sort();
    Ok(rows)
}

/// Whether these changes may fail on valid rows, so that such a failure proves nothing.
pub(crate) fn may_fail_on_rows(changes: &[Change]) -> bool {
    hazards(changes).iter().any(|hazard| !hazard.kind.loses_data())
}

fn quoted<'a>(dialect: &dyn Dialect, names: impl Iterator<Item = &'a Text>) -> String {
    names.map(|name| dialect.quote(name)).collect::<Vec<_>>().join(", ")
}
