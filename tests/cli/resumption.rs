//! What a run left half applied, and how the next one finishes it.

use std::process::Stdio;
use std::time::{Duration, Instant};

use db_backend::BackendKind;
use insta::assert_snapshot;

use crate::support::cases::test_on;
use crate::support::fleet::{Fleet, outcomes_in_words};
use crate::support::server::{TestServer, on_server};

test_on! {
    sqlite, postgres, mysql: on_server {
        a_transaction_of_the_file_is_applied_whole_or_not_at_all,
        a_person_can_say_what_is_left,
    }
}

/// Statements outside of our transaction, on every back end.
fn outside(fleet: &Fleet<'_>, folder: &str, sql: &str) {
    fleet.write(&format!("{folder}/up.sql"), sql);
    fleet.write(&format!("{folder}/metadata.toml"), "run_in_transaction = false\n");
}

/// SQLite's own recipe for a change of a table, and rows on servers
/// (<https://www.sqlite.org/lang_altertable.html#otheralter>).
const RECIPE: &str = "\
    PRAGMA foreign_keys = OFF;
    BEGIN;
    CREATE TABLE new_parent (id INTEGER PRIMARY KEY, name TEXT);
    INSERT INTO new_parent (id) SELECT id FROM parent;
    DROP TABLE parent;
    ALTER TABLE new_parent RENAME TO parent;
    COMMIT;
    PRAGMA foreign_keys = ON;";
const ROWS: &str = "\
    START TRANSACTION;
    INSERT INTO child VALUES (1);
    SAVEPOINT one;
    DELETE FROM child WHERE parent_id = 2;
    COMMIT;";

const ROWS_WITH_TABLES_LOCKED: &str = "\
    LOCK TABLES child WRITE, parent READ;
    INSERT INTO child VALUES (1);
    DELETE FROM child WHERE parent_id = 2;
    UPDATE child SET parent_id = 1;
    UNLOCK TABLES;
    DELETE FROM parent WHERE id = 2;";

/// After a kill at each point that the migration passes, the next run finishes it.
fn a_transaction_of_the_file_is_applied_whole_or_not_at_all(server: &TestServer) {
    let cases: &[(&str, [&str; 2])] = match server.kind() {
        BackendKind::Sqlite => &[(RECIPE, ["1", "2"])],
        BackendKind::Postgres => &[(ROWS, ["1", "1"])],
        BackendKind::Mysql => &[(ROWS, ["1", "1"]), (ROWS_WITH_TABLES_LOCKED, ["1", "1"])],
    };
    for (sql, expected) in cases {
        is_applied_whole_or_not_at_all(server, sql, expected);
    }
}

fn is_applied_whole_or_not_at_all(server: &TestServer, sql: &str, expected: &[&str]) {
    let points = ["after-begin", "after-statement:2", "after-statement:3", "after-journal-row"];
    for point in points.into_iter().chain(["before-commit", "after-commit", "after-history-row"]) {
        let fleet = Fleet::new(server);
        fleet.write(
            "m/1_start/up.sql",
            "CREATE TABLE parent (id INTEGER PRIMARY KEY);
             CREATE TABLE child (parent_id INTEGER, FOREIGN KEY (parent_id)
             REFERENCES parent (id) ON DELETE CASCADE);
             INSERT INTO parent VALUES (1), (2); INSERT INTO child VALUES (1), (2);",
        );
        fleet.succeed("provision @acme --migrations m");
        outside(&fleet, "m/2_block", sql);
        let mut program = fleet.program("migrate-all --migrations m");
        let killed = program.env("TENANTCTL_CRASH_AT", point).output().expect("the program runs");
        assert!(!killed.status.success(), "{point} was not passed");
        let outcome = fleet.run("migrate-all --migrations m");
        assert_eq!(outcome.code, Some(0), "{point}: {outcome}");
        let children = "SELECT CAST(parent_id AS CHAR(1)) FROM child ORDER BY parent_id";
        assert_eq!(fleet.column("acme", children), expected, "{point}");
        assert_eq!(fleet.history("acme"), ["1", "2"], "{point}");
    }
}

/// An edited file, of which a part took effect, is a dead end without a person's word.
fn a_person_can_say_what_is_left(server: &TestServer) {
    let fleet = Fleet::new(server);
    outside(&fleet, "m/1_a", "CREATE TABLE a (id INTEGER);\nCREATE TABEL b (id INTEGER);");
    assert_eq!(fleet.run("provision @acme --migrations m").code, Some(4));
    outside(&fleet, "m/1_a", "CREATE TABLE a2 (id INTEGER);\nCREATE TABLE b (id INTEGER);");
    let blocked = fleet.run("provision @acme --migrations m");
    assert!(blocked.stdout.contains("was edited in what may have taken effect"), "{blocked}");
    assert_snapshot!(fleet.run("repair @acme 1 --migrations m"), @"
    exit code 0
    --- stdout
    migration 1_a of tenant `acme` is half applied, and was edited since
      1 CREATE TABLE a2 (id INTEGER): took effect
      2 CREATE TABLE b (id INTEGER): did not take effect, or nothing shows it
    say what is left of it with --resume-at N, --done or --start-over
    ");
    assert_eq!(fleet.run("repair @acme 1 --resume-at 3 --migrations m").code, Some(2));
    assert_snapshot!(fleet.run("repair @acme 1 --resume-at 2 --migrations m"), @"
    exit code 0
    --- stdout
    migration 1_a of tenant `acme` is half applied, and was edited since
      1 CREATE TABLE a2 (id INTEGER): took effect
      2 CREATE TABLE b (id INTEGER): did not take effect, or nothing shows it
    recorded: the next run continues at statement 2
    ");
    fleet.succeed("provision @acme --migrations m");
    assert_eq!(fleet.history("acme"), ["1"]);
    fleet.execute("acme", "INSERT INTO a VALUES (1); INSERT INTO b VALUES (1)");
    let (_, shown) = fleet.json("tenants show @acme");
    assert!(shown.iter().any(|line| line.to_string().contains("resume_at")), "{shown:?}");
    assert_snapshot!(fleet.run("repair @acme 1 --done --migrations m"), @"
    exit code 2
    --- stderr
    error: tenant `acme` can't be repaired
      cause: migration 1_a is not half applied

    hint: `status --verify` shows where it is
    ");
}

/// The connection is ended while the rows of a unit are being written, and the process is killed.
#[test]
fn rows_and_the_variables_between_them_happen_together() {
    on_server(BackendKind::Mysql, |server| {
        for kills_process in [false, true] {
            let fleet = Fleet::new(server);
            fleet.write(
                "m/1_start/up.sql",
                "CREATE TABLE plan (id INT AUTO_INCREMENT PRIMARY KEY, name TEXT);
                 CREATE TABLE seat (plan_id INT);",
            );
            fleet.succeed("provision @acme --migrations m");
            fleet.write(
                "m/2_rows/up.sql",
                "INSERT INTO plan (name) VALUES ('basic'); SET @plan = LAST_INSERT_ID();
                 DO SLEEP(3); INSERT INTO seat VALUES (@plan)",
            );
            let mut program = fleet.program("migrate-all --migrations m");
            let mut program =
                program.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it runs");
            let session = sleeping_session(&fleet);
            if kills_process {
                program.kill().expect("it is running");
            }
            fleet.execute("acme", &format!("KILL {session}"));
            let ended = program.wait().expect("it ends");
            if kills_process {
                fleet.succeed("migrate-all --migrations m");
            } else {
                assert!(ended.success(), "the attempt after a lost connection succeeds");
            }
            let joined = "SELECT name FROM plan JOIN seat ON plan.id = plan_id";
            assert_eq!(fleet.column("acme", joined), ["basic"]);
            assert_eq!(fleet.column("acme", "SELECT CAST(count(*) AS CHAR) FROM plan"), ["1"]);
        }
    });
}

/// The session that sleeps in that tenant's database.
fn sleeping_session(fleet: &Fleet<'_>) -> String {
    let query = "SELECT CAST(id AS CHAR) FROM information_schema.processlist \
                 WHERE db = DATABASE() AND info LIKE 'DO SLEEP%'";
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        if let Some(session) = fleet.column("acme", query).pop() {
            return session;
        }
        assert!(Instant::now() < deadline, "no session sleeps");
    }
}

#[test]
fn constant_settings_are_set_again_before_a_run_continues() {
    on_server(BackendKind::Mysql, |server| {
        let fleet = Fleet::new(server);
        fleet.write("m/1_start/up.sql", "CREATE TABLE parent (id INT PRIMARY KEY)");
        fleet.succeed("provision @acme --migrations m");
        let file = "SET @OLD = @@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS = 0;
            CREATE TABLE child (id INT, FOREIGN KEY (id) REFERENCES parent (id));
            INSERT INTO child VALUES (7);
            CREATE TABLE other (id STRANGE);
            INSERT INTO child VALUES (8);
            SET FOREIGN_KEY_CHECKS = @OLD;";
        fleet.write("m/2_child/up.sql", file);
        assert_eq!(fleet.run("migrate-all --migrations m").code, Some(4));
        fleet.write("m/2_child/up.sql", &file.replace("STRANGE", "INT"));
        fleet.succeed("migrate-all --migrations m");
        let children = fleet.column("acme", "SELECT CAST(id AS CHAR) FROM child ORDER BY id");
        assert_eq!(children, ["7", "8"]);
    });
}

/// A rollback takes nothing back there, whether a statement names such a table or reaches it
/// through a view or a trigger.
#[test]
fn rows_of_a_table_without_transactions_are_not_written_again_on_a_guess() {
    on_server(BackendKind::Mysql, |server| {
        for writes in [
            "INSERT INTO Loose VALUES (1)",
            "INSERT INTO seen VALUES (1)",
            "INSERT INTO t VALUES (1)",
        ] {
            let fleet = Fleet::new(server);
            fleet.write(
                "m/1_start/up.sql",
                "CREATE TABLE Loose (a INT) ENGINE = MyISAM; CREATE VIEW seen AS SELECT a FROM Loose;
                 CREATE TABLE t (a INT PRIMARY KEY);
                 CREATE TRIGGER copied AFTER INSERT ON t FOR EACH ROW INSERT INTO Loose VALUES (NEW.a)",
            );
            fleet.succeed("provision @acme --migrations m");
            fleet.write("m/2_rows/up.sql", &format!("{writes};\nINSERT INTO t VALUES (2), (2)"));
            // It fails in a transaction, which takes back only a part.
            let outcome = fleet.run("migrate-all --migrations m");
            assert!(outcome.stdout.contains("it may have taken effect in part"), "{outcome}");
            let again = fleet.run("migrate-all --migrations m");
            assert!(again.stdout.contains("an earlier run was interrupted"), "{again}");
            assert!(again.stdout.contains("`--resume-at`"), "{again}");

            fleet.execute("acme", "DELETE FROM Loose");
            fleet.write("m/2_rows/up.sql", &format!("{writes};\nINSERT INTO t VALUES (2)"));
            fleet.succeed("repair @acme 2 --start-over --migrations m");
            // It is killed between two of them.
            let mut program = fleet.program("migrate-all --migrations m");
            let killed = program.env("TENANTCTL_CRASH_AT", "after-statement:1").output();
            assert!(!killed.expect("the program runs").status.success(), "{writes}");
            let again = fleet.run("migrate-all --migrations m");
            assert!(again.stdout.contains("an earlier run was interrupted"), "{again}");
            assert_eq!(
                fleet.column("acme", "SELECT CAST(a AS CHAR) FROM Loose"),
                ["1"],
                "{writes}"
            );

            fleet.execute("acme", "DELETE FROM Loose");
            fleet.succeed("repair @acme 2 --start-over --migrations m");
            fleet.succeed("migrate-all --migrations m");
            assert_eq!(fleet.history("acme"), ["1", "2"], "{writes}");
        }
    });
}

#[test]
fn a_routine_that_failed_halfway_is_not_called_again_on_a_guess() {
    on_server(BackendKind::Mysql, |server| {
        let fleet = Fleet::new(server);
        fleet.write(
            "m/1_start/up.sql",
            "CREATE TABLE t (id INT);
             CREATE PROCEDURE fill() BEGIN INSERT INTO t VALUES (1); INSERT INTO nowhere VALUES (2);
             END",
        );
        fleet.succeed("provision @acme --migrations m");
        fleet.write("m/2_call/up.sql", "CALL fill()");
        let outcome = fleet.run("migrate-all --migrations m");
        assert!(outcome.stdout.contains("it may have taken effect in part"), "{outcome}");
        let (code, lines) = fleet.json("migrate-all --migrations m");
        assert_eq!((code, outcomes_in_words(&lines).as_str()), (Some(4), "acme failed"));
        assert_eq!(fleet.column("acme", "SELECT CAST(id AS CHAR) FROM t"), ["1"]);
        fleet.succeed("repair @acme 2 --done --migrations m");
        fleet.succeed("migrate-all --migrations m");
        assert_eq!(fleet.history("acme"), ["1", "2"]);
    });
}

#[test]
fn an_invalid_index_is_named_and_dropped_before_the_next_try() {
    on_server(BackendKind::Postgres, |server| {
        let fleet = Fleet::new(server);
        fleet.write("m/1_start/up.sql", "CREATE TABLE t (a int); INSERT INTO t VALUES (1), (1)");
        fleet.succeed("provision @acme --migrations m");
        outside(&fleet, "m/2_index", "CREATE UNIQUE INDEX CONCURRENTLY t_a ON t (a)");
        let outcome = fleet.run("migrate-all --migrations m");
        assert_eq!(outcome.code, Some(4));
        assert!(outcome.stdout.contains("it left the invalid index t_a"), "{outcome}");
        fleet.execute("acme", "DELETE FROM t");
        fleet.succeed("migrate-all --migrations m");
        let valid = "SELECT indisvalid::text FROM pg_index WHERE indexrelid = 't_a'::regclass";
        assert_eq!(fleet.column("acme", valid), ["true"]);
    });
}

/// In a transaction of the file, a routine is rolled back with the rest, and nothing is in doubt.
#[test]
fn a_routine_that_fails_in_a_transaction_is_rolled_back_with_it() {
    on_server(BackendKind::Postgres, |server| {
        let fleet = Fleet::new(server);
        fleet.write(
            "m/1_start/up.sql",
            "CREATE TABLE t (id int);
             CREATE PROCEDURE fill() LANGUAGE sql AS
             $$ INSERT INTO t VALUES (1); INSERT INTO t VALUES (1 / 0) $$",
        );
        fleet.succeed("provision @acme --migrations m");
        let file = "CREATE TABLE u (id int); BEGIN; CALL fill(); COMMIT";
        outside(&fleet, "m/2_call", file);
        let outcome = fleet.run("migrate-all --migrations m");
        assert!(outcome.stdout.contains("the first statement took effect"), "{outcome}");
        assert_eq!(fleet.column("acme", "SELECT id::text FROM t"), Vec::<String>::new());
        outside(&fleet, "m/2_call", &file.replace("CALL fill()", "INSERT INTO t VALUES (2)"));
        fleet.succeed("migrate-all --migrations m");
        assert_eq!(fleet.column("acme", "SELECT id::text FROM t"), ["2"]);
    });
}
