//! A crash is resolved by comparing the schema before and after a statement.

use db_backend::{BackendKind, Connector, DatabaseUrl, Statement};

use super::{ExecuteSql as _, on_databases, open, version};
use crate::support::cases::test_on;

test_on! {
    sqlite, postgres, mysql: on_databases {
        fingerprints_change_only_with_ddl,
        the_fingerprint_of_a_statement_shows_its_effect,
    }
}

fn fingerprints_change_only_with_ddl(connector: &dyn Connector, [database, _]: [&DatabaseUrl; 2]) {
    let mut session = open(connector, database);
    let mut seen = vec![session.fingerprint().expect("it can be read")];
    for (sql, is_ddl) in [
        ("CREATE TABLE t (a INTEGER NOT NULL)", true),
        ("INSERT INTO t VALUES (1)", false),
        ("ALTER TABLE t ADD COLUMN b INTEGER", true),
        ("UPDATE t SET b = 2", false),
        ("CREATE INDEX t_b ON t (b)", true),
        ("DELETE FROM t", false),
        ("CREATE VIEW v AS SELECT a FROM t", true),
        ("CREATE UNIQUE INDEX t_a ON t (a)", true),
    ] {
        let statement = Statement::unplaced(sql, database.kind().syntax());
        session.execute(&statement).expect("the statement is right");
        let fingerprint = session.fingerprint().expect("it can be read");
        assert_eq!(seen.last() != Some(&fingerprint), is_ddl, "{sql}");
        assert_eq!(seen.contains(&fingerprint), !is_ddl, "{sql}");
        seen.push(fingerprint);
    }
    session.ensure_tables().expect("the tables can be created");
    session.add_to_history(&version("1")).expect("a version can be added");
    assert_eq!(seen.last(), Some(&session.fingerprint().expect("it can be read")));
}

fn the_fingerprint_of_a_statement_shows_its_effect(
    connector: &dyn Connector,
    [database, _]: [&DatabaseUrl; 2],
) {
    let counter = match database.kind() {
        BackendKind::Sqlite => "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a INTEGER)",
        BackendKind::Postgres => "CREATE TABLE t (id serial PRIMARY KEY, a INTEGER)",
        BackendKind::Mysql => "CREATE TABLE t (id int PRIMARY KEY AUTO_INCREMENT, a INTEGER)",
    };
    let drop_index = match database.kind() {
        BackendKind::Mysql => "DROP INDEX t_a ON t",
        BackendKind::Sqlite | BackendKind::Postgres => "DROP INDEX t_a",
    };
    let mut session = open(connector, database);
    for sql in [
        counter,
        "ALTER TABLE t ADD COLUMN b INTEGER",
        "CREATE INDEX t_a ON t (a)",
        drop_index,
        "CREATE UNIQUE INDEX t_b ON t (b)",
        "CREATE VIEW v AS SELECT a FROM t",
        "DROP VIEW v",
        "ALTER TABLE t RENAME TO u",
        "DROP TABLE u",
    ] {
        let statement = Statement::unplaced(sql, database.kind().syntax());
        let before = session.fingerprint_for(&statement).expect("the schema can be read");
        session.execute_sql(sql).expect("the statement is right");
        assert_ne!(session.fingerprint_for(&statement), Ok(before), "{sql}");
        if sql.starts_with("ALTER TABLE t ADD") {
            let before = session.fingerprint_for(&statement);
            session
                .execute_sql("INSERT INTO t (a) VALUES (1), (2)")
                .expect("the statement is right");
            assert_eq!(session.fingerprint_for(&statement), before, "rows do not change it");
        }
    }
}
