//! SQLite: rebuilding a table with its rows, by
//! <https://www.sqlite.org/lang_altertable.html#otheralter>. The pragmas for foreign keys are left
//! out, since they have no effect inside a transaction: the caller suspends foreign keys before the
//! transaction, and checks them before the commit.

use schema_model::Column;
use schema_model::diff::AlterTable;

use super::names::{self, Sqlite};
use super::tables::{self, create_indexes, table_sql};
use super::types::{self, default};
use crate::clauses;
use crate::dialect::Piece;
use crate::spelling::Spelling;

/// Rebuilds a table that already has its new names, and still has the columns that will be dropped.
pub(super) fn rebuild(alter: &AlterTable) -> Piece {
    let to = &alter.to;
    let rebuilt = names::rebuilt(&to.name);
    let mut sql = vec![table_sql(&rebuilt, to)];
    if keeps_numbering(alter) {
        // The numbers of deleted rows are not used again.
        sql.push(format!(
            "INSERT INTO \"sqlite_sequence\" (\"name\", \"seq\")\n    \
             SELECT {}, \"seq\" FROM \"sqlite_sequence\" WHERE \"name\" = {}",
            clauses::literal(&rebuilt),
            clauses::literal(&to.name)
        ));
    }
    sql.push(copy_rows(alter, &rebuilt));
    sql.push(clauses::drop_table(&Sqlite, &to.name));
    // Without this pragma, the rename would fail on every view of the table, because the table does
    // not exist at this point.
    sql.push("PRAGMA legacy_alter_table = ON".to_owned());
    let rename = format!("RENAME TO {}", Sqlite.quote(&to.name));
    sql.push(clauses::alter_table(&Sqlite, &rebuilt, &[rename]));
    sql.push("PRAGMA legacy_alter_table = OFF".to_owned());
    sql.extend(create_indexes(to));
    Piece::Rebuild { table: to.name.to_string(), statements: sql }
}

/// Whether SQLite sees no difference between the old and the new column and their values.
pub(super) fn is_same(from: &Column, to: &Column) -> bool {
    let renamed = Column { name: to.name.clone(), ..from.clone() };
    tables::column(&renamed) == tables::column(to) && types::always_fits(from.sql_type, to.sql_type)
}

/// Whether the numbering of rows continues in the same column.
fn keeps_numbering(alter: &AlterTable) -> bool {
    let mut columns = alter.to.columns.iter().filter(|column| column.auto_increment);
    columns.any(|column| alter.source_of(column).is_some_and(|source| source.auto_increment))
}

fn copy_rows(alter: &AlterTable, rebuilt: &str) -> String {
    let columns = || alter.to.columns.iter();
    let mut copied: Vec<(&Column, String)> =
        columns().filter_map(|column| Some((column, value(alter, column)?))).collect();
    if copied.is_empty() {
        // Rows are kept, even if none of their values is.
        let fill = |column| fill(alter, column).unwrap_or_else(|| "NULL".to_owned());
        copied.extend(columns().take(1).map(|column| (column, fill(column))));
    }
    let names: Vec<_> = copied.iter().map(|(column, _)| column.name.clone()).collect();
    let is_plain = copied.iter().all(|(column, value)| *value == Sqlite.quote(&column.name));
    let (comma, end) = if is_plain { (", ", " ") } else { (",\n        ", "\n    ") };
    let values: Vec<String> = copied.into_iter().map(|(_, value)| value).collect();
    format!(
        "INSERT INTO {} ({})\n    SELECT {}{end}FROM {}{}",
        Sqlite.quote(rebuilt),
        clauses::names(&Sqlite, &names),
        values.join(comma),
        Sqlite.quote(&alter.to.name),
        numbering_order(alter)
    )
}

/// The value of a column as an expression over the old row; `None` if SQLite fills the column by
/// itself, with a default, a number, or NULL.
fn value(alter: &AlterTable, column: &Column) -> Option<String> {
    let Some(source) = alter.source_of(column) else {
        return column.backfill.as_ref().and_then(|_| fill(alter, column));
    };
    let place = format!("{}.{}", alter.to.name, column.name);
    let kept = types::converted(&place, source.sql_type, column);
    let fill = fill(alter, column).filter(|_| source.nullable && !column.nullable);
    Some(fill.map_or(kept.clone(), |fill| format!("coalesce({kept}, {fill})")))
}

/// The value for rows that have no value in a column that needs one.
fn fill(alter: &AlterTable, column: &Column) -> Option<String> {
    match &column.backfill {
        Some(backfill) => {
            let place = format!("{}.{}", alter.to.name, column.name);
            Some(types::backfilled(&place, column, backfill))
        }
        None => column.default.as_ref().map(|value| default(column.sql_type, value)),
    }
}

/// Rows are numbered in the order of their old key, after those that already have a number.
fn numbering_order(alter: &AlterTable) -> String {
    let number = alter.to.columns.iter().find(|column| column.auto_increment);
    let Some(number) = number.filter(|column| fill(alter, column).is_none()) else {
        return String::new();
    };
    let name = Sqlite.quote(&number.name);
    let mut order = match alter.source_of(number) {
        Some(source) if !source.nullable => return String::new(),
        Some(_) => vec![format!("{name} IS NULL")],
        None => Vec::new(),
    };
    order.extend(former_key(alter));
    format!("\n    ORDER BY {}", order.join(", "))
}

/// The columns of the old primary key, under their new names.
fn former_key(alter: &AlterTable) -> impl Iterator<Item = String> {
    alter.from.primary_key.iter().map(|old| {
        let keeps_values =
            |column: &&Column| alter.source_of(column).is_some_and(|source| source.name == *old);
        let kept = alter.to.columns.iter().find(keeps_values);
        Sqlite.quote(kept.map_or(old, |column| &column.name))
    })
}
