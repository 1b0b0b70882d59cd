//! Each back end's catalogue says of a migrated database what is expected for its schema, and
//! changes whenever DDL does, but never with the rows.

use db_backend::catalog::Catalog;
use db_backend::{Access, AnyConnection, BackendKind, DatabaseUrl, Timeouts};
use proptest::prelude::any;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use schema_core::diff::diff;
use schema_core::model::Schema;

use self::samples::{people, people_without, with_columns_and_indexes, with_keys_and_checks};
use crate::support::server::servers;

#[path = "../crates/db-backend/src/dialect/tests/samples.rs"]
mod samples;

struct Database {
    kind: BackendKind,
    connection: AnyConnection,
    server_version: String,
}

impl Database {
    fn open(url: &DatabaseUrl) -> Self {
        let mut connection =
            AnyConnection::establish(url, Access::ReadWrite, &Timeouts::default()).unwrap();
        let version = match url.kind() {
            BackendKind::Sqlite => "SELECT sqlite_version()",
            BackendKind::Postgres | BackendKind::Mysql => "SELECT version()",
        };
        let server_version = connection.text(version, &[]).unwrap().unwrap();
        Self { kind: url.kind(), connection, server_version }
    }

    fn execute(&mut self, sql: &str) {
        let kind = self.kind;
        self.connection.execute(sql).unwrap_or_else(|error| panic!("{kind}: {error}\n{sql}"));
    }

    fn catalog(&mut self) -> Catalog {
        self.kind.dialect().read_catalog(&mut self.connection).unwrap()
    }

    /// Migrates, and compares what is there with what is expected.
    fn migrate(&mut self, from: &Schema, to: &Schema) {
        let dialect = self.kind.dialect();
        if self.kind == BackendKind::Sqlite {
            self.execute("PRAGMA foreign_keys = OFF");
        }
        for change in diff(from, to).unwrap() {
            dialect.render(&change).iter().for_each(|statement| self.execute(statement));
        }
        let expected = dialect.expected_catalog(to, &self.server_version);
        assert_eq!(self.catalog().differences(&expected), Vec::<String>::new(), "{}", self.kind);
    }
}

#[test]
fn the_catalogue_says_what_is_expected() {
    let (first, columns, keys) = (people(), with_columns_and_indexes(), with_keys_and_checks());
    let path = [&Schema::EMPTY, &first, &columns, &keys, &first, &keys, &columns, &Schema::EMPTY];
    for server in servers() {
        let mut database = Database::open(&server.fresh_database());
        for step in path.windows(2) {
            database.migrate(step[0], step[1]);
        }
    }
}

#[test]
fn any_migration_gives_what_is_expected() {
    // Few, since each takes a server some hundred milliseconds; SQLite alone has many elsewhere.
    let config = Config { cases: 8, failure_persistence: None, ..Config::default() };
    for server in servers() {
        let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
        let mut runner = TestRunner::new_with_rng(config.clone(), rng);
        let result = runner.run(&any::<(u16, u16)>(), |(from, to)| {
            let (from, to) = (people_without(from), people_without(to));
            let mut database = Database::open(&server.fresh_database());
            database.migrate(&Schema::EMPTY, &from);
            database.migrate(&from, &to);
            database.migrate(&to, &from);
            database.migrate(&from, &Schema::EMPTY);
            Ok(())
        });
        assert!(result.is_ok(), "{}: {result:?}", server.kind());
    }
}

#[test]
fn rows_are_kept_and_found_as_they_were() {
    for server in servers() {
        let mut database = Database::open(&server.fresh_database());
        database.migrate(&Schema::EMPTY, &people());
        database.execute("INSERT INTO companies (code) VALUES ('acme')");
        database.execute(
            "INSERT INTO people (email, company, details) VALUES ('a@x', 'acme', '{}'), ('A@x', NULL, '[]')",
        );
        database.migrate(&people(), &with_keys_and_checks());
        database.migrate(&with_keys_and_checks(), &people());
        let rows = database
            .connection
            .rows("SELECT email, name, company FROM people ORDER BY id", &[])
            .unwrap();
        let text = |text: &str| Some(text.to_owned());
        let expected = [
            vec![text("a@x"), text(r"it's \ n"), text("acme")],
            vec![text("A@x"), text(r"it's \ n"), None],
        ];
        assert_eq!(rows, expected, "{}", database.kind);
    }
}

/// DDL that our schemas do not have, or have in another way, and that must be seen all the same: it
/// is how a crash after such a statement is told from one before it.
const ALTERATIONS: [(BackendKind, &[&str]); 3] = [
    (
        BackendKind::Sqlite,
        &[
            "CREATE TABLE a (id INTEGER PRIMARY KEY, b INT)",
            "ALTER TABLE a ADD COLUMN c TEXT COLLATE NOCASE DEFAULT 'x'",
            "ALTER TABLE a ADD COLUMN d INT AS (b + 1)",
            "CREATE INDEX ia ON a (b DESC)",
            "DROP INDEX ia",
            "CREATE INDEX ia ON a (b) WHERE b > 1",
            "CREATE VIEW v AS SELECT 1",
            "CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END",
            "ALTER TABLE a RENAME COLUMN b TO e",
            "ALTER TABLE a RENAME TO z",
            "DROP TRIGGER t",
            "DROP VIEW v",
            "DROP TABLE z",
        ],
    ),
    (
        BackendKind::Postgres,
        &[
            "CREATE TABLE a (id bigserial PRIMARY KEY, b int)",
            "ALTER TABLE a ADD COLUMN c text COLLATE \"C\" DEFAULT 'x'",
            "ALTER TABLE a ALTER COLUMN c TYPE varchar(9)",
            "ALTER TABLE a ALTER COLUMN c SET NOT NULL",
            "ALTER TABLE a ALTER COLUMN c DROP DEFAULT",
            "ALTER TABLE a ADD COLUMN d int GENERATED ALWAYS AS (b + 1) STORED",
            "COMMENT ON COLUMN a.b IS 'x'",
            "COMMENT ON TABLE a IS 'x'",
            "ALTER TABLE a SET (fillfactor = 70)",
            "ALTER TABLE a SET UNLOGGED",
            "CREATE INDEX CONCURRENTLY ia ON a (b DESC)",
            "DROP INDEX CONCURRENTLY ia",
            "CREATE INDEX ia ON a (b) INCLUDE (c) WHERE b > 1",
            "ALTER TABLE a ADD CONSTRAINT ca CHECK (b > 0) NOT VALID",
            "ALTER TABLE a VALIDATE CONSTRAINT ca",
            "ALTER TABLE a ADD CONSTRAINT ua UNIQUE (b)",
            "ALTER TABLE a ADD CONSTRAINT ra FOREIGN KEY (b) REFERENCES a (b) ON UPDATE CASCADE",
            "ALTER TABLE a ADD CONSTRAINT ea EXCLUDE (b WITH =)",
            "CREATE VIEW v AS SELECT 1 AS x",
            "CREATE OR REPLACE VIEW v AS SELECT 2 AS x",
            "CREATE TYPE mood AS ENUM ('a')",
            "ALTER TYPE mood ADD VALUE 'b'",
            "CREATE DOMAIN positive AS int CHECK (VALUE > 0)",
            "CREATE SEQUENCE s",
            "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$",
            "CREATE TRIGGER t AFTER INSERT ON a FOR EACH ROW EXECUTE FUNCTION f()",
            "ALTER TABLE a DISABLE TRIGGER t",
            "CREATE POLICY p ON a USING (b > 1)",
            "ALTER TABLE a ENABLE ROW LEVEL SECURITY",
            "CREATE RULE r AS ON UPDATE TO a DO INSTEAD NOTHING",
            "CREATE AGGREGATE g (int) (SFUNC = int4pl, STYPE = int)",
            "CREATE SCHEMA other",
            "CREATE TABLE other.a (id int) PARTITION BY RANGE (id)",
            "CREATE TABLE other.b PARTITION OF other.a FOR VALUES FROM (1) TO (2)",
            "ALTER TABLE a RENAME COLUMN b TO e",
        ],
    ),
    (
        BackendKind::Mysql,
        &[
            "CREATE TABLE a (id bigint AUTO_INCREMENT PRIMARY KEY, b int)",
            "ALTER TABLE a ADD COLUMN c varchar(9) COLLATE utf8mb4_bin DEFAULT 'x'",
            "ALTER TABLE a MODIFY COLUMN c varchar(9) COLLATE utf8mb4_general_ci DEFAULT 'x'",
            "ALTER TABLE a MODIFY COLUMN c varchar(10) COLLATE utf8mb4_general_ci DEFAULT 'x'",
            "ALTER TABLE a MODIFY COLUMN c varchar(10) COLLATE utf8mb4_general_ci NOT NULL",
            "ALTER TABLE a MODIFY COLUMN c varchar(10) COLLATE utf8mb4_general_ci NOT NULL COMMENT 'x'",
            "ALTER TABLE a ADD COLUMN d int AS (b + 1)",
            "ALTER TABLE a ADD COLUMN e datetime(6) DEFAULT CURRENT_TIMESTAMP(6)",
            "ALTER TABLE a MODIFY COLUMN e datetime(6) DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6)",
            "ALTER TABLE a COMMENT 'x'",
            "ALTER TABLE a CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
            "ALTER TABLE a ROW_FORMAT = COMPRESSED",
            "CREATE INDEX ia ON a (c(3))",
            "DROP INDEX ia ON a",
            "CREATE FULLTEXT INDEX ia ON a (c)",
            "ALTER TABLE a RENAME INDEX ia TO ja",
            "ALTER TABLE a ADD CONSTRAINT ca CHECK (b > 0)",
            "ALTER TABLE a DROP CONSTRAINT ca",
            "ALTER TABLE a ADD UNIQUE KEY ua (b)",
            "CREATE TABLE f (x int, FOREIGN KEY (x) REFERENCES a (b) ON UPDATE CASCADE)",
            "ALTER TABLE f DROP FOREIGN KEY f_ibfk_1",
            "ALTER TABLE f DROP KEY x",
            "ALTER TABLE f ENGINE = MyISAM",
            "ALTER TABLE f PARTITION BY HASH (x) PARTITIONS 2",
            "ALTER TABLE f COALESCE PARTITION 1",
            "CREATE VIEW v AS SELECT 1 AS x",
            "ALTER VIEW v AS SELECT 2 AS x",
            "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW SET NEW.b = 1",
            "CREATE PROCEDURE p(x int) SELECT x",
            "DROP PROCEDURE p",
            "CREATE FUNCTION p(x int) RETURNS int DETERMINISTIC RETURN x",
            "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DISABLE DO SELECT 1",
            "ALTER TABLE a RENAME COLUMN b TO z",
            "RENAME TABLE a TO y",
        ],
    ),
];

#[test]
fn every_statement_of_ddl_is_seen() {
    for server in servers() {
        let mut database = Database::open(&server.fresh_database());
        let alterations = ALTERATIONS.iter().filter(|(kind, _)| *kind == server.kind());
        for sql in alterations.flat_map(|(_, alterations)| *alterations) {
            let before = database.catalog();
            database.execute(sql);
            assert_ne!(database.catalog(), before, "{}: {sql}", server.kind());
        }
    }
}

#[test]
fn rows_are_not_seen() {
    let changes = [
        "INSERT INTO companies (code) VALUES ('a'), ('b'), ('c')",
        "UPDATE companies SET code = 'd' WHERE code = 'c'",
        "DELETE FROM companies WHERE code = 'd'",
    ];
    for server in servers() {
        let mut database = Database::open(&server.fresh_database());
        database.migrate(&Schema::EMPTY, &people());
        let before = database.catalog();
        for sql in changes {
            database.execute(sql);
            assert_eq!(database.catalog(), before, "{}: {sql}", server.kind());
        }
        match server.kind() {
            BackendKind::Sqlite | BackendKind::Postgres => database.execute("ANALYZE"),
            BackendKind::Mysql => database.execute("ANALYZE TABLE companies"),
        }
        assert_eq!(database.catalog(), before, "{}", server.kind());
    }
}
