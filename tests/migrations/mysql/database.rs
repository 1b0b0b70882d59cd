//! A database to migrate, and schemas to migrate it to.

use std::borrow::Cow;

use db_backend::{Access, AnyConnection, BackendKind, DbError, Piece, Timeouts};
use schema_model::diff::{diff, undone};
use schema_model::{
    Action, Check, Column, DefaultValue, ForeignKey, Index, IndexColumn, Schema, SqlType, Table,
};

use crate::support::server::{TestServer, available};

/// A query of one text column, and its rows.
pub(super) type Expected = (&'static str, &'static [&'static str]);

/// Migrates, looks at the rows, and migrates back with them.
pub(super) fn up_and_back(from: &Schema, rows: &[&str], to: &Schema, expected: &[Expected]) {
    let Some(mut database) = up(from, rows, to, expected) else { return };
    database.migrate(to, &undone(from, to));
    database.is_as_if_new(from);
}

/// Migrates and looks at the rows.
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
    /// A new one; none where no server is available.
    pub(super) fn open() -> Option<Self> {
        let server = available(BackendKind::Mysql)?;
        let mut connection = connect(&server);
        let server_version = connection.text("SELECT version()", &[]).unwrap().unwrap();
        Some(Self { server, connection, server_version })
    }

    pub(super) fn execute(&mut self, sql: &str) {
        self.connection.execute(sql).unwrap_or_else(|error| panic!("{error}\n{sql}"));
    }

    /// Migrates, and compares what is there with what is expected.
    pub(super) fn migrate(&mut self, from: &Schema, to: &Schema) {
        rendered(from, to).iter().for_each(|sql| self.execute(sql));
        self.is_as(to);
    }

    pub(super) fn try_to_migrate(&mut self, from: &Schema, to: &Schema) -> Result<(), DbError> {
        rendered(from, to).iter().try_for_each(|sql| self.connection.execute(sql))
    }

    pub(super) fn is_as(&mut self, schema: &Schema) {
        let dialect = BackendKind::Mysql.dialect();
        let catalog = dialect.read_catalog(&mut self.connection).unwrap();
        let expected = dialect.expected_catalog(schema, &self.server_version);
        assert_eq!(catalog.differences(&expected), Vec::<String>::new());
    }

    /// Compares it with a database in which the schema is created.
    pub(super) fn is_as_if_new(&mut self, schema: &Schema) {
        let dialect = BackendKind::Mysql.dialect();
        let catalog = dialect.read_catalog(&mut self.connection).unwrap();
        let mut fresh = connect(&self.server);
        rendered(&Schema::EMPTY, schema).iter().for_each(|sql| fresh.execute(sql).unwrap());
        assert_eq!(catalog, dialect.read_catalog(&mut fresh).unwrap());
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

pub(super) fn one(table: Table) -> Schema {
    Schema { tables: vec![table].into() }
}

/// A table with its first column as its key.
pub(super) fn table(name: &'static str, columns: Vec<Column>) -> Table {
    Table {
        name: name.into(),
        primary_key: vec![columns[0].name.clone()].into(),
        columns: columns.into(),
        indexes: Cow::Borrowed(&[]),
        foreign_keys: Cow::Borrowed(&[]),
        checks: Cow::Borrowed(&[]),
        renamed_from: None,
    }
}

pub(super) fn column(name: &'static str, sql_type: SqlType) -> Column {
    Column {
        name: name.into(),
        sql_type,
        nullable: false,
        auto_increment: false,
        default: None,
        renamed_from: None,
        backfill: None,
    }
}

pub(super) fn id() -> Column {
    auto(column("id", SqlType::BigInt))
}

pub(super) fn auto(column: Column) -> Column {
    Column { auto_increment: true, ..column }
}

pub(super) fn null(column: Column) -> Column {
    Column { nullable: true, ..column }
}

pub(super) fn renamed(column: Column, from: &'static str) -> Column {
    Column { renamed_from: Some(from.into()), ..column }
}

pub(super) fn backfilled(column: Column, expression: &'static str) -> Column {
    Column { backfill: Some(expression.into()), ..column }
}

pub(super) fn with_default(column: Column, default: DefaultValue) -> Column {
    Column { default: Some(default), ..column }
}

pub(super) fn plain(name: &'static str, columns: &[&'static str]) -> Index {
    let columns = columns.iter();
    let columns = columns.map(|&name| IndexColumn { name: name.into(), descending: false });
    Index { name: name.into(), columns: columns.collect(), unique: false, partial: None }
}

pub(super) fn unique(name: &'static str, columns: &[&'static str]) -> Index {
    Index { unique: true, ..plain(name, columns) }
}

pub(super) fn check(name: &'static str, expression: &'static str) -> Check {
    Check { name: name.into(), expression: expression.into() }
}

pub(super) fn foreign_key(
    name: &'static str,
    columns: &[&'static str],
    foreign_table: &'static str,
    foreign_columns: &[&'static str],
) -> ForeignKey {
    ForeignKey {
        name: name.into(),
        columns: columns.iter().map(|&name| name.into()).collect(),
        foreign_table: foreign_table.into(),
        foreign_columns: foreign_columns.iter().map(|&name| name.into()).collect(),
        on_delete: Action::NoAction,
        on_update: Action::NoAction,
    }
}
