//! Conditions that every back end understands and that the rows of a proof satisfy: samples (1, 2
//! and 3 in all their types), defaults, backfills, and the values that the way back invents (0 and
//! '').

use schema_model::{Column, DefaultValue, Table, ValueKind};
use sql_text::{Expression, Syntax, text_of};

/// The name as it is written in an expression: in quotes if it is a word of SQL.
pub(crate) fn in_expression(name: &str) -> String {
    if ["order", "group", "select", "type", "where"].contains(&name) {
        format!("\"{name}\"")
    } else {
        name.to_owned()
    }
}

/// The terms that a check can have about a column.
pub(crate) fn terms(column: &Column) -> Vec<String> {
    // MySQL and MariaDB reject a check on a column that they number.
    if column.auto_increment {
        return Vec::new();
    }
    let name = in_expression(&column.name);
    let holds = |condition: fn(i64) -> bool| match column.default {
        Some(DefaultValue::Int(value)) => condition(value),
        Some(
            DefaultValue::Now
            | DefaultValue::Bool(_)
            | DefaultValue::Decimal(_)
            | DefaultValue::Text(_),
        )
        | None => true,
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
        // A sample or default is never the ninth.
        ValueKind::Other => {
            let literal = column.sql_type.literal_sample(9);
            literal.map(|literal| format!("{name} <> '{literal}'")).into_iter().collect()
        }
    }
}

/// The conditions that a partial index can have on a column. Only SQLite and PostgreSQL read them.
pub(crate) fn conditions(column: &Column) -> Vec<String> {
    let name = in_expression(&column.name);
    let mut conditions = vec![format!("{name} IS NOT NULL")];
    match column.sql_type.values() {
        ValueKind::Number => conditions.push(format!("{name} > 1")),
        ValueKind::Truth => conditions.push(format!("NOT {name}")),
        ValueKind::Text => conditions.push(format!("{name} <> 'it''s'")),
        ValueKind::Other => conditions.extend(
            column.sql_type.literal_sample(1).map(|literal| format!("{name} > '{literal}'")),
        ),
    }
    conditions
}

/// The column that each term of an expression is about; `None` if a term does not belong to any of
/// the table's current columns.
pub(crate) fn columns_of<'a>(
    table: &'a Table,
    expression: &str,
    known: fn(&Column) -> Vec<String>,
) -> Option<Vec<&'a Column>> {
    let read = read(expression);
    let terms = read.tokens().split(|token| token.is_word("AND"));
    let about = |term: &str| table.columns.iter().find(|c| known(c).iter().any(|t| t == term));
    terms.map(|term| about(text_of(expression, term))).collect()
}

/// The expression after a column was renamed.
pub(crate) fn renamed(expression: &str, from: &str, to: &str) -> String {
    read(expression).with_renamed(&[(from, to)])
}

fn read(expression: &str) -> Expression<'_> {
    Expression::read(expression, Syntax::Portable).expect("one of the conditions above")
}
