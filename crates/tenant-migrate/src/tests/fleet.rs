//! Many tenants: each has exactly one outcome, and none touches another.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::thread;

use db_backend::{BackendKind, DbErrorKind};
use proptest::prelude::*;

use super::{
    MIGRATIONS, a_run, fleet, history, line, log, options, outcomes, run, target, versions,
};
use crate::sim::{Fault, SimConnector, SimStyle};
use crate::{Cancel, Ending, Event, Limits, Outcome, Report, RunOptions, Target};

const SLUGS: [&str; 6] = ["ant", "bee", "cat", "dog", "eel", "fox"];

/// Promise 8: whatever happens to one tenant, each has exactly one outcome.
#[test]
fn every_target_has_exactly_one_outcome() {
    let (connector, mut targets) = fleet(SimStyle::TransactionalDdl, &SLUGS[..5]);
    connector.order("ant", 3, Fault::Panic);
    connector.order("bee", 0, Fault::Fails(DbErrorKind::Denied));
    connector.order("cat", 8, Fault::Fails(DbErrorKind::Statement));
    targets[3].set.kind = BackendKind::Mysql;
    targets.push(target("missing"));

    let (report, events) = run(&connector, MIGRATIONS, &targets, &options());
    let lines: Vec<_> = outcomes(&events)
        .iter()
        .map(|(slug, outcome)| format!("{slug}: {}", line(outcome)))
        .collect();
    insta::assert_snapshot!(lines.join("\n"), @"
    ant: failed: defect in this program: panicked: ordered panic
    bee: failed: access denied: ordered fault
    cat: failed: migration 1_a failed: ordered fault; rolled back
    dog: failed: no migrations: there are no migrations for mysql
    eel: migrated 1 2 3 4
    missing: failed: database missing: there is no database missing
    ");
    assert_eq!(report.ending(), Ending::SomeFailed);
    assert_eq!(report.counts.total(), targets.len());
    assert_eq!(report, Report::from_events(&events));
}

/// Promise 3: two runners on one fleet lose nothing and fail nothing.
#[test]
fn two_runners_on_one_fleet_apply_each_migration_once_and_fail_nothing() {
    for style in SimStyle::ALL {
        for _ in 0..20 {
            let (connector, targets) = fleet(style, &SLUGS);
            let results = thread::scope(|scope| {
                let runner = || run(&connector, MIGRATIONS, &targets, &options());
                let runners = [scope.spawn(runner), scope.spawn(runner)];
                runners.map(|runner| runner.join().unwrap())
            });
            for (report, _) in &results {
                assert_eq!(report.ending(), Ending::AllAtGoal, "{style:?}: {report:?}");
            }
            for slug in SLUGS {
                let state = connector.state(slug);
                assert_eq!(state.log, log(MIGRATIONS), "{style:?}, {slug}");
                assert_eq!(history(&state), versions("1 2 3 4"), "{style:?}, {slug}");
            }
        }
    }
}

/// Cancelled from within, when the first tenant has finished.
#[test]
fn a_cancelled_run_finishes_what_runs_and_names_what_was_not_started() {
    let (connector, targets) = fleet(SimStyle::TransactionalDdl, &SLUGS);
    let cancel = Arc::new(Cancel::new());
    let options = RunOptions { limits: Limits { jobs: 1, per_server: 1 }, ..options() };
    let run = a_run(&connector, MIGRATIONS, options).cancelled_by(Arc::clone(&cancel)).telling({
        let cancel = Arc::clone(&cancel);
        move |event| {
            if matches!(event, Event::TenantStarted { .. }) {
                assert_eq!(cancel.in_flight(), ["ant"]);
                cancel.cancel();
            }
        }
    });
    let report = run.migrate(targets, Arc::new(|_| None));
    assert_eq!(report.counts.migrated, 1);
    assert_eq!(report.counts.not_started, 5);
    assert_eq!(report.ending(), Ending::Cancelled);
    assert!(cancel.in_flight().is_empty());
    assert_eq!(connector.calls("bee"), 0);
}

#[test]
fn the_limits_hold_in_all_and_per_server() {
    let connector = SimConnector::new(SimStyle::TransactionalDdl);
    let targets: Vec<Target> = (0..24)
        .map(|number| {
            let slug = format!("tenant-{number}");
            connector.create(&slug);
            // One server with most of the tenants, which a scheduler without limits would prefer.
            let server = if number < 20 { 0 } else { number % 3 };
            Target { server: format!("server-{server}"), ..target(&slug) }
        })
        .collect();
    let running: BTreeMap<String, AtomicUsize> =
        (0..3).map(|number| (format!("server-{number}"), AtomicUsize::new(0))).collect();
    let servers: BTreeMap<String, String> =
        targets.iter().map(|target| (target.slug.clone(), target.server.clone())).collect();
    let sink = move |event| match event {
        Event::TenantStarted { tenant, .. } => {
            assert!(running[&servers[&tenant]].fetch_add(1, Ordering::SeqCst) < 2);
            let all: usize = running.values().map(|count| count.load(Ordering::SeqCst)).sum();
            assert!(all <= 5, "{all} at once");
            thread::yield_now();
        }
        Event::TenantFinished(tenant) => {
            running[&servers[&tenant.slug]].fetch_sub(1, Ordering::SeqCst);
        }
        Event::RunStarted { .. }
        | Event::MigrationApplied { .. }
        | Event::Noted { .. }
        | Event::HookFailed { .. }
        | Event::Retrying { .. }
        | Event::RunFinished { .. } => {}
    };
    let options = RunOptions { limits: Limits { jobs: 5, per_server: 2 }, ..options() };
    let run = a_run(&connector, MIGRATIONS, options).telling(sink);
    let report = run.migrate(targets, Arc::new(|_| None));
    assert_eq!(report.counts.migrated, 24);
}

#[test]
fn zero_jobs_count_as_one() {
    let (connector, targets) = fleet(SimStyle::TransactionalDdl, &SLUGS);
    let options = RunOptions { limits: Limits { jobs: 0, per_server: 0 }, ..options() };
    let (report, _) = run(&connector, MIGRATIONS, &targets, &options);
    assert_eq!(report.counts.migrated, 6);
}

#[test]
fn a_fleet_without_tenants_is_at_its_goal() {
    let (connector, targets) = fleet(SimStyle::TransactionalDdl, &[]);
    let (report, events) = run(&connector, MIGRATIONS, &targets, &options());
    assert_eq!(report.ending(), Ending::AllAtGoal);
    assert_eq!(events.len(), 2);
}

#[test]
fn a_tenant_withdrawn_before_its_turn_is_skipped_and_untouched() {
    let (connector, targets) = fleet(SimStyle::TransactionalDdl, &["a", "b", "c"]);
    let (sender, events) = channel();
    let run =
        a_run(&connector, MIGRATIONS, options()).telling(move |event| sender.send(event).unwrap());
    let withdrawn = |target: &Target| (target.slug == "b").then(|| "gone".to_owned());
    let report = run.migrate(targets, Arc::new(withdrawn));
    assert_eq!((report.counts.migrated, report.counts.skipped), (2, 1));
    assert_eq!((report.ending(), report.failures.len()), (Ending::AllAtGoal, 0));
    let outcomes = outcomes(&events.try_iter().collect::<Vec<_>>());
    assert_eq!(line(&outcomes[1].1), "skipped: gone");
    assert_eq!(connector.calls("b"), 0);
}

fn some_fault() -> impl Strategy<Value = Fault> {
    prop_oneof![
        Just(Fault::Fails(DbErrorKind::Statement)),
        Just(Fault::Fails(DbErrorKind::ServerBusy)),
        Just(Fault::LostAfter),
        Just(Fault::CrashBefore),
        Just(Fault::Panic),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Promise 8, for any limits, servers and faults: one outcome for each target.
    #[test]
    fn each_target_has_one_outcome_whatever_goes_wrong(
        servers in proptest::collection::vec(0..3_usize, 0..20),
        jobs in 1..5_usize,
        per_server in 1..3_usize,
        faults in proptest::collection::vec((0..20_usize, 0..30_u64, some_fault()), 0..10),
    ) {
        let connector = SimConnector::new(SimStyle::ImplicitCommit);
        let targets: Vec<Target> = servers
            .iter()
            .enumerate()
            .map(|(number, server)| {
                let slug = format!("tenant-{number:02}");
                connector.create(&slug);
                Target { server: format!("server-{server}"), ..target(&slug) }
            })
            .collect();
        for (number, call, fault) in faults {
            connector.order(&format!("tenant-{number:02}"), call, fault);
        }
        let options = RunOptions { limits: Limits { jobs, per_server }, ..options() };
        let (_, events) = run(&connector, MIGRATIONS, &targets, &options);
        let outcomes = outcomes(&events);
        let slugs: Vec<_> = outcomes.iter().map(|(slug, _)| slug.clone()).collect();
        let expected: Vec<_> = targets.iter().map(|target| target.slug.clone()).collect();
        prop_assert_eq!(slugs, expected);
        prop_assert!(outcomes.iter().all(|(_, outcome)| *outcome != Outcome::NotStarted));
    }
}
