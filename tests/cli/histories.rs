//! Histories and files that do not match. Such a tenant is not changed; all others are migrated.

use db_backend::BackendKind;
use insta::assert_snapshot;

use crate::support::cases::test_on;
use crate::support::fleet::{Fleet, outcomes_in_words};
use crate::support::server::{TestServer, on_server};

/// Two tenants at `2` of a folder with the versions 1, 2 and 3, of which 3 does not exist yet.
fn fleet_at_2(server: &TestServer) -> Fleet<'_> {
    let fleet = Fleet::new(server);
    fleet.write("m/1_one/up.sql", "CREATE TABLE one (id INTEGER);");
    fleet.write("m/2_two/up.sql", "CREATE TABLE two (id INTEGER);");
    fleet.succeed("provision @acme @beta --migrations m");
    fleet
}

/// The part of the output about the tenants that were not migrated.
fn errors(stdout: &str) -> &str {
    stdout.find("error:").map_or("", |start| &stdout[start..])
}

test_on! {
    sqlite, postgres, mysql: on_server {
        a_database_ahead_of_the_binary_is_not_changed,
        a_table_of_ours_with_other_columns_is_damaged,
        a_version_missing_in_the_middle_needs_leave,
        a_migration_edited_after_it_was_applied_is_seen,
        a_history_that_was_lost_is_not_started_over,
        what_stock_diesel_has_redone_is_not_edited,
        a_syntax_error_in_the_middle_of_a_file,
        provisioning_refuses_a_database_that_belongs_to_something_else,
    }
}

fn a_database_ahead_of_the_binary_is_not_changed(server: &TestServer) {
    let fleet = fleet_at_2(server);
    fleet.execute("acme", "INSERT INTO __diesel_schema_migrations (version) VALUES ('9')");
    fleet.write("m/3_three/up.sql", "CREATE TABLE three (id INTEGER);");

    let outcome = fleet.run("migrate-all --migrations m");
    assert_eq!(outcome.code, Some(4));
    assert_snapshot!(errors(&outcome.stdout), @"
    error: tenant `acme`: ahead of these migrations: 9 is unknown here
    hint: a newer release has migrated it; run that release, or restore its migrations
    ");
    assert_snapshot!(outcome.stderr.lines().find(|line| line.contains("blocked")).unwrap_or_default(), @"acme: blocked: ahead of these migrations: 9 is unknown here");
    assert_eq!(fleet.history("acme"), ["1", "2", "9"]);
    assert_eq!(fleet.history("beta"), ["1", "2", "3"]);
    assert_snapshot!(fleet.run("migrate-all --migrations m --dry-run"), @"
    exit code 4
    --- stdout
    2 tenants: 1 up to date, 1 blocked

    error: tenant `acme`: ahead of these migrations: 9 is unknown here
    hint: a newer release has migrated it; run that release, or restore its migrations
    ");
}

fn a_table_of_ours_with_other_columns_is_damaged(server: &TestServer) {
    for damage in [
        "ALTER TABLE __tenantctl_journal DROP COLUMN checksum",
        "ALTER TABLE __diesel_schema_migrations RENAME COLUMN version TO v",
    ] {
        let fleet = fleet_at_2(server);
        fleet.execute("acme", damage);
        let (code, lines) = fleet.json("migrate-all --migrations m");
        let finished = lines.iter().filter(|line| line["event"] == "tenant_finished");
        let acme = finished.into_iter().find(|line| line["tenant"] == "acme").unwrap();
        assert_eq!((code, &acme["kind"]), (Some(4), &"corrupt".into()), "{acme}");
        let message = acme["message"].as_str().unwrap();
        assert!(message.starts_with("a table that tenantctl keeps (__"), "{message}");
    }
}

fn a_version_missing_in_the_middle_needs_leave(server: &TestServer) {
    let fleet = fleet_at_2(server);
    fleet.write("m/15_late/up.sql", "CREATE TABLE late (id INTEGER);");

    let outcome = fleet.run("migrate-all --migrations m");
    assert_eq!(outcome.code, Some(4));
    assert_snapshot!(errors(&outcome.stdout), @"
    error: 2 tenants, such as `acme`: 15 is missing below the newest version 2
    hint: a late branch added them below the newest version applied; give them a newer version, or add --allow-out-of-order if the migrations do not depend on each other
    ");
    assert_eq!(fleet.history("acme"), ["1", "2"]);

    fleet.succeed("migrate-all --migrations m --allow-out-of-order");
    assert_eq!(fleet.history("acme"), ["1", "15", "2"]);
    let (code, lines) = fleet.json("migrate-all --migrations m");
    assert_eq!(code, Some(0), "{lines:?}");
}

fn a_migration_edited_after_it_was_applied_is_seen(server: &TestServer) {
    let fleet = fleet_at_2(server);
    fleet.write("m/1_one/up.sql", "CREATE TABLE one (id INTEGER, name VARCHAR(9));");
    fleet.write("m/3_three/up.sql", "CREATE TABLE three (id INTEGER);");
    let outcome = fleet.run("migrate-all --migrations m");
    assert_eq!(outcome.code, Some(4));
    assert_snapshot!(errors(&outcome.stdout), @"
    error: 2 tenants, such as `acme`: migration 1_one was edited after it had been applied
    hint: restore the published text of 1_one, and write the change as a new migration
    ");

    // Different line ends are no edit. Restoring the published text resolves one.
    fleet.write("m/1_one/up.sql", "CREATE TABLE one (id INTEGER);");
    fleet.succeed("migrate-all --migrations m");
    assert_eq!(fleet.history("acme"), ["1", "2", "3"]);
}

/// `diesel migration redo` of an edited file: its history row is younger than the journal's.
fn what_stock_diesel_has_redone_is_not_edited(server: &TestServer) {
    let fleet = fleet_at_2(server);
    fleet.write("m/2_two/up.sql", "CREATE TABLE two (id INTEGER, name VARCHAR(9));");
    fleet.execute("acme", "UPDATE __tenantctl_journal SET finished_at = '2026-01-01 00:00:00'");
    fleet.execute("acme", "DROP TABLE two");
    fleet.execute("acme", "DELETE FROM __diesel_schema_migrations WHERE version = '2'");
    fleet.execute("acme", "CREATE TABLE two (id INTEGER, name VARCHAR(9))");
    fleet.execute("acme", "INSERT INTO __diesel_schema_migrations (version) VALUES ('2')");
    fleet.write("m/3_three/up.sql", "CREATE TABLE three (id INTEGER);");
    let (code, lines) = fleet.json("migrate-all --migrations m");
    assert_eq!(
        (code, outcomes_in_words(&lines).as_str()),
        (Some(4), "acme migrated, beta blocked")
    );
}

fn a_history_that_was_lost_is_not_started_over(server: &TestServer) {
    let fleet = fleet_at_2(server);
    fleet.execute("acme", "DELETE FROM __diesel_schema_migrations");
    let outcome = fleet.run("migrate-all --migrations m");
    assert_eq!(outcome.code, Some(4));
    assert_snapshot!(errors(&outcome.stdout), @"
    error: tenant `acme`: recorded at version 2, but its migration history is empty
    hint: was the database replaced or restored empty? restore a backup of version 2 or older; if the tenant is meant to start over, provision a new one
    ");
}

fn a_syntax_error_in_the_middle_of_a_file(server: &TestServer) {
    let fleet = fleet_at_2(server);
    let broken = "CREATE TABLE three (id INTEGER);\n\nCREATE TABEL four (id INTEGER);\n\
                  INSERT INTO three VALUES (1);\n";
    fleet.write("m/3_three/up.sql", broken);
    fleet.write("m/4_four/up.sql", "CREATE TABLE five (id INTEGER);");
    fleet.execute("beta", "CREATE TABLE three (id INTEGER)");

    let outcome = fleet.run("migrate-all --migrations m --only @acme");
    assert_eq!(outcome.code, Some(4));
    let message = errors(&outcome.stdout);
    assert!(
        message.contains("3_three failed")
            && message.contains("statement 2 of 3 (line 3: CREATE TABEL"),
        "{message}"
    );
    let state = message.lines().find(|line| line.contains("state:")).unwrap_or_default().trim();
    let tables = fleet.differences("acme", &schema_model::Schema::EMPTY).len();
    if server.kind() == BackendKind::Mysql {
        assert_snapshot!(state, @"state: the first statement took effect");
        assert_eq!(tables, 3, "DDL commits by itself");
    } else {
        assert_snapshot!(state, @"state: rolled back");
        assert_eq!(tables, 2, "all of it is rolled back");
    }
    assert_eq!(fleet.history("acme"), ["1", "2"], "later migrations were not begun");

    // The cause differs for `beta`, so it is a separate group.
    let (code, lines) = fleet.json("migrate-all --migrations m");
    assert_eq!((code, outcomes_in_words(&lines).as_str()), (Some(4), "acme failed, beta failed"));
    fleet.execute("beta", "DROP TABLE three");

    fleet.write("m/3_three/up.sql", &broken.replace("TABEL", "TABLE"));
    let (code, lines) = fleet.json("migrate-all --migrations m");
    assert_eq!(code, Some(0), "{}: {lines:?}", server.kind());
    for tenant in ["acme", "beta"] {
        assert_eq!(fleet.history(tenant), ["1", "2", "3", "4"]);
        assert_eq!(fleet.column(tenant, "SELECT CAST(id AS CHAR(1)) FROM three"), ["1"]);
    }
}

#[test]
fn statements_that_took_effect_may_not_be_edited() {
    on_server(BackendKind::Mysql, |server| {
        let fleet = fleet_at_2(server);
        fleet.write("m/3_three/up.sql", "CREATE TABLE three (id INTEGER);\nCREATE TABEL four;\n");
        assert_eq!(fleet.run("migrate-all --migrations m").code, Some(4));
        fleet.write("m/3_three/up.sql", "CREATE TABLE tree (id INTEGER);\nSELECT 1;\n");
        let outcome = fleet.run("migrate-all --migrations m");
        assert_eq!(outcome.code, Some(4));
        assert_snapshot!(errors(&outcome.stdout), @"
        error: 2 tenants, such as `acme`: migration 3_three stopped after statement 1, and was edited in what may have taken effect
        hint: restore the earlier text of 3_three up to the statement that failed, since only what comes after that may be changed; if it had to be edited, `repair` takes your word for what is left
        ");
        assert_eq!(fleet.history("acme"), ["1", "2"]);
    });
}

fn provisioning_refuses_a_database_that_belongs_to_something_else(server: &TestServer) {
    let fleet = Fleet::new(server);
    fleet.create_database("theirs");
    fleet.execute("theirs", "CREATE TABLE theirs (id INTEGER)");
    let outcome = fleet.run("provision @theirs @ours");
    assert_eq!(outcome.code, Some(4));
    assert_snapshot!(errors(&outcome.stdout), @"
    error: tenant `theirs`: its database exists already, is not empty, and is not ours
    hint: if it is this tenant's own database, register it with `tenants add SLUG --database NAME`; otherwise rename it, and provision again
    ");
    assert_eq!(fleet.json("tenants show @ours").1[0]["tenant"]["state"], "active");
    assert_eq!(fleet.json("tenants show @theirs").1[0]["tenant"]["state"], "provisioning");

    let database = fleet.database_name("theirs");
    fleet.succeed(&format!("tenants add @theirs --database {database}"));
    assert_eq!(fleet.json("tenants show @theirs").1[0]["tenant"]["state"], "active");
}
