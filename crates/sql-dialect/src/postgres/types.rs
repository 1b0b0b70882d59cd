//! PostgreSQL: the column types, and how their values are written, read and converted.

use schema_model::diff::{Conversion, conversion};
use schema_model::{Column, DefaultValue, SqlType};
use sql_text::{Expression, Syntax, TokenKind};

use super::names::Postgres;
use crate::clauses;
use crate::spelling::Spelling;

// ---- in a table ----

pub(super) fn column_type(sql_type: SqlType) -> String {
    match sql_type {
        SqlType::SmallInt => "smallint".to_owned(),
        SqlType::Integer => "integer".to_owned(),
        SqlType::BigInt => "bigint".to_owned(),
        SqlType::Bool => "boolean".to_owned(),
        SqlType::Double => "double precision".to_owned(),
        SqlType::Float => "real".to_owned(),
        SqlType::Numeric { precision, scale } => format!("numeric({precision},{scale})"),
        SqlType::Text => "text".to_owned(),
        SqlType::Varchar(length) => format!("varchar({length})"),
        SqlType::Binary => "bytea".to_owned(),
        SqlType::UtcTimestamp => "timestamptz(6)".to_owned(),
        SqlType::JsonDoc => "jsonb".to_owned(),
        SqlType::Json => "json".to_owned(),
        SqlType::Uuid => "uuid".to_owned(),
        SqlType::Date => "date".to_owned(),
        SqlType::Time => "time".to_owned(),
        SqlType::Timestamp => "timestamp".to_owned(),
    }
}

pub(super) fn default(sql_type: SqlType, value: &DefaultValue) -> String {
    match value {
        DefaultValue::Now => match sql_type {
            SqlType::Date => format!("({NOW_IN_UTC})::date"),
            SqlType::Time => format!("({NOW_IN_UTC})::time"),
            SqlType::Timestamp => format!("({NOW_IN_UTC})"),
            _ => "CURRENT_TIMESTAMP".to_owned(),
        },
        DefaultValue::Bool(value) => value.to_string(),
        DefaultValue::Int(value) => value.to_string(),
        DefaultValue::Decimal(number) => number.to_string(),
        DefaultValue::Text(text) => clauses::literal(text),
    }
}

/// `CURRENT_TIMESTAMP` would be in the time zone of the inserting session.
const NOW_IN_UTC: &str = "CURRENT_TIMESTAMP AT TIME ZONE 'UTC'";

/// The type as the catalogue prints it.
pub(super) fn printed_type(sql_type: SqlType) -> String {
    match sql_type {
        SqlType::Varchar(length) => format!("character varying({length})"),
        SqlType::UtcTimestamp => "timestamp(6) with time zone".to_owned(),
        SqlType::Time => "time without time zone".to_owned(),
        SqlType::Timestamp => "timestamp without time zone".to_owned(),
        SqlType::SmallInt
        | SqlType::Integer
        | SqlType::BigInt
        | SqlType::Bool
        | SqlType::Double
        | SqlType::Float
        | SqlType::Numeric { .. }
        | SqlType::Text
        | SqlType::Binary
        | SqlType::JsonDoc
        | SqlType::Json
        | SqlType::Uuid
        | SqlType::Date => column_type(sql_type),
    }
}

/// The name of the type in the catalogue of types.
pub(super) fn own_name(sql_type: SqlType) -> String {
    let name = match sql_type {
        SqlType::SmallInt => "int2",
        SqlType::Integer => "int4",
        SqlType::BigInt => "int8",
        SqlType::Bool => "bool",
        SqlType::Double => "float8",
        SqlType::Float => "float4",
        SqlType::Numeric { .. } => "numeric",
        SqlType::Text => "text",
        SqlType::Varchar(_) => "varchar",
        SqlType::Binary => "bytea",
        SqlType::UtcTimestamp => "timestamptz",
        SqlType::JsonDoc => "jsonb",
        SqlType::Json => "json",
        SqlType::Uuid => "uuid",
        SqlType::Date => "date",
        SqlType::Time => "time",
        SqlType::Timestamp => "timestamp",
    };
    name.to_owned()
}

/// The default as the catalogue prints it.
pub(super) fn printed_default(sql_type: SqlType, value: &DefaultValue) -> String {
    match value {
        // The type of a number depends on its own text, not on the column.
        DefaultValue::Int(value) => match i32::try_from(*value) {
            Ok(0..) => value.to_string(),
            Ok(_) => format!("'{value}'::integer"),
            Err(_) => format!("'{value}'::bigint"),
        },
        DefaultValue::Decimal(number) if number.starts_with('-') => format!("'{number}'::numeric"),
        DefaultValue::Decimal(number) => number.to_string(),
        DefaultValue::Text(text) => {
            // The length is not part of the cast.
            let type_name = match sql_type {
                SqlType::Varchar(_) => "character varying".to_owned(),
                other => printed_type(other),
            };
            format!("{}::{type_name}", clauses::literal(text))
        }
        DefaultValue::Now => match sql_type {
            SqlType::Date => format!("(({NOW_IN_UTC}::text))::date"),
            SqlType::Time => format!("(({NOW_IN_UTC}::text))::time without time zone"),
            SqlType::Timestamp => format!("({NOW_IN_UTC}::text)"),
            _ => default(sql_type, value),
        },
        DefaultValue::Bool(_) => default(sql_type, value),
    }
}

// ---- values ----

/// The expression for the value that a backfill gives to a column. Of texts, a `CASE` would be a
/// text, which PostgreSQL assigns to no column of another type: so the literals that may be the
/// value get the type of the column.
pub(super) fn backfilled(sql_type: SqlType, backfill: &str) -> String {
    let Ok(expression) = Expression::read(backfill, Syntax::Postgres) else {
        return backfill.to_owned();
    };
    let tokens = expression.tokens();
    let mut place = 0;
    expression.replaced(|token| {
        let before = tokens[..place].last();
        place += 1;
        let may_be_value = before.is_none_or(|before| {
            before.is_any_word(&["THEN", "ELSE"]) || before.is_symbol('(') || before.is_symbol(',')
        });
        // An assignment would use the time zone of the session.
        if token.is_word("CURRENT_TIMESTAMP") && sql_type != SqlType::UtcTimestamp {
            return Some(format!("({NOW_IN_UTC})"));
        }
        let is_literal = token.kind == TokenKind::Text && sql_type.is_literal(&token.unquoted());
        (tokens.len() > 1 && may_be_value && is_literal)
            .then(|| format!("{}::{}", token.text, column_type(sql_type)))
    })
}

/// See [`Dialect::sample`].
pub(super) fn sample(sql_type: SqlType, number: u8) -> String {
    match sql_type {
        SqlType::SmallInt
        | SqlType::Integer
        | SqlType::BigInt
        | SqlType::Double
        | SqlType::Float
        | SqlType::Numeric { .. } => number.to_string(),
        SqlType::Bool => (number % 2 == 1).to_string(),
        SqlType::Text | SqlType::Varchar(_) | SqlType::JsonDoc | SqlType::Json => {
            format!("'{number}'")
        }
        SqlType::Binary => format!("'\\x{number:02x}'"),
        // Without an offset, it would be an instant in the session's time zone.
        SqlType::UtcTimestamp => format!("'2026-01-{number:02} 00:00:00.000000+00'"),
        SqlType::Uuid | SqlType::Date | SqlType::Time | SqlType::Timestamp => {
            clauses::literal_sample(sql_type, number)
        }
    }
}

/// See [`Dialect::as_text`].
pub(super) fn as_text(sql_type: SqlType, column: &str) -> String {
    match sql_type {
        SqlType::SmallInt
        | SqlType::Integer
        | SqlType::BigInt
        | SqlType::Varchar(_)
        | SqlType::JsonDoc
        | SqlType::Json
        | SqlType::Uuid => format!("{column}::text"),
        SqlType::Text => column.to_owned(),
        SqlType::Bool => format!("{column}::integer::text"),
        // A double is printed with an exponent if it is large.
        SqlType::Double => format!(
            "CASE WHEN {} THEN {column}::bigint::text ELSE {column}::text END",
            is_whole(SqlType::BigInt, column)
        ),
        SqlType::Numeric { .. } => format!("trim_scale({column})::text"),
        SqlType::Float => as_text(SqlType::Double, &format!("{column}::double precision")),
        SqlType::Binary => format!("encode({column}, 'hex')"),
        SqlType::UtcTimestamp => {
            format!("to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')")
        }
        SqlType::Date | SqlType::Timestamp => {
            format!("to_char({column}, 'YYYY-MM-DD HH24:MI:SS.US')")
        }
        SqlType::Time => format!("{column}::text"),
    }
}

/// The expression for the new values of a column whose type changes; `None` if PostgreSQL's own
/// assignment keeps the meaning of every value.
///
/// A value that does not fit must cause an error whose message says where the value is. An
/// expression can't raise an error, but the error of a failing cast quotes its text. That text must
/// not be a constant, or it would be cast before any row is read.
pub(super) fn converted(table: &str, from: &Column, to: &Column) -> Option<String> {
    let column = Postgres.quote(&to.name);
    let place = format!("{table}.{}", to.name);
    let type_name = column_type(to.sql_type);
    let failing_cast = |problem: &str, value: &str| {
        let text = clauses::literal(&format!("{place} {problem}: "));
        format!("({text} || {value})::{type_name}")
    };
    let fits = conversion(from.sql_type, to.sql_type) != Some(Conversion::IfItFits);
    match (from.sql_type, to.sql_type) {
        (SqlType::Bool, _) => Some(format!("{column}::integer")),
        (SqlType::SmallInt | SqlType::Integer | SqlType::BigInt, SqlType::Bool) => {
            let failure = failing_cast("is neither 0 nor 1", &column);
            Some(format!("CASE WHEN {column} IN (0, 1) THEN {column} = 1 ELSE {failure} END"))
        }
        // The cast itself refuses other values, and says why.
        (SqlType::Text | SqlType::Varchar(_) | SqlType::Json, SqlType::JsonDoc) => {
            Some(format!("{column}::jsonb"))
        }
        (SqlType::Text | SqlType::Varchar(_) | SqlType::JsonDoc, SqlType::Json) => {
            Some(format!("{column}::json"))
        }
        // The cast accepts more than the other back ends do: outer spaces, a plus, hexadecimals.
        (
            SqlType::Text | SqlType::Varchar(_),
            SqlType::SmallInt | SqlType::Integer | SqlType::BigInt,
        ) => {
            let failure =
                failing_cast("is not a whole number that fits", &format!("left({column}, 20)"));
            let (min, max) = range(to.sql_type);
            // With AND instead of the inner CASE, the cast might be evaluated first.
            Some(format!(
                "CASE WHEN CASE WHEN {column} ~ '^(0|-?[1-9][0-9]*)$' \
                 THEN {column}::numeric BETWEEN {min} AND {max} END \
                 THEN {column}::{type_name} ELSE {failure} END"
            ))
        }
        // An assignment would round, or say `numeric field overflow`.
        (_, SqlType::Numeric { precision, scale }) if !fits => {
            let failure = failing_cast(&format!("does not fit {}", to.sql_type), &column);
            let whole = precision.saturating_sub(scale);
            Some(format!(
                "CASE WHEN {column}::numeric = trunc({column}::numeric, {scale}) \
                 AND abs({column}::numeric) < 1e{whole}::numeric \
                 THEN {column}::{type_name} ELSE {failure} END"
            ))
        }
        (SqlType::Numeric { .. }, SqlType::SmallInt | SqlType::Integer | SqlType::BigInt) => {
            let failure = failing_cast("is not a whole number that fits", &column);
            let (min, max) = range(to.sql_type);
            Some(format!(
                "CASE WHEN {column} = trunc({column}) AND {column} BETWEEN {min} AND {max} \
                 THEN {column}::{type_name} ELSE {failure} END"
            ))
        }
        // The assignment would use the time zone of the session.
        (SqlType::UtcTimestamp, SqlType::Timestamp)
        | (SqlType::Timestamp, SqlType::UtcTimestamp) => {
            Some(format!("{column} AT TIME ZONE 'UTC'"))
        }
        (SqlType::Timestamp, SqlType::Date) => {
            let failure = failing_cast("is not the beginning of a day", &format!("{column}::text"));
            Some(format!(
                "CASE WHEN {column} = date_trunc('day', {column}) THEN {column}::date \
                 ELSE {failure} END"
            ))
        }
        // The cast also accepts upper case, braces and other places of the hyphens.
        (SqlType::Text | SqlType::Varchar(_), SqlType::Uuid) => {
            let failure = failing_cast("is no UUID in lower case", &format!("left({column}, 20)"));
            Some(format!(
                "CASE WHEN {column} ~ '^[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}$' \
                 THEN {column}::uuid ELSE {failure} END"
            ))
        }
        _ if fits => None,
        (_, SqlType::Varchar(length)) => {
            let text = match from.sql_type {
                SqlType::Text | SqlType::Varchar(_) => column,
                _ => format!("{column}::text"),
            };
            // An assignment would cut excess trailing spaces, and a cast to a text never fails.
            // This cast says `invalid size` before it quotes the text.
            let problem =
                clauses::literal(&format!("{place} is longer than {length} characters: "));
            Some(format!(
                "CASE WHEN length({text}) <= {length} THEN {text} \
                 ELSE pg_size_bytes({problem} || left({text}, 20))::text END"
            ))
        }
        (SqlType::Double, SqlType::Float) => {
            let failure = failing_cast("is not exact as a Float", &column);
            let is_float = clauses::is_float(&column);
            Some(format!("CASE WHEN {is_float} THEN {column}::real ELSE {failure} END"))
        }
        (SqlType::Double | SqlType::Float, integer) => {
            let failure = failing_cast("is not a whole number that fits", &column);
            let is_whole = is_whole(integer, &column);
            Some(format!("CASE WHEN {is_whole} THEN {column}::{type_name} ELSE {failure} END"))
        }
        (_, narrower) => {
            let (min, max) = range(narrower);
            let failure = failing_cast("does not fit", &column);
            Some(format!(
                "CASE WHEN {column} BETWEEN {min} AND {max} THEN {column} ELSE {failure} END"
            ))
        }
    }
}

/// Whether a double is a whole number within an integer type's range.
fn is_whole(integer: SqlType, column: &str) -> String {
    let (min, max) = range(integer);
    // As a double, the greatest `bigint` would be rounded up, so that its successor would pass.
    let end = i128::from(max) + 1;
    format!("{column} = floor({column}) AND {column} >= {min} AND {column} < {end}")
}

/// The least and the greatest whole number of a type. A double can also represent greater numbers,
/// but not all of them.
fn range(number: SqlType) -> (i64, i64) {
    match number {
        SqlType::SmallInt => (i16::MIN.into(), i16::MAX.into()),
        SqlType::Integer => (i32::MIN.into(), i32::MAX.into()),
        SqlType::Double => (-(1 << 53), 1 << 53),
        SqlType::Float => (-(1 << 24), 1 << 24),
        _ => (i64::MIN, i64::MAX),
    }
}
