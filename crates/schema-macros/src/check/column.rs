//! Checks one column by itself: length, numbering, default, backfill.

use proc_macro2::Span;
use schema_model::{AllowedDefault, BackEnds, DefaultMistake, DefaultValue, Digits, SqlType};
use sql_text::{Expression, Syntax, Token, TokenKind};

use crate::declared::{Column, Default, RowExpression, Table};
use crate::errors::Errors;
use crate::names::sql_name;

pub(crate) fn check(table: &Table, column: &Column, back_ends: BackEnds, errors: &mut Errors) {
    for sample in column.samples.iter().filter(|sample| sample.value.is_err()) {
        errors.add(sample.span, "sample out of range; expected a 64-bit integer");
    }
    check_backfill(column, errors);
    let Some(sql_type) = column.sql_type() else { return };
    if back_ends.postgres && back_ends.only().is_none() {
        check_time_zone(table, column, sql_type, errors);
    }
    check_digits(column, sql_type, back_ends, errors);
    if back_ends.sqlite {
        check_point(table, column, sql_type, errors);
    }
    check_literals(column, sql_type, errors);
    check_length(column, sql_type, errors);
    check_auto_increment(table, column, sql_type, errors);
    if let Some(default) = &column.default {
        check_default(column, sql_type, default, back_ends, errors);
    }
}

fn check_backfill(column: &Column, errors: &mut Errors) {
    let Some(backfill) = &column.backfill else { return };
    if column.auto_increment.is_some() {
        let message = "an auto_increment column takes no backfill: the database numbers the rows";
        errors.add(backfill.common.span(), message);
    }
}

/// Samples, and a backfill that is only a text, must be literals of a type that has some.
fn check_literals(column: &Column, sql_type: SqlType, errors: &mut Errors) {
    let Some(words) = sql_type.literal_words() else { return };
    let mut check = |what: &str, text: &str, span: Span| {
        if !sql_type.is_literal(text) {
            errors.add(span, format!("{what} {text:?}; expected {words}"));
        }
    };
    for sample in &column.samples {
        if let Ok(DefaultValue::Text(text)) = &sample.value {
            check("sample", text, sample.span);
        }
    }
    for backfill in column.backfill.iter().flat_map(RowExpression::all) {
        let text = backfill.value();
        // An expression that can't be read was already reported.
        let Ok(expression) = Expression::read(&text, Syntax::Portable) else { continue };
        if let [token] = expression.tokens()
            && token.kind == TokenKind::Text
        {
            check("backfill", &token.unquoted(), backfill.span());
        }
    }
}

fn check_digits(column: &Column, sql_type: SqlType, back_ends: BackEnds, errors: &mut Errors) {
    let Some(Digits { precision, scale }) = sql_type.digits() else { return };
    let span = column.column_type.as_ref().and_then(|column_type| column_type.digits_span);
    let span = span.unwrap_or_else(|| column.name.span());
    let greatest = SqlType::digits_max(back_ends);
    let (precision_max, scale_max) = (greatest.precision, greatest.scale.min(precision));
    if !(1..=precision_max).contains(&precision) {
        let because = if back_ends.sqlite { ", for a 64-bit integer of SQLite" } else { "" };
        errors.add(span, format!("{precision} digits; expected 1 to {precision_max}{because}"));
    } else if scale > scale_max {
        let message = format!("{scale} digits after the point; expected at most {scale_max}");
        errors.add(span, message);
    }
    for sample in &column.samples {
        if let Ok(value) = &sample.value
            && value.check(sql_type, back_ends).is_err()
        {
            errors.add(
                sample.span,
                format!("sample {value}; expected {}", sql_type.allowed_default()),
            );
        }
    }
}

/// SQLite has a decimal number without its point, so a backfill must not move it.
fn check_point(table: &Table, column: &Column, sql_type: SqlType, errors: &mut Errors) {
    let Some(backfill) = &column.backfill else { return };
    let text = backfill.common.value();
    let Ok(expression) = Expression::read(&text, Syntax::Portable) else { return };
    // Whoever gives a back end its own expression knows how they differ.
    if !backfill.instead.is_empty() {
        return;
    }
    let scale = sql_type.digits().map(|digits| digits.scale);
    let number = text.strip_prefix('-').unwrap_or(&text);
    let is_number = number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let problem = match (expression.tokens(), scale) {
        (_, Some(scale)) if is_number => {
            let fraction = number.split_once('.').map_or("", |(_, fraction)| fraction);
            let is_fine = fraction.len() as u64 <= u64::from(scale);
            (!is_fine).then(|| {
                format!("backfill {text}; expected at most {scale} digits after the point")
            })
        }
        ([token], scale) => {
            let named =
                |other: &&Column| token.name().is_some_and(|name| name == sql_name(&other.name));
            let other = table.columns.iter().find(named).and_then(Column::sql_type);
            let other = other.and_then(SqlType::digits).map(|digits| digits.scale);
            (other != scale).then(without_point)
        }
        (tokens, Some(_)) => {
            let has_point =
                |other: &&Column| other.sql_type().is_some_and(|it| it.digits().is_some());
            let names: Vec<_> = tokens.iter().filter_map(Token::name).collect();
            let mut with_point = table.columns.iter().filter(has_point);
            // It was already reported.
            let is_reported =
                with_point.any(|other| names.iter().any(|name| *name == sql_name(&other.name)));
            (!is_reported).then(without_point)
        }
        (_, None) => None,
    };
    if let Some(problem) = problem {
        errors.add(backfill.common.span(), problem);
    }
}

fn without_point() -> String {
    "SQLite has a Numeric without its point; expected a number, another column with as many digits \
     after the point, or an expression for it, such as `sqlite = \"…\"`"
        .to_owned()
}

/// PostgreSQL would convert an instant to a local time, and back, in the time zone of the session.
fn check_time_zone(table: &Table, column: &Column, sql_type: SqlType, errors: &mut Errors) {
    let Some(backfill) = &column.backfill else { return };
    let has_own = backfill.instead.iter().any(|(back_end, _)| back_end == "postgres");
    let text = backfill.common.value();
    let Ok(expression) = Expression::read(&text, Syntax::Portable) else { return };
    let depends = |other: &&Column| {
        let is_other_kind = other.sql_type().is_some_and(|other| {
            sql_type.is_local() && other.is_instant() || sql_type.is_instant() && other.is_local()
        });
        is_other_kind && expression.mentions(&sql_name(&other.name))
    };
    if let Some(other) = table.columns.iter().find(depends).filter(|_| !has_own) {
        let (name, other) = (sql_name(&column.name), sql_name(&other.name));
        let message = format!(
            "`{other}` would become `{name}` in the session's time zone on PostgreSQL; expected an \
             expression for it, such as `postgres = \"{other} AT TIME ZONE 'UTC'\"`"
        );
        errors.add(backfill.common.span(), message);
    }
}

fn check_length(column: &Column, sql_type: SqlType, errors: &mut Errors) {
    let (name, type_name) = (sql_name(&column.name), sql_type.name());
    match (sql_type.lengths(), column.max_length) {
        (Some(_), None) => {
            let message = format!("`{name}` is {type_name}; expected `#[max_length = N]` on it");
            errors.add(column.name.span(), message);
        }
        (Some(lengths), Some(length)) if !lengths.contains(&length.characters) => {
            let (characters, (least, greatest)) = (length.characters, lengths.into_inner());
            let message =
                format!("max_length of {characters}; expected {least} to {greatest} characters");
            errors.add(length.span, message);
        }
        (Some(_), Some(_)) | (None, None) => {}
        (None, Some(length)) => {
            let known = listed(|sql_type| sql_type.length().is_some());
            errors.add(length.span, format!("max_length is only for {known}"));
        }
    }
}

fn check_auto_increment(table: &Table, column: &Column, sql_type: SqlType, errors: &mut Errors) {
    let Some(span) = column.auto_increment else { return };
    let is_whole_key = table.primary_key == [column.name.clone()];
    if !is_whole_key || !sql_type.is_integer() {
        let message = format!(
            "auto_increment numbers the rows; expected it on a {} that is the whole primary key",
            listed(SqlType::is_integer)
        );
        errors.add(span, message);
    }
    if let Some(default) = &column.default {
        let message = "an auto_increment column takes no default: the database numbers the rows";
        errors.add(default.span, message);
    }
}

/// The types for which `is_one` holds, as `A, B or C`.
fn listed(is_one: impl Fn(SqlType) -> bool) -> String {
    let names = SqlType::ALL.into_iter().filter(|sql_type| is_one(*sql_type)).map(SqlType::name);
    let names: Vec<&str> = names.collect();
    match &*names {
        [names @ .., last] if !names.is_empty() => format!("{} or {last}", names.join(", ")),
        names => names.concat(),
    }
}

fn check_default(
    column: &Column,
    sql_type: SqlType,
    default: &Default,
    back_ends: BackEnds,
    errors: &mut Errors,
) {
    let allowed = sql_type.allowed_default_on(back_ends);
    let mistake = match &default.value {
        Ok(value) => value.check(sql_type, back_ends).err(),
        Err(_) if matches!(allowed, AllowedDefault::Integer | AllowedDefault::Decimal(_)) => {
            Some(DefaultMistake::OutOfRange)
        }
        Err(_) => Some(DefaultMistake::WrongKind),
    };
    let Some(mistake) = mistake else { return };
    let message = match mistake {
        DefaultMistake::WrongKind => {
            let name = sql_name(&column.name);
            format!("default of the wrong type for `{name}`; expected {allowed}")
        }
        DefaultMistake::OutOfRange => out_of_range(sql_type, default),
        DefaultMistake::TooLong { .. } if column.max_length.is_none() => return,
        DefaultMistake::TooLong { characters, characters_max } => format!(
            "default of {characters} characters; expected at most {characters_max}, the column's \
             max_length"
        ),
        DefaultMistake::NoLiteral => {
            let written = default.value.as_ref().map_or_else(i128::to_string, ToString::to_string);
            format!("default {written}; expected {allowed}")
        }
        DefaultMistake::Nul => {
            "default with a NUL character, which PostgreSQL can't store".to_owned()
        }
    };
    errors.add(default.span, message);
}

fn out_of_range(sql_type: SqlType, default: &Default) -> String {
    let written = default.value.as_ref().map_or_else(i128::to_string, DefaultValue::to_string);
    if let Some(digits) = sql_type.digits() {
        let (whole, allowed) = (digits.whole(), sql_type.allowed_default());
        return format!("default {written}; expected {allowed}, and at most {whole} before it");
    }
    match sql_type.default_integers().into_inner() {
        (i64::MIN, i64::MAX) if !sql_type.is_integer() => {
            format!("default {written}; expected a 64-bit integer")
        }
        (least, greatest) => {
            format!("default {written}; expected an integer from {least} to {greatest}")
        }
    }
}
