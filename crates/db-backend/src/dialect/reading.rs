//! What reading a catalogue, and saying what it is expected to be, has in common on every back end.

use std::collections::BTreeMap;

use schema_model::{Action, Column, ForeignKey, Index, Schema, Table};

use super::clauses;
use crate::catalog::{Catalog, CatalogColumn, CatalogForeignKey, CatalogIndex, CatalogTable};
use crate::connection::{HISTORY_TABLE, JOURNAL_TABLE};
use crate::driver::AnyConnection;
use crate::error::{DbError, DbErrorKind};

/// The rows of a query of `N` text columns, NULL as an empty text.
pub(super) fn rows<const N: usize>(
    connection: &mut AnyConnection,
    sql: &str,
) -> Result<Vec<[String; N]>, DbError> {
    bound_rows(connection, sql, &[])
}

/// The same of a query with parameters.
pub(super) fn bound_rows<const N: usize>(
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
pub(super) fn non_empty(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

/// The parts that are not empty, separated by a space.
pub(super) fn joined(parts: &[&str]) -> String {
    parts.iter().copied().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Whether the table is history or journal, which no catalogue shows.
pub(super) fn is_own(table: &str) -> bool {
    table == HISTORY_TABLE || table == JOURNAL_TABLE
}

/// The kinds of things in `others`, gathered.
pub(super) fn others(rows: Vec<[String; 3]>) -> BTreeMap<String, String> {
    rows.into_iter()
        .map(|[kind, name, definition]| (format!("{kind} {name}"), definition))
        .collect()
}

/// How a back end prints what the model leaves to it.
pub(super) struct Printed {
    /// The column, but for nullability.
    pub(super) column: fn(&Column) -> CatalogColumn,
    /// Whether the catalogue keeps the names of foreign keys.
    pub(super) names_foreign_keys: bool,
    /// Whether the catalogue keeps the expressions of checks and partial indexes as they were
    /// written.
    pub(super) keeps_expressions: bool,
    /// The index, if it has one.
    pub(super) index: fn(&Index) -> Option<Index>,
}

/// What the catalogue is expected to say of the schema.
pub(super) fn expected(schema: &Schema, printed: &Printed) -> Catalog {
    let tables = schema.tables.iter();
    Catalog {
        tables: tables
            .map(|table| (table.name.to_string(), expected_table(table, printed)))
            .collect(),
        others: None,
    }
}

fn expected_table(table: &Table, printed: &Printed) -> CatalogTable {
    let column = |column: &Column| {
        let printed = CatalogColumn { nullable: column.nullable, ..(printed.column)(column) };
        (column.name.to_string(), printed)
    };
    let texts = |names: &[schema_model::Text]| names.iter().map(ToString::to_string).collect();
    CatalogTable {
        columns: table.columns.iter().map(column).collect(),
        primary_key: texts(&table.primary_key),
        indexes: table
            .indexes
            .iter()
            .filter_map(printed.index)
            .map(|index| expected_index(&index, printed.keeps_expressions))
            .collect(),
        foreign_keys: table
            .foreign_keys
            .iter()
            .map(|key| expected_foreign_key(key, printed.names_foreign_keys))
            .collect(),
        checks: table
            .checks
            .iter()
            .map(|check| {
                let expression = printed.keeps_expressions.then(|| check.expression.to_string());
                (check.name.to_string(), expression)
            })
            .collect(),
        options: String::new(),
    }
}

fn expected_index(index: &Index, keeps_expressions: bool) -> (String, CatalogIndex) {
    let columns = index
        .columns
        .iter()
        .map(|column| format!("{}{}", column.name, if column.descending { " DESC" } else { "" }));
    let condition = index
        .partial
        .as_ref()
        .map(|partial| keeps_expressions.then(|| partial.condition.to_string()));
    let printed = CatalogIndex { columns: columns.collect(), unique: index.unique, condition };
    (index.name.to_string(), printed)
}

fn expected_foreign_key(key: &ForeignKey, named: bool) -> CatalogForeignKey {
    let on_update = match key.on_update {
        Action::NoAction => String::new(),
        Action::Cascade | Action::SetNull => {
            format!("ON UPDATE {}", clauses::action_words(key.on_update))
        }
    };
    CatalogForeignKey {
        columns: key.columns.join(", "),
        foreign_table: key.foreign_table.to_string(),
        foreign_columns: key.foreign_columns.join(", "),
        actions: joined(&[clauses::action_words(key.on_delete), &on_update]),
        name: named.then(|| key.name.to_string()),
    }
}
