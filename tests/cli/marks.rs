//! Whose a tenant database is: no registry touches another one's.

use std::fs;
use std::process::Stdio;

use insta::assert_snapshot;
use regex::Regex;

use crate::support::cases::test_on;
use crate::support::fleet::{Fleet, outcomes_in_words};
use crate::support::server::{TestServer, on_server};

const HEAD: &str = "20261123154738";

test_on! {
    sqlite, postgres, mysql: on_server {
        the_database_of_another_registry_is_refused_and_unchanged,
        a_database_is_taken_over_only_if_that_is_asked_for,
        a_database_of_nobody_is_taken_only_if_it_is_empty,
        of_two_registries_that_want_a_database_at_the_same_time_one_gets_it,
        tenants_from_before_there_were_marks_get_one_on_their_next_run,
        a_database_belongs_to_one_tenant_of_a_registry,
        a_copied_registry_gets_an_id_of_its_own,
    }
}

/// A text without the ids of registries.
fn shown(text: impl ToString) -> String {
    Regex::new("[0-9a-f]{32}").unwrap().replace_all(&text.to_string(), "[ID]").into_owned()
}

fn id(fleet: &Fleet<'_>) -> String {
    fleet.succeed("registry show").trim_end().to_owned()
}

/// Promise 16.
fn the_database_of_another_registry_is_refused_and_unchanged(server: &TestServer) {
    let ours = Fleet::provisioned(server, "@leak");
    ours.execute("leak", "CREATE TABLE secrets (secret VARCHAR(9))");
    ours.execute("leak", "INSERT INTO secrets VALUES ('ours')");
    let theirs = ours.other_registry();
    assert_snapshot!(shown(theirs.run("provision @leak")), @"
    exit code 4
    --- stdout
    1 tenant: 1 blocked
           1 at 20261123154738
    slowest: leak [TIME]

    error: tenant `leak`: its database belongs to another registry, [ID]
    hint: if no one else works on this database any more, add --take-over: then it belongs to this tenant, and no longer to its owner
    --- stderr
    leak: blocked: its database belongs to another registry, [ID]
    ");
    let database = ours.database_name("leak");
    for slug in ["@leak", "@other"] {
        let added = theirs.run(&format!("tenants add {slug} --database {database}"));
        let added = shown(added).replace("`other`", "`leak`");
        assert_snapshot!(added, @"
        exit code 2
        --- stderr
        error: tenant `leak`: its database belongs to another registry, [ID]

        hint: if no one else works on this database any more, add --take-over: then it belongs to this tenant, and no longer to its owner
        ");
    }
    assert_eq!(theirs.run("tenants show @other").code, Some(2), "it is not registered");
    assert_eq!(ours.owner("leak"), [id(&ours)]);
    assert_eq!(ours.history("leak"), ["20261123154648", HEAD]);
    assert_eq!(ours.column("leak", "SELECT secret FROM secrets"), ["ours"]);
    assert_eq!(outcomes_in_words(&ours.json("migrate-all").1), "leak up_to_date");
}

fn a_database_is_taken_over_only_if_that_is_asked_for(server: &TestServer) {
    let ours = Fleet::provisioned(server, "@leak @added");
    let theirs = ours.other_registry();
    assert_eq!(theirs.run("provision @leak").code, Some(4));
    theirs.succeed("provision @leak --take-over");
    let added = ours.database_name("added");
    theirs.succeed(&format!("tenants add @added --database {added} --take-over"));
    for tenant in ["leak", "added"] {
        assert_eq!(ours.owner(tenant), [id(&theirs)], "{}: {tenant}", server.kind());
        assert_eq!(
            theirs.json(&format!("tenants show @{tenant}")).1[0]["tenant"]["state"],
            "active"
        );
    }
    assert_eq!(
        outcomes_in_words(&theirs.json("migrate-all").1),
        "added up_to_date, leak up_to_date"
    );

    let blocked = ours.run("migrate-all");
    let (_, error) = blocked.stdout.split_once("error: ").unwrap();
    assert_snapshot!(shown(error), @"
    2 tenants, such as `added`: its database belongs to another registry, [ID]
    hint: if no one else works on this database any more, add --take-over: then it belongs to this tenant, and no longer to its owner
    ");
    assert_snapshot!(shown(ours.run("migrate-all --dry-run --only @leak")), @"
    exit code 4
    --- stdout
    1 tenant: 1 blocked

    error: tenant `leak`: its database belongs to another registry, [ID]
    hint: if no one else works on this database any more, add --take-over: then it belongs to this tenant, and no longer to its owner
    ");
    let status = ours.run("status --verify --only @leak");
    assert_eq!(status.code, Some(4));
    let reason = "tenant `leak`: its database belongs to another registry";
    assert!(status.stdout.contains(reason), "{status}");
    assert_eq!(ours.owner("leak"), [id(&theirs)]);
    ours.succeed("migrate-all --only @leak --take-over");
    assert_eq!((ours.owner("leak"), ours.owner("added")), (vec![id(&ours)], vec![id(&theirs)]));
}

fn a_database_of_nobody_is_taken_only_if_it_is_empty(server: &TestServer) {
    let fleet = Fleet::provisioned(server, "@used");
    for tenant in ["empty", "foreign"] {
        fleet.create_database(tenant);
    }
    fleet.execute("foreign", "CREATE TABLE theirs (id INTEGER)");
    fleet.execute("used", "DROP TABLE __tenantctl_owner");

    let other = fleet.other_registry();
    let (code, lines) = other.json("provision @empty @foreign @used");
    assert_eq!(code, Some(4));
    assert_eq!(outcomes_in_words(&lines), "empty migrated, foreign blocked, used blocked");
    assert_eq!(fleet.owner("empty"), [id(&other)]);
    let tables = "SELECT id FROM theirs";
    assert_eq!(fleet.column("foreign", tables), Vec::<String>::new(), "it is still there");

    // What is registered by name may hold anything.
    let database = fleet.database_name("foreign");
    other.succeed(&format!("tenants add @foreign --database {database}"));
    assert_eq!(fleet.owner("foreign"), [id(&other)]);
    let again = fleet.run(&format!("tenants add @foreign --database {database}"));
    assert_eq!(again.code, Some(2), "{again}");
}

fn of_two_registries_that_want_a_database_at_the_same_time_one_gets_it(server: &TestServer) {
    let ours = Fleet::new(server);
    let theirs = ours.other_registry();
    for round in 0..3 {
        let running = [&ours, &theirs].map(|fleet| {
            let mut program = fleet.program(&format!("provision @acme{round} --format json"));
            program.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
        });
        let outputs = running.map(|program| program.wait_with_output().unwrap());
        let codes = outputs.each_ref().map(|output| output.status.code());
        let winner = match codes {
            [Some(0), Some(4)] => &ours,
            [Some(4), Some(0)] => &theirs,
            _ => panic!(
                "{}: {}",
                server.kind(),
                outputs.map(|o| ours.outcome(o).to_string()).concat()
            ),
        };
        let tenant = format!("acme{round}");
        assert_eq!(ours.owner(&tenant), [id(winner)], "{}", server.kind());
        assert_eq!(ours.history(&tenant), ["20261123154648", HEAD]);
    }
}

fn tenants_from_before_there_were_marks_get_one_on_their_next_run(server: &TestServer) {
    let fleet = Fleet::provisioned(server, "@current @suspended @archived");
    fleet.succeed("provision @behind --to 20261123154648");
    let tenants = ["archived", "behind", "current", "suspended"];
    for tenant in tenants {
        fleet.execute(tenant, "DROP TABLE __tenantctl_owner");
    }
    fleet.succeed("tenants suspend @suspended");
    fleet.succeed("tenants archive @archived");
    fleet.succeed("migrate-all --dry-run --only @current");
    let has_mark = |tenant| {
        let rows = fleet.open(tenant).rows("SELECT registry FROM __tenantctl_owner", &[]);
        rows.is_ok_and(|rows| rows.len() == 1)
    };
    assert_eq!(tenants.map(has_mark), [false; 4], "a dry run writes nothing");

    let (code, lines) = fleet.json("migrate-all");
    assert_eq!(code, Some(0), "{}: {lines:?}", server.kind());
    assert_eq!(outcomes_in_words(&lines), "behind migrated, current up_to_date");
    assert_eq!(tenants.map(has_mark), [false, true, true, false]);

    fleet.succeed("tenants activate @suspended @archived");
    fleet.succeed("migrate-all");
    assert_eq!(tenants.map(has_mark), [true; 4]);
    assert_eq!(fleet.other_registry().run("provision @archived").code, Some(4));
}

fn a_database_belongs_to_one_tenant_of_a_registry(server: &TestServer) {
    let fleet = Fleet::provisioned(server, "@leak");
    // The same server under another name: the registry can't tell that it is the same database.
    fleet.succeed(&format!("servers add again {}", fleet.url().expose()));
    let database = fleet.database_name("leak");
    let added = fleet.run(&format!("tenants add @other --server again --database {database}"));
    assert_snapshot!(shown(added), @"
    exit code 2
    --- stderr
    error: tenant `other`: its database belongs to another tenant of this registry, number 1

    hint: if no one else works on this database any more, add --take-over: then it belongs to this tenant, and no longer to its owner
    ");
}

fn a_copied_registry_gets_an_id_of_its_own(server: &TestServer) {
    let ours = Fleet::provisioned(server, "@leak @gone");
    let copy = ours.other_registry();
    let system = |fleet: &Fleet<'_>| fleet.cli.folder().join(".tenantctl/system.db");
    fs::copy(system(&ours), system(&copy)).unwrap();
    assert_eq!(id(&copy), id(&ours));
    assert_snapshot!(shown(copy.run("registry fork")), @"
    exit code 0
    --- stdout
    this registry is now [ID]; it was [ID]
    The databases of its 2 tenants belong to registry [ID], and are not migrated from here.
    To take over those that are copies, or that no one else works on: `migrate-all --take-over --only PATTERN`.
    ");
    assert_ne!(id(&copy), id(&ours));
    assert_eq!(copy.json("registry show").1[0]["registry"].as_str(), Some(&*id(&copy)));

    assert_eq!(outcomes_in_words(&copy.json("migrate-all").1), "gone blocked, leak blocked");
    assert_eq!(outcomes_in_words(&ours.json("migrate-all").1), "gone up_to_date, leak up_to_date");
    copy.succeed("migrate-all --take-over --only @leak");
    assert_eq!(outcomes_in_words(&copy.json("migrate-all").1), "gone blocked, leak up_to_date");
    assert_eq!(outcomes_in_words(&ours.json("migrate-all").1), "gone up_to_date, leak blocked");
}
