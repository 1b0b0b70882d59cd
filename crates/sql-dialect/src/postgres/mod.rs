//! PostgreSQL.

mod alter;
mod catalog;
mod names;
mod tables;
mod types;

use schema_model::diff::{AlterTable, Change};
use schema_model::{DefaultValue, ForeignKey, Schema, SqlType, Table};

use crate::catalog::Catalog;
use crate::clauses;
use crate::dialect::{Dialect, Piece};
use crate::kind::BackendKind;
use crate::phases::{self, Phases};
use crate::relations::{self, RelationType, Relations};
use crate::spelling::Spelling;

pub(crate) use names::Postgres;
pub use names::primary_key;

impl Dialect for Postgres {
    fn kind(&self) -> BackendKind {
        BackendKind::Postgres
    }

    fn product(&self, _server_version: &str) -> &'static str {
        "PostgreSQL"
    }

    fn render(&self, changes: &[Change]) -> Vec<Piece> {
        phases::render(self, changes)
    }

    fn sample(&self, sql_type: SqlType, number: u8) -> String {
        types::sample(sql_type, number)
    }

    fn literal(&self, sql_type: SqlType, value: &DefaultValue) -> String {
        types::default(sql_type, value)
    }

    fn as_text(&self, sql_type: SqlType, column: &str) -> String {
        types::as_text(sql_type, column)
    }

    fn exact_text(&self, column: &str) -> String {
        format!("CAST({column} AS text)")
    }

    fn now(&self) -> &'static str {
        "SELECT CAST(clock_timestamp() AS text)"
    }

    fn expected_catalog(&self, schema: &Schema, _server_version: &str) -> Catalog {
        catalog::expected(schema)
    }

    fn expected_relations(&self, schema: &Schema, _server_version: &str) -> Relations {
        relations::expected(schema, |column| RelationType {
            name: types::own_name(column.sql_type),
            schema: Some("pg_catalog"),
            length_max: column.sql_type.length(),
        })
    }
}

impl Phases for Postgres {
    const RENAMES_FOREIGN_KEYS: bool = true;

    fn drop_foreign_keys(&self, table: &str, keys: &[&ForeignKey]) -> String {
        let action = |key: &&ForeignKey| format!("DROP CONSTRAINT {}", self.quote(&key.name));
        clauses::alter_table(self, table, &keys.iter().map(action).collect::<Vec<_>>())
    }

    fn rename_table(&self, from: &Table, to: &Table) -> Vec<String> {
        let rename = |table: &str, what: &str, to: &str| {
            clauses::alter_table(self, table, &[format!("RENAME {what}TO {}", self.quote(to))])
        };
        let mut sql = vec![rename(&from.name, "", &to.name)];
        // PostgreSQL would keep the old name of the primary key, which a later change could not
        // know.
        let (old, new) = (names::primary_key(&from.name), names::primary_key(&to.name));
        if old != new {
            sql.push(rename(&to.name, &format!("CONSTRAINT {} ", self.quote(&old)), &new));
        }
        sql
    }

    fn alter_table(&self, alter: &AlterTable) -> Vec<String> {
        alter::alter_table(alter)
    }

    fn create_table(&self, table: &Table, late_keys: &[ForeignKey]) -> Vec<String> {
        tables::create_table(table, late_keys)
    }

    fn add_foreign_keys(&self, table: &str, keys: &[&ForeignKey]) -> String {
        let action = |key: &&ForeignKey| format!("ADD {}", clauses::foreign_key(self, key));
        clauses::alter_table(self, table, &keys.iter().map(action).collect::<Vec<_>>())
    }

    fn drop_table(&self, table: &Table) -> String {
        clauses::drop_table(self, &table.name)
    }
}
