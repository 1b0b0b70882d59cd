//! Each back end's catalogue changes with every DDL statement, and never with the rows. Its content
//! for a migrated database is tested with every change (`changes`, `any_pair`).

use db_backend::{BackendKind, Scratch};
use schema_model::Schema;
use schema_model::diff::diff;

use crate::support::cases::test_on;
use crate::support::server::{TestServer, on_server};

test_on! {
    sqlite, postgres, mysql: on_server {
        every_statement_of_ddl_is_seen,
        rows_are_not_seen,
    }
}

mod schema {
    schema_core::tenant_schema! {
        companies (id) {
            #[auto_increment]
            id -> BigInt,
            #[unique]
            #[max_length = 20]
            code -> Varchar,
            #[default(now)]
            created_at -> UtcTimestamp,
        }
    }
}

/// DDL that declared schemas do not have, or have in another form. The catalogue must still change,
/// because that distinguishes a crash after such a statement from one before it.
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

fn every_statement_of_ddl_is_seen(server: &TestServer) {
    let mut scratch = Scratch::on(server.url()).unwrap();
    let alterations = ALTERATIONS.iter().filter(|(kind, _)| *kind == server.kind());
    let mut unseen = Vec::new();
    for sql in alterations.flat_map(|(_, alterations)| *alterations) {
        let before = scratch.catalog().unwrap();
        scratch.connection().execute(sql).unwrap();
        if scratch.catalog().unwrap() == before {
            unseen.push(sql);
        }
    }
    scratch.close().unwrap();
    assert!(unseen.is_empty(), "{unseen:#?}");
}

fn rows_are_not_seen(server: &TestServer) {
    let mut scratch = Scratch::on(server.url()).unwrap();
    let changes = diff(&Schema::EMPTY, &schema::SCHEMA).unwrap();
    let pieces = scratch.dialect().render(&changes);
    scratch.apply(&pieces).unwrap();
    let analyze = match server.kind() {
        BackendKind::Sqlite | BackendKind::Postgres => "ANALYZE",
        BackendKind::Mysql => "ANALYZE TABLE companies",
    };
    let before = scratch.catalog().unwrap();
    for sql in [
        "INSERT INTO companies (code) VALUES ('a'), ('b'), ('c')",
        "UPDATE companies SET code = 'd' WHERE code = 'c'",
        "DELETE FROM companies WHERE code = 'd'",
        analyze,
    ] {
        scratch.connection().execute(sql).unwrap();
        assert_eq!(scratch.catalog().unwrap(), before, "{sql}");
    }
    scratch.close().unwrap();
}
