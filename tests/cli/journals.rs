//! Journals of other releases: an older one is upgraded, and a newer one stops its tenant.

use insta::assert_snapshot;

use crate::support::cases::test_on;
use crate::support::fleet::{Fleet, outcomes_in_words};
use crate::support::server::{TestServer, on_server};

const FIRST: &str = "20261123154648";
const HEAD: &str = "20261123154738";

test_on! {
    sqlite, postgres, mysql: on_server {
        a_newer_journal_stops_its_tenant_and_no_other,
        the_journal_of_an_older_release_is_upgraded_by_the_next_write,
        an_upgrade_that_is_killed_is_finished,
    }
}

/// A text without this release's own number.
fn shown(text: impl ToString) -> String {
    text.to_string().replace(env!("CARGO_PKG_VERSION"), "[OWN]")
}

fn writers(fleet: &Fleet<'_>, name: &str) -> Vec<String> {
    fleet.column(
        name,
        "SELECT coalesce(written_by, 'nobody') FROM __tenantctl_journal ORDER BY version",
    )
}

fn a_newer_journal_stops_its_tenant_and_no_other(server: &TestServer) {
    let fleet = Fleet::new(server);
    fleet.succeed(&format!("provision @acme @beta @gone --to {FIRST}"));
    for name in ["acme", "gone"] {
        fleet.execute(name, "UPDATE __tenantctl_journal SET written_by = '2 9.1.0'");
    }
    // It may even have other columns.
    fleet.execute("gone", "ALTER TABLE __tenantctl_journal DROP COLUMN done_checksum");
    let outcome = fleet.run("migrate-all");
    assert_eq!(outcome.code, Some(4), "{outcome}");
    let (_, error) = outcome.stdout.split_once("error: ").expect("two are blocked");
    assert_snapshot!(shown(error), @"
    2 tenants, such as `acme`: its journal was written by tenantctl 9.1.0, which is newer than this one ([OWN])
    hint: use at least tenantctl 9.1.0
    ");
    for name in ["acme", "gone"] {
        assert_eq!(fleet.history(name), [FIRST], "{}", server.kind());
    }
    assert_eq!(fleet.history("beta"), [FIRST, HEAD]);
    for command in ["migrate-all --dry-run", "status --verify", "migrate-all --take-over"] {
        let outcome = fleet.run(&format!("{command} --only @acme"));
        assert_eq!(outcome.code, Some(4), "{command}: {outcome}");
        assert!(outcome.stdout.contains("written by tenantctl 9.1.0"), "{command}: {outcome}");
    }
    assert_snapshot!(shown(fleet.run(&format!("repair @acme {HEAD} --done"))), @"
    exit code 2
    --- stderr
    error: tenant `acme` can't be repaired
      cause: its journal was written by tenantctl 9.1.0, which is newer than this one ([OWN])

    hint: use at least tenantctl 9.1.0
    ");
    let baseline = fleet.run(&format!("tenants baseline --version {HEAD} --only @acme"));
    assert!(baseline.stdout.contains("written by tenantctl 9.1.0"), "{baseline}");
    let added = format!("tenants add @again --database {}", fleet.database_name("acme"));
    assert_ne!(fleet.run(&added).code, Some(0));
    let (_, lines) = fleet.json("migrate-all --only @acme");
    let finished = lines.iter().find(|line| line["event"] == "tenant_finished").unwrap();
    assert_eq!(finished["blocker"]["reason"], "newer_journal");

    fleet.execute("acme", &format!("UPDATE __tenantctl_journal SET written_by = '{}'", own()));
    fleet.succeed("migrate-all --only @acme");
    assert_eq!(writers(&fleet, "acme"), [own(), own()]);
}

/// What this release writes.
fn own() -> String {
    format!("1 {}", env!("CARGO_PKG_VERSION"))
}

/// A fleet at the first version, whose journals are those of a release that did not say who it was.
fn outdated<'s>(server: &'s TestServer, name: &str) -> Fleet<'s> {
    let fleet = Fleet::new(server);
    fleet.succeed(&format!("provision @{name} --to {FIRST}"));
    fleet.execute(name, "ALTER TABLE __tenantctl_journal DROP COLUMN written_by");
    fleet
}

fn the_journal_of_an_older_release_is_upgraded_by_the_next_write(server: &TestServer) {
    let fleet = outdated(server, "acme");
    let has_column = || fleet.open("acme").text("SELECT written_by FROM __tenantctl_journal", &[]);
    for looks in [
        "status --verify".to_owned(),
        "tenants census".to_owned(),
        "migrate-all --dry-run".to_owned(),
        format!("migrate-all --to {FIRST}"),
    ] {
        assert_ne!(fleet.run(&looks).code, Some(4), "{looks}");
        assert!(has_column().is_err(), "{looks} writes nothing");
    }
    let (code, lines) = fleet.json("migrate-all");
    assert_eq!((code, &*outcomes_in_words(&lines)), (Some(0), "acme migrated"));
    assert_eq!(writers(&fleet, "acme"), ["nobody".to_owned(), own()]);

    // Without any row, too.
    let bare = Fleet::new(server);
    bare.write("m/1_one/up.sql", "CREATE TABLE one (id INTEGER);");
    bare.create_database("bare");
    bare.succeed(&format!("tenants add @bare --database {}", bare.database_name("bare")));
    bare.execute("bare", "ALTER TABLE __tenantctl_journal DROP COLUMN written_by");
    bare.succeed("migrate-all --migrations m");
    assert_eq!(writers(&bare, "bare"), [own()]);
}

fn an_upgrade_that_is_killed_is_finished(server: &TestServer) {
    for point in ["after-ensure-tables", "before-commit"] {
        let name = point.replace('-', "");
        let fleet = outdated(server, &name);
        let mut program = fleet.program("migrate-all");
        let killed = program.env("TENANTCTL_CRASH_AT", point).output().expect("the program runs");
        assert_eq!(killed.status.code(), None, "{}: {point}", server.kind());
        fleet.succeed("migrate-all");
        assert_eq!(fleet.history(&name), [FIRST, HEAD], "{}: {point}", server.kind());
        assert_eq!(writers(&fleet, &name), ["nobody".to_owned(), own()], "{point}");
    }
}
