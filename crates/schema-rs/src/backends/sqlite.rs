//! `schema.rs` on SQLite, whose types are words that a table's author chose.

use sql_dialect::relations::{Relation, RelationColumn, RelationKind, Relations};

use crate::column_type::ColumnType;
use crate::diesel_toml::PrintSchema;
use crate::names;
use crate::rules::SchemaRs;

pub(super) struct Sqlite;

impl SchemaRs for Sqlite {
    fn has_schemas(&self) -> bool {
        false
    }

    /// A table without a primary key has the number of its rows as one.
    fn relation(&self, relation: &Relation) -> Relation {
        let mut relation = relation.clone();
        let position =
            |name: &String| relation.columns.iter().position(|known| known.name == *name);
        let mut primary_key = relation.primary_key.clone();
        primary_key.sort_by_key(position);
        relation.primary_key = primary_key;
        if relation.primary_key.is_empty() && !relation.is_view() {
            let is_free =
                |alias: &&str| relation.columns.iter().all(|column| column.name != *alias);
            if let Some(alias) = ["rowid", "oid", "_rowid_"].into_iter().find(is_free) {
                relation.primary_key.push(alias.to_owned());
                relation.columns.insert(
                    0,
                    RelationColumn {
                        name: alias.to_owned(),
                        sql_type: "Integer".to_owned(),
                        type_schema: None,
                        domain: None,
                        nullable: false,
                        length_max: None,
                        comment: None,
                    },
                );
            }
        }
        relation
    }

    fn column_type(
        &self,
        column: &RelationColumn,
        relation: &Relation,
        relations: &Relations,
        options: &PrintSchema,
    ) -> Option<ColumnType> {
        let declared = column.sql_type.to_lowercase();
        // A generated column without a type.
        let declared = if declared == "generated always" { "" } else { declared.as_str() };
        let has = |word: &str| declared.contains(word);
        let rust_name = if declared == "boolean" || declared == "bool" || has("tiny") && has("int")
        {
            "Bool"
        } else if declared == "int2" || has("small") && has("int") {
            "SmallInt"
        } else if declared == "int8" || has("big") && has("int") {
            "BigInt"
        } else if has("int") {
            let is_bigint = options.sqlite_integer_primary_key_is_bigint
                && (is_row_number(column, declared, relation)
                    || refers_to_row_number(column, relation, relations));
            if is_bigint { "BigInt" } else { "Integer" }
        } else if has("char") || has("clob") || has("text") {
            "Text"
        } else if has("blob") || has("binary") || declared.is_empty() {
            "Binary"
        } else if has("float") || has("real") {
            "Float"
        } else if has("double") || has("num") || has("dec") {
            "Double"
        } else {
            match declared {
                "datetime" | "timestamp" => "Timestamp",
                "date" => "Date",
                "time" => "Time",
                _ => return None,
            }
        };
        Some(ColumnType::new(rust_name, rust_name))
    }

    fn types(&self) -> &'static [&'static str] {
        &[]
    }

    // Every type of SQLite is one of Diesel's, so there is never a definition.

    fn definition_name(&self, _table: &str, _column: &str, rust_name: &str) -> String {
        rust_name.to_owned()
    }

    fn definition(&self, _column_type: &ColumnType) -> (&'static str, Vec<String>) {
        ("sqlite_type", Vec::new())
    }

    fn definition_docs(&self, _: &ColumnType, _table: &str, _column: &str) -> Vec<String> {
        Vec::new()
    }

    fn shares_definitions(&self) -> bool {
        true
    }

    fn joined_column(&self, sql_name: &str, _table: &str) -> String {
        names::without_reserved(sql_name)
    }
}

/// Whether the column is another name of the row's number,
/// <https://www.sqlite.org/lang_createtable.html#rowid>.
fn is_row_number(column: &RelationColumn, declared: &str, relation: &Relation) -> bool {
    declared == "integer"
        && relation.kind == RelationKind::Table
        && matches!(relation.primary_key.as_slice(), [key] if *key == column.name)
}

fn refers_to_row_number(
    column: &RelationColumn,
    relation: &Relation,
    relations: &Relations,
) -> bool {
    let of_this_table = relations.references.iter().filter(|key| key.table == relation.name);
    let mut of_this_column = of_this_table.filter(|key| key.columns.contains(&column.name));
    of_this_column.any(|key| {
        let parent = relations.get(&key.foreign_table);
        parent.is_some_and(|parent| {
            let parent = Sqlite.relation(parent);
            parent.kind == RelationKind::Table && parent.primary_key.len() == 1
        })
    })
}
