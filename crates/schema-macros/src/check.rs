//! Checks a declaration that could be read. Every check reports its mistakes and continues.

use proc_macro2::Span;
use schema_model::{BackEnds, SqlType};

use crate::declared::{Column, Schema, Table};
use crate::errors::Errors;

mod column;
mod columns;
mod expressions;
mod indexes;
mod keys;
mod meaning;
mod names;
mod references;

pub(crate) use expressions::keep_own;
pub(crate) use indexes::partial_choice;

/// Diesel's default. More columns need its feature `64-column-tables`, which doubles its build
/// time.
const COLUMNS_MAX: usize = 32;

pub(crate) fn check(Schema { back_ends, tables }: &Schema, errors: &mut Errors) {
    let back_ends = *back_ends;
    if tables.is_empty() && errors.is_empty() {
        errors.add(Span::call_site(), "no table; expected at least one `name (key) { … }`");
    }
    names::check(tables, back_ends, errors);
    for table in tables {
        expressions::check(table, back_ends, errors);
        indexes::check(table, back_ends, errors);
        check_size(table, back_ends, errors);
        keys::check(table, back_ends, errors);
        references::check(table, tables, back_ends, errors);
        for column in &table.columns {
            column::check(table, column, back_ends, errors);
        }
    }
}

fn check_size(table: &Table, back_ends: BackEnds, errors: &mut Errors) {
    let count = table.columns.len();
    if !(1..=COLUMNS_MAX).contains(&count) {
        let message = format!("table of {count} columns; expected 1 to {COLUMNS_MAX}");
        errors.add(table.name.span(), message);
    }
    let nullable = table.columns.iter().filter(|column| column.is_nullable()).count();
    let null_bits = u32::try_from(nullable.div_ceil(8)).unwrap_or(u32::MAX);
    let types = table.columns.iter().filter_map(Column::sql_type);
    let bytes = types.map(SqlType::row_bytes).fold(null_bits, u32::saturating_add);
    if back_ends.mysql && bytes > SqlType::ROW_BYTES_MAX {
        let message = format!(
            "rows of up to {bytes} bytes (4 for each character of a Varchar); expected at most \
             {}, for MySQL; use a smaller max_length, or Text",
            SqlType::ROW_BYTES_MAX
        );
        errors.add(table.name.span(), message);
    }
}
