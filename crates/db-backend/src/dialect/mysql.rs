//! MySQL and MariaDB.

use schema_core::diff::{AlterTable, Change, Step};
use schema_core::model::{Column, DefaultValue, ForeignKey, Schema, SqlType, Table};

use super::{Dialect, clauses};
use crate::catalog::Catalog;
use crate::connection::{Capabilities, ExecutionMode};
use crate::driver::AnyConnection;
use crate::error::DbError;
use crate::kind::BackendKind;
use crate::split::{self, Bodies, Grammar, Lexicon, Statement};

mod catalog;

/// MySQL and MariaDB. What is rendered works on MySQL from 8.0.19 and MariaDB from 10.2 on.
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

    fn render(&self, change: &Change) -> Vec<String> {
        match change {
            Change::CreateTable(table) => vec![create_table(table)],
            Change::DropTable(table) => vec![clauses::drop_table(self, &table.name)],
            Change::AlterTable(alter) => alter_table(alter),
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

// Rendering.

/// Indexes are part of the table, since each would otherwise be a round trip and a commit. Texts
/// compare by their bytes, as on the other back ends: with the server's usual collation `Key` and
/// `key` would be one value of a unique column.
fn create_table(table: &Table) -> String {
    let mut definitions: Vec<String> = table.columns.iter().map(column).collect();
    definitions.push(clauses::primary_key(&Mysql, table));
    definitions.extend(
        table
            .indexes
            .iter()
            .map(|index| key(&index.name, index.unique, &clauses::names(&Mysql, &index.columns))),
    );
    definitions.extend(supporting_keys(table).map(supporting_key));
    definitions.extend(table.checks.iter().map(|check| clauses::check(&Mysql, check)));
    definitions.extend(table.foreign_keys.iter().map(|key| clauses::foreign_key(&Mysql, key)));
    let create = clauses::create_table(&Mysql, &table.name, &definitions);
    format!("{create} ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin")
}

fn key(name: &str, unique: bool, columns: &str) -> String {
    format!("{}KEY {} ({columns})", if unique { "UNIQUE " } else { "" }, Mysql.quote(name))
}

/// The foreign keys for which no declared index begins with their column. The server would make
/// one, and drop it unasked when another serves; made here, it comes and goes with the model.
fn supporting_keys(table: &Table) -> impl Iterator<Item = &ForeignKey> {
    let indexes = table.indexes.iter().map(|index| &index.columns);
    let leading: Vec<_> =
        indexes.chain([&table.primary_key]).filter_map(|columns| columns.first()).collect();
    table.foreign_keys.iter().filter(move |key| !leading.contains(&&key.column))
}

fn supporting_key(foreign: &ForeignKey) -> String {
    key(&foreign.name, false, &Mysql.quote(&foreign.column))
}

/// At most three statements, each of which takes effect as a whole or not at all. Foreign keys are
/// apart from the rest, since one statement can't always do both.
fn alter_table(alter: &AlterTable) -> Vec<String> {
    let AlterTable { from, to, steps } = alter;
    let (mut first, mut main, mut last) = (Vec::new(), Vec::new(), Vec::new());
    for step in steps {
        let action = action(step);
        match step {
            Step::DropForeignKey(_) => first.push(action),
            Step::AddForeignKey(_) => last.push(action),
            Step::DropCheck(_)
            | Step::DropIndex(_)
            | Step::DropColumn(_)
            | Step::AddColumn(_)
            | Step::AddIndex(_)
            | Step::AddCheck(_) => main.push(action),
        }
    }
    let names = |table| supporting_keys(table).map(|key| &key.name).collect::<Vec<_>>();
    let (before, after) = (names(from), names(to));
    let dropped = supporting_keys(from).filter(|key| !after.contains(&&key.name));
    let dropped: Vec<_> =
        dropped.map(|key| format!("DROP INDEX {}", Mysql.quote(&key.name))).collect();
    main.splice(0..0, dropped);
    let added = supporting_keys(to).filter(|key| !before.contains(&&key.name));
    main.extend(added.map(|key| format!("ADD {}", supporting_key(key))));

    let groups = [first, main, last].into_iter().filter(|actions| !actions.is_empty());
    groups.map(|actions| clauses::alter_table(&Mysql, &to.name, &actions)).collect()
}

fn action(step: &Step) -> String {
    let quote = |name| Mysql.quote(name);
    match step {
        Step::DropForeignKey(key) => format!("DROP FOREIGN KEY {}", quote(&key.name)),
        Step::DropCheck(check) => format!("DROP CONSTRAINT {}", quote(&check.name)),
        Step::DropIndex(index) => format!("DROP INDEX {}", quote(&index.name)),
        Step::DropColumn(column) => format!("DROP COLUMN {}", quote(&column.name)),
        Step::AddColumn(added) => format!("ADD COLUMN {}", column(added)),
        Step::AddIndex(index) => {
            let columns = clauses::names(&Mysql, &index.columns);
            format!("ADD {}", key(&index.name, index.unique, &columns))
        }
        Step::AddCheck(check) => format!("ADD {}", clauses::check(&Mysql, check)),
        Step::AddForeignKey(key) => format!("ADD {}", clauses::foreign_key(&Mysql, key)),
    }
}
