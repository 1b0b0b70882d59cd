//! Checks expressions in SQL: each must be one expression that means the same on every back end.

use sql_text::{Expression, Open, Syntax, TokenKind, Unclosed};
use syn::LitStr;

use super::meaning;
use crate::declared::{RowExpression, Table};
use crate::errors::Errors;
use crate::names::sql_name;

pub(super) fn check(table: &Table, errors: &mut Errors) {
    let partial = table.indexes.iter().filter_map(|index| Some(&index.partial.as_ref()?.condition));
    let checks = table.checks.iter().map(|check| &check.expression);
    for condition in partial.chain(checks) {
        check_all(condition, "a condition", errors, |expression, errors| {
            check_portable(&condition.common, expression, errors);
            check_quoted_names(table, &condition.common, expression, errors);
            meaning::check(table, &condition.common, expression, errors);
        });
    }
    // A backfill may mention former columns, which are not known here.
    for backfill in table.columns.iter().filter_map(|column| column.backfill.as_ref()) {
        check_all(backfill, "an expression", errors, |expression, errors| {
            check_portable(&backfill.common, expression, errors);
            meaning::check(table, &backfill.common, expression, errors);
        });
    }
}

/// Checks the expression of each back end, and more if all of them have the same one: whoever gives
/// one of them its own knows how they differ.
fn check_all(
    declared: &RowExpression,
    kind: &str,
    errors: &mut Errors,
    mut check_more: impl FnMut(&Expression<'_>, &mut Errors),
) {
    for literal in declared.all() {
        check_one(literal, kind, errors, |expression, errors| {
            if declared.instead.is_empty() {
                check_more(expression, errors);
            }
        });
    }
}

fn check_one(
    literal: &LitStr,
    kind: &str,
    errors: &mut Errors,
    check_more: impl FnOnce(&Expression<'_>, &mut Errors),
) {
    let text = literal.value();
    match Expression::read(&text, Syntax::Portable) {
        Err(unclosed) => errors.add(literal.span(), unclosed_message(&unclosed)),
        Ok(expression) if expression.is_empty() => {
            errors.add(literal.span(), format!("expected {kind} in SQL"));
        }
        Ok(expression) => {
            check_whole(literal, &expression, errors);
            check_more(&expression, errors);
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
/// of the statement.
fn check_whole(literal: &LitStr, expression: &Expression<'_>, errors: &mut Errors) {
    let begins = |mark| expression.comments().iter().any(|comment| comment.starts_with(mark));
    let mistakes = [
        (expression.has_operator(";"), "`;` ends the statement; expected one expression"),
        (!expression.is_balanced(), "parentheses do not match; expected one expression"),
        (begins("--"), "`--` begins a comment; expected only an expression"),
        (begins("/*"), "`/*` begins a comment; expected only an expression"),
    ];
    for (_, message) in mistakes.into_iter().filter(|(is_made, _)| *is_made) {
        errors.add(literal.span(), message);
    }
}

fn check_portable(literal: &LitStr, expression: &Expression<'_>, errors: &mut Errors) {
    if expression.has_operator("||") {
        let message = "`||` means OR on MySQL and MariaDB; expected concat(…), or OR";
        errors.add(literal.span(), message);
    }
}

fn check_quoted_names(
    table: &Table,
    literal: &LitStr,
    expression: &Expression<'_>,
    errors: &mut Errors,
) {
    let quoted = expression
        .tokens()
        .iter()
        .filter(|token| token.kind == TokenKind::QuotedName && token.text.starts_with('"'));
    for name in quoted.map(|token| token.unquoted()) {
        if !table.columns.iter().any(|column| sql_name(&column.name) == name) {
            // SQLite would silently take it for a text.
            let message = format!(
                "`\"{name}\"` is not a column of `{}`; a text needs single quotes",
                sql_name(&table.name)
            );
            errors.add(literal.span(), message);
        }
    }
}
