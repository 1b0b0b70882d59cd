//! Whose a database is: what is decided from its mark, and when it gets one.

use std::sync::Arc;

use db_backend::{DbErrorKind, History, Mark};
use insta::assert_snapshot;

use super::{MIGRATIONS, fleet, line, log, mark, options, outcomes, run, set, target, versions};
use crate::sim::{Fault, SimConnector, SimState, SimStyle};
use crate::{Claim, Goal, Policy, Record, RunOptions, Target, TenantPlan, plan_tenant};

fn theirs() -> Mark {
    Mark { registry: "theirs".to_owned(), tenant: 1 }
}

/// What a run with that claim does to that database.
fn planned(claim: Claim, observed: &History) -> String {
    let set = set(MIGRATIONS);
    let record = Record { version: None, mark: Some(mark()) };
    match plan_tenant(&set, &Goal::Head, Policy { claim, ..Policy::default() }, &record, observed) {
        TenantPlan::Blocked(blocker) => blocker.to_string(),
        TenantPlan::Pending(_) | TenantPlan::UpToDate | TenantPlan::BeyondGoal(_) => {
            "ours".to_owned()
        }
    }
}

/// Promise 16.
#[test]
fn a_database_of_another_registry_or_of_nobody_is_not_taken() {
    let empty = History::default();
    let used = History { applied: Some(versions("1")), ..History::default() };
    let foreign = History { has_tables: true, ..History::default() };
    let begun = |mark| History { mark: Some(mark), ..used.clone() };
    let other_tenant = Mark { tenant: 2, ..mark() };
    let databases = [
        ("empty", empty),
        ("used", used.clone()),
        ("foreign", foreign),
        ("ours", begun(mark())),
        ("theirs", begun(theirs())),
        ("of another tenant", begun(other_tenant)),
    ];
    let mut shown = String::new();
    for claim in [Claim::Unmarked, Claim::Empty, Claim::Any] {
        for (name, database) in &databases {
            shown += &format!("{claim:?}, {name}: {}\n", planned(claim, database));
        }
    }
    assert_snapshot!(shown, @"
    Unmarked, empty: ours
    Unmarked, used: ours
    Unmarked, foreign: ours
    Unmarked, ours: ours
    Unmarked, theirs: its database belongs to another registry, theirs
    Unmarked, of another tenant: its database belongs to another tenant of this registry, number 2
    Empty, empty: ours
    Empty, used: its database exists already, is not empty, and is not ours
    Empty, foreign: its database exists already, is not empty, and is not ours
    Empty, ours: ours
    Empty, theirs: its database belongs to another registry, theirs
    Empty, of another tenant: its database belongs to another tenant of this registry, number 2
    Any, empty: ours
    Any, used: ours
    Any, foreign: ours
    Any, ours: ours
    Any, theirs: ours
    Any, of another tenant: ours
    ");
}

/// A database at head whose tenant was registered before there were marks.
fn unmarked(style: SimStyle) -> SimConnector {
    let (connector, targets) = fleet(style, &["acme"]);
    run(&connector, MIGRATIONS, &targets, &options());
    let migrated = SimState { owner: None, ..connector.state("acme") };
    connector.create_with("acme", migrated);
    connector
}

#[test]
fn a_tenant_from_before_there_were_marks_gets_one_once() {
    for style in SimStyle::ALL {
        let connector = unmarked(style);
        let mut calls = Vec::new();
        for _ in 0..2 {
            let before = connector.calls("acme");
            let (_, events) = run(&connector, MIGRATIONS, &[target("acme")], &options());
            assert_eq!(line(&outcomes(&events)[0].1), "up to date", "{style:?}");
            assert_eq!(connector.state("acme").owner, Some(vec![mark()]), "{style:?}");
            calls.push(connector.calls("acme") - before);
        }
        assert_eq!(calls[1], 2, "{style:?}: connecting, and one look");
    }
}

#[test]
fn whatever_fails_while_a_mark_is_written_the_next_run_converges() {
    let faults = [
        Fault::Fails(DbErrorKind::DiskFull),
        Fault::LostBefore,
        Fault::LostAfter,
        Fault::CrashBefore,
        Fault::CrashAfter,
    ];
    for style in SimStyle::ALL {
        for fault in faults {
            for call in 0.. {
                let connector = unmarked(style);
                connector.order("acme", call, fault);
                run(&connector, MIGRATIONS, &[target("acme")], &options());
                if connector.faults_left("acme") > 0 {
                    assert!(call > 5, "{style:?}: only {call} calls");
                    break;
                }
                connector.restart();
                run(&connector, MIGRATIONS, &[target("acme")], &options());
                let state = connector.state("acme");
                assert_eq!(state.owner, Some(vec![mark()]), "{style:?}, {fault:?} at call {call}");
                assert_eq!(state.log, log(MIGRATIONS), "{style:?}, {fault:?} at call {call}");
            }
        }
    }
}

fn claiming(claim: Claim) -> RunOptions {
    RunOptions { policy: Policy { claim, ..Policy::default() }, ..options() }
}

fn their_target() -> Target {
    Target { record: Record { version: None, mark: Some(theirs()) }, ..target("acme") }
}

/// Two registries find the same empty database, and both believe that they may have it.
#[test]
fn of_two_that_claim_a_database_at_the_same_time_one_gets_it() {
    for style in SimStyle::ALL {
        for migrations in [&[], MIGRATIONS] {
            let (connector, _) = fleet(style, &["acme"]);
            let connector = Arc::new(connector);
            let other = Arc::clone(&connector);
            // Connecting is call 0, the first look call 1, the lock call 2.
            connector.before("acme", 2, move || {
                run(&other, migrations, &[their_target()], &claiming(Claim::Empty));
            });
            let (_, events) =
                run(&connector, migrations, &[target("acme")], &claiming(Claim::Empty));
            assert_eq!(
                line(&outcomes(&events)[0].1),
                "blocked: its database belongs to another registry, theirs",
                "{style:?}"
            );
            let state = connector.state("acme");
            assert_eq!((state.owner, state.log), (Some(vec![theirs()]), log(migrations)));
        }
    }
}

#[test]
fn a_database_is_taken_over_only_if_that_is_asked_for() {
    for style in SimStyle::ALL {
        let (connector, targets) = fleet(style, &["acme"]);
        run(&connector, MIGRATIONS, &[their_target()], &options());
        let before = connector.state("acme");
        for claim in [Claim::Unmarked, Claim::Empty] {
            let (report, _) = run(&connector, MIGRATIONS, &targets, &claiming(claim));
            assert_eq!(report.counts.blocked, 1, "{style:?}, {claim:?}");
            assert_eq!(connector.state("acme"), before, "{style:?}, {claim:?}");
        }
        let (report, _) = run(&connector, MIGRATIONS, &targets, &claiming(Claim::Any));
        assert_eq!(report.counts.up_to_date, 1, "{style:?}");
        assert_eq!(connector.state("acme").owner, Some(vec![mark()]), "{style:?}");
    }
}
