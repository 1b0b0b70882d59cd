//! Short forms for the tables of these tests.

use schema_model::{Column, SqlType, Table};

/// A table whose primary key is its first column.
pub(super) fn table(name: &'static str, columns: Vec<Column>) -> Table {
    Table::new(name, [columns[0].name.clone()]).columns(columns)
}

/// A numbered `id`.
pub(super) fn id() -> Column {
    Column::new("id", SqlType::BigInt).auto_increment()
}
