//! SQLite: the catalogue that is expected for a schema.

use schema_model::{Column, Schema};

use super::expressions::compared;
use super::names::Sqlite;
use super::types::{column_type, compared_check, default, type_check};
use crate::catalog::{Catalog, CatalogColumn};
use crate::expected::{self, Compared, Printed};

pub(super) fn expected(schema: &Schema) -> Catalog {
    let printed = Printed {
        column: printed_column,
        names_foreign_keys: false,
        expressions: Some(Compared { spelling: &Sqlite, compared }),
        index: |index| Some(index.clone()),
    };
    let mut catalog = expected::expected(schema, &printed);
    for table in schema.tables.iter() {
        let checks = table.columns.iter().filter_map(|column| {
            let check = compared_check(&column.name, &type_check(column)?);
            Some((column.name.to_string(), Some(check)))
        });
        if let Some(expected) = catalog.tables.get_mut(table.name.as_ref()) {
            expected.checks.extend(checks);
        }
    }
    catalog
}

fn printed_column(column: &Column) -> CatalogColumn {
    CatalogColumn {
        sql_type: column_type(column),
        nullable: column.nullable,
        default: column.default.as_ref().map(|value| default(column.sql_type, value)),
        auto_increment: column.auto_increment,
    }
}
