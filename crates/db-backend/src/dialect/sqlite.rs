//! SQLite.

use schema_model::diff::Change;
use schema_model::{Column, DefaultValue, Schema, SqlType};

use super::{Dialect, Piece, clauses, reading};
use crate::catalog::Catalog;
use crate::connection::{Capabilities, ExecutionMode};
use crate::driver::AnyConnection;
use crate::error::DbError;
use crate::kind::BackendKind;
use crate::split::{self, Bodies, Grammar, Lexicon, Statement};

mod alter;
mod catalog;
mod definition;
mod rebuild;
mod values;

/// SQLite. Its tables are not `STRICT`: a strict table's six types could not tell a truth value
/// from a number, neither in the catalogue nor for Diesel's own `print-schema`.
#[derive(Debug)]
pub(crate) struct Sqlite;

impl Dialect for Sqlite {
    fn kind(&self) -> BackendKind {
        BackendKind::Sqlite
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { transactional_ddl: true, lock_is_transaction: true, embedded: true }
    }

    fn quote(&self, identifier: &str) -> String {
        format!("\"{}\"", identifier.replace('"', "\"\""))
    }

    fn render(&self, changes: &[Change]) -> Vec<Piece> {
        alter::render(changes)
    }

    fn triggers_of(
        &self,
        connection: &mut AnyConnection,
        table: &str,
    ) -> Result<Vec<String>, DbError> {
        let rows = reading::bound_rows(connection, TRIGGERS, &[table])?;
        Ok(rows.into_iter().map(|[sql]| sql).collect())
    }

    fn sample(&self, sql_type: SqlType, number: u8) -> String {
        values::sample(sql_type, number)
    }

    fn as_text(&self, sql_type: SqlType, column: &str) -> String {
        values::as_text(sql_type, column)
    }

    fn split(&self, sql: &str) -> Result<Vec<Statement>, DbError> {
        split::split(sql, &GRAMMAR)
    }

    fn execution_mode(&self, statements: &[Statement], run_in_transaction: bool) -> ExecutionMode {
        // Dropping a table deletes its rows first, which cascades to the rows that refer to them;
        // foreign keys are therefore suspended, and checked before the commit.
        let drops_table = statements.iter().any(|statement| {
            let mut words = statement.sql.split_whitespace();
            ["DROP", "TABLE"]
                .iter()
                .all(|keyword| words.next().is_some_and(|word| word.eq_ignore_ascii_case(keyword)))
        });
        match (run_in_transaction, drops_table) {
            (false, _) => ExecutionMode::Journalled,
            (true, true) => ExecutionMode::TransactionalRebuild,
            (true, false) => ExecutionMode::Transactional,
        }
    }

    fn expected_catalog(&self, schema: &Schema, _server_version: &str) -> Catalog {
        catalog::expected(schema)
    }

    fn read_catalog(&self, connection: &mut AnyConnection) -> Result<Catalog, DbError> {
        catalog::read(connection)
    }
}

// Splitting.

const GRAMMAR: Grammar =
    Grammar { lexicon: LEXICON, bodies: Bodies::Trigger, parentheses_hold: false };

const LEXICON: Lexicon = Lexicon {
    more_quotes: &['`', '['],
    backslash_escapes: false,
    postgres_quotes: false,
    nested_comments: false,
    mysql_comments: false,
};

// Triggers.

// A trigger's table is written as it was in its own `CREATE TRIGGER`.
const TRIGGERS: &str = "
    SELECT sql FROM sqlite_schema
    WHERE type = 'trigger' AND tbl_name = ? COLLATE NOCASE
    ORDER BY name";

// Types and defaults.

fn column_type(column: &Column) -> String {
    match column.sql_type {
        // Only a column declared as exactly this numbers its rows.
        SqlType::SmallInt | SqlType::BigInt if column.auto_increment => "INTEGER".to_owned(),
        SqlType::SmallInt => "SMALLINT".to_owned(),
        SqlType::Integer => "INTEGER".to_owned(),
        SqlType::BigInt => "BIGINT".to_owned(),
        SqlType::Bool => "BOOLEAN".to_owned(),
        SqlType::Double => "DOUBLE".to_owned(),
        SqlType::Varchar(length) => format!("VARCHAR({length})"),
        SqlType::Binary => "BLOB".to_owned(),
        // A type called TIMESTAMP or JSON would have numeric affinity, and turn some texts into
        // numbers. Instants are `YYYY-MM-DD HH:MM:SS.ffffff`, which sorts as it should.
        SqlType::Text | SqlType::UtcTimestamp | SqlType::JsonDoc => "TEXT".to_owned(),
    }
}

/// The default, as it stands in a column and as the catalogue prints it.
fn default(value: &DefaultValue) -> String {
    match value {
        DefaultValue::Now => NOW.to_owned(),
        DefaultValue::Bool(value) => i32::from(*value).to_string(),
        DefaultValue::Int(value) => value.to_string(),
        DefaultValue::Text(text) => clauses::literal(text),
    }
}

/// SQLite's clock has milliseconds; the zeros make the text as long as every other instant's.
const NOW: &str = "strftime('%Y-%m-%d %H:%M:%f', 'now') || '000'";

/// What the other back ends enforce by the type alone, so that a service tested on SQLite does not
/// fail on a server.
fn type_check(column: &Column) -> Option<String> {
    let name = Sqlite.quote(&column.name);
    match column.sql_type {
        SqlType::Varchar(length) => Some(format!("length({name}) <= {length}")),
        SqlType::JsonDoc => Some(format!("json_valid({name})")),
        SqlType::SmallInt
        | SqlType::Integer
        | SqlType::BigInt
        | SqlType::Bool
        | SqlType::Double
        | SqlType::Text
        | SqlType::Binary
        | SqlType::UtcTimestamp => None,
    }
}

fn column(column: &Column) -> String {
    let mut sql = format!("{} {}", Sqlite.quote(&column.name), column_type(column));
    if column.auto_increment {
        sql.push_str(" PRIMARY KEY AUTOINCREMENT");
    }
    if !column.nullable {
        sql.push_str(" NOT NULL");
    }
    match &column.default {
        None => {}
        Some(now @ DefaultValue::Now) => sql.push_str(&format!(" DEFAULT ({})", default(now))),
        Some(value) => sql.push_str(&format!(" DEFAULT {}", default(value))),
    }
    if let Some(condition) = type_check(column) {
        sql.push_str(&format!(" CHECK ({condition})"));
    }
    sql
}
