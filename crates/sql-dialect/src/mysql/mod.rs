//! MySQL and MariaDB.

mod alter;
mod catalog;
mod expressions;
mod guards;
mod indexes;
mod names;
mod supports;
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

pub use catalog::is_mariadb;
pub use expressions::compared;
pub(crate) use names::Mysql;
pub use types::literal;

impl Dialect for Mysql {
    fn kind(&self) -> BackendKind {
        BackendKind::Mysql
    }

    fn product(&self, server_version: &str) -> &'static str {
        if is_mariadb(server_version) { "MariaDB" } else { "MySQL" }
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
        let bytes = format!("CAST({column} AS BINARY)");
        let text = format!("CONVERT({bytes} USING utf8mb4)");
        // What is no text is converted to `?`.
        format!("IF({bytes} = CAST({text} AS BINARY), {text}, CONCAT('0x', HEX({bytes})))")
    }

    fn now(&self) -> &'static str {
        "SELECT CAST(CURRENT_TIMESTAMP AS CHAR)"
    }

    fn expected_catalog(&self, schema: &Schema, server_version: &str) -> Catalog {
        catalog::expected(schema, server_version)
    }

    fn expected_relations(&self, schema: &Schema, server_version: &str) -> Relations {
        let mariadb = is_mariadb(server_version);
        relations::expected(schema, |column| RelationType {
            name: types::kept_type(column.sql_type, mariadb),
            schema: None,
            length_max: types::length(column.sql_type),
        })
    }
}

impl Phases for Mysql {
    const RENAMES_FOREIGN_KEYS: bool = false;

    fn drop_foreign_keys(&self, table: &str, keys: &[&ForeignKey]) -> String {
        let action = |key: &&ForeignKey| format!("DROP FOREIGN KEY {}", self.quote(&key.name));
        clauses::alter_table(self, table, &keys.iter().map(action).collect::<Vec<_>>())
    }

    fn rename_table(&self, from: &Table, to: &Table) -> Vec<String> {
        // Not RENAME TABLE, so that every statement names the table that it changes in one place.
        let action = format!("RENAME TO {}", self.quote(&to.name));
        vec![clauses::alter_table(self, &from.name, &[action])]
    }

    fn guards(&self, alter: &AlterTable) -> Vec<String> {
        guards::guards(alter)
    }

    fn alter_table(&self, alter: &AlterTable) -> Vec<String> {
        alter::alter_table(alter)
    }

    fn create_table(&self, table: &Table, late_keys: &[ForeignKey]) -> Vec<String> {
        vec![tables::create_table(table, late_keys)]
    }

    fn add_foreign_keys(&self, table: &str, keys: &[&ForeignKey]) -> String {
        let action = |key: &&ForeignKey| format!("ADD {}", clauses::foreign_key(self, key));
        clauses::alter_table(self, table, &keys.iter().map(action).collect::<Vec<_>>())
    }

    fn drop_table(&self, table: &Table) -> String {
        clauses::drop_table(self, &table.name)
    }
}
