//! Each migration begins in the session that a new connection has. So a tenant that is migrated one
//! version at a time and one that is provisioned at head end up the same.

use db_backend::BackendKind;

use crate::support::cases::test_on;
use crate::support::fleet::{Fleet, outcomes_in_words};
use crate::support::server::{TestServer, on_server};

test_on! {
    sqlite, postgres, mysql: on_server {
        both_ways_lead_to_the_same,
        limits_hold_after_a_file_has_set_its_own,
        a_migration_has_the_limits_that_its_metadata_names,
    }
}

/// The text of consecutive migrations, and a query for what they must lead to; with the part of the
/// message of the last one, if that must fail.
struct Case {
    files: &'static [&'static str],
    query: &'static str,
    expected: &'static [&'static str],
    fails: Option<&'static str>,
}

/// The schema of a table of PostgreSQL.
const SCHEMA_OF_CHEST: &str = "SELECT schemaname::text FROM pg_tables WHERE tablename = 'chest'";

const fn leads_to(
    files: &'static [&'static str],
    query: &'static str,
    expected: &'static [&'static str],
) -> Case {
    Case { files, query, expected, fails: None }
}

fn cases(kind: BackendKind) -> Vec<Case> {
    match kind {
        BackendKind::Sqlite => vec![
            leads_to(
                &[
                    "CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('A'), ('a');
                     PRAGMA case_sensitive_like = ON",
                    "DELETE FROM t WHERE a LIKE 'a'",
                ],
                "SELECT a FROM t",
                &[],
            ),
            leads_to(
                &[
                    "CREATE TEMP TABLE t (a TEXT); CREATE TABLE main.t (a TEXT)",
                    "INSERT INTO t VALUES ('kept')",
                ],
                "SELECT a FROM t",
                &["kept"],
            ),
        ],
        BackendKind::Postgres => vec![
            leads_to(
                &[
                    "CREATE SCHEMA attic; SET search_path = attic, public; CREATE TABLE trunk ()",
                    "CREATE TABLE chest ()",
                ],
                SCHEMA_OF_CHEST,
                &["public"],
            ),
            leads_to(
                &[
                    "SELECT pg_catalog.set_config('search_path', '', false);
                     CREATE TABLE public.trunk ()",
                    "SET SCHEMA 'pg_catalog'; CREATE SCHEMA cellar; SET search_path = cellar",
                    "CREATE TABLE chest ()",
                ],
                SCHEMA_OF_CHEST,
                &["public"],
            ),
            leads_to(
                &[
                    "CREATE FUNCTION move() RETURNS void LANGUAGE sql AS
                     $$ SELECT set_config('search_path', 'attic', false) $$;
                     CREATE SCHEMA attic; SELECT move()",
                    "CREATE TABLE chest ()",
                ],
                SCHEMA_OF_CHEST,
                &["public"],
            ),
            leads_to(
                &[
                    "CREATE TYPE mood AS ENUM ('sad'); CREATE TABLE t (m mood)",
                    "ALTER TYPE mood ADD VALUE 'calm'",
                    "INSERT INTO t VALUES ('calm')",
                ],
                "SELECT m::text FROM t",
                &["calm"],
            ),
            leads_to(
                &[
                    "CREATE TABLE t (a int); CREATE TEMPORARY TABLE aside ON COMMIT DROP
                     AS SELECT 1 AS a; INSERT INTO t SELECT a FROM aside",
                    "CREATE TEMPORARY TABLE aside ON COMMIT DROP AS SELECT 2 AS a;
                     INSERT INTO t SELECT a FROM aside",
                ],
                "SELECT a::text FROM t ORDER BY a",
                &["1", "2"],
            ),
            leads_to(
                &[
                    "SET ROLE pg_read_all_data; RESET ROLE; SET default_transaction_read_only = on",
                    "CREATE TABLE chest ()",
                ],
                SCHEMA_OF_CHEST,
                &["public"],
            ),
        ],
        BackendKind::Mysql => {
            vec![
            Case {
                files: &[
                    "CREATE TABLE parent (id INT PRIMARY KEY);
                     CREATE TABLE child (parent_id INT, FOREIGN KEY (parent_id) REFERENCES
                     parent (id)); SET FOREIGN_KEY_CHECKS = 0",
                    "INSERT INTO child VALUES (7)",
                ],
                query: "SELECT CAST(parent_id AS CHAR) FROM child",
                expected: &[],
                fails: Some("foreign key constraint"),
            },
            leads_to(
                &[
                    "CREATE TABLE t (a INT); SET SESSION sql_mode = 'ANSI_QUOTES'; SET @a = 1;
                     CREATE TEMPORARY TABLE aside (a INT)",
                    "INSERT INTO t SELECT coalesce(@a, length(\"two\")); \
                     CREATE TABLE aside (a INT)",
                ],
                "SELECT CAST(a AS CHAR) FROM t",
                &["3"],
            ),
            leads_to(
                &["SET autocommit = 0; CREATE TABLE t (a INT); INSERT INTO t VALUES (1); COMMIT;
                   SET SESSION TRANSACTION READ ONLY", "INSERT INTO t VALUES (2)"],
                "SELECT CAST(a AS CHAR) FROM t ORDER BY a",
                &["1", "2"],
            ),
        ]
        }
    }
}

fn both_ways_lead_to_the_same(server: &TestServer) {
    for case in cases(server.kind()) {
        let fleet = Fleet::new(server);
        fleet.write("m/0_first/up.sql", "CREATE TABLE first (a INT)");
        fleet.succeed("provision @slow --migrations m");
        let last = case.files.len() - 1;
        for (index, sql) in case.files.iter().enumerate() {
            fleet.write(&format!("m/{}_step/up.sql", index + 1), sql);
            let outcome = fleet.run("migrate-all --migrations m");
            let fails = case.fails.filter(|_| index == last);
            assert_eq!(outcome.code, Some(if fails.is_some() { 4 } else { 0 }), "{sql}: {outcome}");
            assert!(outcome.stdout.contains(fails.unwrap_or_default()), "{sql}: {outcome}");
        }
        let outcome = fleet.run("provision @quick --migrations m");
        assert_eq!(outcome.code, Some(if case.fails.is_some() { 4 } else { 0 }), "{outcome}");
        for tenant in ["slow", "quick"] {
            assert_eq!(
                fleet.column(tenant, case.query),
                case.expected,
                "{tenant}: {:?}",
                case.files
            );
        }
        assert_eq!(fleet.history("slow"), fleet.history("quick"));
    }
}

/// A lock that is held for good is waited for as long as the command line says.
fn limits_hold_after_a_file_has_set_its_own(server: &TestServer) {
    let unlimited = match server.kind() {
        BackendKind::Sqlite => "PRAGMA busy_timeout = 600000;",
        BackendKind::Postgres => {
            "SET statement_timeout = 0; SET lock_timeout = 0; SET LOCAL lock_timeout = '1h';"
        }
        BackendKind::Mysql => {
            "SET SESSION lock_wait_timeout = 3600, innodb_lock_wait_timeout = 3600;"
        }
    };
    let fleet = Fleet::new(server);
    fleet.write("m/1_t/up.sql", "CREATE TABLE t (a INT)");
    fleet.succeed("provision @acme --migrations m");
    fleet.write(
        "m/2_set/up.sql",
        &format!("{unlimited} CREATE TABLE u (a INT); ALTER TABLE t ADD b INT"),
    );
    let mut holder = fleet.open("acme");
    let begin = if server.kind() == BackendKind::Sqlite { "BEGIN IMMEDIATE" } else { "BEGIN" };
    holder.execute(&format!("{begin}; INSERT INTO t (a) VALUES (1)")).expect("the table is there");
    let (code, lines) = fleet.json("migrate-all --migrations m --lock-timeout 1");
    assert_eq!((code, outcomes_in_words(&lines).as_str()), (Some(4), "acme failed"));
    assert_eq!(lines[lines.len() - 2]["kind"], "lock_timeout", "{lines:?}");
    drop(holder);
    fleet.succeed("migrate-all --migrations m --lock-timeout 1");
}

fn a_migration_has_the_limits_that_its_metadata_names(server: &TestServer) {
    let slow = match server.kind() {
        // Several seconds on any machine.
        BackendKind::Sqlite => {
            "CREATE TABLE n AS WITH RECURSIVE c (n) AS
             (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 40000000)
             SELECT max(n) AS n FROM c"
        }
        BackendKind::Postgres => "SELECT pg_sleep(2)",
        BackendKind::Mysql => "INSERT INTO t SELECT SLEEP(2)",
    };
    let fleet = Fleet::new(server);
    fleet.write("m/1_t/up.sql", "CREATE TABLE t (a INT)");
    fleet.succeed("provision @acme --migrations m");
    fleet.write("m/2_slow/up.sql", slow);
    let metadata = "run_in_transaction = true\n[tenantctl]\nstatement_timeout = \"10m\"\n";
    fleet.write("m/2_slow/metadata.toml", metadata);
    fleet.write("m/3_slow/up.sql", &slow.replace("TABLE n", "TABLE m"));
    let outcome = fleet.run("migrate-all --migrations m --statement-timeout 1");
    assert_eq!(outcome.code, Some(4), "{outcome}");
    let note =
        "note: migration 2_slow: its statements may take [TIME], as its metadata.toml says\n";
    assert!(outcome.stderr.contains(note), "{outcome}");
    assert!(outcome.stdout.contains("a higher --statement-timeout"), "{outcome}");
    assert_eq!(fleet.history("acme"), ["1", "2"], "{}", server.kind());
}

/// A schema with the user's name comes first in the default search path, so that what was in
/// `public` would be out of sight.
#[test]
fn a_schema_that_comes_between_is_named_and_blocks() {
    on_server(BackendKind::Postgres, |server| {
        let fleet = Fleet::new(server);
        fleet.write("m/1_t/up.sql", "CREATE TABLE t (a int)");
        fleet.succeed("provision @acme --migrations m");
        fleet.execute("acme", "CREATE SCHEMA postgres");
        fleet.write("m/2_u/up.sql", "CREATE TABLE u (a int)");
        let outcome = fleet.run("migrate-all --migrations m");
        let reason = "its migration history is in the schema public, and the search path leads to \
                      postgres";
        assert_eq!(outcome.code, Some(4), "{outcome}");
        assert!(outcome.stdout.contains(reason), "{outcome}");
        let tables = "SELECT tablename::text FROM pg_tables WHERE schemaname = 'postgres'";
        assert_eq!(fleet.column("acme", tables), Vec::<String>::new());
        fleet.execute("acme", "DROP SCHEMA postgres");
        fleet.succeed("migrate-all --migrations m");
    });
}
