//! Checks expressions in SQL: each must be one expression that means the same on every back end.

use sql_text::{Expression, Open, Syntax, Unclosed};
use syn::LitStr;

use super::meaning::{self, Purpose};
use crate::declared::Table;
use crate::errors::Errors;

pub(super) fn check(table: &Table, errors: &mut Errors) {
    let partial = table.indexes.iter().filter_map(|index| Some(&index.partial.as_ref()?.condition));
    let partial = partial.map(|condition| (Purpose::Index, condition));
    let checks = table.checks.iter().map(|check| (Purpose::Check, &check.expression));
    let backfills = table.columns.iter().filter_map(|column| column.backfill.as_ref());
    let backfills = backfills.map(|backfill| (Purpose::Backfill, backfill));
    for (purpose, declared) in partial.chain(checks).chain(backfills) {
        for literal in declared.all() {
            check_one(literal, purpose, errors, |expression, errors| {
                // Whoever gives a back end its own expression knows how they differ.
                if declared.instead.is_empty() {
                    meaning::check(table, purpose, literal, expression, errors);
                }
            });
        }
    }
}

fn check_one(
    literal: &LitStr,
    purpose: Purpose,
    errors: &mut Errors,
    check_more: impl FnOnce(&Expression<'_>, &mut Errors),
) {
    let text = literal.value();
    match Expression::read(&text, Syntax::Portable) {
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
