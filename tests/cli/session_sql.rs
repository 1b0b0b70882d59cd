//! A team's own SQL around the work on each tenant.

use db_backend::BackendKind;
use insta::assert_snapshot;

use crate::support::cases::test_on;
use crate::support::cli::Cli;
use crate::support::fleet::Fleet;
use crate::support::server::{TestServer, available, on_server};

test_on! {
    sqlite, postgres, mysql: on_server {
        each_session_begins_and_ends_with_it,
        what_fails_before_is_an_outcome_and_nothing_is_applied,
        what_fails_after_is_an_outcome_and_what_was_applied_stays,
        a_repair_has_a_session_like_any_other,
        replays_and_proofs_begin_their_sessions_with_it,
    }
}

/// A fleet with two migrations, of which the first needs another session after it.
fn fleet(server: &TestServer) -> Fleet<'_> {
    let fleet = Fleet::new(server);
    let changes_session = match server.kind() {
        BackendKind::Sqlite => "PRAGMA cache_size = 100;",
        BackendKind::Postgres => "SET statement_timeout = '1h';",
        BackendKind::Mysql => "SET sql_mode = 'ANSI_QUOTES';",
    };
    fleet.write("m/1_log/up.sql", "CREATE TABLE log (what VARCHAR(20));");
    fleet.write("m/2_one/up.sql", &format!("CREATE TABLE one (id INTEGER); {changes_session}"));
    fleet.write("m/3_two/up.sql", "CREATE TABLE two (id INTEGER);");
    fleet
}

fn log(fleet: &Fleet<'_>) -> String {
    fleet.column("acme", "SELECT what FROM log").join(" ")
}

fn each_session_begins_and_ends_with_it(server: &TestServer) {
    let fleet = fleet(server);
    fleet.succeed("provision @acme --migrations m --to 1");
    let own = server.kind();
    fleet.write(
        "tenantctl.toml",
        &format!(
            "[session]\nbefore = [\"INSERT INTO log VALUES ('before')\"]\n\
             after = \"INSERT INTO log VALUES ('after')\"\n\
             [session.{own}]\nbefore = \"INSERT INTO log VALUES ('own');\"\n"
        ),
    );
    for looks in ["migrate-all --dry-run", "status --verify", "tenants census"] {
        fleet.run(&format!("{looks} --migrations m"));
        assert_eq!(log(&fleet), "", "{looks} only reads");
    }
    fleet.succeed("migrate-all --migrations m");
    assert_eq!(fleet.history("acme"), ["1", "2", "3"]);
    assert_eq!(log(&fleet), "before own before own after", "{own}");
    fleet.succeed("migrate-all --migrations m");
    assert_eq!(log(&fleet), "before own before own after", "nothing was pending");
}

fn what_fails_before_is_an_outcome_and_nothing_is_applied(server: &TestServer) {
    let fleet = fleet(server);
    fleet.succeed("provision @acme @beta --migrations m --to 1");
    fleet.execute("acme", "DROP TABLE log");
    fleet.write("tenantctl.toml", "[session]\nbefore = \"INSERT INTO log VALUES ('before')\"\n");
    let outcome = fleet.run("migrate-all --migrations m");
    assert_eq!(outcome.code, Some(4), "{outcome}");
    let said = "error: tenant `acme`: session SQL failed\n  cause: SQL before the session \
                (`INSERT INTO log VALUES ('before')`): ";
    assert!(outcome.stdout.contains(said), "{outcome}");
    assert_eq!(fleet.history("acme"), ["1"]);
    assert_eq!(fleet.history("beta"), ["1", "2", "3"], "another tenant");
    let (_, lines) = fleet.json("migrate-all --migrations m --only @acme");
    let finished = lines.iter().find(|line| line["event"] == "tenant_finished").unwrap();
    assert_eq!(finished["kind"], "session_sql", "{finished}");
}

fn what_fails_after_is_an_outcome_and_what_was_applied_stays(server: &TestServer) {
    let fleet = fleet(server);
    fleet.write("tenantctl.toml", "[session]\nafter = \"INSERT INTO nowhere VALUES (1)\"\n");
    let (code, lines) = fleet.json("provision @acme --migrations m");
    let finished = lines.iter().find(|line| line["event"] == "tenant_finished").unwrap();
    assert_eq!((code, &finished["kind"]), (Some(4), &"session_sql".into()), "{finished}");
    assert_eq!(finished["applied"].as_array().map(Vec::len), Some(3), "{finished}");
    assert_eq!(fleet.history("acme"), ["1", "2", "3"]);
    fleet.write("tenantctl.toml", "");
    fleet.succeed("provision @acme --migrations m");
}

fn a_repair_has_a_session_like_any_other(server: &TestServer) {
    let fleet = Fleet::new(server);
    fleet.write("m/1_log/up.sql", "CREATE TABLE log (what VARCHAR(20));");
    fleet
        .write("m/2_half/up.sql", "CREATE TABLE one (id INTEGER);\nCREATE TABEL two (id INTEGER);");
    fleet.write("m/2_half/metadata.toml", "run_in_transaction = false\n");
    assert_eq!(fleet.run("provision @acme --migrations m").code, Some(4));
    let settings = |before: &str, after: &str| {
        let text = |what: &str| format!("\"INSERT INTO {what}\"");
        let text = format!("[session]\nbefore = {}\nafter = {}\n", text(before), text(after));
        fleet.write("tenantctl.toml", &text);
    };
    let repair = |how: &str| fleet.run(&format!("repair @acme 2 {how} --migrations m"));

    settings("nowhere VALUES (1)", "log VALUES ('after')");
    let failed = repair("--done");
    assert_eq!(failed.code, Some(1), "{failed}");
    let said = "SQL before the session (`INSERT INTO nowhere VALUES (1)`)";
    assert!(failed.stderr.contains(said), "{failed}");
    assert_eq!(fleet.history("acme"), ["1"], "nothing was recorded");

    settings("log VALUES ('before')", "log VALUES ('after')");
    assert_eq!(repair("").code, Some(0));
    assert_eq!(log(&fleet), "", "it only reads");
    assert_eq!(repair("--resume-at 2").code, Some(0));
    assert_eq!(log(&fleet), "before after");

    settings("log VALUES ('before')", "nowhere VALUES (1)");
    let failed = repair("--done");
    assert_eq!(failed.code, Some(1), "{failed}");
    assert!(failed.stderr.contains("the repair is recorded; session SQL failed"), "{failed}");
    assert_eq!(fleet.history("acme"), ["1", "2"]);
}

/// Migrations that only work in a session that has begun as those of tenants do.
fn replays_and_proofs_begin_their_sessions_with_it(server: &TestServer) {
    let fleet = Fleet::new(server);
    let (before, up) = match server.kind() {
        BackendKind::Sqlite => (
            "CREATE TEMP TABLE begun (id INTEGER)",
            "CREATE TABLE one (id INTEGER); INSERT INTO one SELECT count(*) FROM begun;",
        ),
        BackendKind::Postgres => (
            "SET app.begun = '7'",
            "CREATE TABLE one (id INTEGER); INSERT INTO one \
             SELECT current_setting('app.begun')::int;",
        ),
        BackendKind::Mysql => (
            "SET FOREIGN_KEY_CHECKS = 0",
            "CREATE TABLE one (id INT PRIMARY KEY, other INT, \
             FOREIGN KEY (other) REFERENCES later (id)); CREATE TABLE later (id INT PRIMARY KEY);",
        ),
    };
    fleet.write("m/1_one/up.sql", up);
    fleet.write("m/2_two/up.sql", "CREATE TABLE two (id INTEGER);");
    let kind = server.kind();
    let commands = ["check", "squash --below 3", "schema import --out schema.rs"];
    let run = |command: &str| {
        let scratch = server.scratch_flag();
        fleet.run(&format!("{command} --migrations m --back-end {kind}{scratch}"))
    };
    fleet.write("tenantctl.toml", "");
    assert_eq!(run("check").code, Some(1), "without it");
    fleet.write("m/3_three/up.sql", "CREATE TABLE three (id INTEGER);");
    fleet.write("tenantctl.toml", &format!("[session.{kind}]\nbefore = {before:?}\n"));
    for command in commands {
        let outcome = run(command);
        assert_eq!(outcome.code, Some(0), "{command}: {outcome}");
    }
    fleet.write("tenantctl.toml", "[session]\nbefore = \"INSERT INTO one VALUES (1)\"\n");
    for command in commands {
        let outcome = run(command);
        assert_eq!(outcome.code, Some(1), "{command}: {outcome}");
        let said = "error: SQL before the session fails in an empty scratch database on ";
        assert!(outcome.stderr.contains(said), "{outcome}");
        assert!(outcome.stderr.contains(": `INSERT INTO one VALUES (1)`\n  cause: "), "{outcome}");
        assert!(outcome.stderr.contains("hint: `session.before` begins the sessions"), "{outcome}");
    }
}

/// What another program holds for the time of its own work.
#[test]
fn an_advisory_lock_is_waited_for_within_the_limit() {
    let Some(server) = available(BackendKind::Postgres) else { return };
    let fleet = fleet(&server);
    fleet.succeed("provision @acme --migrations m --to 1");
    fleet.write("tenantctl.toml", "[session]\nbefore = \"SELECT pg_advisory_lock(0)\"\n");
    let mut other = fleet.open("acme");
    other.execute("SELECT pg_advisory_lock(0)").expect("nobody has it");
    let held = fleet.run("migrate-all --migrations m --lock-timeout 0.2");
    assert_eq!(held.code, Some(4), "{held}");
    assert!(held.stdout.contains("(`SELECT pg_advisory_lock(0)`)"), "{held}");
    assert_eq!(fleet.history("acme"), ["1"]);
    drop(other);
    fleet.succeed("migrate-all --migrations m");
}

#[test]
fn what_is_wrong_with_it_is_said_before_anything_is_done() {
    let cli = Cli::new();
    let run = |file: &str, args: &str| {
        std::fs::write(cli.folder().join("tenantctl.toml"), file).unwrap();
        cli.run(args).to_string()
    };
    let wrong = "[session]\nbefore = [\"BEGIN\", \"SELECT 'open\"]\nafter = \"ATTACH 'x' AS y\"\n";
    assert_snapshot!(run(wrong, "provision acme"), @"
    exit code 2
    --- stderr
    error: tenantctl.toml: session: `ATTACH 'x' AS y`: it leaves the tenant's database
    tenantctl.toml: session: `BEGIN`: the transactions of a run are its own; leave it out
    tenantctl.toml: session: `SELECT 'open`: line 1: this quote is never closed
    ");
    assert!(!cli.folder().join(".tenantctl").exists(), "nothing was created");
    let wrong = "[session]\nbefor = 1\nafter = [1]\n[session.sqlite]\nbefore = 2\nx = 1\n\
                 [session.oracle]\nbefore = \"x\"\n";
    assert_snapshot!(run(wrong, "config"), @"
    exit code 2
    --- stderr
    error: tenantctl.toml: session.after: must be a text, or a list of texts
    tenantctl.toml: `session.befor` is unknown; did you mean `session.before`?
    tenantctl.toml: `session.oracle` is unknown; did you mean `session.before`?
    tenantctl.toml: session.sqlite: before: must be a text, or a list of texts
    ");
    let right =
        "[session]\nbefore = \"SELECT 1\"\n[session.mysql]\nafter = [\"SELECT 2\", \"SELECT 3\"]\n";
    let shown = run(right, "config");
    let shown: Vec<&str> = shown.lines().filter(|line| line.starts_with("session")).collect();
    assert_snapshot!(shown.join("\n"), @"
    session.before            SELECT 1            tenantctl.toml
    session.after             -                   default
    session.mysql.after       SELECT 2; SELECT 3  tenantctl.toml
    ");
}
