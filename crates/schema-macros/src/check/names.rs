//! Checks names: each by itself, that no two are equal, and former names.

use std::collections::HashMap;

use proc_macro2::Span;
use schema_model::BackEnds;
use syn::{Ident, LitStr};

use crate::declared::Table;
use crate::errors::Errors;
use crate::names::{
    check_name, foreign_key_name, ident_mistake, index_name, own_mistake, sql_name, text_mistake,
};

/// Names that the code of Diesel's `table!` uses next to the names of the columns.
const DIESEL_NAMES: [&str; 10] =
    ["table", "star", "columns", "dsl", "all_columns", "diesel", "bool", "str", "usize", "q"];

/// System columns that every table of PostgreSQL has.
const POSTGRES_NAMES: [&str; 6] = ["ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"];

pub(super) fn check(tables: &[Table], back_ends: BackEnds, errors: &mut Errors) {
    let table_names = || tables.iter().map(|table| &table.name);
    check_names("table", table_names(), errors);
    let renames =
        tables.iter().filter_map(|table| Some((&table.name, table.renamed_from.as_ref()?)));
    check_renames("table", renames, table_names(), errors);
    for table in tables {
        check_columns(table, back_ends, errors);
        check_own_names(table, errors);
    }
    check_generated(tables, errors);
}

fn check_columns(table: &Table, back_ends: BackEnds, errors: &mut Errors) {
    let column_names = || table.columns.iter().map(|column| &column.name);
    check_names("column", column_names(), errors);
    for name in column_names() {
        let text = sql_name(name);
        if *name == table.name {
            let message = format!(
                "a column can't have the name of its table: Diesel does not allow it; expected \
                 another name, such as `{text}_`"
            );
            errors.add(name.span(), message);
        } else if DIESEL_NAMES.contains(&text.as_str()) {
            let message = format!(
                "`{text}` can't be a column: Diesel's own code uses that name; expected another \
                 name, such as `{text}_`"
            );
            errors.add(name.span(), message);
        } else if back_ends.postgres && POSTGRES_NAMES.contains(&text.as_str()) {
            let message = format!(
                "`{text}` can't be a column: every table of PostgreSQL has a system column of that \
                 name; expected another name, such as `{text}_`"
            );
            errors.add(name.span(), message);
        }
    }
    let renames = table
        .columns
        .iter()
        .filter_map(|column| Some((&column.name, column.renamed_from.as_ref()?)));
    check_renames("column", renames, column_names(), errors);
}

/// Checks the declared names of indexes and constraints.
fn check_own_names(table: &Table, errors: &mut Errors) {
    let indexes = table.indexes.iter().filter_map(|index| index.name.as_ref());
    let foreign_keys = table.foreign_keys.iter().filter_map(|key| key.name.as_ref());
    let checks = table.checks.iter().map(|check| &check.name);
    for name in indexes.chain(foreign_keys).chain(checks) {
        if let Some(mistake) = own_mistake(name) {
            errors.add(name.span(), mistake);
        }
    }
}

/// Checks each name by itself, and that no two are equal.
fn check_names<'a>(kind: &str, names: impl Iterator<Item = &'a Ident>, errors: &mut Errors) {
    let mut seen = Vec::new();
    for ident in names {
        if let Some(mistake) = ident_mistake(ident) {
            errors.add(ident.span(), mistake);
        }
        let name = sql_name(ident);
        if seen.contains(&name) {
            errors.add(ident.span(), format!("{kind} `{name}` is declared twice"));
        }
        seen.push(name);
    }
}

/// Something with a generated name.
struct Named {
    name: String,
    span: Span,
    /// How to give it another name.
    remedy: &'static str,
}

/// Names of indexes and constraints must be unique in a whole PostgreSQL or SQLite database and not
/// only in a table. An index can't have the name of a table either.
fn check_generated(tables: &[Table], errors: &mut Errors) {
    let mut owners: HashMap<String, &Table> = HashMap::new();
    for table in tables {
        for Named { name, span, remedy } in generated(table) {
            // Some back ends compare names without regard to case.
            let other = owners.insert(name.to_lowercase(), table);
            let message = match other {
                Some(other) if other.name == table.name => format!("`{name}` is declared twice"),
                Some(other) => {
                    let other = sql_name(&other.name);
                    format!("`{name}` is declared twice, here and on table `{other}`")
                }
                None if tables.iter().any(|table| sql_name(&table.name) == name) => {
                    format!("`{name}` is also the name of a table")
                }
                None => continue,
            };
            errors.add(span, format!("{message}; expected only one of them, or {remedy}"));
        }
    }
}

fn generated(table: &Table) -> impl Iterator<Item = Named> {
    let indexes = table.indexes.iter().map(|index| Named {
        name: index_name(table, index),
        span: index.span,
        remedy: if index.unique {
            "another name: `#[unique(column, …, name = …)]` on the table"
        } else {
            "another name: `#[index(column, …, name = …)]`"
        },
    });
    let foreign_keys = table.foreign_keys.iter().map(|key| Named {
        name: foreign_key_name(table, key),
        span: key.span,
        remedy: "another name: `name = …` at the end",
    });
    let checks = table.checks.iter().map(|check| Named {
        name: check_name(table, check),
        span: check.name.span(),
        remedy: "another name",
    });
    indexes.chain(foreign_keys).chain(checks)
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
        if let Some(mistake) = text_mistake(&former) {
            errors.add(old.span(), mistake);
        } else if former == name {
            let message = format!("`{name}` is the {kind}'s name now; expected its former name");
            errors.add(old.span(), message);
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
