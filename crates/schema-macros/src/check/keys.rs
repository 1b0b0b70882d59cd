//! Columns that others are found by: primary keys, indexes, uniques and references.

use proc_macro2::Span;
use syn::Ident;

use crate::attributes::{OnDelete, References};
use crate::errors::Errors;
use crate::parse::{Column, Table};
use crate::types::SqlType;

/// What one key of InnoDB can hold.
const KEY_BYTES_MAX: u32 = 3_072;

/// The same in characters of utf8mb4, which takes four bytes for each.
const KEYED_CHARACTERS_MAX: u32 = KEY_BYTES_MAX / 4;

/// What one index of MySQL or PostgreSQL can cover: 16 and 32.
const KEY_COLUMNS_MAX: usize = 16;

pub(crate) fn check_table(table: &Table, tables: &[Table], errors: &mut Errors) {
    let span = table.primary_key.first().map_or_else(|| table.name.span(), Ident::span);
    check_key("the primary key", &table.primary_key, span, table, errors);
    for name in &table.primary_key {
        if let Some(column) = table.column(name).filter(|column| column.is_nullable()) {
            let message =
                format!("`{name}` is part of the primary key; expected it not to be Nullable");
            errors.add(column.name.span(), message);
        }
    }
    for index in &table.indexes {
        let kind = if index.unique { "a unique key" } else { "an index" };
        check_key(kind, &index.columns, index.span, table, errors);
    }
    for column in &table.columns {
        if let Some(references) = &column.references {
            check_reference(table, column, references, tables, errors);
        }
    }
}

/// A list of columns that the back end builds an index for.
fn check_key(kind: &str, key: &[Ident], span: Span, table: &Table, errors: &mut Errors) {
    let mut bytes: u32 = 0;
    for (position, name) in key.iter().enumerate() {
        if key.get(..position).is_some_and(|before| before.contains(name)) {
            errors.add(name.span(), format!("`{name}` stands twice in {kind}"));
        }
        let Some(column) = table.column(name) else {
            errors.add(name.span(), unknown_column(name, table));
            continue;
        };
        let Some(sql_type) = column.sql_type() else { continue };
        match sql_type.key_bytes(column.characters_max()) {
            Some(column_bytes) => bytes = bytes.saturating_add(column_bytes),
            None => {
                let message = format!(
                    "`{name}` can't be part of {kind}, because MySQL can't index it whole; \
                     expected Varchar with a max_length of at most {KEYED_CHARACTERS_MAX}"
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
                "`{only}` is too long for {kind}; expected a max_length of at most {KEYED_CHARACTERS_MAX}"
            ),
            _ => format!(
                "{kind} of {bytes} bytes (4 for each character of a Varchar); \
                 expected at most {KEY_BYTES_MAX}, for MySQL"
            ),
        };
        errors.add(span, message);
    }
}

fn unknown_column(name: &Ident, table: &Table) -> String {
    let message = format!("table `{}` has no column `{name}`", table.name);
    let known: Vec<String> = table.columns.iter().map(|column| column.name.to_string()).collect();
    if known.is_empty() {
        message
    } else {
        format!("{message}; expected one of {}", known.join(", "))
    }
}

fn check_reference(
    table: &Table,
    column: &Column,
    references: &References,
    tables: &[Table],
    errors: &mut Errors,
) {
    let name = &column.name;
    if references.on_delete == OnDelete::SetNull
        && column.column_type.is_some()
        && !column.is_nullable()
    {
        let message =
            format!("`{name}` can't become NULL; expected it to be Nullable, or another on_delete");
        errors.add(references.on_delete_span, message);
    }
    let Some(parent) = tables.iter().find(|parent| parent.name == references.table) else {
        let known: Vec<String> = tables.iter().map(|known| known.name.to_string()).collect();
        let message =
            format!("no table `{}`; expected one of {}", references.table, known.join(", "));
        errors.add(references.table.span(), message);
        return;
    };
    let target = &references.column;
    let Some(parent_column) = parent.column(target) else {
        errors.add(target.span(), unknown_column(target, parent));
        return;
    };
    if parent.name == table.name && target == name {
        errors.add(target.span(), format!("`{name}` refers to itself"));
    }
    if !is_unique(parent, target) {
        let message = format!(
            "`{}.{target}` is not unique; expected a column that is the whole primary key or `#[unique]`",
            parent.name
        );
        errors.add(target.span(), message);
    }
    if let (Some(own), Some(other)) = (column.sql_type(), parent_column.sql_type()) {
        check_equal_types(column, own, parent_column, other, errors);
    }
}

fn is_unique(table: &Table, column: &Ident) -> bool {
    let alone = std::slice::from_ref(column);
    table.primary_key == alone
        || table.indexes.iter().any(|index| index.unique && index.columns == alone)
}

fn check_equal_types(
    column: &Column,
    own: SqlType,
    parent: &Column,
    other: SqlType,
    errors: &mut Errors,
) {
    let described = |sql_type: SqlType, column: &Column| match (sql_type, column.max_length) {
        (SqlType::Varchar, Some(length)) => format!("Varchar of {} characters", length.characters),
        _ => column
            .column_type
            .as_ref()
            .map_or_else(String::new, |column_type| column_type.ident.to_string()),
    };
    let span = column
        .column_type
        .as_ref()
        .map_or_else(|| column.name.span(), |column_type| column_type.ident.span());
    let (own_text, other_text) = (described(own, column), described(other, parent));
    if own_text != other_text {
        let message = format!(
            "`{}` is {own_text}, but refers to a {other_text}; expected the same type",
            column.name
        );
        errors.add(span, message);
    }
}
