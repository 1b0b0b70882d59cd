//! What is wrong with a declaration that can be read. Every check reports and goes on.

use std::collections::HashMap;

use proc_macro2::Span;
use syn::{Ident, LitStr};

use crate::errors::Errors;
use crate::names::{self, check_name, foreign_key_name, index_name, sql_name};
use crate::parse::Table;

mod column;
mod keys;

/// Diesel's default; more columns need its feature `64-column-tables`, which doubles its build time.
const COLUMNS_MAX: usize = 32;

/// What MySQL allows in one row, apart from what it keeps elsewhere.
const ROW_BYTES_MAX: u32 = 65_535;

/// Names that the code of Diesel's `table!` uses beside those of the columns.
const DIESEL_NAMES: [&str; 9] =
    ["table", "star", "columns", "dsl", "all_columns", "diesel", "bool", "str", "usize"];

pub(crate) fn check(tables: &[Table], errors: &mut Errors) {
    if tables.is_empty() && errors.is_empty() {
        errors.add(Span::call_site(), "no table; expected at least one `name (key) { … }`");
    }
    let table_names = tables.iter().map(|table| &table.name);
    check_names("table", table_names, errors);
    for table in tables {
        check_table(table, errors);
        keys::check_table(table, tables, errors);
        for column in &table.columns {
            column::check(table, column, errors);
        }
    }
    check_constraint_names(tables, errors);
    let renames =
        tables.iter().filter_map(|table| Some((&table.name, table.renamed_from.as_ref()?)));
    check_renames("table", renames, tables.iter().map(|table| &table.name), errors);
}

fn check_table(table: &Table, errors: &mut Errors) {
    let column_names = || table.columns.iter().map(|column| &column.name);
    check_names("column", column_names(), errors);
    for name in column_names() {
        let text = sql_name(name);
        if name == &table.name {
            let message = "a column can't have the name of its table: Diesel does not allow it";
            errors.add(name.span(), message);
        } else if DIESEL_NAMES.contains(&text.as_str()) {
            let message = format!("`{text}` can't be a column: Diesel's own code uses that name");
            errors.add(name.span(), message);
        }
    }
    for check in &table.checks {
        if check.expression.value().trim().is_empty() {
            errors.add(check.expression.span(), "expected a condition in SQL");
        }
        if let Some(mistake) = names::mistake(&sql_name(&check.name)) {
            errors.add(check.name.span(), mistake);
        }
    }
    let renames = table
        .columns
        .iter()
        .filter_map(|column| Some((&column.name, column.renamed_from.as_ref()?)));
    check_renames("column", renames, column_names(), errors);
    check_size(table, errors);
}

fn check_size(table: &Table, errors: &mut Errors) {
    let count = table.columns.len();
    if !(1..=COLUMNS_MAX).contains(&count) {
        let message = format!("table of {count} columns; expected 1 to {COLUMNS_MAX}");
        errors.add(table.name.span(), message);
    }
    let nullable = table.columns.iter().filter(|column| column.is_nullable()).count();
    let null_bits = u32::try_from(nullable.div_ceil(8)).unwrap_or(u32::MAX);
    let values = table
        .columns
        .iter()
        .filter_map(|column| Some(column.sql_type()?.row_bytes(column.characters_max())));
    let bytes = values.fold(null_bits, u32::saturating_add);
    if bytes > ROW_BYTES_MAX {
        let message = format!(
            "rows of up to {bytes} bytes (4 for each character of a Varchar); expected at most \
             {ROW_BYTES_MAX}, for MySQL; use a smaller max_length, or Text"
        );
        errors.add(table.name.span(), message);
    }
}

/// Each name by itself, and that no two are equal.
fn check_names<'a>(kind: &str, names: impl Iterator<Item = &'a Ident>, errors: &mut Errors) {
    let mut seen = Vec::new();
    for ident in names {
        let name = sql_name(ident);
        if let Some(mistake) = names::mistake(&name) {
            errors.add(ident.span(), mistake);
        }
        if seen.contains(&name) {
            errors.add(ident.span(), format!("{kind} `{name}` is declared twice"));
        }
        seen.push(name);
    }
}

/// Names of indexes and constraints are unique in a PostgreSQL or SQLite database, not just in a table.
fn check_constraint_names(tables: &[Table], errors: &mut Errors) {
    let mut seen = HashMap::new();
    for table in tables {
        let indexes = table.indexes.iter().map(|index| (index_name(table, index), index.span));
        let checks = table.checks.iter().map(|check| (check_name(table, check), check.name.span()));
        let foreign_keys = table.columns.iter().filter_map(|column| {
            let references = column.references.as_ref()?;
            Some((foreign_key_name(table, column), references.table.span()))
        });
        for (name, span) in indexes.chain(checks).chain(foreign_keys) {
            let owner = sql_name(&table.name);
            match seen.insert(name.clone(), owner) {
                None => {}
                Some(other) if table.name == other => {
                    errors.add(span, format!("`{name}` is declared twice"));
                }
                Some(other) => errors.add(
                    span,
                    format!("`{name}` is declared twice; the other one is on table `{other}`"),
                ),
            }
        }
    }
}

fn check_renames<'a>(
    kind: &str,
    renames: impl Iterator<Item = (&'a Ident, &'a LitStr)>,
    declared: impl Iterator<Item = &'a Ident>,
    errors: &mut Errors,
) {
    let declared: Vec<String> = declared.map(sql_name).collect();
    let mut claimed = Vec::new();
    for (ident, old) in renames {
        let (name, former) = (sql_name(ident), old.value());
        if let Some(mistake) = names::mistake(&former) {
            errors.add(old.span(), mistake);
        } else if declared.contains(&former) {
            let message =
                format!("{kind} `{former}` is still declared, so `{name}` can't be its new name");
            errors.add(old.span(), message);
        } else if claimed.contains(&former) {
            errors.add(old.span(), format!("two {kind}s are declared as renamed from `{former}`"));
        }
        claimed.push(former);
    }
}
