//! What must hold of the rows before anything changes: DDL can't be taken back here, and MODIFY
//! accepts, rounds or cuts values that do not fit.

use schema_model::diff::{AlterTable, Conversion, Step, conversion};
use schema_model::{Column, SqlType};

use super::names::Mysql;
use super::tables::fill;
use super::types::literal;
use crate::spelling::Spelling;

/// Statements that change no row, and fail where a row is against the change. They name table and
/// columns as they are before it.
pub(super) fn guards(alter: &AlterTable) -> Vec<String> {
    let mut sql = Vec::new();
    for step in &alter.steps {
        let Step::AlterColumn { from, to } = step else { continue };
        sql.extend(conversion_guard(&alter.from.name, from, to.sql_type));
        let has_no_value =
            fill(to).is_none() && !to.auto_increment && from.nullable && !to.nullable;
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

/// AUTO_INCREMENT would give a row that has the number 0 another one.
pub(super) fn zero_guard(table: &str, column: &str) -> String {
    let is_zero = format!("{} = 0", Mysql.quote(column));
    guard(table, column, "is 0 in a row, which AUTO_INCREMENT would number anew", &is_zero)
}

fn conversion_guard(table: &str, from: &Column, to: SqlType) -> Option<String> {
    match conversion(from.sql_type, to) {
        Some(Conversion::WhereItFits) => {}
        Some(Conversion::Always) | None => return None,
    }
    let column = Mysql.quote(&from.name);
    let (problem, condition) = match to {
        SqlType::Bool => ("is neither 0 nor 1".to_owned(), format!("{column} NOT IN (0, 1)")),
        SqlType::SmallInt | SqlType::Integer | SqlType::BigInt => {
            (format!("is not a whole number from {}", range_words(to)), unfit(&column, from, to))
        }
        SqlType::Double => (
            "is beyond 2^53, and has no exact Double".to_owned(),
            format!("{column} NOT BETWEEN -9007199254740992 AND 9007199254740992"),
        ),
        SqlType::Varchar(length) => (
            format!("is longer than {length} characters"),
            format!("char_length({column}) > {length}"),
        ),
        SqlType::JsonDoc => ("is not valid JSON".to_owned(), format!("NOT json_valid({column})")),
        SqlType::Text | SqlType::Binary | SqlType::UtcTimestamp => return None,
    };
    Some(guard(table, &from.name, &format!("{problem} in a row"), &condition))
}

/// Whether a value is no whole number in the range of that integer.
fn unfit(column: &str, from: &Column, to: SqlType) -> String {
    let (least, greatest) = range(to);
    match from.sql_type {
        SqlType::Double => {
            // The greatest one below 2^63, to which i64::MAX itself would be rounded.
            let greatest = if to == SqlType::BigInt { 9_223_372_036_854_774_784 } else { greatest };
            format!("{column} <> floor({column}) OR {column} NOT BETWEEN {least} AND {greatest}")
        }
        // `$` would match before a line break too, so there may be no other character instead. What
        // DECIMAL can't hold would fail by itself, and name no column.
        SqlType::Text | SqlType::Varchar(_) => format!(
            "CASE\n        \
             WHEN {column} NOT REGEXP '^(0$|-?[1-9])' OR substr({column}, 2) REGEXP '[^0-9]'\n            \
             OR char_length({column}) > 65 THEN TRUE\n        \
             ELSE CAST({column} AS DECIMAL(65)) NOT BETWEEN {least} AND {greatest}\n    END"
        ),
        SqlType::SmallInt
        | SqlType::Integer
        | SqlType::BigInt
        | SqlType::Bool
        | SqlType::Binary
        | SqlType::UtcTimestamp
        | SqlType::JsonDoc => format!("{column} NOT BETWEEN {least} AND {greatest}"),
    }
}

fn range(integer: SqlType) -> (i64, i64) {
    match integer {
        SqlType::SmallInt => (i64::from(i16::MIN), i64::from(i16::MAX)),
        SqlType::Integer => (i64::from(i32::MIN), i64::from(i32::MAX)),
        _ => (i64::MIN, i64::MAX),
    }
}

fn range_words(integer: SqlType) -> String {
    let (least, greatest) = range(integer);
    format!("{least} to {greatest}")
}

/// In strict mode, a CAST that fails is an error in a statement that changes rows, and quotes its
/// text. The empty text from the row keeps the server from evaluating it for no row at all.
fn guard(table: &str, column: &str, problem: &str, condition: &str) -> String {
    let name = Mysql.quote(column);
    let message = literal(&format!("{table}.{column} {problem}"));
    format!(
        "UPDATE {}\n    SET {name} = CAST(concat({message}, coalesce(left({name}, 0), '')) AS SIGNED)\n    \
         WHERE {condition}",
        Mysql.quote(table)
    )
}
