//! `schema.rs` on MySQL and MariaDB, whose types have parameters, and a definition for each column.

use std::cmp::Ordering;

use heck::ToUpperCamelCase as _;
use sql_dialect::relations::{Relation, RelationColumn, Relations};

use crate::column_type::ColumnType;
use crate::diesel_toml::PrintSchema;
use crate::names;
use crate::rules::SchemaRs;

pub(super) struct Mysql;

impl SchemaRs for Mysql {
    fn has_schemas(&self) -> bool {
        true
    }

    fn relation(&self, relation: &Relation) -> Relation {
        relation.clone()
    }

    fn column_type(
        &self,
        column: &RelationColumn,
        _relation: &Relation,
        _relations: &Relations,
        _options: &PrintSchema,
    ) -> Option<ColumnType> {
        let declared = column.sql_type.as_str();
        let is_unsigned = declared.to_lowercase().contains("unsigned");
        let name = if declared == "tinyint(1)" {
            "bool".to_owned()
        } else if declared.starts_with("int") {
            "integer".to_owned()
        } else {
            let name = declared.split('(').next().unwrap_or_default();
            if name.to_lowercase().contains("unsigned") {
                name.to_lowercase().replace("unsigned", "").trim().to_owned()
            } else if name.contains(' ') {
                return None;
            } else {
                name.to_owned()
            }
        };
        Some(ColumnType { is_unsigned, ..ColumnType::new(name.to_upper_camel_case(), &name) })
    }

    fn types(&self) -> &'static [&'static str] {
        &["TinyInt", "Tinyint", "Datetime", "Json"]
    }

    fn definition_name(&self, table: &str, column: &str, rust_name: &str) -> String {
        format!("{table} {column} {rust_name}").to_upper_camel_case()
    }

    fn definition(&self, column_type: &ColumnType) -> (&'static str, Vec<String>) {
        let mut letters = column_type.sql_name.chars();
        let first = letters.next().map(char::to_uppercase).into_iter().flatten();
        ("mysql_type", vec![format!("name = \"{}\"", first.chain(letters).collect::<String>())])
    }

    fn definition_docs(&self, column_type: &ColumnType, table: &str, column: &str) -> Vec<String> {
        vec![
            format!("The `{}` SQL type for the", column_type.sql_name),
            format!("[`{table}::{column}`](super::{table}::{column})) column"),
        ]
    }

    fn shares_definitions(&self) -> bool {
        false
    }

    fn compare_names(&self, left: &str, right: &str) -> Ordering {
        left.to_lowercase().cmp(&right.to_lowercase())
    }

    fn joined_column(&self, sql_name: &str, _table: &str) -> String {
        names::without_reserved(sql_name)
    }
}
