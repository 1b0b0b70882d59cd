//! SQLite.

mod alter;
mod catalog;
mod expressions;
mod names;
mod rebuild;
mod tables;
mod types;

use schema_model::diff::Change;
use schema_model::{DefaultValue, Schema, SqlType};

use crate::catalog::Catalog;
use crate::dialect::{Dialect, Piece};
use crate::kind::BackendKind;
use crate::relations::{self, RelationType, Relations};

pub use expressions::compared;
pub(crate) use names::Sqlite;
pub use types::compared_check;

impl Dialect for Sqlite {
    fn kind(&self) -> BackendKind {
        BackendKind::Sqlite
    }

    fn product(&self, _server_version: &str) -> &'static str {
        "SQLite"
    }

    fn render(&self, changes: &[Change]) -> Vec<Piece> {
        alter::render(changes)
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
        format!("quote({column})")
    }

    fn now(&self) -> &'static str {
        "SELECT CURRENT_TIMESTAMP"
    }

    fn expected_catalog(&self, schema: &Schema, _server_version: &str) -> Catalog {
        catalog::expected(schema)
    }

    fn expected_relations(&self, schema: &Schema, _server_version: &str) -> Relations {
        relations::expected(schema, |column| RelationType {
            name: types::column_type(column),
            schema: None,
            length_max: None,
        })
    }
}
