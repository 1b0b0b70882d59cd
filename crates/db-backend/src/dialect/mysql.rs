//! MySQL and MariaDB.

use schema_model::diff::{AlterTable, Change};
use schema_model::{Column, DefaultValue, Elsewhere, ForeignKey, Index, Schema, SqlType, Table};

use self::supports::{Support, supports};
use super::phases::{self, Phases};
use super::{Dialect, Piece, clauses};
use crate::catalog::Catalog;
use crate::connection::{Capabilities, ExecutionMode};
use crate::driver::AnyConnection;
use crate::error::DbError;
use crate::kind::BackendKind;
use crate::split::{self, Bodies, Grammar, Lexicon, Statement};

mod alter;
mod catalog;
mod guards;
mod supports;

/// MySQL and MariaDB. What is rendered works on MySQL from 8.0.19 on (`DROP CONSTRAINT`), and on
/// MariaDB from 10.2: there the rename of a column or an index needs 10.5.2, and a descending index
/// 10.8 (older ones make it ascending). MySQL has all three from 8.0 on.
#[derive(Debug)]
pub(crate) struct Mysql;

impl Dialect for Mysql {
    fn kind(&self) -> BackendKind {
        BackendKind::Mysql
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { transactional_ddl: false, lock_is_transaction: false, embedded: false }
    }

    fn quote(&self, identifier: &str) -> String {
        format!("`{}`", identifier.replace('`', "``"))
    }

    fn expression(&self, declared: &str) -> String {
        expression(declared)
    }

    fn render(&self, changes: &[Change]) -> Vec<Piece> {
        phases::render(self, changes)
    }

    fn triggers_of(
        &self,
        _connection: &mut AnyConnection,
        _table: &str,
    ) -> Result<Vec<String>, DbError> {
        Ok(Vec::new())
    }

    fn sample(&self, sql_type: SqlType, number: u8) -> String {
        match sql_type {
            SqlType::SmallInt | SqlType::Integer | SqlType::BigInt | SqlType::Double => {
                number.to_string()
            }
            SqlType::Bool => (if number % 2 == 1 { "TRUE" } else { "FALSE" }).to_owned(),
            SqlType::Text | SqlType::Varchar(_) | SqlType::JsonDoc => format!("'{number}'"),
            SqlType::Binary => format!("X'{number:02X}'"),
            SqlType::UtcTimestamp => format!("'2026-01-{number:02} 00:00:00.000000'"),
        }
    }

    fn as_text(&self, sql_type: SqlType, column: &str) -> String {
        match sql_type {
            SqlType::SmallInt
            | SqlType::Integer
            | SqlType::BigInt
            | SqlType::Bool
            | SqlType::UtcTimestamp
            | SqlType::JsonDoc => format!("CAST({column} AS CHAR)"),
            // From 1e15 on a Double is printed with an exponent.
            SqlType::Double => format!(
                "CASE WHEN {column} = floor({column}) AND abs({column}) < 9223372036854775808 \
                 THEN CAST(CAST({column} AS SIGNED) AS CHAR) ELSE CAST({column} AS CHAR) END"
            ),
            SqlType::Text | SqlType::Varchar(_) => column.to_owned(),
            SqlType::Binary => format!("hex({column})"),
        }
    }

    fn split(&self, sql: &str) -> Result<Vec<Statement>, DbError> {
        split::split(sql, &GRAMMAR)
    }

    fn execution_mode(
        &self,
        _statements: &[Statement],
        _run_in_transaction: bool,
    ) -> ExecutionMode {
        // DDL commits by itself here, whatever a transaction promises.
        ExecutionMode::Journalled
    }

    fn expected_catalog(&self, schema: &Schema, server_version: &str) -> Catalog {
        catalog::expected(schema, server_version)
    }

    fn read_catalog(&self, connection: &mut AnyConnection) -> Result<Catalog, DbError> {
        catalog::read(connection)
    }
}

// Splitting.

pub(crate) const GRAMMAR: Grammar = Grammar {
    lexicon: Lexicon {
        more_quotes: &['`'],
        backslash_escapes: true,
        postgres_quotes: false,
        nested_comments: false,
        mysql_comments: true,
    },
    bodies: Bodies::StoredProgram,
    parentheses_hold: false,
};

// Types and defaults.

fn column_type(sql_type: SqlType) -> String {
    match sql_type {
        SqlType::SmallInt => "smallint".to_owned(),
        SqlType::Integer => "int".to_owned(),
        SqlType::BigInt => "bigint".to_owned(),
        SqlType::Bool => "tinyint(1)".to_owned(),
        SqlType::Double => "double".to_owned(),
        // What TEXT and BLOB hold here, 64 KiB, is less than on the other back ends.
        SqlType::Text => "longtext".to_owned(),
        SqlType::Varchar(length) => format!("varchar({length})"),
        SqlType::Binary => "longblob".to_owned(),
        // TIMESTAMP ends in 2038, and is converted to each session's time zone and back.
        SqlType::UtcTimestamp => "datetime(6)".to_owned(),
        SqlType::JsonDoc => "json".to_owned(),
    }
}

/// The default, as MariaDB's catalogue prints it as well.
fn default(value: &DefaultValue) -> String {
    match value {
        // CURRENT_TIMESTAMP would be in the time zone of whoever inserts.
        DefaultValue::Now => "utc_timestamp(6)".to_owned(),
        DefaultValue::Bool(value) => i32::from(*value).to_string(),
        DefaultValue::Int(value) => value.to_string(),
        DefaultValue::Text(text) => literal(text),
    }
}

/// A text in quotes. A backslash is doubled, since it escapes in the default SQL mode.
fn literal(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r");
    clauses::literal(&escaped.replace('\0', "\\0"))
}

fn column(column: &Column) -> String {
    let mut sql = format!("{} {}", Mysql.quote(&column.name), column_type(column.sql_type));
    if !column.nullable {
        sql.push_str(" NOT NULL");
    }
    if column.auto_increment {
        sql.push_str(" AUTO_INCREMENT");
    }
    match &column.default {
        None => {}
        Some(now @ DefaultValue::Now) => sql.push_str(&format!(" DEFAULT ({})", default(now))),
        Some(value) => sql.push_str(&format!(" DEFAULT {}", default(value))),
    }
    sql
}

/// The value of the rows that have none.
fn fill(column: &Column) -> Option<String> {
    clauses::fill(&Mysql, column, default)
}

/// What is in double quotes would be a text here, unless the server's SQL mode says otherwise. An
/// expression with a quote that is never closed stays as it is, for the server to refuse.
fn expression(declared: &str) -> String {
    let Ok(tokens) = split::tokens(declared, &GRAMMAR.lexicon) else { return declared.to_owned() };
    let mut sql = String::with_capacity(declared.len());
    let mut copied = 0;
    for token in tokens {
        let text = token.text(declared);
        if let Some(name) = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
            sql.push_str(&declared[copied..token.span.start]);
            sql.push_str(&Mysql.quote(&name.replace("\"\"", "\"")));
            copied = token.span.end;
        }
    }
    sql.push_str(&declared[copied..]);
    sql
}

// Rendering.

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
        vec![create_table(table, late_keys)]
    }

    fn add_foreign_keys(&self, table: &str, keys: &[&ForeignKey]) -> String {
        let action = |key: &&ForeignKey| format!("ADD {}", clauses::foreign_key(self, key));
        clauses::alter_table(self, table, &keys.iter().map(action).collect::<Vec<_>>())
    }

    fn drop_table(&self, table: &Table) -> String {
        clauses::drop_table(self, &table.name)
    }
}

/// Indexes are part of the table, since each would otherwise be a round trip and a commit. Texts
/// compare by their bytes, as on the other back ends: with the server's usual collation `Key` and
/// `key` would be one value of a unique column.
fn create_table(table: &Table, late_keys: &[ForeignKey]) -> String {
    let mut definitions: Vec<String> = table.columns.iter().map(column).collect();
    definitions.push(clauses::primary_key(&Mysql, table));
    definitions.extend(table.indexes.iter().filter_map(index).map(|index| index_key(&index)));
    definitions.extend(supports(table).iter().map(Support::definition));
    definitions.extend(table.checks.iter().map(|check| clauses::check(&Mysql, check)));
    let keys = table.foreign_keys.iter().filter(|key| !late_keys.contains(key));
    definitions.extend(keys.map(|key| clauses::foreign_key(&Mysql, key)));
    let create = clauses::create_table(&Mysql, &table.name, &definitions);
    format!("{create} ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin")
}

/// The index as it is here, where none can cover a part of the rows.
fn index(index: &Index) -> Option<Index> {
    match index.partial.as_ref().map(|partial| partial.elsewhere) {
        Some(Elsewhere::Nothing) => None,
        Some(Elsewhere::Full) | None => Some(Index { partial: None, ..index.clone() }),
    }
}

fn index_key(index: &Index) -> String {
    key(&index.name, index.unique, &clauses::index_columns(&Mysql, index))
}

fn key(name: &str, unique: bool, columns: &str) -> String {
    format!("{}KEY {} ({columns})", if unique { "UNIQUE " } else { "" }, Mysql.quote(name))
}

#[cfg(test)]
mod tests {
    use super::expression;

    #[test]
    fn names_in_double_quotes_are_no_texts() {
        let rows = [
            (r#""order" > 0 AND "a" < b"#, "`order` > 0 AND `a` < b"),
            (r#"kind <> 'say "hi"' OR "kind" = ''"#, r#"kind <> 'say "hi"' OR `kind` = ''"#),
            (
                r#"`order` <> 'it''s "' AND /* "b" */ "c`" > 0"#,
                r#"`order` <> 'it''s "' AND /* "b" */ `c``` > 0"#,
            ),
            (r#"kind <> "never closed"#, r#"kind <> "never closed"#),
        ];
        for (declared, expected) in rows {
            assert_eq!(expression(declared), expected);
        }
    }
}
