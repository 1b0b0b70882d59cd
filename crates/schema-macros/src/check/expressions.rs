//! Checks expressions in SQL: each must be one expression that means the same on every back end.

use schema_model::BackEnds;
use sql_text::{Expression, Open, Syntax, Unclosed};
use syn::{Ident, LitStr};

use super::meaning;
use crate::declared::{Purpose, RowExpression, Schema, Table};
use crate::errors::Errors;

pub(super) fn check(table: &Table, back_ends: BackEnds, errors: &mut Errors) {
    for (purpose, declared) in table.expressions() {
        for (back_end, _) in &declared.instead {
            let name = back_end.to_string();
            if !back_ends.has(&name) {
                let message = format!("the schema is not for {name}");
                errors.add(back_end.span(), message);
            }
        }
        let syntax = syntax_of(back_ends);
        for literal in declared.all() {
            check_one(literal, syntax, purpose, errors, |expression, errors| {
                // Whoever gives a back end its own expression knows how they differ, and with only
                // one, nothing does.
                if declared.instead.is_empty() && back_ends.only().is_none() {
                    meaning::check(table, purpose, literal, expression, errors);
                }
            });
        }
    }
}

/// Makes the expressions that do not mean the same everywhere those of the only back end, which are
/// written as they stand.
pub(crate) fn keep_own(Schema { back_ends, tables }: &mut Schema) {
    let Some(only) = back_ends.only() else { return };
    for table in tables {
        let all = table.expressions();
        let are_own: Vec<bool> =
            all.map(|(purpose, one)| !is_portable(table, purpose, one)).collect();
        for (expression, is_own) in table.expressions_mut().zip(are_own) {
            if is_own && expression.instead.is_empty() {
                let name = Ident::new(only, expression.common.span());
                expression.instead.push((name, expression.common.clone()));
            }
        }
    }
}

fn is_portable(table: &Table, purpose: Purpose, declared: &RowExpression) -> bool {
    let text = declared.common.value();
    let Ok(expression) = Expression::read(&text, Syntax::Portable) else { return false };
    let mut problems = Errors::default();
    meaning::check(table, purpose, &declared.common, &expression, &mut problems);
    problems.is_empty()
}

/// How the expressions of a schema are read: as SQL of its only back end, if it has only one.
fn syntax_of(back_ends: BackEnds) -> Syntax {
    match back_ends.only() {
        Some("sqlite") => Syntax::Sqlite,
        Some("postgres") => Syntax::Postgres,
        Some("mysql") => Syntax::Mysql,
        Some(_) | None => Syntax::Portable,
    }
}

fn check_one(
    literal: &LitStr,
    syntax: Syntax,
    purpose: Purpose,
    errors: &mut Errors,
    check_more: impl FnOnce(&Expression<'_>, &mut Errors),
) {
    let text = literal.value();
    match Expression::read(&text, syntax) {
        Err(unclosed) => errors.add(literal.span(), unclosed_message(&unclosed)),
        Ok(expression) if expression.is_empty() => {
            let what = match purpose {
                Purpose::Check | Purpose::Index => "a condition",
                Purpose::Backfill => "an expression",
            };
            errors.add(literal.span(), format!("expected {what} in SQL"));
        }
        Ok(expression) => {
            if check_whole(literal, &expression, errors) {
                check_more(&expression, errors);
            }
        }
    }
}

fn unclosed_message(unclosed: &Unclosed) -> String {
    let opened = match unclosed.what {
        Open::Quote => "quote",
        Open::Comment => "comment",
        Open::Block(_) => "block",
    };
    format!("a {opened} is never closed; expected one expression")
}

/// Reports what would end the statement or the parentheses around the expression, or hide the rest
/// of the statement. Returns true if there is no such thing.
fn check_whole(literal: &LitStr, expression: &Expression<'_>, errors: &mut Errors) -> bool {
    let begins = |mark| expression.comments().iter().any(|comment| comment.starts_with(mark));
    let mistakes = [
        (expression.has_operator(";"), "`;` ends the statement; expected one expression"),
        (!expression.is_balanced(), "parentheses do not match; expected one expression"),
        (begins("--"), "`--` begins a comment; expected only an expression"),
        (begins("/*"), "`/*` begins a comment; expected only an expression"),
    ];
    for (_, message) in mistakes.iter().filter(|(is_made, _)| *is_made) {
        errors.add(literal.span(), message);
    }
    mistakes.iter().all(|(is_made, _)| !is_made)
}
