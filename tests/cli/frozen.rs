//! Servers that are frozen, and not down: they answer nothing, and keep their connections.

use insta::assert_snapshot;

use crate::support::cases::test_on;
use crate::support::fleet::{Fleet, outcomes_in_words};
use crate::support::proxy::Proxy;
use crate::support::server::{TestServer, on_server};

test_on! {
    postgres, mysql: on_server {
        a_server_that_freezes_in_a_statement_costs_only_its_own_tenants,
        a_server_that_freezes_is_an_answer_to_those_who_look,
        a_server_that_freezes_while_a_database_is_created_fails_that_tenant,
        a_frozen_system_database_is_named,
        a_system_database_that_freezes_in_a_run_stops_no_tenant,
    }
}

/// `acme` on a server that freezes at that text, and `beta` on one that does not; both are at the
/// first of two migrations.
fn half_frozen<'s>(server: &'s TestServer, trigger: &'static str) -> (Fleet<'s>, Proxy) {
    let fleet = Fleet::new(server);
    fleet.write("migrations/1_a/up.sql", "CREATE TABLE a (id INTEGER PRIMARY KEY);");
    fleet.write("migrations/2_b/up.sql", "CREATE TABLE freezing (id INTEGER PRIMARY KEY);");
    let proxy = Proxy::freezing_at(server, trigger);
    fleet.succeed("provision @beta --migrations migrations --to 1 --server main");
    (fleet, proxy)
}

/// What is read from every database first.
const HISTORY: &str = "__diesel_schema_migrations";
const IMPATIENT: &str = "--migrations migrations --statement-timeout 1 --connect-timeout 1";

fn a_server_that_freezes_in_a_statement_costs_only_its_own_tenants(server: &TestServer) {
    let (fleet, proxy) = half_frozen(server, "CREATE TABLE freezing");
    fleet.succeed(&format!("servers add frozen {}", proxy.url.expose()));
    fleet.succeed("provision @acme --migrations migrations --to 1 --server frozen");
    let outcome = fleet.run(&format!("migrate-all {IMPATIENT}"));
    assert_snapshot!(outcome, @"
    exit code 4
    --- stdout
    2 tenants: 1 migrated, 1 failed
           1 at 2
           1 at 1
    slowest: acme [TIME], beta [TIME]

    error: tenant `acme`: migration 2_b failed
      at:    statement 1 of 1 (line 1: CREATE TABLE freezing (id INTEGER PRIMARY KEY))
      cause: given up after [TIME] without an answer
      state: the database did not confirm it, and the next run reads what took effect
    hint: its server, or the disk that it is on, seems to be frozen: look there; the next run reads what became of it
    --- stderr
    beta: migrated to 2 (1 applied, [TIME])
    acme: failed: migration 2_b failed at statement 1 of 1 (line 1: CREATE TABLE freezing (id INTEGER PRIMARY KEY)): given up after [TIME] without an answer; the database did not confirm it, and the next run reads what took effect
    ");
    assert_eq!(fleet.history("beta"), ["1", "2"]);

    proxy.thaw();
    fleet.succeed("migrate-all --migrations migrations");
    assert_eq!(fleet.history("acme"), ["1", "2"]);
}

fn a_server_that_freezes_is_an_answer_to_those_who_look(server: &TestServer) {
    let (fleet, proxy) = half_frozen(server, HISTORY);
    fleet.succeed(&format!("servers add frozen {}", proxy.url.expose()));
    fleet.succeed("provision @acme --migrations migrations --to 1 --server main");
    // In the registry only, since each look at its database freezes it.
    let id = "(SELECT id FROM servers WHERE name = 'frozen')";
    let acme = format!("UPDATE tenants SET server_id = {id} WHERE slug LIKE '%acme'");
    fleet.system().execute(&acme).unwrap();
    let outcome = fleet.run(&format!("migrate-all --dry-run {IMPATIENT}"));
    assert_eq!(outcome.code, Some(4), "{outcome}");
    assert_snapshot!(outcome.stdout, @"
    2 tenants: 1 to migrate, 1 unreadable
           1 need 2

    error: tenant `acme`: no answer
      cause: given up after [TIME] without an answer
    hint: its server, or the disk that it is on, seems to be frozen: look there; the next run reads what became of it
    ");
    // Now it takes no connection either.
    let outcome = fleet.run(&format!("status --verify {IMPATIENT}"));
    assert_eq!(outcome.code, Some(4), "{outcome}");
    assert!(outcome.stdout.contains("error: tenant `acme`: server unreachable"), "{outcome}");
}

fn a_server_that_freezes_while_a_database_is_created_fails_that_tenant(server: &TestServer) {
    let (fleet, proxy) = half_frozen(server, "CREATE DATABASE");
    fleet.succeed(&format!("servers add frozen {}", proxy.url.expose()));
    let (code, lines) = fleet.json(&format!("provision @acme --server frozen {IMPATIENT}"));
    assert_eq!((code, &*outcomes_in_words(&lines)), (Some(4), "acme failed"));
    proxy.thaw();
    fleet.succeed("provision @acme --server frozen --migrations migrations");
}

/// A registry on that server, and its address through a proxy.
fn registry_through(server: &TestServer, proxy: &Proxy) -> (String, String) {
    let database = server.fresh_database();
    let direct = database.expose();
    let name = database.name();
    (direct.to_owned(), proxy.url.database(&name).expect("a plain name").expose().to_owned())
}

fn a_frozen_system_database_is_named(server: &TestServer) {
    let (fleet, _proxy) = half_frozen(server, "never sent");
    let proxy = Proxy::freezing_at(server, HISTORY);
    let (direct, frozen) = registry_through(server, &proxy);
    fleet.succeed(&format!("--system-url {direct} servers add main {}", fleet.url().expose()));
    let outcome = fleet.run(&format!("--system-url {frozen} migrate-all {IMPATIENT}"));
    assert_eq!(outcome.code, Some(1), "{outcome}");
    assert_snapshot!(outcome.stderr, @"
    error: the system database can't be opened
      cause: given up after [TIME] without an answer

    hint: its server, or the disk that it is on, seems to be frozen: look there; the next run reads what became of it
    ");
}

fn a_system_database_that_freezes_in_a_run_stops_no_tenant(server: &TestServer) {
    let (fleet, _proxy) = half_frozen(server, "never sent");
    let proxy = Proxy::freezing_at(server, "run_outcomes");
    let (direct, frozen) = registry_through(server, &proxy);
    fleet.succeed(&format!("--system-url {direct} servers add main {}", fleet.url().expose()));
    let provision = "provision @acme --migrations migrations --to 1";
    fleet.succeed(&format!("--system-url {direct} {provision}"));
    let outcome = fleet.run(&format!("--system-url {frozen} migrate-all {IMPATIENT}"));
    assert_eq!(outcome.code, Some(1), "{outcome}");
    assert_snapshot!(outcome.stderr, @"
    acme: migrated to 2 (1 applied, [TIME])
    error: the run is finished, and what it did to tenants stays
      cause: the outcomes of 1 of 1 tenants are not recorded, such as that of `acme`
      cause: no connection to the system database
      cause: timed out waiting for connection

    hint: free the system database, or some space for it; the same command again records the tenants, and does nothing twice
    ");
    assert_eq!(fleet.history("acme"), ["1", "2"]);
}
