//! MySQL and MariaDB: tables and indexes as they are created.

use schema_model::diff::AlterTable;
use schema_model::{Column, DefaultValue, ForeignKey, Table};

use super::indexes::{index, index_key};
use super::names::Mysql;
use super::supports::{Support, supports};
use super::types::{self, column_type};
use crate::clauses;
use crate::spelling::Spelling;

/// Indexes are part of the statement, since each would otherwise need a round trip and a commit.
/// Texts are compared by their bytes, as on the other back ends: with the server's usual collation,
/// `Key` and `key` would be the same value of a unique column.
pub(super) fn create_table(table: &Table, late_keys: &[ForeignKey]) -> String {
    let mut definitions: Vec<String> = table.columns.iter().map(column).collect();
    definitions.push(clauses::primary_key(&Mysql, table));
    definitions.extend(table.indexes.iter().filter_map(index).map(|index| index_key(&index)));
    definitions.extend(supports(table).iter().map(Support::definition));
    definitions.extend(table.checks.iter().map(|check| clauses::check(&Mysql, table, check)));
    let keys = table.foreign_keys.iter().filter(|key| !late_keys.contains(key));
    definitions.extend(keys.map(|key| clauses::foreign_key(&Mysql, key)));
    let create = clauses::create_table(&Mysql, &table.name, &definitions);
    format!("{create} ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin")
}

pub(super) fn column(column: &Column) -> String {
    let mut sql = format!("{} {}", Mysql.quote(&column.name), column_type(column.sql_type));
    if !column.nullable {
        sql.push_str(" NOT NULL");
    }
    if column.auto_increment {
        sql.push_str(" AUTO_INCREMENT");
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
    sql
}

/// The value for rows that have no value. A backfill reads the columns as they were, some of them
/// under new names.
pub(super) fn fill(alter: &AlterTable, column: &Column) -> Option<String> {
    let columns: Vec<Column> =
        alter.from.columns.iter().chain(alter.to.columns.iter()).cloned().collect();
    clauses::fill(&Mysql, column, &columns, types::default)
}
