//! Commands around a run and around each tenant.

use db_backend::BackendKind;
use insta::assert_snapshot;

use crate::support::cases::test_on;
use crate::support::cli::Cli;
use crate::support::fleet::{Fleet, outcomes_in_words};
use crate::support::server::{TestServer, available, on_server};

test_on! {
    sqlite, postgres, mysql: on_server {
        each_is_called_in_its_turn_with_what_happens,
    }
}

const ALL: [&str; 4] = ["before_run", "before_tenant", "after_tenant", "after_run"];

/// A file in which each hook appends what it is told.
fn recording(hooks: &[&str]) -> String {
    let lines = hooks.iter().map(|hook| format!("{hook} = \"cat >> told\"\n"));
    format!("[hooks]\n{}", lines.collect::<String>())
}

fn told(fleet: &Fleet<'_>) -> Vec<serde_json::Value> {
    let path = fleet.cli.folder().join("told");
    let text = std::fs::read_to_string(&path).unwrap_or_default();
    let _ = std::fs::remove_file(path);
    let text = fleet.without_prefix(&text);
    text.lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect()
}

fn names(told: &[serde_json::Value]) -> String {
    let names = told.iter().map(|event| event["hook"].as_str().expect("it has a name"));
    names.collect::<Vec<_>>().join(" ")
}

fn each_is_called_in_its_turn_with_what_happens(server: &TestServer) {
    let fleet = Fleet::new(server);
    fleet.write("tenantctl.toml", &recording(&ALL));
    fleet.succeed("provision @acme --to 20261123154648");
    let events = told(&fleet);
    assert_eq!(names(&events), ALL.join(" "), "{}", server.kind());
    let text: Vec<String> = events.iter().map(ToString::to_string).collect();
    let text = regex::Regex::new(r#"("duration_ms":)\d+|("run_id":)"[^"]+""#)
        .unwrap()
        .replace_all(&text.join("\n"), "${1}${2}_")
        .replace(&format!("\"{}\"", server.kind()), "\"[KIND]\"");
    assert_snapshot!(text, @r#"
    {"command":"provision","hook":"before_run","run_id":_,"tenants":1}
    {"back_end":"[KIND]","command":"provision","hook":"before_tenant","run_id":_,"server":"main","tenant":"acme"}
    {"applied":["20261123154648"],"attempts":1,"command":"provision","duration_ms":_,"hook":"after_tenant","outcome":"migrated","run_id":_,"server":"main","tenant":"acme","version":"20261123154648"}
    {"command":"provision","hook":"after_run","report":{"counts":{"adopted":0,"blocked":0,"failed":0,"migrated":1,"not_started":0,"skipped":0,"up_to_date":0},"duration_ms":_,"failures":[],"hooks_failed":0,"retries":0,"run_id":_,"slowest":[{"duration_ms":_,"tenant":"acme"}],"versions":{"20261123154648":1}},"run_id":_}
    "#);
    assert!(!text.contains(fleet.url().expose().rsplit('@').next().unwrap()), "no address");

    for looks in ["migrate-all --dry-run", "status --verify", "tenants census"] {
        fleet.run(looks);
        assert_eq!(told(&fleet).len(), 0, "{looks}");
    }
    fleet.succeed("migrate-all");
    assert_eq!(names(&told(&fleet)), ALL.join(" "));
}

/// A fleet of two on SQLite, and what a run of it does with that file.
fn ran(hooks: &str, check: impl FnOnce(&Fleet<'_>, crate::support::cli::Outcome)) {
    let Some(server) = available(BackendKind::Sqlite) else { return };
    let fleet = Fleet::new(&server);
    fleet.succeed("provision acme beta --to 20261123154648");
    fleet.write("tenantctl.toml", &format!("[hooks]\n{hooks}\n"));
    let outcome = fleet.run("migrate-all --jobs 1");
    check(&fleet, outcome);
}

#[test]
fn a_run_whose_first_hook_fails_is_not_begun() {
    ran("before_run = \"echo backup is missing >&2; exit 3\"", |fleet, outcome| {
        assert_snapshot!(outcome, @"
        exit code 1
        --- stderr
        error: the run was not begun: nothing was done to any tenant
          cause: the hook `before_run` failed (exit status: 3): backup is missing
        ");
        assert_eq!(fleet.history("acme"), ["20261123154648"]);
    });
}

#[test]
fn a_tenant_whose_hook_fails_is_not_touched_and_others_are() {
    ran("before_tenant = \"if grep -q acme; then echo no; exit 1; fi\"", |fleet, outcome| {
        assert_eq!(outcome.code, Some(4), "{outcome}");
        let (_, error) = outcome.stdout.split_once("error: ").expect("one failed");
        assert_snapshot!(error, @"
        tenant `acme`: hook failed
          cause: the hook `before_tenant` failed (exit status: 1): no
        hint: nothing was done to this tenant; fix the command in `hooks` of tenantctl.toml, or what it found; run again
        ");
        assert_eq!(fleet.history("acme"), ["20261123154648"]);
        assert_eq!(fleet.history("beta").len(), 2);
        let (_, lines) = fleet.json("migrate-all --only acme");
        let finished = lines.iter().find(|line| line["event"] == "tenant_finished").unwrap();
        assert_eq!((&finished["outcome"], &finished["kind"]), (&"failed".into(), &"hook".into()));
    });
}

#[test]
fn a_hook_after_a_tenant_changes_no_outcome_and_counts() {
    ran("after_tenant = [\"false\"]", |fleet, outcome| {
        assert_eq!(outcome.code, Some(4), "{outcome}");
        assert!(outcome.stdout.contains("2 hooks failed after the tenants were done"), "{outcome}");
        let (code, lines) = fleet.json("migrate-all");
        let both = "acme up_to_date, beta up_to_date";
        assert_eq!((code, &*outcomes_in_words(&lines)), (Some(4), both));
        let failed = lines.iter().filter(|line| line["event"] == "hook_failed").count();
        assert_eq!((failed, fleet.history("acme").len()), (2, 2));
    });
}

#[test]
fn a_last_hook_that_fails_is_told() {
    ran("after_run = \"exit 9\"", |fleet, outcome| {
        assert_eq!(outcome.code, Some(1), "{outcome}");
        assert_snapshot!(outcome.stderr.lines().skip_while(|line| !line.starts_with("error"))
            .collect::<Vec<_>>().join("\n"), @"
        error: the run is finished, and what it did to tenants stays
          cause: the hook `after_run` failed (exit status: 9)
        ");
        assert_eq!(fleet.history("acme").len(), 2);
    });
}

#[test]
fn a_hook_that_hangs_is_ended_with_everything_that_it_started() {
    let hangs = "before_run = \"sleep 1000 & sleep 1000\"\ntimeout = 0.2";
    ran(hangs, |fleet, outcome| {
        assert_eq!(outcome.code, Some(1), "{outcome}");
        assert!(
            outcome.stderr.contains("the hook `before_run` was ended after [TIME]"),
            "{outcome}"
        );
        assert_eq!(fleet.history("acme").len(), 1);
    });
}

#[test]
fn a_hook_that_prints_a_megabyte_and_reads_nothing_is_no_trouble() {
    let megabyte = r"head -c 1000000 /dev/zero | tr '\\0' x";
    let prints = format!("before_run = \"{megabyte}\"\nbefore_tenant = \"{megabyte} >&2; exit 1\"");
    ran(&prints, |_, outcome| {
        assert_eq!(outcome.code, Some(4), "{outcome}");
        assert!(outcome.stdout.len() < 3_000, "{}", outcome.stdout.len());
        assert!(outcome.stdout.contains("xxx …"), "{outcome}");
    });
}

#[test]
fn what_is_wrong_with_the_table_is_said_at_once() {
    let cli = Cli::new();
    let run = |file: &str| {
        std::fs::write(cli.folder().join("tenantctl.toml"), file).unwrap();
        cli.run("config").to_string()
    };
    let wrong = "[hooks]\nbefore_runs = \"x\"\nafter_run = 1\nbefore_tenant = []\n\
                 after_tenant = \" \"\ntimeout = \"never\"\n";
    assert_snapshot!(run(wrong), @r#"
    exit code 2
    --- stderr
    error: tenantctl.toml: hooks.after_run: must be a text for `sh -c`, or a list of a program and its arguments
    tenantctl.toml: hooks.after_tenant: must be a text for `sh -c`, or a list of a program and its arguments
    tenantctl.toml: `hooks.before_runs` is unknown; did you mean `hooks.before_run`?
    tenantctl.toml: hooks.before_tenant: must be a text for `sh -c`, or a list of a program and its arguments
    tenantctl.toml: hooks.timeout: `never` is no limit: write a number with `s`, `m` or `h`, as in "[TIME]", or "none"
    "#);
    let shown = run(
        "[hooks]\nbefore_run = \"backup\"\nafter_run = [\"notify\", \"-v\"]\ntimeout = \"2m\"\n",
    );
    let shown: Vec<&str> = shown.lines().filter(|line| line.starts_with("hooks")).collect();
    assert_snapshot!(shown.join("\n"), @"
    hooks.before_run          sh -c backup  tenantctl.toml
    hooks.before_tenant       -             default
    hooks.after_tenant        -             default
    hooks.after_run           notify -v     tenantctl.toml
    hooks.timeout             120           tenantctl.toml
    ");
    let Some(server) = available(BackendKind::Sqlite) else { return };
    let fleet = Fleet::new(&server);
    fleet.write("tenantctl.toml", "[hooks]\nbefore_run = [\"no-such-program\"]\n");
    let outcome = fleet.run("provision acme");
    assert_eq!(outcome.code, Some(1), "{outcome}");
    assert!(outcome.stderr.contains("can't be started: `no-such-program`"), "{outcome}");
    assert_eq!(fleet.succeed("tenants list"), "no tenants\n");
}
