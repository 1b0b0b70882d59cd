//! Migrations of PostgreSQL on tables with rows, there and back.

use db_backend::{Access, AnyConnection, BackendKind, Timeouts};
use schema_model::diff::{diff, undone};
use schema_model::{Column, Schema, Table};
use sql_dialect::catalog::Catalog;
use sql_dialect::{Dialect, Piece};

use crate::support::server::{TestServer, available};

mod tables;
mod values;

/// A private database, dropped once the connection is closed.
struct Database {
    connection: AnyConnection,
    _server: TestServer,
}

/// `None` if no server is available.
fn database() -> Option<Database> {
    let server = available(BackendKind::Postgres)?;
    let url = server.fresh_database();
    let connection = AnyConnection::establish(&url, Access::ReadWrite, &Timeouts::default());
    Some(Database { connection: connection.unwrap(), _server: server })
}

/// One table `t` with these columns, the first of which is its key.
fn one<const N: usize>(columns: [Column; N]) -> Schema {
    let key = columns[0].name.clone();
    Schema::new([Table::new("t", [key]).columns(columns)])
}

fn dialect() -> &'static dyn Dialect {
    BackendKind::Postgres.dialect()
}

impl Database {
    fn execute(&mut self, sql: &str) {
        self.connection.execute(sql).unwrap_or_else(|error| panic!("{error}\n{sql}"));
    }

    fn clear(&mut self) {
        self.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
    }

    fn catalog(&mut self) -> Catalog {
        self.connection.catalog().unwrap()
    }

    /// The catalogue of a database in which the schema was created directly.
    fn created(&mut self, schema: &Schema) -> Catalog {
        self.clear();
        self.execute(&script(&Schema::EMPTY, schema));
        self.catalog()
    }

    fn migrate(&mut self, from: &Schema, to: &Schema) -> Result<(), String> {
        let script = script(from, to);
        let result = self.connection.execute(&format!("BEGIN;\n{script}\nCOMMIT"));
        result.map_err(|error| {
            self.execute("ROLLBACK");
            format!("{}\n{script}", error.message)
        })
    }

    fn query(&mut self, sql: &str) -> String {
        let rows = self.connection.rows(sql, &[]).unwrap_or_else(|e| panic!("{e}\n{sql}"));
        let cells = |row: Vec<Option<String>>| {
            let cells = row.into_iter().map(|cell| cell.unwrap_or_else(|| "NULL".to_owned()));
            cells.collect::<Vec<_>>().join(" | ")
        };
        rows.into_iter().map(cells).collect::<Vec<_>>().join("\n")
    }

    /// Migrates there and back with these rows; the query's answer is from the middle.
    fn there_and_back(&mut self, from: &Schema, rows: &str, to: &Schema, query: &str) -> String {
        let (fresh_from, fresh_to) = (self.created(from), self.created(to));
        self.clear();
        self.migrate(&Schema::EMPTY, from).unwrap();
        self.execute(rows);
        self.migrate(from, to).unwrap_or_else(|error| panic!("{error}"));
        let expected = dialect().expected_catalog(to, "");
        let catalog = self.catalog();
        let there = script(from, to);
        assert_eq!(
            catalog.differences(&expected, BackendKind::Postgres),
            Vec::<String>::new(),
            "{there}"
        );
        assert_eq!(catalog, fresh_to, "{there}");
        let answer = self.query(query);
        let back = undone(from, to);
        self.migrate(to, &back).unwrap_or_else(|error| panic!("back: {error}\n\nthere: {there}"));
        let back = script(to, &back);
        assert_eq!(self.catalog(), fresh_from, "back: {back}\n\nthere: {there}");
        answer
    }
}

fn script(from: &Schema, to: &Schema) -> String {
    let changes = diff(from, to).unwrap_or_else(|error| panic!("{error:#?}"));
    let statements = dialect().render(&changes).into_iter().map(|piece| match piece {
        Piece::Statement(statement) => format!("{statement};\n"),
        Piece::Rebuild { .. } => panic!("there is nothing to rebuild"),
    });
    statements.collect()
}
