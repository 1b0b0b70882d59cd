//! After a kill at any named point, the same command finishes the work.

use db_backend::BackendKind;
use schema_core::tenant::SCHEMA;
use tenant_migrate::crash::{POINTS, PROVISIONING_POINTS};

use crate::support::cases::test_on;
use crate::support::fleet::Fleet;
use crate::support::server::{TestServer, on_server};

/// Enough for every statement of a migration, and for both of two migrations.
const PASSES_MAX: usize = 3;

/// A command that is killed: the state before it, and what must be true after it runs again.
struct Scenario {
    points: &'static [&'static [&'static str]],
    /// The points that the command does not reach on this back end.
    silent: &'static [&'static str],
    prepare: Option<&'static str>,
    command: &'static str,
    check: fn(&Fleet<'_>, &str),
}

test_on! {
    sqlite, postgres, mysql: on_server {
        a_killed_provisioning_is_finished,
        a_killed_migration_is_finished,
        a_migration_killed_outside_of_transactions_is_finished,
        a_killed_squashed_migration_is_finished,
        a_first_start_is_survived,
    }
}

fn a_killed_provisioning_is_finished(server: &TestServer) {
    // With transactional DDL nothing is in flight. Where the lock is the transaction, all of a
    // database's migrations share it.
    let silent: &[&str] = match server.kind() {
        BackendKind::Sqlite => &["after-in-flight-row"],
        BackendKind::Postgres => &["after-in-flight-row", "before-savepoint-release"],
        BackendKind::Mysql => &["before-savepoint-release"],
    };
    every_point_is_survived(
        server,
        &Scenario {
            points: &[POINTS, PROVISIONING_POINTS],
            silent,
            prepare: None,
            command: "provision @TENANT",
            check: |fleet, tenant| {
                at_head(fleet, tenant);
                let state = &fleet.json(&format!("tenants show @{tenant}")).1[0]["tenant"]["state"];
                assert_eq!(state, "active", "{tenant}");
                let registry = fleet.succeed("registry show");
                assert_eq!(fleet.owner(tenant), [registry.trim_end()], "{tenant}");
            },
        },
    );
}

fn a_killed_migration_is_finished(server: &TestServer) {
    let silent: &[&str] = match has_transactional_ddl(server) {
        true => &[
            "after-ensure-tables",
            "after-mark",
            "after-in-flight-row",
            "before-savepoint-release",
        ],
        false => &["after-ensure-tables", "after-mark", "before-savepoint-release"],
    };
    every_point_is_survived(
        server,
        &Scenario {
            points: &[POINTS],
            silent,
            prepare: Some("provision @TENANT --to 20261123154648"),
            command: "migrate-all --only @TENANT",
            check: at_head,
        },
    );
}

fn a_migration_killed_outside_of_transactions_is_finished(server: &TestServer) {
    every_point_is_survived(
        server,
        &Scenario {
            points: &[POINTS],
            silent: &["after-ensure-tables", "after-mark", "before-savepoint-release"],
            prepare: Some("provision @TENANT --migrations m --to 1"),
            command: "migrate-all --only @TENANT --migrations m",
            check: |fleet, tenant| {
                assert_eq!(fleet.history(tenant), ["1", "2"], "{tenant}");
                let rows = "SELECT CAST(id AS CHAR(1)) FROM two ORDER BY id";
                assert_eq!(fleet.column(tenant, rows), ["1", "2"], "{tenant}");
                assert_eq!(fleet.column(tenant, "SELECT id FROM three"), Vec::<String>::new());
                assert_journal_is_finished(fleet, tenant);
            },
        },
    );
}

/// Whatever a killed run left of it, the history has its members in the end.
fn a_killed_squashed_migration_is_finished(server: &TestServer) {
    let silent: &[&str] = match server.kind() {
        BackendKind::Sqlite => &["after-in-flight-row", "before-savepoint-release"],
        BackendKind::Postgres => &["after-in-flight-row", "before-savepoint-release"],
        BackendKind::Mysql => &["before-savepoint-release"],
    };
    every_point_is_survived(
        server,
        &Scenario {
            points: &[POINTS],
            silent,
            prepare: None,
            command: "provision @TENANT --migrations squashed --to 2",
            check: |fleet, tenant| {
                assert_eq!(fleet.history(tenant), ["1", "2"], "{tenant}");
                let rows = "SELECT CAST(id AS CHAR(1)) FROM two ORDER BY id";
                assert_eq!(fleet.column(tenant, rows), ["1", "2"], "{tenant}");
                assert_journal_is_finished(fleet, tenant);
                let head =
                    fleet.run(&format!("migrate-all --only @{tenant} --migrations squashed"));
                assert_eq!(head.code, Some(0), "{tenant}: {head}");
            },
        },
    );
}

fn has_transactional_ddl(server: &TestServer) -> bool {
    db_backend::Capabilities::of(server.kind()).transactional_ddl
}

/// Kills the command at each point, once for each time that it reaches the point.
fn every_point_is_survived(server: &TestServer, scenario: &Scenario) {
    let fleet = Fleet::new(server);
    write_migrations(&fleet, server);
    let mut silent = Vec::new();
    for (index, point) in scenario.points.concat().into_iter().enumerate() {
        for pass in 1..=PASSES_MAX {
            let tenant = format!("p{index}x{pass}");
            if let Some(prepare) = scenario.prepare {
                fleet.succeed(&prepare.replace("TENANT", &tenant));
            }
            let command = scenario.command.replace("TENANT", &tenant);
            let place = format!("{point}:{pass}");
            let crash = ("TENANTCTL_CRASH_AT", format!("{point}:{pass}"));
            let killed = fleet.program(&command).env(crash.0, crash.1).output().unwrap();
            let killed = fleet.outcome(killed);
            assert!(matches!(killed.code, None | Some(0)), "{place}: {killed}");
            if killed.code.is_some() {
                if pass == 1 {
                    silent.push(point);
                }
                // The command reaches the point fewer times, so higher counts need not be tried.
                break;
            }
            let again = fleet.run(&command);
            assert_eq!(again.code, Some(0), "{place}: {again}");
            (scenario.check)(&fleet, &tenant);
        }
    }
    assert_eq!(silent, scenario.silent, "exactly these points are not reached");
}

/// The folder `m`, whose second migration runs outside of transactions, and the folder `squashed`
/// with the same statements and a third migration.
fn write_migrations(fleet: &Fleet<'_>, server: &TestServer) {
    for folder in ["m", "squashed"] {
        let file = |name: &str| format!("{folder}/{name}/up.sql");
        fleet.write(&file("1_one"), "CREATE TABLE one (id INTEGER);");
        fleet.write(
            &file("2_two"),
            "CREATE TABLE two (id INTEGER);\nINSERT INTO two VALUES (1);\n\
             CREATE TABLE three (id INTEGER);\nINSERT INTO two VALUES (2);",
        );
    }
    fleet.write("squashed/3_four/up.sql", "CREATE TABLE four (id INTEGER);");
    let (kind, flag) = (server.kind(), server.scratch_flag());
    fleet.succeed(&format!("squash --below 3 --migrations squashed --back-end {kind}{flag}"));
    fleet.write("m/2_two/metadata.toml", "run_in_transaction = false");
}

fn at_head(fleet: &Fleet<'_>, tenant: &str) {
    assert_eq!(fleet.history(tenant), ["20261123154648", "20261123154738"], "{tenant}");
    assert_eq!(fleet.differences(tenant, &SCHEMA), Vec::<String>::new(), "{tenant}");
    assert_journal_is_finished(fleet, tenant);
}

fn assert_journal_is_finished(fleet: &Fleet<'_>, tenant: &str) {
    let open = "SELECT version FROM __tenantctl_journal \
                WHERE statements_done <> statements_total OR in_flight IS NOT NULL";
    assert_eq!(fleet.column(tenant, open), Vec::<String>::new(), "{tenant}");
    let rows = fleet.column(tenant, "SELECT version FROM __tenantctl_journal").len();
    assert_eq!(rows, fleet.history(tenant).len(), "{tenant}");
}

fn a_first_start_is_survived(server: &TestServer) {
    for point in POINTS.iter().chain(PROVISIONING_POINTS) {
        let cli = crate::support::cli::Cli::new();
        let system = server.fresh_database().expose();
        let mut command = cli.program();
        let args = ["--system-url", &system, "provision", "acme"];
        let killed = command.args(args).env("TENANTCTL_CRASH_AT", point).output().unwrap();
        let place = format!("{}, {point}: {}", server.kind(), cli.outcome(&killed));
        assert!(matches!(killed.status.code(), None | Some(0)), "{place}");
        let again = cli.run_args(&args);
        assert_eq!(again.code, Some(0), "{place}: {again}");
        let shown = cli.run_args(&["--system-url", &system, "tenants", "show", "acme"]);
        assert!(shown.stdout.contains("active"), "{place}: {shown}");
    }
}

#[test]
fn an_unknown_point_is_reported() {
    let cli = crate::support::cli::Cli::new();
    let mut command = cli.program();
    let output = command.args(["provision", "acme"]).env("TENANTCTL_CRASH_AT", "nowhere").output();
    let outcome = cli.outcome(&output.unwrap());
    assert!(outcome.stderr.starts_with("TENANTCTL_CRASH_AT is ignored: no crash point `nowhere`"));
    assert_eq!(outcome.code, Some(0));
}
