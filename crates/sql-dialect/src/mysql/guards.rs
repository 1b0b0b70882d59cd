//! MySQL and MariaDB: conditions that the rows must satisfy before anything changes. DDL can't be
//! rolled back here, and MODIFY accepts, rounds or cuts values that do not fit.

use schema_model::diff::{AlterTable, Step};
use schema_model::{Column, SqlType};

use super::names::Mysql;
use super::tables::fill;
use super::types::{self, literal};
use crate::spelling::Spelling;

/// Statements that change no row, and fail if a row does not allow the change. They use the names
/// of the table and its columns before the change.
pub(super) fn guards(alter: &AlterTable) -> Vec<String> {
    let mut sql = Vec::new();
    for step in &alter.steps {
        let Step::AlterColumn { from, to } = step else { continue };
        sql.extend(conversion_guard(&alter.from.name, from, to.sql_type));
        let has_no_value =
            fill(alter, to).is_none() && !to.auto_increment && from.nullable && !to.nullable;
        if has_no_value {
            let is_null = format!("{} IS NULL", Mysql.quote(&from.name));
            sql.push(guard(&alter.from.name, &from.name, "is NULL in a row", &is_null));
        }
        if to.auto_increment && !from.auto_increment {
            sql.push(zero_guard(&alter.from.name, &from.name));
        }
    }
    sql
}

/// A guard against rows with the number 0, to which AUTO_INCREMENT would give another number.
pub(super) fn zero_guard(table: &str, column: &str) -> String {
    let is_zero = format!("{} = 0", Mysql.quote(column));
    guard(table, column, "is 0 in a row, which AUTO_INCREMENT would renumber", &is_zero)
}

fn conversion_guard(table: &str, from: &Column, to: SqlType) -> Option<String> {
    let (problem, condition) = types::unfit(&Mysql.quote(&from.name), from.sql_type, to)?;
    Some(guard(table, &from.name, &format!("{problem} in a row"), &condition))
}

/// In strict mode, a failing CAST is an error in a statement that changes rows, and its message
/// quotes the text. The text contains an empty text from the row, so that the server can't evaluate
/// the CAST before it reads a row.
fn guard(table: &str, column: &str, problem: &str, condition: &str) -> String {
    let name = Mysql.quote(column);
    let message = literal(&format!("{table}.{column} {problem}"));
    format!(
        "UPDATE {}\n    SET {name} = CAST(concat({message}, coalesce(left({name}, 0), '')) AS SIGNED)\n    \
         WHERE {condition}",
        Mysql.quote(table)
    )
}
