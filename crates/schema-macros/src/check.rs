//! What is wrong with a declaration that can be read. Every check reports and goes on.

use proc_macro2::Span;
use schema_model::SqlType;

use crate::declared::{Column, Table};
use crate::errors::Errors;
use crate::names::sql_name;

mod column;
mod columns;
mod keys;
mod names;
mod references;

/// Diesel's default; more columns need its feature `64-column-tables`, which doubles its build time.
const COLUMNS_MAX: usize = 32;

pub(crate) fn check(tables: &[Table], errors: &mut Errors) {
    if tables.is_empty() && errors.is_empty() {
        errors.add(Span::call_site(), "no table; expected at least one `name (key) { … }`");
    }
    names::check(tables, errors);
    for table in tables {
        check_expressions(table, errors);
        check_size(table, errors);
        keys::check(table, errors);
        references::check(table, tables, errors);
        for column in &table.columns {
            column::check(table, column, errors);
        }
    }
}

fn check_expressions(table: &Table, errors: &mut Errors) {
    for check in &table.checks {
        if check.expression.value().trim().is_empty() {
            errors.add(check.expression.span(), "expected a condition in SQL");
        }
    }
    let checks = table.checks.iter().map(|check| &check.expression);
    let partial = table.indexes.iter().filter_map(|index| Some(&index.partial.as_ref()?.condition));
    let backfills = table.columns.iter().filter_map(|column| column.backfill.as_ref());
    for expression in checks.clone().chain(partial.clone()).chain(backfills) {
        check_portable(expression, errors);
    }
    for expression in checks.chain(partial) {
        for name in quoted_names(&expression.value()) {
            if !table.columns.iter().any(|column| sql_name(&column.name) == name) {
                // SQLite would take it for a text, and never say so.
                let message = format!(
                    "`\"{name}\"` is no column of `{}`; a text is written in single quotes",
                    sql_name(&table.name)
                );
                errors.add(expression.span(), message);
            }
        }
    }
}

/// What would end the statement, hide its end, or mean OR on MySQL and MariaDB.
fn check_portable(expression: &syn::LitStr, errors: &mut Errors) {
    let text = expression.value();
    let outside_of_texts: String = text.split('\'').step_by(2).collect::<Vec<_>>().join(" ");
    for (word, what) in [
        (";", "ends the statement; expected one expression"),
        ("--", "begins a comment; expected an expression alone"),
        ("/*", "begins a comment; expected an expression alone"),
        ("||", "means OR on MySQL and MariaDB; expected concat(…), or OR"),
    ] {
        if outside_of_texts.contains(word) {
            errors.add(expression.span(), format!("`{word}` {what}"));
        }
    }
}

/// What stands in double quotes, but not inside a text.
fn quoted_names(expression: &str) -> Vec<String> {
    let outside_of_texts = expression.split('\'').step_by(2);
    let quoted = outside_of_texts.flat_map(|part| part.split('"').skip(1).step_by(2));
    quoted.map(str::to_owned).collect()
}

fn check_size(table: &Table, errors: &mut Errors) {
    let count = table.columns.len();
    if !(1..=COLUMNS_MAX).contains(&count) {
        let message = format!("table of {count} columns; expected 1 to {COLUMNS_MAX}");
        errors.add(table.name.span(), message);
    }
    let nullable = table.columns.iter().filter(|column| column.is_nullable()).count();
    let null_bits = u32::try_from(nullable.div_ceil(8)).unwrap_or(u32::MAX);
    let types = table.columns.iter().filter_map(Column::sql_type);
    let bytes = types.map(SqlType::row_bytes).fold(null_bits, u32::saturating_add);
    if bytes > SqlType::ROW_BYTES_MAX {
        let message = format!(
            "rows of up to {bytes} bytes (4 for each character of a Varchar); expected at most \
             {}, for MySQL; use a smaller max_length, or Text",
            SqlType::ROW_BYTES_MAX
        );
        errors.add(table.name.span(), message);
    }
}
