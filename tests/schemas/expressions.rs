//! Conditions that every back end understands, and that the rows of a proof satisfy: samples (1, 2
//! and 3 in all their types), defaults, backfills, and what the way back invents (0 and '').

use schema_model::{Column, DefaultValue, Table, ValueKind};
use sql_text::{Expression, Syntax, text_of};

/// The name as an expression has it: in quotes where it is a word of SQL.
pub(crate) fn in_expression(name: &str) -> String {
    if ["order", "group", "select", "type", "where"].contains(&name) {
        format!("\"{name}\"")
    } else {
        name.to_owned()
    }
}

/// What a check can ask of a column.
pub(crate) fn terms(column: &Column) -> Vec<String> {
    // MySQL and MariaDB refuse a check of a column that they number.
    if column.auto_increment {
        return Vec::new();
    }
    let name = in_expression(&column.name);
    let holds = |condition: fn(i64) -> bool| match column.default {
        Some(DefaultValue::Int(value)) => condition(value),
        Some(DefaultValue::Now | DefaultValue::Bool(_) | DefaultValue::Text(_)) | None => true,
    };
    match column.sql_type.values() {
        ValueKind::Number => [
            (format!("{name} >= 0"), holds(|value| value >= 0)),
            (format!("{name} < 1000"), holds(|value| value < 1_000)),
        ]
        .into_iter()
        .filter_map(|(term, holds)| holds.then_some(term))
        .collect(),
        ValueKind::Truth => vec![format!("({name} = TRUE OR {name} = FALSE)")],
        ValueKind::Text => {
            vec![format!("length({name}) < 1000"), format!("{name} <> 'no, never'")]
        }
        ValueKind::Other => Vec::new(),
    }
}

/// What a partial index can ask of a column; SQLite and PostgreSQL alone read it.
pub(crate) fn conditions(column: &Column) -> Vec<String> {
    let name = in_expression(&column.name);
    let mut conditions = vec![format!("{name} IS NOT NULL")];
    match column.sql_type.values() {
        ValueKind::Number => conditions.push(format!("{name} > 1")),
        ValueKind::Truth => conditions.push(format!("NOT {name}")),
        ValueKind::Text => conditions.push(format!("{name} <> 'it''s'")),
        ValueKind::Other => {}
    }
    conditions
}

/// The columns that an expression of [`terms`] is about, one for each of them; nothing where one of
/// the terms is about none of the table's columns as they are now.
pub(crate) fn columns_of<'a>(
    table: &'a Table,
    expression: &str,
    known: fn(&Column) -> Vec<String>,
) -> Option<Vec<&'a Column>> {
    let tokens = read(expression);
    let terms = tokens.tokens().split(|token| token.is_word("AND"));
    let about = |term: &str| table.columns.iter().find(|c| known(c).iter().any(|t| t == term));
    terms.map(|term| about(text_of(expression, term))).collect()
}

/// The expression after a column got another name.
pub(crate) fn renamed(expression: &str, from: &str, to: &str) -> String {
    read(expression).with_renamed(&[(from, to)])
}

fn read(expression: &str) -> Expression<'_> {
    Expression::read(expression, Syntax::Portable).expect("one of the conditions above")
}
