//! Helpers for reading a catalogue, shared by all back ends.

use std::collections::BTreeMap;

use crate::connection::{HISTORY_TABLE, JOURNAL_TABLE, OWNER_TABLE};
use crate::driver::AnyConnection;
use crate::error::{DbError, DbErrorKind};

/// The rows of a query of `N` text columns, NULL as an empty text.
pub(crate) fn rows<const N: usize>(
    connection: &mut AnyConnection,
    sql: &str,
) -> Result<Vec<[String; N]>, DbError> {
    bound_rows(connection, sql, &[])
}

/// As [`rows`], for a query with parameters.
pub(crate) fn bound_rows<const N: usize>(
    connection: &mut AnyConnection,
    sql: &str,
    binds: &[&str],
) -> Result<Vec<[String; N]>, DbError> {
    connection.rows(sql, binds)?.into_iter().map(texts).collect()
}

fn texts<const N: usize>(row: Vec<Option<String>>) -> Result<[String; N], DbError> {
    let texts: Vec<String> = row.into_iter().map(Option::unwrap_or_default).collect();
    texts.try_into().map_err(|texts: Vec<String>| {
        let message = format!("the catalogue answered with {} columns, not {N}", texts.len());
        DbError::new(DbErrorKind::Statement, message)
    })
}

/// The text, unless it is empty.
#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub(crate) fn non_empty(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

/// The non-empty parts, separated by a space.
pub(crate) fn joined(parts: &[&str]) -> String {
    parts.iter().copied().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Whether the table is tenantctl's own, which no catalogue shows.
pub(crate) fn is_own(table: &str) -> bool {
    [HISTORY_TABLE, JOURNAL_TABLE, OWNER_TABLE].contains(&table)
}

/// Collects rows of kind, name and definition, as `kind name` → definition.
pub(crate) fn others(rows: Vec<[String; 3]>) -> BTreeMap<String, String> {
    rows.into_iter()
        .map(|[kind, name, definition]| (format!("{kind} {name}"), definition))
        .collect()
}
