//! Checks primary keys, indexes and unique keys.

use proc_macro2::Span;
use schema_model::{BackEnds, SqlType};
use syn::Ident;

use super::columns;
use crate::declared::{Column, Table};
use crate::errors::Errors;
use crate::names::sql_name;

/// The greatest size of a key in bytes.
const KEY_BYTES_MAX: u32 = SqlType::KEY_BYTES_MAX;

/// The same limit in characters of utf8mb4, which takes four bytes for each.
const KEYED_CHARACTERS_MAX: u32 = KEY_BYTES_MAX / 4;

/// MySQL's limit.
const KEY_COLUMNS_MAX: usize = 16;
/// PostgreSQL's limit (`INDEX_MAX_KEYS`); SQLite's is higher.
const KEY_COLUMNS_MAX_ELSEWHERE: usize = 32;

pub(super) fn check(table: &Table, back_ends: BackEnds, errors: &mut Errors) {
    let span = table.primary_key.first().map_or_else(|| table.name.span(), Ident::span);
    let primary = Key { kind: "the primary key", columns: table.primary_key.clone(), span };
    for name in &table.primary_key {
        if let Some(column) = table.column(name).filter(|column| column.is_nullable()) {
            let message = format!(
                "`{}` is part of the primary key; expected it not to be Nullable",
                sql_name(name)
            );
            errors.add(column.name.span(), message);
        }
    }
    let secondary = table.indexes.iter().map(|index| Key {
        kind: if index.unique { "a unique key" } else { "an index" },
        columns: index.column_names().cloned().collect(),
        span: index.span,
    });
    for key in std::iter::once(primary).chain(secondary) {
        key.check(table, back_ends, errors);
    }
}

/// A list of columns that the back end builds an index for.
struct Key {
    kind: &'static str,
    columns: Vec<Ident>,
    span: Span,
}

impl Key {
    fn check(&self, table: &Table, back_ends: BackEnds, errors: &mut Errors) {
        let Self { kind, columns, span } = self;
        columns::check(kind, columns, table, errors);
        let columns_max = if back_ends.mysql { KEY_COLUMNS_MAX } else { KEY_COLUMNS_MAX_ELSEWHERE };
        if columns.len() > columns_max {
            let count = columns.len();
            let message = format!("{kind} of {count} columns; expected at most {columns_max}");
            errors.add(*span, message);
        }
        if back_ends.mysql {
            self.check_bytes(table, errors);
        }
    }

    /// MySQL limits the bytes of a key, and can't index a value without a limit.
    fn check_bytes(&self, table: &Table, errors: &mut Errors) {
        let Self { kind, columns, span } = self;
        let mut bytes: u32 = 0;
        for name in columns {
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
        if bytes > KEY_BYTES_MAX {
            let message = match columns.as_slice() {
                [only] => format!(
                    "`{}` is too long for {kind}; expected a max_length of at most {KEYED_CHARACTERS_MAX}",
                    sql_name(only)
                ),
                _ => format!(
                    "{kind} of {bytes} bytes (4 for each character of a Varchar); \
                     expected at most {KEY_BYTES_MAX}, for MySQL"
                ),
            };
            errors.add(*span, message);
        }
    }
}
