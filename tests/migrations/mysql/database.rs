//! A database to migrate, and schemas to migrate it to.

use db_backend::{Access, AnyConnection, BackendKind, DbError, Timeouts};
use schema_model::diff::{diff, undone};
use schema_model::{Column, Schema, SqlType};
use sql_dialect::Piece;

use crate::support::server::{TestServer, available};

/// A query of one text column, and its rows.
pub(super) type Expected = (&'static str, &'static [&'static str]);

/// Migrates, checks the rows, and migrates back with them.
pub(super) fn up_and_back(from: &Schema, rows: &[&str], to: &Schema, expected: &[Expected]) {
    let Some(mut database) = up(from, rows, to, expected) else { return };
    database.migrate(to, &undone(from, to));
    database.is_as_if_new(from);
}

/// Migrates and checks the rows.
pub(super) fn up(
    from: &Schema,
    rows: &[&str],
    to: &Schema,
    expected: &[Expected],
) -> Option<Database> {
    let mut database = Database::open()?;
    database.migrate(&Schema::EMPTY, from);
    rows.iter().for_each(|sql| database.execute(sql));
    database.migrate(from, to);
    database.is_as_if_new(to);
    for (query, rows) in expected {
        assert_eq!(database.column(query), *rows, "{query}");
    }
    Some(database)
}

pub(super) fn rendered(from: &Schema, to: &Schema) -> Vec<String> {
    let changes = diff(from, to).unwrap();
    let pieces = BackendKind::Mysql.dialect().render(&changes).into_iter();
    pieces
        .map(|piece| match piece {
            Piece::Statement(statement) => statement,
            Piece::Rebuild { table, .. } => panic!("{table} is rebuilt"),
        })
        .collect()
}

pub(super) struct Database {
    server: TestServer,
    connection: AnyConnection,
    server_version: String,
}

impl Database {
    /// A new one; `None` if no server is available.
    pub(super) fn open() -> Option<Self> {
        let server = available(BackendKind::Mysql)?;
        let mut connection = connect(&server);
        let server_version = connection.text("SELECT version()", &[]).unwrap().unwrap();
        Some(Self { server, connection, server_version })
    }

    pub(super) fn execute(&mut self, sql: &str) {
        self.connection.execute(sql).unwrap_or_else(|error| panic!("{error}\n{sql}"));
    }

    /// Migrates, and compares the catalogue with the expected one.
    pub(super) fn migrate(&mut self, from: &Schema, to: &Schema) {
        rendered(from, to).iter().for_each(|sql| self.execute(sql));
        self.is_as(to);
    }

    pub(super) fn try_to_migrate(&mut self, from: &Schema, to: &Schema) -> Result<(), DbError> {
        rendered(from, to).iter().try_for_each(|sql| self.connection.execute(sql))
    }

    pub(super) fn is_as(&mut self, schema: &Schema) {
        let dialect = BackendKind::Mysql.dialect();
        let catalog = self.connection.catalog().unwrap();
        let expected = dialect.expected_catalog(schema, &self.server_version);
        assert_eq!(catalog.differences(&expected, BackendKind::Mysql), Vec::<String>::new());
    }

    /// Compares it with a database in which the schema is created.
    pub(super) fn is_as_if_new(&mut self, schema: &Schema) {
        let catalog = self.connection.catalog().unwrap();
        let mut fresh = connect(&self.server);
        rendered(&Schema::EMPTY, schema).iter().for_each(|sql| fresh.execute(sql).unwrap());
        assert_eq!(catalog, fresh.catalog().unwrap());
    }

    /// The rows of a query of one text column.
    pub(super) fn column(&mut self, query: &str) -> Vec<String> {
        let rows = self.connection.rows(query, &[]).unwrap();
        rows.into_iter().flatten().map(|value| value.unwrap_or_else(|| "NULL".to_owned())).collect()
    }
}

fn connect(server: &TestServer) -> AnyConnection {
    let database = server.fresh_database();
    AnyConnection::establish(&database, Access::ReadWrite, &Timeouts::default()).unwrap()
}

/// The key of most tables here.
pub(super) fn id() -> Column {
    Column::new("id", SqlType::BigInt).auto_increment()
}
