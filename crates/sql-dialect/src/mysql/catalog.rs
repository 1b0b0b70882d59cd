//! MySQL and MariaDB: the catalogue that is expected for a schema.

use schema_model::{Column, Schema};

use super::indexes;
use super::types::{column_type, keep_json_as_mariadb, printed_default};
use crate::catalog::{Catalog, CatalogColumn};
use crate::expected::{self, Printed};

pub(super) fn expected(schema: &Schema, server_version: &str) -> Catalog {
    let printed = Printed {
        column: printed_column,
        names_foreign_keys: true,
        expressions: None,
        index: indexes::index,
    };
    let mut catalog = expected::expected(schema, &printed);
    if is_mariadb(server_version) {
        for table in schema.tables.iter() {
            if let Some(expected) = catalog.tables.get_mut(table.name.as_ref()) {
                table.columns.iter().for_each(|column| keep_json_as_mariadb(expected, column));
            }
        }
    }
    catalog
}

/// Whether this version is of a MariaDB server.
pub fn is_mariadb(server_version: &str) -> bool {
    server_version.contains("MariaDB")
}

fn printed_column(column: &Column) -> CatalogColumn {
    CatalogColumn {
        sql_type: column_type(column.sql_type),
        nullable: column.nullable,
        default: column.default.as_ref().map(|value| printed_default(column.sql_type, value)),
        auto_increment: column.auto_increment,
    }
}
