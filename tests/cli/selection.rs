//! Selecting the tenants that take part in a run.

use std::thread;
use std::time::Duration;

use insta::assert_snapshot;
use schema_model::Schema;
use serde_json::json;

use crate::support::cases::test_on;
use crate::support::fleet::{Fleet, outcomes, outcomes_in_words};
use crate::support::server::{TestServer, on_server};
use crate::support::waiting::WaitingRun;

test_on! {
    sqlite, postgres, mysql: on_server {
        only_and_skip_select_by_slug_glob_and_label,
        labels_are_set_and_removed,
        patterns_that_match_nothing_are_a_wrong_call,
        tenants_that_are_not_active_take_no_part,
        states_change_only_if_that_makes_sense,
        a_tenant_withdrawn_before_its_turn_is_skipped,
        a_run_without_active_tenants_succeeds,
        to_stops_at_a_version_and_never_goes_down,
    }
}

fn only_and_skip_select_by_slug_glob_and_label(server: &TestServer) {
    let cases = [
        ("", "eu-one eu-two us-one"),
        ("--only @eu-one", "eu-one"),
        ("--only @eu-*", "eu-one eu-two"),
        ("--only *-one", "eu-one us-one"),
        ("--only plan=gold", "eu-two us-one"),
        ("--only plan=gold --only @eu-one", "eu-one eu-two us-one"),
        ("--skip @eu-*", "us-one"),
        ("--skip plan=gold", "eu-one"),
        ("--only @eu-* --skip plan=gold", "eu-one"),
        ("--skip nobody", "eu-one eu-two us-one"),
        ("--skip *", ""),
    ];
    let fleet = Fleet::new(server);
    fleet.succeed("provision @eu-one");
    fleet.succeed("provision @eu-two @us-one --label plan=gold --label note=");
    for (select, expected) in cases {
        let (code, lines) = fleet.json(&format!("migrate-all {select}"));
        let taking_part: Vec<String> = outcomes(&lines).into_keys().collect();
        assert_eq!((code, taking_part.join(" ").as_str()), (Some(0), expected), "{select}");
    }
}

fn labels_are_set_and_removed(server: &TestServer) {
    let fleet = Fleet::new(server);
    fleet.succeed("provision @acme @beta --label region=eu --label plan=gold");
    let steps = [
        "tenants label @acme region=us size=xl plan-",
        "tenants label @acme size- size=s note= a-b=-",
        "tenants label @acme none-",
        "tenants label @acme gold",
        "tenants label @acme =gold",
        "tenants label @acme -",
        "tenants label @nobody region=eu",
        "tenants label @acme region- size- note- a-b-",
        "tenants list",
    ];
    let outcomes = steps.map(|step| (step, fleet.run(step).to_string()));
    let mut shown = String::new();
    for (step, outcome) in &outcomes[..8] {
        shown += &format!("$ {step}\n{outcome}");
    }
    assert_snapshot!(shown, @"
    $ tenants label @acme region=us size=xl plan-
    exit code 0
    --- stdout
    tenant `acme` has these labels: region=us size=xl
    $ tenants label @acme size- size=s note= a-b=-
    exit code 0
    --- stdout
    tenant `acme` has these labels: a-b=- note= region=us size=s
    $ tenants label @acme none-
    exit code 0
    --- stdout
    tenant `acme` has these labels: a-b=- note= region=us size=s
    $ tenants label @acme gold
    exit code 2
    --- stderr
    error: `gold` is not a label

    hint: write NAME=VALUE, with at most 63 bytes for the name and 255 for the value
    $ tenants label @acme =gold
    exit code 2
    --- stderr
    error: `=gold` is not a label

    hint: write NAME=VALUE, with at most 63 bytes for the name and 255 for the value
    $ tenants label @acme -
    exit code 2
    --- stderr
    error: `-` is not a label

    hint: write NAME=VALUE, with at most 63 bytes for the name and 255 for the value
    $ tenants label @nobody region=eu
    exit code 2
    --- stderr
    error: there is no tenant `nobody`

    hint: `tenants list` shows all of them
    $ tenants label @acme region- size- note- a-b-
    exit code 0
    --- stdout
    tenant `acme` has no labels
    ");
    let listed = fleet.json("tenants list").1;
    let labels: Vec<_> = listed.iter().map(|tenant| &tenant["labels"]).collect();
    assert_eq!(labels, [&json!({}), &json!({ "plan": "gold", "region": "eu" })]);
}

fn patterns_that_match_nothing_are_a_wrong_call(server: &TestServer) {
    let fleet = Fleet::provisioned(server, "@acme");
    let mut shown = Vec::new();
    for select in ["--only nobody", "--only nobody-* --only @acme --only plan=gold", "--only a[b"] {
        for command in ["migrate-all", "migrate-all --dry-run", "status", "tenants list"] {
            let outcome = fleet.run(&format!("{command} {select}"));
            assert_eq!(outcome.code, Some(2), "{command} {select}: {outcome}");
            assert_eq!(outcome.stdout, "");
            shown.push(outcome.stderr);
        }
    }
    shown.dedup();
    assert_snapshot!(shown.join("--\n"), @"
    error: no tenant matches `nobody`

    hint: `tenants list` shows all of them
    --
    error: no tenant matches `nobody-*`, `plan=gold`

    hint: `tenants list` shows all of them
    --
    error: `a[b` is no pattern: unclosed character class; missing ']'
    ");
}

fn tenants_that_are_not_active_take_no_part(server: &TestServer) {
    let fleet = Fleet::new(server);
    fleet.succeed("provision @a-active @b-suspended @c-archived --to 20261123154648");
    // The database belongs to someone else, so provisioning can't be finished.
    fleet.create_database("d-provisioning");
    fleet.execute("d-provisioning", "CREATE TABLE theirs (id INTEGER)");
    assert_eq!(fleet.run("provision @d-provisioning").code, Some(4));
    fleet.succeed("tenants suspend @b-suspended");
    fleet.succeed("tenants archive @c-archived");

    let plan = fleet.json("migrate-all --dry-run").1;
    assert_eq!(plan.len(), 1, "{plan:?}");
    let human = fleet.succeed("migrate-all");
    let taking_no_part: Vec<&str> =
        human.lines().filter(|line| line.starts_with("not taking part")).collect();
    assert_snapshot!(taking_no_part.join("\n"), @"
    not taking part: 1 provisioning, such as `d-provisioning`
    not taking part: 1 suspended, such as `b-suspended`
    not taking part: 1 archived, such as `c-archived`
    ");
    assert_eq!(fleet.history("b-suspended").len(), 1);
    assert_eq!(fleet.history("c-archived").len(), 1);
    assert_eq!(fleet.differences("d-provisioning", &Schema::EMPTY).len(), 1, "only theirs");

    // Selecting them by name does not change that.
    let (code, lines) = fleet.json("migrate-all --only @b-suspended");
    assert_eq!((code, outcomes(&lines).len()), (Some(0), 0));

    fleet.succeed("tenants activate @b-suspended @c-archived");
    let (code, lines) = fleet.json("migrate-all");
    assert_eq!(code, Some(0));
    assert_eq!(
        outcomes_in_words(&lines),
        "a-active up_to_date, b-suspended migrated, c-archived migrated"
    );
}

fn a_tenant_withdrawn_before_its_turn_is_skipped(server: &TestServer) {
    let fleet = Fleet::new(server);
    fleet.succeed("provision @acme @beta @gamma @zeta --to 20261123154648");
    let mut run = WaitingRun::start(&fleet);
    fleet.succeed("tenants suspend @acme @beta");
    fleet.succeed("tenants archive @gamma");
    // The run asks the registry again after a second at the latest.
    thread::sleep(Duration::from_secs(1));
    run.lock.unlock().expect("the lock is held");
    let (code, events, rest) = run.end();
    assert_eq!((code, rest.as_str()), (Some(0), ""), "{}", server.kind());
    assert_eq!(
        fleet.without_prefix(&outcomes_in_words(&events)),
        "acme migrated, beta skipped, gamma skipped, zeta migrated",
        "acme was begun before it was suspended"
    );
    let reasons = events.iter().filter(|event| event["outcome"] == "skipped");
    let reasons: Vec<_> = reasons.filter_map(|event| event["reason"].as_str()).collect();
    assert_eq!(reasons, ["suspended since the run began", "archived since the run began"]);
    let histories = ["acme", "beta", "gamma", "zeta"].map(|tenant| fleet.history(tenant).len());
    assert_eq!(histories, [2, 1, 1, 2]);

    fleet.succeed("tenants activate @beta");
    assert_eq!(outcomes_in_words(&fleet.json("migrate-all").1), "beta migrated, zeta up_to_date");
}

fn states_change_only_if_that_makes_sense(server: &TestServer) {
    let fleet = Fleet::provisioned(server, "@acme");
    fleet.create_database("stuck");
    fleet.execute("stuck", "CREATE TABLE theirs (id INTEGER)");
    fleet.run("provision @stuck");
    let steps = [
        "tenants suspend @acme",
        "tenants suspend @acme",
        "provision @acme",
        "tenants activate @acme",
        "tenants activate @stuck",
        "tenants suspend @stuck",
        "tenants archive @stuck",
        "tenants list --state gone",
    ];
    let mut shown = String::new();
    for step in steps {
        let outcome = fleet.run(step);
        shown += &format!("$ {step}\n{outcome}");
    }
    assert_snapshot!(shown, @"
    $ tenants suspend @acme
    exit code 0
    --- stdout
    tenant `acme` is now suspended; it was active
    $ tenants suspend @acme
    exit code 0
    --- stdout
    tenant `acme` is already suspended
    $ provision @acme
    exit code 2
    --- stderr
    error: tenant `acme` is suspended

    hint: include it in runs again with `tenants activate acme`
    $ tenants activate @acme
    exit code 0
    --- stdout
    tenant `acme` is now active; it was suspended
    $ tenants activate @stuck
    exit code 2
    --- stderr
    error: tenant `stuck` is provisioning and can't become active

    hint: finish it with `provision stuck`
    $ tenants suspend @stuck
    exit code 2
    --- stderr
    error: tenant `stuck` is provisioning and can't become suspended

    hint: finish it with `provision stuck`
    $ tenants archive @stuck
    exit code 2
    --- stderr
    error: tenant `stuck` is provisioning and can't become archived

    hint: finish it with `provision stuck`
    $ tenants list --state gone
    exit code 2
    --- stderr
    error: unknown tenant state `gone`; known are provisioning, active, suspended and archived
    ");
}

fn a_run_without_active_tenants_succeeds(server: &TestServer) {
    let fleet = Fleet::new(server);
    assert_snapshot!(fleet.run("migrate-all"), @"
    exit code 0
    --- stdout
    no active tenants: nothing to do
    ");
    assert_snapshot!(fleet.run("migrate-all --dry-run"), @"
    exit code 0
    --- stdout
    no active tenants: nothing to do
    ");
    assert_snapshot!(fleet.run("status --verify"), @"
    exit code 0
    --- stdout
    no tenants
    ");
    assert_snapshot!(fleet.run("tenants list"), @"
    exit code 0
    --- stdout
    no tenants
    ");
    let (code, lines) = fleet.json("migrate-all");
    assert_eq!((code, lines.len()), (Some(0), 2), "{lines:?}");
    fleet.succeed("provision @acme");
    fleet.succeed("tenants suspend @acme");
    assert_snapshot!(fleet.run("migrate-all"), @"
    exit code 0
    --- stdout
    no active tenants: nothing to do
    not taking part: 1 suspended, such as `acme`
    ");
}

fn to_stops_at_a_version_and_never_goes_down(server: &TestServer) {
    let fleet = Fleet::provisioned(server, "@acme");
    fleet.succeed("provision @late --to 20261123154648_create_settings");
    assert_snapshot!(fleet.run("migrate-all --to 20261123154648 --dry-run"), @"
    exit code 0
    --- stdout
    2 tenants: 1 up to date, 1 beyond the goal
    note: tenant `acme` is beyond the goal, at 20261123154738
    ");
    let (code, lines) = fleet.json("migrate-all --to 20261123154648");
    assert_eq!(code, Some(0));
    assert_eq!(outcomes_in_words(&lines), "acme up_to_date, late up_to_date");
    assert_eq!(fleet.history("acme").len(), 2);
    assert_eq!(fleet.history("late").len(), 1);
    assert_snapshot!(fleet.run("migrate-all --to 2026"), @"
    exit code 2
    --- stderr
    error: no migration has the version `2026`; the newest is 20261123154738

    hint: did you mean 20261123154648?
    ");
}
