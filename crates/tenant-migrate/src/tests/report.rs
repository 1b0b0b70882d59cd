//! Reports, plans and events as people and programs read them.

use std::time::Duration;

use db_backend::{BackendKind, DbErrorKind, History, Version};
use insta::assert_snapshot;

use super::{MIGRATIONS, sets, versions};
use crate::{
    Blocker, Effect, Ending, Event, FailedMigration, FailedStatement, Failure, FailureKind, Goal,
    Observation, Outcome, Policy, ReadFailure, Record, Report, SetKey, TenantReport, plan_fleet,
};

fn finished(slug: &str, version: Option<&str>, millis: u64, outcome: Outcome) -> Event {
    Event::TenantFinished(TenantReport {
        slug: slug.to_owned(),
        server: "server".to_owned(),
        outcome,
        version: version.map(|version| Version(version.to_owned())),
        attempts: 1,
        duration: Duration::from_millis(millis),
    })
}

fn failure(message: &str) -> Outcome {
    Outcome::Failed(Failure {
        kind: FailureKind::Database(DbErrorKind::Statement),
        message: message.to_owned(),
        migration: Some(Box::new(FailedMigration {
            version: Version("4".to_owned()),
            name: "4_c".to_owned(),
            statement: Some(FailedStatement {
                number: 2,
                total: 2,
                line: 3,
                excerpt: "CREATE INDEX c_id ON c (id)".to_owned(),
            }),
            effect: Effect::Partial { statements_done: 1 },
        })),
        applied: versions("3"),
    })
}

fn events() -> Vec<Event> {
    let migrated = || Outcome::Migrated { applied: versions("3 4") };
    let blocker = Blocker::UnknownVersion { versions: versions("9") };
    vec![
        Event::RunStarted { run_id: "run".to_owned(), tenants: 7 },
        finished("acme", Some("4"), 12, migrated()),
        finished("bolt", Some("4"), 250, migrated()),
        finished("core", Some("4"), 1, Outcome::UpToDate),
        finished("echo", Some("3"), 31, failure("duplicate key 17 in echo")),
        finished("dune", Some("3"), 30, failure("duplicate key 4 in dune")),
        finished("flux", Some("9"), 2, Outcome::Blocked { blocker, applied: Vec::new() }),
        Event::Retrying {
            tenant: "gaia".to_owned(),
            attempt: 1,
            wait: Duration::from_millis(200),
            kind: DbErrorKind::ServerBusy,
            message: "too many connections".to_owned(),
        },
        finished("gaia", None, 0, Outcome::NotStarted),
    ]
}

#[test]
fn a_report_names_each_cause_once_with_an_example() {
    let report = Report::from_events(&events());
    assert_eq!(report.ending(), Ending::Cancelled);
    let causes: Vec<String> = report
        .failures
        .iter()
        .map(|group| format!("{} {}, such as {}", group.tenants, group.cause, group.example.slug))
        .collect();
    assert_snapshot!(causes.join("\n"), @"
    2 statement failed: 4_c: duplicate key # in <tenant>, such as dune
    1 ahead of these migrations: 9 is unknown here, such as flux
    ");
    let slowest: Vec<&str> = report.slowest.iter().map(|slow| slow.tenant.as_str()).collect();
    assert_eq!(slowest, ["bolt", "echo", "dune"]);
}

/// Threads finish in any order; the report must not show it.
#[test]
fn a_report_does_not_depend_on_the_order_of_tenants() {
    let forward = events();
    let backward: Vec<_> = forward.iter().rev().cloned().collect();
    assert_eq!(Report::from_events(&forward), Report::from_events(&backward));
}

#[test]
fn each_event_is_a_line_of_json_with_the_tenant_on_it() {
    let lines: Vec<_> =
        events().iter().map(|event| serde_json::to_string(event).unwrap()).collect();
    assert_snapshot!(lines[0], @r#"{"event":"run_started","run_id":"run","tenants":7}"#);
    assert_snapshot!(lines[1], @r#"{"event":"tenant_finished","tenant":"acme","server":"server","outcome":"migrated","applied":["3","4"],"version":"4","attempts":1,"duration_ms":12}"#);
    assert_snapshot!(lines[5], @r#"{"event":"tenant_finished","tenant":"dune","server":"server","outcome":"failed","kind":"statement","message":"duplicate key 4 in dune","migration":{"version":"4","name":"4_c","statement":{"number":2,"total":2,"line":3,"excerpt":"CREATE INDEX c_id ON c (id)"},"effect":"partial","statements_done":1},"applied":["3"],"version":"3","attempts":1,"duration_ms":30}"#);
    assert_snapshot!(lines[6], @r#"{"event":"tenant_finished","tenant":"flux","server":"server","outcome":"blocked","blocker":{"reason":"unknown_version","versions":["9"]},"applied":[],"version":"9","attempts":1,"duration_ms":2}"#);
    assert_snapshot!(lines[7], @r#"{"event":"retrying","tenant":"gaia","attempt":1,"wait_ms":200,"kind":"server_busy","message":"too many connections"}"#);
    for (line, event) in lines.iter().zip(events()) {
        assert_eq!(serde_json::from_str::<Event>(line).unwrap(), event);
    }
}

fn observed(slug: &str, history: Result<History, ReadFailure>) -> Observation {
    Observation {
        slug: slug.to_owned(),
        server: "server".to_owned(),
        set: SetKey::of(BackendKind::Sqlite),
        record: Record::default(),
        history,
    }
}

#[test]
fn a_plan_counts_what_is_pending() {
    let applied = |list: &str| Ok(History { applied: Some(versions(list)), ..History::default() });
    let unread = ReadFailure {
        kind: FailureKind::Database(DbErrorKind::Missing),
        message: "no such file".to_owned(),
    };
    let observed = [
        observed("acme", applied("1 2 3")),
        observed("bolt", applied("1")),
        observed("core", Ok(History::default())),
        observed("dune", applied("1 3")),
        observed("echo", applied("1 2 3 4")),
        observed("flux", Err(unread)),
    ];
    let goal = Goal::Version(Version("3".to_owned()));
    let sets = sets(MIGRATIONS);
    let plan = plan_fleet(&sets, &goal, Policy::default(), &observed);
    let pending: Vec<String> =
        plan.pending().iter().map(|(version, count)| format!("{count} to get {version}")).collect();
    assert_eq!(pending, ["1 to get 1", "2 to get 2", "2 to get 3"]);
    assert_eq!(plan.ending(), Ending::SomeFailed);
    let obstacles = plan.obstacles();
    let obstacles: Vec<String> = obstacles
        .iter()
        .map(|group| format!("{} {}, such as {}", group.tenants, group.cause, group.example))
        .collect();
    assert_snapshot!(obstacles.join("\n"), @"
    1 2 is missing below the newest version 3, such as dune
    1 database missing: no such file, such as flux
    ");
    let ending =
        |observed: &[Observation]| plan_fleet(&sets, &goal, Policy::default(), observed).ending();
    assert_eq!(ending(&observed[..1]), Ending::AllAtGoal);
    assert_eq!(ending(&observed[..3]), Ending::Pending);
    assert_eq!(ending(&[]), Ending::AllAtGoal);
    let json = serde_json::to_string(&plan.tenants[1]).unwrap();
    assert_snapshot!(json, @r#"{"tenant":"bolt","server":"server","kind":"sqlite","version":"1","plan":"pending","detail":["2","3"]}"#);
}
