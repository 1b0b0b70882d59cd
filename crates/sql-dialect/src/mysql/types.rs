//! MySQL and MariaDB: types. What a column of each type is, and its values as they are written and read.

use schema_model::{Column, DefaultValue, SqlType};

use crate::catalog::CatalogTable;
use crate::clauses;

// ---- in a table ----

pub(super) fn column_type(sql_type: SqlType) -> String {
    match sql_type {
        SqlType::SmallInt => "smallint".to_owned(),
        SqlType::Integer => "int".to_owned(),
        SqlType::BigInt => "bigint".to_owned(),
        SqlType::Bool => "tinyint(1)".to_owned(),
        SqlType::Double => "double".to_owned(),
        // What TEXT and BLOB hold here, 64 KiB, is less than on the other back ends.
        SqlType::Text => "longtext".to_owned(),
        SqlType::Varchar(length) => format!("varchar({length})"),
        SqlType::Binary => "longblob".to_owned(),
        // TIMESTAMP ends in 2038, and is converted to each session's time zone and back.
        SqlType::UtcTimestamp => "datetime(6)".to_owned(),
        SqlType::JsonDoc => "json".to_owned(),
    }
}

/// The default, as MariaDB's catalogue prints it as well.
pub(super) fn default(value: &DefaultValue) -> String {
    match value {
        // CURRENT_TIMESTAMP would be in the time zone of whoever inserts.
        DefaultValue::Now => "utc_timestamp(6)".to_owned(),
        DefaultValue::Bool(value) => i32::from(*value).to_string(),
        DefaultValue::Int(value) => value.to_string(),
        DefaultValue::Text(text) => literal(text),
    }
}

/// A text in quotes. A backslash is doubled, since it escapes in the default SQL mode.
pub fn literal(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r");
    clauses::literal(&escaped.replace('\0', "\\0"))
}

/// MariaDB's JSON is a text with a check, <https://mariadb.com/kb/en/json-data-type/>.
pub(super) fn keep_json_as_mariadb(table: &mut CatalogTable, column: &Column) {
    if column.sql_type != SqlType::JsonDoc {
        return;
    }
    if let Some(printed) = table.columns.get_mut(column.name.as_ref()) {
        printed.sql_type = "longtext".to_owned();
    }
    table.checks.insert(column.name.to_string(), Some(format!("json_valid(`{}`)", column.name)));
}

// ---- values ----

/// See [`Dialect::sample`](crate::Dialect::sample).
pub(super) fn sample(sql_type: SqlType, number: u8) -> String {
    match sql_type {
        SqlType::SmallInt | SqlType::Integer | SqlType::BigInt | SqlType::Double => {
            number.to_string()
        }
        SqlType::Bool => (if number % 2 == 1 { "TRUE" } else { "FALSE" }).to_owned(),
        SqlType::Text | SqlType::Varchar(_) | SqlType::JsonDoc => format!("'{number}'"),
        SqlType::Binary => format!("X'{number:02X}'"),
        SqlType::UtcTimestamp => format!("'2026-01-{number:02} 00:00:00.000000'"),
    }
}

/// See [`Dialect::as_text`](crate::Dialect::as_text).
pub(super) fn as_text(sql_type: SqlType, column: &str) -> String {
    match sql_type {
        SqlType::SmallInt
        | SqlType::Integer
        | SqlType::BigInt
        | SqlType::Bool
        | SqlType::UtcTimestamp
        | SqlType::JsonDoc => format!("CAST({column} AS CHAR)"),
        // From 1e15 on a Double is printed with an exponent.
        SqlType::Double => format!(
            "CASE WHEN {column} = floor({column}) AND abs({column}) < 9223372036854775808 \
             THEN CAST(CAST({column} AS SIGNED) AS CHAR) ELSE CAST({column} AS CHAR) END"
        ),
        SqlType::Text | SqlType::Varchar(_) => column.to_owned(),
        SqlType::Binary => format!("hex({column})"),
    }
}
