//! Migrations that are never applied as they stand. Nothing of them is, on any tenant.

use db_backend::BackendKind;
use insta::assert_snapshot;

use crate::support::cases::test_on;
use crate::support::fleet::{Fleet, outcomes_in_words};
use crate::support::server::{TestServer, on_server};

test_on! {
    sqlite, postgres, mysql: on_server {
        what_is_refused_stops_before_the_first_write,
        only_a_tenant_for_which_it_is_pending_is_stopped,
    }
}

/// Files that a back end must not get, each with a part of what is said about it.
fn refused(kind: BackendKind) -> &'static [(&'static str, &'static str)] {
    match kind {
        BackendKind::Sqlite => &[
            ("ATTACH DATABASE 'other.db' AS other; CREATE TABLE other.x (a INT)", "leaves"),
            ("/* a */ detach main", "leaves"),
            ("BEGIN; CREATE TABLE c (a INT); COMMIT", "controls the transaction"),
            ("CREATE TABLE c (a INT);\n.read other.sql\n", "only a client"),
            (" \n", "blank"),
            ("CREATE TABLE c (a TEXT DEFAULT 'x)", "never closed"),
        ],
        BackendKind::Postgres => &[
            ("\\connect other\nCREATE TABLE c (a INT)", "leaves"),
            ("\\restrict x\nCREATE TABLE c (a INT)", "only a client"),
            ("COPY b FROM stdin;\n1\n\\.\n", "only a client can send its rows"),
            ("DISCARD ALL", "discards the session"),
            ("COMMIT; CREATE TABLE c (a INT); BEGIN", "controls the transaction"),
            ("DROP DATABASE other_tenant", "leaves"),
            ("PREPARE TRANSACTION 'x'", "controls the transaction"),
        ],
        BackendKind::Mysql => &[
            ("CREATE TABLE c (a INT); USE other_tenant; CREATE TABLE d (a INT)", "leaves"),
            ("DROP DATABASE IF EXISTS other_tenant", "leaves"),
            ("create or replace /* a */ schema other_tenant", "leaves"),
            ("LOCK TABLES b WRITE; ALTER TABLE b ADD c INT; UNLOCK TABLES", "locks tables"),
            ("DELIMITER $$\nCREATE TABLE c (a INT) $$\nDELIMITER ;\n", "only a client"),
            (
                "CREATE TEMPORARY TABLE old AS SELECT * FROM b; ALTER TABLE b ADD c INT;\n\
                 INSERT INTO b (a) SELECT a FROM old",
                "uses the temporary table old of line 1",
            ),
            (
                "SET @n = (SELECT count(*) FROM b); ALTER TABLE b ADD c INT; UPDATE b SET c = @n",
                "uses the variable @n of line 1",
            ),
            ("START TRANSACTION; DELETE FROM b; ROLLBACK", "without a counterpart"),
            ("XA START 'x'", "without a counterpart"),
        ],
    }
}

fn what_is_refused_stops_before_the_first_write(server: &TestServer) {
    for (sql, reason) in refused(server.kind()) {
        let fleet = Fleet::new(server);
        fleet.write("m/1_b/up.sql", "CREATE TABLE b (a INT)");
        fleet.succeed("provision @acme --migrations m");
        fleet.write("m/2_fine/up.sql", "CREATE TABLE fine (a INT)");
        fleet.write("m/3_refused/up.sql", sql);
        for args in ["migrate-all --migrations m --dry-run", "migrate-all --migrations m"] {
            let outcome = fleet.run(args);
            assert_eq!(outcome.code, Some(4), "{sql}: {outcome}");
            assert!(outcome.stdout.contains(reason), "{sql}: {outcome}");
        }
        assert_eq!(fleet.history("acme"), ["1"], "{sql}");
        let (code, _) = fleet.json("provision @beta --migrations m");
        assert_eq!(code, Some(4), "{sql}");
    }
}

fn only_a_tenant_for_which_it_is_pending_is_stopped(server: &TestServer) {
    let fleet = Fleet::new(server);
    fleet.write("m/1_b/up.sql", "CREATE TABLE b (a INT)");
    fleet.succeed("provision @acme @beta --migrations m");
    // An old file that today would be refused, and that one of them has in its history.
    fleet.write("m/2_refused/up.sql", "");
    fleet.execute("acme", "INSERT INTO __diesel_schema_migrations (version) VALUES ('2')");
    fleet.write("m/3_c/up.sql", "CREATE TABLE c (a INT)");
    fleet.write("m/3_c/down.sql/keep", "a folder can't be read as a file");
    let (code, lines) = fleet.json("migrate-all --migrations m");
    assert_eq!(
        (code, outcomes_in_words(&lines).as_str()),
        (Some(4), "acme migrated, beta blocked")
    );
    assert_eq!(fleet.history("acme"), ["1", "2", "3"]);
    assert_eq!(fleet.history("beta"), ["1"]);
}

#[test]
fn a_refusal_names_file_line_reason_and_remedy() {
    on_server(BackendKind::Sqlite, |server| {
        let fleet = Fleet::new(server);
        fleet.write("m/1_b/up.sql", "CREATE TABLE b (a INT);\nATTACH 'x.db' AS x;\nCOMMIT;\n");
        fleet.write("m/2_c/up.sql", "");
        assert_snapshot!(fleet.run("provision @acme --migrations m"), @"
        exit code 4
        --- stdout
        1 tenant: 1 blocked
        slowest: acme [TIME]

        error: tenant `acme`: migration 1_b can't be applied: line 2 (ATTACH 'x.db' AS x): it leaves the tenant's database; line 3 (COMMIT): it controls the transaction that also holds the history; migration 2_c can't be applied: the file is blank
        hint: write the SQL, or delete the folder; take it out, since each migration is one transaction already; or, if the file has its own transactions, put `run_in_transaction = false` into metadata.toml beside it; take it out: a migration changes its own tenant only; connect another program to the other database
        --- stderr
        note: migration 1_b: line 2 (ATTACH 'x.db' AS x): it leaves the tenant's database
        note: migration 1_b: line 3 (COMMIT): it controls the transaction that also holds the history
        note: migration 2_c: the file is blank
        acme: blocked: migration 1_b can't be applied: line 2 (ATTACH 'x.db' AS x): it leaves the tenant's database; line 3 (COMMIT): it controls the transaction that also holds the history; migration 2_c can't be applied: the file is blank
        ");
    });
}

#[test]
fn a_statement_that_is_longer_than_the_server_takes_is_refused() {
    on_server(BackendKind::Mysql, |server| {
        let fleet = Fleet::new(server);
        fleet.write("m/1_b/up.sql", "CREATE TABLE b (a LONGTEXT)");
        fleet.succeed("provision @acme --migrations m");
        let limit: usize = fleet.column("acme", "SELECT CAST(@@max_allowed_packet AS CHAR)")[0]
            .parse()
            .expect("it is a number");
        fleet.write("m/2_c/up.sql", "CREATE TABLE c (a INT)");
        fleet.write("m/3_long/up.sql", &format!("INSERT INTO b VALUES ('{}')", "x".repeat(limit)));
        let outcome = fleet.run("migrate-all --migrations m");
        assert_eq!(outcome.code, Some(4));
        assert!(outcome.stdout.contains("bytes, and the server takes"), "{outcome}");
        assert_eq!(fleet.history("acme"), ["1"]);
    });
}
