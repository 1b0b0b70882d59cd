//! One column by itself: length, numbering, default, backfill.

use crate::declared::{Column, Default, Table};
use crate::errors::Errors;
use crate::names::sql_name;
use crate::types::SqlType;

/// What a utf8mb4 row of MySQL can hold.
const CHARACTERS_MAX: u32 = 16_383;

pub(crate) fn check(table: &Table, column: &Column, errors: &mut Errors) {
    check_backfill(column, errors);
    let Some(sql_type) = column.sql_type() else { return };
    check_length(column, sql_type, errors);
    check_auto_increment(table, column, sql_type, errors);
    if let Some(default) = &column.default {
        check_default(column, sql_type, default, errors);
    }
}

fn check_backfill(column: &Column, errors: &mut Errors) {
    let Some(backfill) = &column.backfill else { return };
    if backfill.value().trim().is_empty() {
        errors.add(backfill.span(), "expected an expression in SQL");
    }
    if column.auto_increment.is_some() {
        let message = "an auto_increment column takes no backfill: the database numbers the rows";
        errors.add(backfill.span(), message);
    }
}

fn check_length(column: &Column, sql_type: SqlType, errors: &mut Errors) {
    let name = sql_name(&column.name);
    match (sql_type, column.max_length) {
        (SqlType::Varchar, None) => {
            let message = format!("`{name}` is Varchar; expected `#[max_length = N]` on it");
            errors.add(column.name.span(), message);
        }
        (SqlType::Varchar, Some(length)) if !(1..=CHARACTERS_MAX).contains(&length.characters) => {
            let characters = length.characters;
            let message =
                format!("max_length of {characters}; expected 1 to {CHARACTERS_MAX} characters");
            errors.add(length.span, message);
        }
        (SqlType::Varchar, Some(_)) | (_, None) => {}
        (_, Some(length)) => {
            errors.add(length.span, "max_length is for Varchar alone");
        }
    }
}

fn check_auto_increment(table: &Table, column: &Column, sql_type: SqlType, errors: &mut Errors) {
    let Some(span) = column.auto_increment else { return };
    let is_whole_key = table.primary_key == [column.name.clone()];
    if !is_whole_key || sql_type.integer_range().is_none() {
        let message = "auto_increment numbers the rows; expected it on a SmallInt, Integer or BigInt that is \
             the whole primary key";
        errors.add(span, message);
    }
    if let Some(default) = &column.default {
        let message = "an auto_increment column takes no default: the database numbers the rows";
        errors.add(default.span(), message);
    }
}

fn check_default(column: &Column, sql_type: SqlType, default: &Default, errors: &mut Errors) {
    let fits = match (default, sql_type) {
        (Default::Now(_), SqlType::UtcTimestamp) | (Default::Bool(_), SqlType::Bool) => Ok(()),
        (Default::Text(literal), SqlType::Varchar) => fits_in_varchar(&literal.value(), column),
        (Default::Int(value, _), SqlType::Double) => match i64::try_from(*value) {
            Ok(_) => Ok(()),
            Err(_) => Err(format!("default {value}; expected a 64-bit integer")),
        },
        (Default::Int(value, _), _) => match sql_type.integer_range() {
            Some(range) if range.contains(value) => Ok(()),
            Some(range) => {
                let (least, greatest) = range.into_inner();
                Err(format!("default {value}; expected an integer from {least} to {greatest}"))
            }
            None => Err(wrong_type(column, sql_type)),
        },
        (Default::Now(_) | Default::Bool(_) | Default::Text(_), _) => {
            Err(wrong_type(column, sql_type))
        }
    };
    if let Err(message) = fits {
        errors.add(default.span(), message);
    }
}

fn fits_in_varchar(value: &str, column: &Column) -> Result<(), String> {
    let length = value.chars().count();
    let length_max = column.characters_max();
    if column.max_length.is_some() && length > length_max as usize {
        return Err(format!(
            "default of {length} characters; expected at most {length_max}, the column's max_length"
        ));
    }
    if value.contains('\0') {
        return Err("default with a NUL character, which PostgreSQL can't store".to_owned());
    }
    Ok(())
}

fn wrong_type(column: &Column, sql_type: SqlType) -> String {
    let name = sql_name(&column.name);
    let expected = match sql_type {
        SqlType::SmallInt | SqlType::Integer | SqlType::BigInt | SqlType::Double => "an integer",
        SqlType::Bool => "true or false",
        SqlType::Varchar => "a \"text\"",
        SqlType::UtcTimestamp => "now",
        SqlType::Text => "none, because MySQL has no default for a Text; Varchar can have one",
        SqlType::Binary => "none, because a Binary can't have one",
        SqlType::JsonDoc => "none, because a JsonDoc can't have one",
    };
    format!("default of the wrong type for `{name}`; expected {expected}")
}
