//! SQLite: the column types, and how their values are written, read and converted.

use schema_model::diff::{Conversion, conversion};
use schema_model::{Column, DefaultValue, RowExpression, SqlType};
use sql_text::Syntax;

use super::names::Sqlite;
use crate::clauses;
use crate::spelling::Spelling;

// ---- in a table ----

pub(super) fn column_type(column: &Column) -> String {
    match column.sql_type {
        // SQLite numbers the rows only for a column with exactly this type.
        SqlType::SmallInt | SqlType::BigInt if column.auto_increment => "INTEGER".to_owned(),
        SqlType::SmallInt => "SMALLINT".to_owned(),
        SqlType::Integer => "INTEGER".to_owned(),
        SqlType::BigInt => "BIGINT".to_owned(),
        SqlType::Bool => "BOOLEAN".to_owned(),
        SqlType::Double => "DOUBLE".to_owned(),
        SqlType::Float => "FLOAT".to_owned(),
        // An integer without the point: a type called only NUMERIC has floating point numbers.
        SqlType::Numeric { precision, scale } => format!("NUMERIC BIGINT({precision}, {scale})"),
        SqlType::Varchar(length) => format!("VARCHAR({length})"),
        SqlType::Binary => "BLOB".to_owned(),
        // A type called TIMESTAMP or JSON would have numeric affinity, and turn some texts into
        // numbers. Instants are `YYYY-MM-DD HH:MM:SS.ffffff`, which sorts as it should.
        SqlType::Text
        | SqlType::UtcTimestamp
        | SqlType::JsonDoc
        | SqlType::Json
        | SqlType::Uuid => "TEXT".to_owned(),
        // Diesel knows these names. None of their values is a number.
        SqlType::Date => "DATE".to_owned(),
        SqlType::Time => "TIME".to_owned(),
        SqlType::Timestamp => "TIMESTAMP".to_owned(),
    }
}

/// The default, as a column has it and as the catalogue prints it.
pub(super) fn default(sql_type: SqlType, value: &DefaultValue) -> String {
    match value {
        DefaultValue::Now => now(sql_type).to_owned(),
        DefaultValue::Int(_) | DefaultValue::Decimal(_)
            if let SqlType::Numeric { scale, .. } = sql_type =>
        {
            clauses::unscaled(value, scale)
        }
        DefaultValue::Decimal(number) => number.to_string(),
        DefaultValue::Bool(value) => i32::from(*value).to_string(),
        DefaultValue::Int(value) => value.to_string(),
        DefaultValue::Text(text) => clauses::literal(text),
    }
}

/// What `CURRENT_TIMESTAMP` means in an expression.
pub(super) fn current_timestamp() -> &'static str {
    now(SqlType::UtcTimestamp)
}

/// SQLite's clock has milliseconds. For an instant, zeros make the text as long as every other one;
/// for the others, it is as Diesel writes it, without a fraction that is zero.
fn now(sql_type: SqlType) -> &'static str {
    match sql_type {
        SqlType::Date => "date('now')",
        SqlType::Time => "replace(strftime('%H:%M:%f', 'now'), '.000', '')",
        SqlType::Timestamp => "replace(strftime('%Y-%m-%d %H:%M:%f', 'now'), '.000', '')",
        _ => "strftime('%Y-%m-%d %H:%M:%f', 'now') || '000'",
    }
}

/// A check for what the other back ends enforce by the type, so that a service that was tested on
/// SQLite does not fail on a server.
pub(super) fn type_check(column: &Column) -> Option<String> {
    let name = Sqlite.quote(&column.name);
    match column.sql_type {
        SqlType::Varchar(length) => Some(format!("length({name}) <= {length}")),
        // Before 3.45, `json_valid(NULL)` is false.
        SqlType::JsonDoc | SqlType::Json if column.nullable => {
            Some(format!("{name} IS NULL OR json_valid({name})"))
        }
        SqlType::JsonDoc | SqlType::Json => Some(format!("json_valid({name})")),
        SqlType::Uuid => Some(is_uuid(&name)),
        SqlType::Numeric { precision, .. } => {
            let greatest = greatest(precision);
            Some(format!(
                "typeof({name}) IN ('integer', 'null') AND {name} BETWEEN -{greatest} AND {greatest}"
            ))
        }
        SqlType::SmallInt
        | SqlType::Integer
        | SqlType::BigInt
        | SqlType::Bool
        | SqlType::Double
        | SqlType::Float
        | SqlType::Text
        | SqlType::Binary
        | SqlType::UtcTimestamp
        | SqlType::Date
        | SqlType::Time
        | SqlType::Timestamp => None,
    }
}

/// The greatest number with that many digits.
fn greatest(digits: u32) -> i64 {
    power(digits) - 1
}

fn power(digits: u32) -> i64 {
    10_i64.checked_pow(digits).unwrap_or(i64::MAX)
}

/// Whether a text is a UUID in lower case.
fn is_uuid(text: &str) -> String {
    format!(
        "{text} LIKE '________-____-____-____-____________' \
         AND length(replace({text}, '-', '')) = 32 AND trim({text}, '0123456789abcdef-') = ''"
    )
}

/// The check of a column as catalogues are compared: older migrations did not say that a document
/// may be NULL, which means the same here.
pub fn compared_check(column: &str, check: &str) -> String {
    let name = Sqlite.quote(column);
    let is_valid = format!("json_valid({name})");
    let with_null = format!("{name} IS NULL OR {is_valid}");
    match sql_text::reads_alike(check, &with_null, Syntax::Sqlite) {
        Ok(true) => is_valid,
        Ok(false) | Err(_) => check.to_owned(),
    }
}

// ---- values ----

/// The expression for the new value of a column whose type was `from`. If a value does not fit, the
/// statement fails with a message that names the place and the row.
pub(super) fn converted(place: &str, from: SqlType, to: &Column) -> String {
    let name = Sqlite.quote(&to.name);
    let value = match (is_whole_number(from), from, to.sql_type) {
        (true, _, SqlType::Text | SqlType::Varchar(_)) => format!("CAST({name} AS TEXT)"),
        (
            false,
            SqlType::Double | SqlType::Float | SqlType::Text | SqlType::Varchar(_),
            SqlType::SmallInt | SqlType::Integer | SqlType::BigInt,
        ) => format!("CAST({name} AS INTEGER)"),
        (_, SqlType::Numeric { scale: old, .. }, SqlType::Numeric { scale: new, .. }) => {
            match new >= old {
                true => format!("{name} * {}", power(new - old)),
                false => format!("{name} / {}", power(old - new)),
            }
        }
        (true, _, SqlType::Numeric { scale, .. }) => format!("{name} * {}", power(scale)),
        (_, SqlType::Numeric { scale, .. }, to) if is_whole_number(to) => {
            format!("{name} / {}", power(scale))
        }
        (_, SqlType::Date, SqlType::Timestamp) => format!("{name} || ' 00:00:00'"),
        (_, SqlType::Timestamp, SqlType::Date) => format!("substr({name}, 1, 10)"),
        (_, SqlType::Timestamp, SqlType::UtcTimestamp) => with_microseconds(&name),
        (_, SqlType::UtcTimestamp, SqlType::Timestamp) => without_zeros(&name),
        _ => name.clone(),
    };
    if always_fits(from, to.sql_type) {
        return value;
    }
    let failure = failure(place, to.sql_type);
    format!("CASE WHEN {} THEN {failure} ELSE {value} END", does_not_fit(&name, from, to.sql_type))
}

/// A timestamp with six digits after the point, as instants are stored.
fn with_microseconds(timestamp: &str) -> String {
    format!("substr({timestamp} || iif(length({timestamp}) = 19, '.', '') || '000000', 1, 26)")
}

/// An instant with no more groups of three digits after the point than it needs, which is how
/// Diesel writes a timestamp.
fn without_zeros(instant: &str) -> String {
    format!(
        "CASE WHEN {instant} LIKE '%.000000' THEN substr({instant}, 1, 19) \
         WHEN {instant} LIKE '%.___000' THEN substr({instant}, 1, 23) ELSE {instant} END"
    )
}

/// An expression that fails with a message that names the place and the row.
///
/// SQLite can raise an error only in a trigger, but an invalid JSON path fails everywhere. The path
/// contains the row number, because a constant path would fail before any row is read. If a column
/// is called `rowid`, it may be NULL, and the path must still fail.
fn failure(place: &str, sql_type: SqlType) -> String {
    let before = clauses::literal(&format!("{place}: the value in row "));
    let after = clauses::literal(&format!(" does not fit {sql_type}"));
    format!("json_extract('{{}}', {before} || ifnull(rowid, '') || {after})")
}

/// The expression for the value that a backfill gives to a column. The other back ends convert it
/// to the column's type, or fail; SQLite would store what it is.
pub(super) fn backfilled(place: &str, column: &Column, backfill: &RowExpression) -> String {
    let is_own = backfill.instead.sqlite.is_some();
    let backfill = &*Sqlite.expression(backfill, &[]);
    // What every back end has is a number with its point, or a column that is already without it.
    if let SqlType::Numeric { scale, .. } = column.sql_type
        && !is_own
        && let Some(number) = clauses::without_point(backfill, scale)
    {
        return number;
    }
    let literal = backfill.strip_prefix('\'').and_then(|text| text.strip_suffix('\''));
    if backfill.parse::<i16>().is_ok()
        || literal.is_some_and(|text| column.sql_type.is_literal(text))
    {
        return backfill.to_owned();
    }
    let whole = format!("CAST(({backfill}) AS INTEGER)");
    let in_range = |least: i64, greatest: i64| {
        format!("({backfill}) IS NOT {whole} OR {whole} NOT BETWEEN {least} AND {greatest}")
    };
    let (unfit, value) = match column.sql_type {
        SqlType::SmallInt => (in_range(i16::MIN.into(), i16::MAX.into()), &*whole),
        SqlType::Integer => (in_range(i32::MIN.into(), i32::MAX.into()), &*whole),
        SqlType::BigInt => (format!("({backfill}) IS NOT {whole}"), &*whole),
        SqlType::Bool => (format!("({backfill}) NOT IN (0, 1)"), &*whole),
        SqlType::Double | SqlType::Float => {
            (format!("typeof({backfill}) NOT IN ('integer', 'real', 'null')"), backfill)
        }
        SqlType::UtcTimestamp => {
            (format!("({backfill}) IS NOT NULL AND julianday({backfill}) IS NULL"), backfill)
        }
        // The day of a timestamp, as on the other back ends.
        SqlType::Date => (
            format!("date({backfill}) IS NOT substr({backfill}, 1, 10)"),
            &*format!("substr({backfill}, 1, 10)"),
        ),
        SqlType::Time => (format!("time({backfill}) IS NOT substr({backfill}, 1, 8)"), backfill),
        SqlType::Timestamp => (
            format!(
                "date({backfill}) IS NOT substr({backfill}, 1, 10) \
                 OR ({backfill}) IS NOT NULL AND time({backfill}) IS NULL"
            ),
            // A date is the beginning of its day.
            &*format!(
                "CASE WHEN length({backfill}) = 10 THEN ({backfill}) || ' 00:00:00' ELSE {} END",
                without_zeros(&format!("({backfill})"))
            ),
        ),
        // A text column turns a number into a text, and the others have a check.
        SqlType::Text
        | SqlType::Varchar(_)
        | SqlType::Binary
        | SqlType::JsonDoc
        | SqlType::Json
        | SqlType::Uuid
        | SqlType::Numeric { .. } => {
            return backfill.to_owned();
        }
    };
    format!("CASE WHEN {unfit} THEN {} ELSE {value} END", failure(place, column.sql_type))
}

/// Whether every value of the first type fits the second one.
pub(super) fn always_fits(from: SqlType, to: SqlType) -> bool {
    from == to || conversion(from, to) == Some(Conversion::Always)
}

/// The condition that is true for a value that does not fit. NULL fits.
fn does_not_fit(name: &str, from: SqlType, to: SqlType) -> String {
    let out_of_range = |value: &str, least: i64, greatest: i64| {
        format!("{value} NOT BETWEEN {least} AND {greatest}")
    };
    match to {
        SqlType::Bool => format!("{name} NOT IN (0, 1)"),
        SqlType::SmallInt | SqlType::Integer | SqlType::BigInt => {
            let scale = from.digits().map_or(0, |digits| digits.scale);
            let number = match scale {
                0 => format!("CAST({name} AS INTEGER)"),
                _ => format!("{name} / {}", power(scale)),
            };
            // Beyond 64 bits, a cast gives the nearest number in range, which differs.
            let differs = match from {
                SqlType::Double | SqlType::Float => Some(format!("{number} <> {name}")),
                // Only a number as SQLite prints it stays the same: not `007`, not `1e3`.
                SqlType::Text | SqlType::Varchar(_) => {
                    Some(format!("CAST({number} AS TEXT) <> {name}"))
                }
                SqlType::Numeric { .. } => Some(format!("{name} % {} <> 0", power(scale))),
                _ => None,
            };
            let value = if differs.is_some() { &*number } else { name };
            let range = match to {
                SqlType::SmallInt => Some(out_of_range(value, i16::MIN.into(), i16::MAX.into())),
                SqlType::Integer => Some(out_of_range(value, i32::MIN.into(), i32::MAX.into())),
                _ => None,
            };
            differs.into_iter().chain(range).collect::<Vec<_>>().join(" OR ")
        }
        // Beyond 2^53, some whole numbers have no exact floating point number.
        SqlType::Double => out_of_range(name, -(1 << 53), 1 << 53),
        SqlType::Float if from == SqlType::Double => format!("NOT ({})", clauses::is_float(name)),
        SqlType::Float => out_of_range(name, -(1 << 24), 1 << 24),
        SqlType::Varchar(length) => format!("length({name}) > {length}"),
        SqlType::JsonDoc | SqlType::Json => format!("NOT json_valid({name})"),
        SqlType::Uuid => format!("NOT ({})", is_uuid(name)),
        SqlType::Numeric { precision, scale } => {
            let old = from.digits().map_or(0, |digits| digits.scale);
            let range =
                |value: &str, digits: u32| out_of_range(value, -greatest(digits), greatest(digits));
            match scale >= old {
                true => range(name, precision - (scale - old).min(precision)),
                false => {
                    let surplus = power(old - scale);
                    let value = format!("{name} / {surplus}");
                    format!("{name} % {surplus} <> 0 OR {}", range(&value, precision))
                }
            }
        }
        SqlType::Date => format!("rtrim(substr({name}, 11), ' :.0') <> ''"),
        SqlType::Text
        | SqlType::Binary
        | SqlType::UtcTimestamp
        | SqlType::Time
        | SqlType::Timestamp => "FALSE".to_owned(),
    }
}

fn is_whole_number(sql_type: SqlType) -> bool {
    matches!(sql_type, SqlType::SmallInt | SqlType::Integer | SqlType::BigInt)
}

/// See [`Dialect::sample`].
pub(super) fn sample(sql_type: SqlType, number: u8) -> String {
    match sql_type {
        SqlType::SmallInt
        | SqlType::Integer
        | SqlType::BigInt
        | SqlType::Double
        | SqlType::Float => number.to_string(),
        SqlType::Bool => (number % 2).to_string(),
        SqlType::Text | SqlType::Varchar(_) | SqlType::JsonDoc | SqlType::Json => {
            format!("'{number}'")
        }
        SqlType::Binary => format!("x'{number:02x}'"),
        SqlType::UtcTimestamp => format!("'2026-01-{number:02} 00:00:00.000000'"),
        SqlType::Uuid | SqlType::Date | SqlType::Time | SqlType::Timestamp => {
            clauses::literal_sample(sql_type, number)
        }
        SqlType::Numeric { scale, .. } => {
            clauses::unscaled(&DefaultValue::Int(number.into()), scale)
        }
    }
}

/// See [`Dialect::as_text`].
pub(super) fn as_text(sql_type: SqlType, column: &str) -> String {
    match sql_type {
        SqlType::SmallInt | SqlType::Integer | SqlType::BigInt | SqlType::Bool => {
            format!("CAST({column} AS TEXT)")
        }
        SqlType::Double | SqlType::Float => format!(
            "CAST(iif({column} = CAST({column} AS INTEGER), CAST({column} AS INTEGER), {column}) \
             AS TEXT)"
        ),
        SqlType::Numeric { scale: 0, .. } => format!("CAST({column} AS TEXT)"),
        SqlType::Numeric { scale, .. } => format!(
            "iif({column} IS NULL, NULL, rtrim(rtrim(printf('%s%d.%0{scale}d', \
             iif({column} < 0, '-', ''), abs({column}) / {0}, abs({column}) % {0}), '0'), '.'))",
            power(scale)
        ),
        // `hex` would turn NULL into an empty text.
        SqlType::Binary => format!("iif({column} IS NULL, NULL, hex({column}))"),
        SqlType::Text
        | SqlType::Varchar(_)
        | SqlType::JsonDoc
        | SqlType::Json
        | SqlType::UtcTimestamp
        | SqlType::Uuid
        | SqlType::Time => column.to_owned(),
        SqlType::Date => format!("{column} || ' 00:00:00.000000'"),
        SqlType::Timestamp => with_microseconds(column),
    }
}
