//! SQLite: tables and indexes as they are created.

use schema_model::{Column, DefaultValue, Index, Table};

use super::names::Sqlite;
use super::types::{self, column_type, type_check};
use crate::clauses;
use crate::spelling::Spelling;

pub(super) fn create_table(table: &Table) -> Vec<String> {
    let mut sql = vec![table_sql(&table.name, table)];
    sql.extend(create_indexes(table));
    sql
}

/// The table's indexes.
pub(super) fn create_indexes(table: &Table) -> impl Iterator<Item = String> {
    let create = |index: &Index| clauses::create_index(&Sqlite, table, index);
    table.indexes.iter().map(create)
}

/// The table without its indexes, under that name. Its foreign keys may refer to a table that does
/// not exist yet.
pub(super) fn table_sql(name: &str, table: &Table) -> String {
    let mut definitions: Vec<String> = table.columns.iter().map(column).collect();
    if !table.columns.iter().any(|column| column.auto_increment) {
        definitions.push(clauses::primary_key(&Sqlite, table));
    }
    definitions.extend(table.checks.iter().map(|check| clauses::check(&Sqlite, table, check)));
    definitions.extend(table.foreign_keys.iter().map(|key| clauses::foreign_key(&Sqlite, key)));
    clauses::create_table(&Sqlite, name, &definitions)
}

/// The definition of a column.
pub(super) fn column(column: &Column) -> String {
    let mut sql = format!("{} {}", Sqlite.quote(&column.name), column_type(column));
    if column.auto_increment {
        sql.push_str(" PRIMARY KEY AUTOINCREMENT");
    }
    if !column.nullable {
        sql.push_str(" NOT NULL");
    }
    match &column.default {
        None => {}
        Some(now @ DefaultValue::Now) => {
            sql.push_str(&format!(" DEFAULT ({})", types::default(column.sql_type, now)));
        }
        Some(value) => {
            sql.push_str(&format!(" DEFAULT {}", types::default(column.sql_type, value)));
        }
    }
    if let Some(condition) = type_check(column) {
        sql.push_str(&format!(" CHECK ({condition})"));
    }
    sql
}
