//! What differs between back ends in a `schema.rs`.

use std::cmp::Ordering;

use sql_dialect::relations::{Relation, RelationColumn, Relations};

use crate::column_type::ColumnType;
use crate::diesel_toml::PrintSchema;

/// How `schema.rs` reads on one back end.
pub(crate) trait SchemaRs {
    /// Whether the tables can be in a schema.
    fn has_schemas(&self) -> bool;

    /// The relation with what its clients see beside its columns, and the primary key in the order
    /// of Diesel.
    fn relation(&self, relation: &Relation) -> Relation;

    /// The type of a column; `None` if Diesel has none and can define none.
    fn column_type(
        &self,
        column: &RelationColumn,
        relation: &Relation,
        relations: &Relations,
        options: &PrintSchema,
    ) -> Option<ColumnType>;

    /// Types beside the common ones that need no definition.
    fn types(&self) -> &'static [&'static str];

    /// The Rust name of a definition for a column's type.
    fn definition_name(&self, table: &str, column: &str, rust_name: &str) -> String;

    /// The attribute of such a definition, without `#[diesel(` and `)]`: its name and arguments.
    fn definition(&self, column_type: &ColumnType) -> (&'static str, Vec<String>);

    /// The first lines of a definition's documentation.
    fn definition_docs(&self, column_type: &ColumnType, table: &str, column: &str) -> Vec<String>;

    /// Whether one definition serves all columns of that type.
    fn shares_definitions(&self) -> bool;

    /// The order of columns by name.
    fn compare_names(&self, left: &str, right: &str) -> Ordering {
        left.cmp(right)
    }

    /// The column of a foreign key in `joinable!`.
    fn joined_column(&self, sql_name: &str, table: &str) -> String;
}
