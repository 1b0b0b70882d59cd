//! Faults at every call that the engine makes, on each style of back end.

use std::time::Duration;

use db_backend::{DbErrorKind, Timeouts};

use super::{
    MIGRATIONS, fleet, history, line, log, mark, options, outcomes, run, target, versions,
};
use crate::sim::{Fault, SimConnector, SimStyle};
use crate::{Event, RunOptions};

const FAULTS: [Fault; 8] = [
    Fault::Fails(DbErrorKind::Statement),
    Fault::Fails(DbErrorKind::DiskFull),
    Fault::Fails(DbErrorKind::Deadlock),
    Fault::LostBefore,
    Fault::LostAfter,
    Fault::CrashBefore,
    Fault::CrashAfter,
    Fault::Panic,
];

/// A tenant with the first `begun` migrations, and that fault ordered for the given call of the
/// next run; `None` if the next run makes fewer calls.
fn faulty(style: SimStyle, begun: usize, call: u64, fault: Fault) -> Option<SimConnector> {
    let (connector, targets) = fleet(style, &["acme"]);
    run(&connector, &MIGRATIONS[..begun], &targets, &options());
    let context = format!("{style:?}, {begun} begun, {fault:?} at call {call}");
    connector.order("acme", connector.calls("acme") + call, fault);
    let once = RunOptions { run_id: "faulty".to_owned(), ..options() };
    let (_, events) = run(&connector, MIGRATIONS, &targets, &once);
    assert_eq!(outcomes(&events).len(), 1, "{context}");

    // Whatever happened, what is committed is a prefix of the whole, with each statement once.
    let committed = connector.state("acme").log;
    assert!(log(MIGRATIONS).starts_with(&committed), "{context}: {committed:?}");
    (connector.faults_left("acme") == 0).then_some(connector)
}

/// Calls `check` for a fault of each kind at every call of a run on each style, on a fresh tenant
/// and on one that is at version 1.
fn at_every_call(faults: &[Fault], check: impl Fn(&SimConnector, &str)) {
    for style in SimStyle::ALL {
        for begun in [0, 1] {
            for &fault in faults {
                let mut call = 0;
                while let Some(connector) = faulty(style, begun, call, fault) {
                    check(
                        &connector,
                        &format!("{style:?}, {begun} begun, {fault:?} at call {call}"),
                    );
                    call += 1;
                }
                assert!(call > 5, "{style:?}: only {call} calls, so the walk walked nowhere");
            }
        }
    }
}

/// Promise 13, and 5: statements are neither lost nor repeated, wherever a run ends.
#[test]
fn whatever_fails_at_any_call_the_next_run_converges() {
    at_every_call(&FAULTS, |connector, context| {
        connector.restart();
        let (report, events) = run(connector, MIGRATIONS, &[target("acme")], &options());
        let outcome = line(&outcomes(&events)[0].1);
        assert_eq!(report.counts.up_to_date + report.counts.migrated, 1, "{context}: {outcome}");
        let state = connector.state("acme");
        assert_eq!(state.log, log(MIGRATIONS), "{context}");
        assert_eq!(history(&state), versions("1 2 3 4"), "{context}");
        assert_eq!(state.owner, Some(vec![mark()]), "{context}");
        let journal = state.journal.unwrap();
        assert!(journal.values().all(|row| row.finished && row.in_flight.is_none()), "{context}");
        assert_eq!(journal.len(), 4, "{context}");
    });
}

/// Promise 5: history, journal and schema never contradict each other in what is committed.
#[test]
fn migration_history_and_journal_commit_together() {
    at_every_call(&FAULTS, |connector, context| {
        let state = connector.state("acme");
        let finished = state.journal.iter().flat_map(|rows| rows.values());
        let finished: Vec<_> =
            finished.filter(|row| row.finished).map(|row| row.version.clone()).collect();
        assert_eq!(history(&state), finished, "{context}");
        let complete: usize = [1, 3, 2, 2].iter().take(finished.len()).sum();
        // Only if DDL commits by itself may statements of an unfinished migration exist.
        let journalled = context.starts_with("ImplicitCommit");
        assert!(
            state.log.len() == complete || (journalled && state.log.len() > complete),
            "{context}"
        );
    });
}

/// What a report says was applied is committed, and the other way round, even if the connection
/// broke during a commit.
#[test]
fn a_run_that_survives_a_lost_connection_reports_what_it_applied() {
    at_every_call(&[Fault::LostBefore, Fault::LostAfter], |connector, context| {
        let state = connector.state("acme");
        let journal = state.journal.unwrap_or_default();
        assert_eq!(state.log, log(MIGRATIONS), "{context}: not retried to the end");
        assert!(journal.values().any(|row| row.run_id == "faulty"), "{context}");
    });
}

#[test]
fn each_committed_migration_is_announced_exactly_once() {
    for style in SimStyle::ALL {
        for call in 0.. {
            let (connector, targets) = fleet(style, &["acme"]);
            connector.order("acme", call, Fault::LostAfter);
            let (_, events) = run(&connector, MIGRATIONS, &targets, &options());
            if connector.faults_left("acme") > 0 {
                break;
            }
            let announced: Vec<_> = events
                .iter()
                .filter_map(|event| match event {
                    Event::MigrationApplied { version, .. } => Some(version.clone()),
                    _ => None,
                })
                .collect();
            assert_eq!(announced, versions("1 2 3 4"), "{style:?}, call {call}");
            assert_eq!(line(&outcomes(&events)[0].1), "migrated 1 2 3 4", "{style:?}, call {call}");
        }
    }
}

/// A small generator, so that a seed is enough to repeat a run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        // Knuth's MMIX constants; the high bits are the random ones.
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

/// Promises 8 and 13: many tenants, many faults, run again until no fault is left.
#[test]
fn a_fleet_with_seeded_faults_converges_and_healthy_tenants_never_notice() {
    let slugs: Vec<String> = (0..12).map(|number| format!("tenant-{number:02}")).collect();
    let slugs: Vec<&str> = slugs.iter().map(String::as_str).collect();
    // Each tenant has one runner, so a lock that is not free is one that it failed to release.
    let timeouts = Timeouts { lock: Duration::from_millis(10), ..Timeouts::default() };
    let options = RunOptions { timeouts, ..options() };
    for seed in 0..60 {
        for style in SimStyle::ALL {
            let mut random = Random(seed);
            let (connector, targets) = fleet(style, &slugs);
            // Without crashes, which end all tenants at once: those are walked one by one above.
            let faults: Vec<Fault> = FAULTS
                .into_iter()
                .filter(|fault| !matches!(fault, Fault::CrashBefore | Fault::CrashAfter))
                .collect();
            for slug in slugs.iter().step_by(2) {
                for _ in 0..3 {
                    let fault = faults[usize::try_from(random.below(6)).unwrap()];
                    connector.order(slug, random.below(40), fault);
                }
            }
            let (_, events) = run(&connector, MIGRATIONS, &targets, &options);
            for (slug, outcome) in outcomes(&events).iter().skip(1).step_by(2) {
                assert_eq!(line(outcome), "migrated 1 2 3 4", "seed {seed}, {style:?}, {slug}");
            }
            // Each run meets at least one of the three faults, unless no fault is in its way.
            for _ in 0..3 {
                run(&connector, MIGRATIONS, &targets, &options);
            }
            for slug in &slugs {
                let state = connector.state(slug);
                assert_eq!(state.log, log(MIGRATIONS), "seed {seed}, {style:?}, {slug}");
                assert_eq!(history(&state), versions("1 2 3 4"), "seed {seed}, {style:?}, {slug}");
            }
        }
    }
}
