//! `schema.rs` on PostgreSQL, whose types have names of their own, and can be defined.

use heck::ToUpperCamelCase as _;
use sql_dialect::relations::{Relation, RelationColumn, Relations};

use crate::column_type::ColumnType;
use crate::diesel_toml::PrintSchema;
use crate::names;
use crate::rules::SchemaRs;

pub(super) struct Postgres;

impl SchemaRs for Postgres {
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
        options: &PrintSchema,
    ) -> Option<ColumnType> {
        let as_domain = column.domain.as_ref().filter(|(name, _)| {
            options.pg_domains_as_custom_types.iter().any(|regex| regex.is_match(name))
        });
        let (name, schema) = match as_domain {
            Some((name, schema)) => (name, Some(schema)),
            None => (&column.sql_type, column.type_schema.as_ref()),
        };
        let element = name.strip_prefix('_');
        let sql_name = element.unwrap_or(name);
        Some(ColumnType {
            schema: schema.filter(|schema| *schema != "public").cloned(),
            is_array: element.is_some(),
            ..ColumnType::new(sql_name.to_upper_camel_case(), sql_name)
        })
    }

    fn types(&self) -> &'static [&'static str] {
        &[
            "Cidr",
            "Citext",
            "Inet",
            "Jsonb",
            "MacAddr",
            "MacAddr8",
            "Money",
            "Oid",
            "Range",
            "Timestamptz",
            "Uuid",
            "Json",
            "PgLsn",
            "Record",
            "Interval",
            "Int4range",
            "Int8range",
            "Daterange",
            "Numrange",
            "Tsrange",
            "Tstzrange",
            "Int4multirange",
            "Int8multirange",
            "Datemultirange",
            "Nummultirange",
            "Tsmultirange",
            "Tstzmultirange",
            "SmallSerial",
            "BigSerial",
            "Serial",
            "Bytea",
            "Bpchar",
            "Macaddr",
            "Macaddr8",
        ]
    }

    fn definition_name(&self, _table: &str, _column: &str, rust_name: &str) -> String {
        rust_name.to_owned()
    }

    fn definition(&self, column_type: &ColumnType) -> (&'static str, Vec<String>) {
        let mut arguments = vec![format!("name = {}", names::rust_string(&column_type.sql_name))];
        if let Some(schema) = &column_type.schema {
            arguments.push(format!("schema = {}", names::rust_string(schema)));
        }
        ("postgres_type", arguments)
    }

    fn definition_docs(&self, column_type: &ColumnType, _: &str, _: &str) -> Vec<String> {
        let schema = column_type.schema.iter().map(|schema| format!("{schema}."));
        vec![format!("The `{}{}` SQL type", schema.collect::<String>(), column_type.sql_name)]
    }

    fn shares_definitions(&self) -> bool {
        true
    }

    fn joined_column(&self, sql_name: &str, table: &str) -> String {
        names::column_name(sql_name, table)
    }
}
