//! MySQL and MariaDB: the column types, and how their values are written and read.

use schema_model::diff::{Conversion, conversion};
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
        SqlType::Float => "float".to_owned(),
        SqlType::Numeric { precision, scale } => format!("decimal({precision},{scale})"),
        // TEXT and BLOB hold only 64 KiB here, less than on the other back ends.
        SqlType::Text => "longtext".to_owned(),
        SqlType::Varchar(length) => format!("varchar({length})"),
        SqlType::Binary => "longblob".to_owned(),
        // TIMESTAMP ends in 2038, and is converted to each session's time zone and back.
        SqlType::UtcTimestamp => "datetime(6)".to_owned(),
        SqlType::JsonDoc | SqlType::Json => "json".to_owned(),
        // MySQL has no such type. Of bytes, an expression could not be compared with a text, and
        // nobody could read them.
        SqlType::Uuid => "char(36)".to_owned(),
        SqlType::Date => "date".to_owned(),
        SqlType::Time => "time(6)".to_owned(),
        // The same as an instant's: no other type of these servers ends later than 2038.
        SqlType::Timestamp => "datetime(6)".to_owned(),
    }
}

/// The type that a server keeps for it. MariaDB's JSON is a text with a check.
pub(super) fn kept_type(sql_type: SqlType, mariadb: bool) -> String {
    match sql_type {
        SqlType::JsonDoc | SqlType::Json if mariadb => "longtext".to_owned(),
        other => column_type(other),
    }
}

/// The greatest number of characters that the type of the column has.
pub(super) fn length(sql_type: SqlType) -> Option<u32> {
    match sql_type {
        SqlType::Uuid => Some(36),
        other => other.length(),
    }
}

/// What `CURRENT_TIMESTAMP` means in an expression.
pub(super) fn current_timestamp() -> String {
    default(SqlType::UtcTimestamp, &DefaultValue::Now)
}

/// The default as the catalogue prints it. It has no characters beyond U+FFFF, and prints `?`.
pub(super) fn printed_default(sql_type: SqlType, value: &DefaultValue) -> String {
    let printed = |character| if character > '\u{FFFF}' { '?' } else { character };
    let text: String = default(sql_type, value).chars().map(printed).collect();
    match (sql_type, value) {
        (SqlType::Numeric { scale: 1.., .. }, DefaultValue::Int(_)) => {
            format!("{text}.{}", "0".repeat(sql_type.digits().map_or(0, |it| it.scale as usize)))
        }
        // With all digits after the point.
        (SqlType::Time | SqlType::Timestamp, DefaultValue::Text(literal)) => {
            let digits = literal.split_once('.').map_or("", |(_, digits)| digits);
            let point = if digits.is_empty() { "." } else { "" };
            format!("'{literal}{point}{}'", "0".repeat(6 - digits.len().min(6)))
        }
        _ => text,
    }
}

/// The default.
pub(super) fn default(sql_type: SqlType, value: &DefaultValue) -> String {
    match value {
        // CURRENT_TIMESTAMP would be in the time zone of the inserting session.
        DefaultValue::Now => match sql_type {
            SqlType::Date => "utc_date()".to_owned(),
            SqlType::Time => "utc_time(6)".to_owned(),
            _ => "utc_timestamp(6)".to_owned(),
        },
        DefaultValue::Bool(value) => i32::from(*value).to_string(),
        DefaultValue::Int(value) => value.to_string(),
        DefaultValue::Decimal(number) => number.to_string(),
        DefaultValue::Text(text) => literal(text),
    }
}

/// A text in quotes. A backslash is doubled, since it is an escape in the default SQL mode.
pub fn literal(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r");
    clauses::literal(&escaped.replace('\0', "\\0"))
}

/// MariaDB's JSON is a text with a check, <https://mariadb.com/kb/en/json-data-type/>.
pub(super) fn keep_json_as_mariadb(table: &mut CatalogTable, column: &Column) {
    if !has_own_check(column.sql_type) {
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
        SqlType::SmallInt
        | SqlType::Integer
        | SqlType::BigInt
        | SqlType::Double
        | SqlType::Float
        | SqlType::Numeric { .. } => number.to_string(),
        SqlType::Bool => (if number % 2 == 1 { "TRUE" } else { "FALSE" }).to_owned(),
        SqlType::Text | SqlType::Varchar(_) | SqlType::JsonDoc | SqlType::Json => {
            format!("'{number}'")
        }
        SqlType::Binary => format!("X'{number:02X}'"),
        SqlType::UtcTimestamp => format!("'2026-01-{number:02} 00:00:00.000000'"),
        SqlType::Uuid | SqlType::Date | SqlType::Time | SqlType::Timestamp => {
            clauses::literal_sample(sql_type, number)
        }
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
        | SqlType::JsonDoc
        | SqlType::Json
        | SqlType::Time
        | SqlType::Timestamp => format!("CAST({column} AS CHAR)"),
        SqlType::Date => format!("CAST(CAST({column} AS DATETIME(6)) AS CHAR)"),
        // From 1e15 on, a Double is printed with an exponent.
        SqlType::Double => format!(
            "CASE WHEN {column} = floor({column}) AND abs({column}) < 9223372036854775808 \
             THEN CAST(CAST({column} AS SIGNED) AS CHAR) ELSE CAST({column} AS CHAR) END"
        ),
        SqlType::Numeric { scale: 0, .. } => format!("CAST({column} AS CHAR)"),
        SqlType::Numeric { .. } => {
            format!("trim(TRAILING '.' FROM trim(TRAILING '0' FROM CAST({column} AS CHAR)))")
        }
        // By itself, it would be printed with six digits.
        SqlType::Float => as_text(SqlType::Double, &format!("({column} + 0e0)")),
        SqlType::Text | SqlType::Varchar(_) | SqlType::Uuid => column.to_owned(),
        SqlType::Binary => format!("hex({column})"),
    }
}

/// The problem with a value that does not fit the new type of the column, and a condition that is
/// true for such a value. `None` if every value fits, or if no value is kept.
pub(super) fn unfit(column: &str, from: SqlType, to: SqlType) -> Option<(String, String)> {
    match conversion(from, to) {
        Some(Conversion::IfItFits) => {}
        Some(Conversion::Always) | None => return None,
    }
    Some(match to {
        SqlType::Bool => ("is neither 0 nor 1".to_owned(), format!("{column} NOT IN (0, 1)")),
        SqlType::SmallInt | SqlType::Integer | SqlType::BigInt => {
            let problem = format!("is not a whole number from {}", range_words(to));
            (problem, unfit_for_integer(column, from, to))
        }
        SqlType::Float if from == SqlType::Double => {
            ("is not exact as a Float".to_owned(), format!("NOT ({})", clauses::is_float(column)))
        }
        SqlType::Float => (
            "is beyond 2^24, and has no exact Float".to_owned(),
            format!("{column} NOT BETWEEN -16777216 AND 16777216"),
        ),
        SqlType::Double => (
            "is beyond 2^53, and has no exact Double".to_owned(),
            format!("{column} NOT BETWEEN -9007199254740992 AND 9007199254740992"),
        ),
        SqlType::Varchar(length) => (
            format!("is longer than {length} characters"),
            format!("char_length({column}) > {length}"),
        ),
        SqlType::Numeric { precision, scale } => (
            format!("is not a number with {precision} digits, {scale} of them after the point,"),
            format!(
                "{column} <> truncate({column}, {scale}) OR abs({column}) >= 1{}",
                "0".repeat(precision.saturating_sub(scale) as usize)
            ),
        ),
        SqlType::JsonDoc | SqlType::Json => {
            ("is not valid JSON".to_owned(), format!("NOT json_valid({column})"))
        }
        // `$` also matches before a line break.
        SqlType::Uuid => (
            "is no UUID in lower case".to_owned(),
            format!(
                "char_length({column}) <> 36 \
                 OR {column} NOT REGEXP '^[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}$'"
            ),
        ),
        SqlType::Date => (
            "is not the beginning of a day".to_owned(),
            format!("{column} <> CAST({column} AS DATE)"),
        ),
        SqlType::Text
        | SqlType::Binary
        | SqlType::UtcTimestamp
        | SqlType::Time
        | SqlType::Timestamp => return None,
    })
}

/// The condition for a value that is not a whole number in the range of that integer.
fn unfit_for_integer(column: &str, from: SqlType, to: SqlType) -> String {
    let (least, greatest) = range(to);
    match from {
        SqlType::Double | SqlType::Float => {
            // The greatest one below 2^63, to which i64::MAX itself would be rounded.
            let greatest = if to == SqlType::BigInt { 9_223_372_036_854_774_784 } else { greatest };
            format!("{column} <> floor({column}) OR {column} NOT BETWEEN {least} AND {greatest}")
        }
        // `$` also matches before a line break, so the expression excludes every other character
        // instead. A value that DECIMAL can't hold would fail by itself, without naming a column.
        SqlType::Text | SqlType::Varchar(_) => format!(
            "CASE\n        \
             WHEN {column} NOT REGEXP '^(0$|-?[1-9])' OR substr({column}, 2) REGEXP '[^0-9]'\n            \
             OR char_length({column}) > 65 THEN TRUE\n        \
             ELSE CAST({column} AS DECIMAL(65)) NOT BETWEEN {least} AND {greatest}\n    END"
        ),
        SqlType::Numeric { .. } => {
            format!(
                "{column} <> truncate({column}, 0) OR {column} NOT BETWEEN {least} AND {greatest}"
            )
        }
        SqlType::SmallInt
        | SqlType::Integer
        | SqlType::BigInt
        | SqlType::Bool
        | SqlType::Binary
        | SqlType::UtcTimestamp
        | SqlType::JsonDoc
        | SqlType::Json
        | SqlType::Uuid
        | SqlType::Date
        | SqlType::Time
        | SqlType::Timestamp => format!("{column} NOT BETWEEN {least} AND {greatest}"),
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

/// Whether the server creates a check for the type, and names it after the column.
pub(super) fn has_own_check(sql_type: SqlType) -> bool {
    // MariaDB's JSON is a text with a check.
    matches!(sql_type, SqlType::JsonDoc | SqlType::Json)
}
