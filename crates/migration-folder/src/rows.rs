//! Inserts rows to try migrations on, and reads their values again.

use db_backend::{DbError, Scratch};
use schema_model::diff::{Change, CreateTable, diff, hazards};
use schema_model::{Column, ForeignKey, Schema, Table, Text};
use sql_dialect::Dialect;

use crate::samples::sample;

/// The rows of a database that was filled.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Filled {
    /// How many rows there are in total.
    pub(crate) rows: usize,
    /// The tables that accepted no row.
    pub(crate) empty: Vec<EmptyTable>,
}

/// A table that accepted no sample row, so that nothing is proven of rows in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmptyTable {
    /// The table.
    pub table: String,
    /// What the database reported of the first row.
    pub error: DbError,
}

/// Inserts three rows into each table: two with a value in every column, and one with as many NULLs
/// as the table allows. Rows with the same number have the same values in all tables, so that the
/// first row of a table refers to the first row of another. Rows that a check or a unique index
/// rejects are left out.
pub(crate) fn fill(scratch: &mut Scratch, schema: &Schema) -> Filled {
    let mut filled = Filled::default();
    for create in created(schema) {
        let rows = (1..=3).map(|number| Row {
            schema,
            create: create.clone(),
            number,
            with_nulls: number == 3,
        });
        let results: Vec<Result<(), DbError>> = rows.map(|row| insert(scratch, row)).collect();
        filled.rows += results.iter().filter(|result| result.is_ok()).count();
        if let Some(Err(error)) = results.first()
            && results.iter().all(Result::is_err)
            && is_empty(scratch, &create.table.name)
        {
            let table = create.table.name.to_string();
            filled.empty.push(EmptyTable { table, error: error.clone() });
        }
    }
    filled
}

/// Whether a table has no row, not even one of an earlier fill.
fn is_empty(scratch: &mut Scratch, table: &str) -> bool {
    let query = format!("SELECT '1' FROM {} LIMIT 1", scratch.dialect().quote(table));
    matches!(scratch.connection().rows(&query, &[]).as_deref(), Ok([]))
}

/// Inserts a row; without NULLs if it is rejected with them.
fn insert(scratch: &mut Scratch, row: Row<'_>) -> Result<(), DbError> {
    let dialect = scratch.dialect();
    let inserted = scratch.connection().execute(&row.insert(dialect));
    match inserted {
        Err(_) if row.with_nulls => {
            let row = Row { with_nulls: false, ..row };
            scratch.connection().execute(&row.insert(dialect))
        }
        inserted => inserted,
    }
}

/// The row of that number for each table, those that others refer to first.
pub(crate) fn of_each_table(schema: &Schema, number: u8) -> Vec<Row<'_>> {
    created(schema).map(|create| Row { schema, create, number, with_nulls: false }).collect()
}

/// The tables in the order of their foreign keys.
fn created(schema: &Schema) -> impl Iterator<Item = CreateTable> {
    // Any table can be created, so no table is missing here.
    diff(&Schema::EMPTY, schema).unwrap_or_default().into_iter().filter_map(|change| match change {
        Change::CreateTable(create) => Some(create),
        Change::AlterTable(_) | Change::DropTable(_) => None,
    })
}

/// A row to insert into a table.
pub(crate) struct Row<'s> {
    schema: &'s Schema,
    create: CreateTable,
    number: u8,
    with_nulls: bool,
}

impl Row<'_> {
    /// The table's name.
    pub(crate) fn table(&self) -> &str {
        &self.create.table.name
    }

    /// The statement that inserts it.
    pub(crate) fn insert(&self, dialect: &dyn Dialect) -> String {
        let columns = &self.create.table.columns;
        let value = |column: &Column| match column.nullable && self.leaves_out(column) {
            true => "NULL".to_owned(),
            false => self.value(dialect, column, self.number),
        };
        format!(
            "INSERT INTO {} ({}) VALUES ({})",
            dialect.quote(self.table()),
            quoted(dialect, columns.iter().map(|column| &column.name)),
            columns.iter().map(value).collect::<Vec<_>>().join(", ")
        )
    }

    /// The value of a column in the row of that number.
    fn value(&self, dialect: &dyn Dialect, column: &Column, number: u8) -> String {
        sample(self.schema, &self.create.table, column, number).literal(dialect)
    }

    /// The statement that gives it the values of the row of another number, except in its keys.
    pub(crate) fn update(&self, dialect: &dyn Dialect, number: u8) -> String {
        let table = &self.create.table;
        let is_key = |column: &Column| {
            table.primary_key.contains(&column.name)
                || table.foreign_keys.iter().any(|key| key.columns.contains(&column.name))
        };
        let assignments = table.columns.iter().map(|column| {
            let name = dialect.quote(&column.name);
            match is_key(column) {
                true => format!("{name} = {name}"),
                false => format!("{name} = {}", self.value(dialect, column, number)),
            }
        });
        format!(
            "UPDATE {} SET {} WHERE {}",
            dialect.quote(self.table()),
            assignments.collect::<Vec<_>>().join(", "),
            self.condition(dialect)
        )
    }

    /// The statement that deletes it.
    pub(crate) fn delete(&self, dialect: &dyn Dialect) -> String {
        let table = dialect.quote(self.table());
        format!("DELETE FROM {table} WHERE {}", self.condition(dialect))
    }

    /// The condition that only this row satisfies.
    fn condition(&self, dialect: &dyn Dialect) -> String {
        let table = &self.create.table;
        let key = table.columns.iter().filter(|one| table.primary_key.contains(&one.name));
        let parts = key.map(|column| {
            let value = self.value(dialect, column, self.number);
            format!("{} = {value}", dialect.quote(&column.name))
        });
        parts.collect::<Vec<_>>().join(" AND ")
    }

    /// Whether a column that can be NULL is NULL in this row: because the row is for that, or
    /// because the table that it refers to is filled later.
    fn leaves_out(&self, column: &Column) -> bool {
        let waits = |key: &ForeignKey| key.columns.contains(&column.name);
        self.with_nulls || self.create.late_keys.iter().any(waits)
    }
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
