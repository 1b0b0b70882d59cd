//! Checks primary keys, indexes and unique keys.

use proc_macro2::Span;
use schema_model::SqlType;
use syn::Ident;

use super::columns;
use crate::declared::{Column, Table};
use crate::errors::Errors;
use crate::names::sql_name;

/// The greatest size of a key in bytes.
const KEY_BYTES_MAX: u32 = SqlType::KEY_BYTES_MAX;

/// The same limit in characters of utf8mb4, which takes four bytes for each.
const KEYED_CHARACTERS_MAX: u32 = KEY_BYTES_MAX / 4;

/// MySQL's limit; PostgreSQL's is 32.
const KEY_COLUMNS_MAX: usize = 16;

pub(super) fn check(table: &Table, errors: &mut Errors) {
    let span = table.primary_key.first().map_or_else(|| table.name.span(), Ident::span);
    check_key("the primary key", &table.primary_key, span, table, errors);
    for name in &table.primary_key {
        if let Some(column) = table.column(name).filter(|column| column.is_nullable()) {
            let message = format!(
                "`{}` is part of the primary key; expected it not to be Nullable",
                sql_name(name)
            );
            errors.add(column.name.span(), message);
        }
    }
    for index in &table.indexes {
        let kind = if index.unique { "a unique key" } else { "an index" };
        let columns: Vec<Ident> = index.column_names().cloned().collect();
        check_key(kind, &columns, index.span, table, errors);
    }
}

/// Checks a list of columns that the back end builds an index for.
fn check_key(kind: &str, key: &[Ident], span: Span, table: &Table, errors: &mut Errors) {
    columns::check(kind, key, table, errors);
    let mut bytes: u32 = 0;
    for name in key {
        let Some(sql_type) = table.column(name).and_then(Column::sql_type) else { continue };
        match sql_type.key_bytes() {
            Some(column_bytes) => bytes = bytes.saturating_add(column_bytes),
            None => {
                let message = format!(
                    "`{}` can't be part of {kind}, because MySQL can't index it whole; \
                     expected Varchar with a max_length of at most {KEYED_CHARACTERS_MAX}",
                    sql_name(name)
                );
                errors.add(name.span(), message);
            }
        }
    }
    if key.len() > KEY_COLUMNS_MAX {
        let count = key.len();
        errors.add(span, format!("{kind} of {count} columns; expected at most {KEY_COLUMNS_MAX}"));
    }
    if bytes > KEY_BYTES_MAX {
        let message = match key {
            [only] => format!(
                "`{}` is too long for {kind}; expected a max_length of at most {KEYED_CHARACTERS_MAX}",
                sql_name(only)
            ),
            _ => format!(
                "{kind} of {bytes} bytes (4 for each character of a Varchar); \
                 expected at most {KEY_BYTES_MAX}, for MySQL"
            ),
        };
        errors.add(span, message);
    }
}
