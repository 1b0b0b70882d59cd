//! Several runners on one fleet: each tenant is migrated once, and no runner fails.

use std::collections::BTreeMap;
use std::process::{Output, Stdio};

use db_backend::BackendKind;

use crate::support::cases::test_on;
use crate::support::cli::Cli;
use crate::support::fleet::{Fleet, outcomes};
use crate::support::server::{TestServer, available, on_server};
use crate::support::user::User;

/// Starts the program that many times with the same arguments, and waits for all of them.
fn at_once(fleet: &Fleet<'_>, times: usize, args: &str) -> Vec<Output> {
    let runners: Vec<_> = (0..times)
        .map(|_| {
            let mut program = fleet.program(args);
            program.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
        })
        .collect();
    runners.into_iter().map(|runner| runner.wait_with_output().unwrap()).collect()
}

/// For each tenant, the number of runs with each outcome.
fn tally(fleet: &Fleet<'_>, outputs: &[Output]) -> BTreeMap<String, BTreeMap<String, usize>> {
    let mut tally: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
    for output in outputs {
        assert_eq!(output.status.code(), Some(0), "{}", fleet.outcome(output.clone()));
        for (tenant, outcome) in outcomes(&fleet.lines(output)) {
            *tally.entry(tenant).or_default().entry(outcome).or_default() += 1;
        }
    }
    tally
}

fn once_each(runners: usize) -> BTreeMap<String, usize> {
    [("migrated".to_owned(), 1), ("up_to_date".to_owned(), runners - 1)].into()
}

test_on! {
    sqlite, postgres, mysql: on_server {
        two_runners_migrate_each_tenant_once,
        two_runners_share_migrations_outside_of_transactions,
        a_slug_provisioned_twice_at_the_same_time_is_provisioned_once,
    }
}

fn two_runners_migrate_each_tenant_once(server: &TestServer) {
    const TENANTS: usize = 30;
    let fleet = Fleet::new(server);
    let slugs: Vec<String> = (0..TENANTS).map(|number| format!("@t{number:02}")).collect();
    fleet.succeed(&format!("provision {} --to 20261123154648", slugs.join(" ")));
    let outputs = at_once(&fleet, 2, "migrate-all --format json");
    let tally = tally(&fleet, &outputs);
    assert_eq!(tally.len(), TENANTS);
    for (tenant, tally) in tally {
        assert_eq!(tally, once_each(2), "{}: {tenant}", server.kind());
        assert_eq!(fleet.history(&tenant).len(), 2);
    }
}

fn two_runners_share_migrations_outside_of_transactions(server: &TestServer) {
    let fleet = Fleet::new(server);
    fleet.write("m/1_one/up.sql", "CREATE TABLE one (id INTEGER);");
    fleet.succeed("provision @a @b @c @d --migrations m");
    fleet.write(
        "m/2_two/up.sql",
        "CREATE TABLE two (id INTEGER);\nINSERT INTO two VALUES (1);\nCREATE TABLE three (id INTEGER);",
    );
    fleet.write("m/2_two/metadata.toml", "run_in_transaction = false");
    let outputs = at_once(&fleet, 3, "migrate-all --migrations m --format json");
    for (tenant, tally) in tally(&fleet, &outputs) {
        assert_eq!(tally, once_each(3), "{}: {tenant}", server.kind());
        assert_eq!(fleet.column(&tenant, "SELECT CAST(id AS CHAR(1)) FROM two"), ["1"]);
    }
}

fn a_slug_provisioned_twice_at_the_same_time_is_provisioned_once(server: &TestServer) {
    let fleet = Fleet::new(server);
    for round in 0..3 {
        let outputs = at_once(&fleet, 3, &format!("provision @acme{round} --format json"));
        let applied = outputs.iter().flat_map(|output| fleet.lines(output));
        let applied = applied.filter(|line| line["event"] == "migration_applied").count();
        tally(&fleet, &outputs);
        assert_eq!(applied, 2, "{}: each migration once, by one of them", server.kind());
        let tenant = &fleet.json(&format!("tenants show @acme{round}")).1[0]["tenant"];
        assert_eq!(tenant["state"], "active");
        assert_eq!(fleet.history(&format!("acme{round}")).len(), 2);
    }
}

/// More tenants at once than a user may have sessions: they take turns, and none fails.
#[test]
fn a_busy_server_slows_a_run_down() {
    let Some(server) = available(BackendKind::Mysql) else { return };
    let user = User::on(server);
    let prefix = user.name().replace('_', "-");
    user.as_superuser(&format!(
        "GRANT ALL ON `tenant\\_{prefix}%`.* TO {name}",
        name = user.name()
    ));
    let cli = Cli::new();
    let added = cli.run(&format!("servers add main {}", user.url().expose()));
    assert_eq!(added.code, Some(0), "{added}");
    let slugs: Vec<String> = (0..12).map(|number| format!("{prefix}-{number}")).collect();
    for slug in &slugs {
        user.server().drop_at_end(&format!("tenant_{slug}"));
    }
    user.as_superuser(&format!("ALTER USER {} WITH MAX_USER_CONNECTIONS 2", user.name()));
    let provision = format!("provision {} --per-server 8 --to 20261123154648", slugs.join(" "));
    let provisioned = cli.run(&provision);
    assert_eq!(provisioned.code, Some(0), "{provisioned}");
    let migrated = cli.run("migrate-all --per-server 8");
    assert_eq!(migrated.code, Some(0), "{migrated}");
}
