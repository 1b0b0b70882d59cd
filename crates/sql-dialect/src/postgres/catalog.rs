//! PostgreSQL: the catalogue that is expected for a schema.

use schema_model::{Column, Schema};

use super::types::{printed_default, printed_type};
use crate::catalog::{Catalog, CatalogColumn};
use crate::expected::{self, Printed};

pub(super) fn expected(schema: &Schema) -> Catalog {
    let printed = Printed {
        column: printed_column,
        names_foreign_keys: true,
        expressions: None,
        index: |index| Some(index.clone()),
    };
    expected::expected(schema, &printed)
}

fn printed_column(column: &Column) -> CatalogColumn {
    CatalogColumn {
        sql_type: printed_type(column.sql_type),
        nullable: column.nullable,
        default: column.default.as_ref().map(|value| printed_default(column.sql_type, value)),
        auto_increment: column.auto_increment,
    }
}
