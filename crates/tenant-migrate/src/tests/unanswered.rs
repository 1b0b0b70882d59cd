//! Databases that give no answer: they cost a place, and nobody else's migration.

use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use db_backend::{DbErrorKind, Timeouts};

use super::{
    MIGRATIONS, a_run, fleet, history, line, log, migrated, options, outcomes, run, versions,
};
use crate::sim::{Fault, SimConnector, SimStyle};
use crate::{Ending, Event, Limits, Report, RunOptions};

/// Nothing is waited for.
fn impatient() -> RunOptions {
    let timeouts = Timeouts {
        connect: Duration::ZERO,
        lock: Duration::ZERO,
        statement: Duration::from_millis(1),
        grace: Duration::ZERO,
    };
    RunOptions { timeouts, ..options() }
}

/// Freezes the database at that call, until the sender is dropped.
fn freeze(connector: &SimConnector, slug: &str, call: u64) -> Sender<()> {
    let (thaw, frozen) = channel();
    connector.before(slug, call, move || {
        // It ends when the sender is dropped.
        let _ = frozen.recv();
    });
    thaw
}

/// Promise 8, and promise 1: what a call that was given up did in the end is found by the next run.
#[test]
fn a_database_that_freezes_at_any_call_has_an_outcome_and_is_finished_when_it_thaws() {
    for style in SimStyle::ALL {
        let (connector, targets) = fleet(style, &["ant", "bee"]);
        migrated(&connector, "ant", MIGRATIONS);
        let calls = connector.calls("ant");
        drop(targets);
        for call in 0..calls {
            let (connector, targets) = fleet(style, &["ant", "bee"]);
            let thaw = freeze(&connector, "ant", call);
            let (report, events) = run(&connector, MIGRATIONS, &targets, &impatient());
            let outcomes: Vec<_> = outcomes(&events).iter().map(|one| line(&one.1)).collect();
            assert!(
                outcomes[0].contains("without an answer"),
                "{style:?}, {call}: {}",
                outcomes[0]
            );
            assert_eq!(outcomes[1], "migrated 1 2 3 4", "{style:?}, {call}");
            assert_eq!(report, Report::from_events(&events));

            drop(thaw);
            let next = migrated(&connector, "ant", MIGRATIONS);
            assert!(!next.contains("fail"), "{style:?}, {call}: {next}");
            let state = connector.state("ant");
            assert_eq!(state.log, log(MIGRATIONS), "{style:?}, {call}");
            assert_eq!(history(&state), versions("1 2 3 4"), "{style:?}, {call}");
        }
    }
}

#[test]
fn calls_without_answer_keep_their_places_and_other_servers_go_on() {
    let slugs = ["ant", "bee", "cat", "dog", "eel", "fox"];
    let (connector, mut targets) = fleet(SimStyle::TransactionalDdl, &slugs);
    for target in &mut targets[..4] {
        target.server = "frozen".to_owned();
    }
    let _frozen: Vec<_> = slugs[..4].iter().map(|slug| freeze(&connector, slug, 0)).collect();
    let options = RunOptions { limits: Limits { jobs: 4, per_server: 2 }, ..impatient() };
    let (report, events) = run(&connector, MIGRATIONS, &targets, &options);
    let mut outcomes: Vec<_> = outcomes(&events).iter().map(|one| line(&one.1)).collect();
    outcomes.dedup();
    insta::assert_snapshot!(outcomes.join("\n"), @"
    failed: no answer: given up after 0 s without an answer
    failed: no answer: not tried: the 2 places of its server are held by calls without answer
    migrated 1 2 3 4
    ");
    assert_eq!(report.ending(), Ending::SomeFailed);
    assert_eq!(connector.calls("cat") + connector.calls("dog"), 0);
}

/// A busy server makes its lane narrower, down to the one place that is held: what waits has an
/// outcome all the same.
#[test]
fn a_lane_that_became_as_narrow_as_its_held_place_does_not_wait_for_ever() {
    let slugs = ["ant", "bee", "cat", "dog"];
    let (connector, targets) = fleet(SimStyle::TransactionalDdl, &slugs);
    let _frozen = freeze(&connector, "ant", 0);
    for slug in &slugs[1..] {
        for call in 0..9 {
            connector.order(slug, call, Fault::Fails(DbErrorKind::ServerBusy));
        }
    }
    let mut options = RunOptions { limits: Limits { jobs: 2, per_server: 2 }, ..impatient() };
    options.retry.busy_max = Duration::ZERO;
    let (report, _) = run(&connector, MIGRATIONS, &targets, &options);
    assert_eq!(report.counts.failed, slugs.len());
}

/// A sink that panics is the caller's own fault, and is not kept from the caller.
#[test]
#[should_panic(expected = "the sink's own")]
fn a_panic_of_the_sink_ends_the_run() {
    let (connector, targets) = fleet(SimStyle::TransactionalDdl, &["ant", "bee"]);
    let options = RunOptions { limits: Limits { jobs: 1, per_server: 1 }, ..options() };
    let run = a_run(&connector, MIGRATIONS, options).telling(|event| {
        // Without the hook, which would print a backtrace.
        if matches!(event, Event::TenantFinished(_)) {
            std::panic::resume_unwind(Box::new("the sink's own"));
        }
    });
    run.migrate(targets, std::sync::Arc::new(|_| None));
}

#[test]
fn a_panic_outside_of_a_fleet_is_an_outcome_too() {
    let (connector, targets) = fleet(SimStyle::TransactionalDdl, &["ant"]);
    connector.order("ant", 1, Fault::Panic);
    let report = a_run(&connector, MIGRATIONS, options()).migrate_tenant(&targets[0]);
    let expected = "failed: defect in this program: panicked: ordered panic";
    assert_eq!(line(&report.outcome), expected);
}

#[test]
fn a_reading_that_gets_no_answer_is_an_observation() {
    let (connector, targets) = fleet(SimStyle::TransactionalDdl, &["ant", "bee"]);
    let _frozen = freeze(&connector, "ant", 1);
    let observed = a_run(&connector, MIGRATIONS, impatient()).observe(targets);
    let failure = observed[0].history.as_ref().unwrap_err();
    assert_eq!(failure.kind.describe(), "no answer");
    assert!(observed[1].history.is_ok());
}

/// One tenant outside of a fleet, as a service migrates it.
#[test]
fn a_tenant_alone_that_gets_no_answer_has_an_outcome() {
    let (connector, targets) = fleet(SimStyle::ImplicitCommit, &["ant"]);
    let _frozen = freeze(&connector, "ant", 9);
    let report = a_run(&connector, MIGRATIONS, impatient()).migrate_tenant(&targets[0]);
    insta::assert_snapshot!(line(&report.outcome), @"failed: migration 1_a failed at statement 1 of 1 (line 1: CREATE TABLE a (id INTEGER)): given up after 0 s without an answer; the database did not confirm it, and the next run reads what took effect");
}
