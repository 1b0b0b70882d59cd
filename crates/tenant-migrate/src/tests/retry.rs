//! Retries: only of what is transient, and never without a bound.

use std::time::Duration;

use db_backend::DbErrorKind;
use insta::assert_snapshot;

use super::{MIGRATIONS, fleet, line, options, outcomes, run};
use crate::sim::{Fault, SimStyle};
use crate::{Event, Limits, RetryPolicy, RunOptions};

/// The outcome and the attempts of a tenant whose first `times` connections fail with that kind.
fn connecting(kind: DbErrorKind, times: u64) -> String {
    let (connector, targets) = fleet(SimStyle::TransactionalDdl, &["acme"]);
    for call in 0..times {
        connector.order("acme", call, Fault::Fails(kind));
    }
    let (report, events) = run(&connector, MIGRATIONS, &targets, &options());
    let retries = events.iter().filter(|event| matches!(event, Event::Retrying { .. })).count();
    assert_eq!(retries, report.retries);
    format!("{} ({retries} retries)", line(&outcomes(&events)[0].1))
}

#[test]
fn what_is_transient_is_tried_three_times_and_nothing_else_is_tried_again() {
    assert_snapshot!(connecting(DbErrorKind::Deadlock, 2), @"migrated 1 2 3 4 (2 retries)");
    assert_snapshot!(connecting(DbErrorKind::Deadlock, 3), @"failed: deadlock: ordered fault (2 retries)");
    assert_snapshot!(connecting(DbErrorKind::Unreachable, 1), @"migrated 1 2 3 4 (1 retries)");
    assert_snapshot!(connecting(DbErrorKind::Denied, 1), @"failed: access denied: ordered fault (0 retries)");
    assert_snapshot!(connecting(DbErrorKind::LockTimeout, 1), @"failed: lock timeout: ordered fault (0 retries)");
}

/// Promise 9: what a dead server costs does not grow with its tenants.
#[test]
fn a_dead_server_costs_a_bounded_number_of_connections() {
    let slugs: Vec<String> = (0..100).map(|number| format!("tenant-{number}")).collect();
    let slugs: Vec<&str> = slugs.iter().map(String::as_str).collect();
    let (connector, mut targets) = fleet(SimStyle::TransactionalDdl, &slugs);
    let (dead, alive) = targets.split_at_mut(90);
    for target in dead {
        "dead".clone_into(&mut target.server);
        for call in 0..10 {
            connector.order(&target.slug, call, Fault::Fails(DbErrorKind::Unreachable));
        }
    }
    assert_eq!(alive.len(), 10);
    let limits = Limits { jobs: 8, per_server: 4 };
    let (report, events) =
        run(&connector, MIGRATIONS, &targets, &RunOptions { limits, ..options() });

    let calls: u64 = slugs[..90].iter().map(|slug| connector.calls(slug)).sum();
    // Eight refusals close the lane; each of the three others of its width may be under way then.
    assert!((8..=11).contains(&calls), "{calls} connections to a dead server");
    assert_eq!((report.counts.failed, report.counts.migrated), (90, 10));
    let not_tried = line(&outcomes(&events)[89].1);
    let told = (8..=11).map(|refusals| {
        format!(
            "failed: server unreachable: not tried: its server did not answer {refusals} times in a row"
        )
    });
    assert!(told.into_iter().any(|told| told == not_tried), "{not_tried}");
}

/// Sessions become free again, so a busy server is waited for.
#[test]
fn a_busy_server_is_waited_for() {
    assert_snapshot!(connecting(DbErrorKind::ServerBusy, 9), @"migrated 1 2 3 4 (9 retries)");
}

/// Promise 9: a busy server answers at once, so each of its tenants is asked once when it has been
/// busy for too long.
#[test]
fn a_server_that_stays_busy_is_asked_once_per_tenant() {
    let slugs: Vec<String> = (0..30).map(|number| format!("tenant-{number}")).collect();
    let slugs: Vec<&str> = slugs.iter().map(String::as_str).collect();
    let (connector, targets) = fleet(SimStyle::TransactionalDdl, &slugs);
    for slug in &slugs {
        connector.order(slug, 0, Fault::Fails(DbErrorKind::ServerBusy));
    }
    let limits = Limits { jobs: 8, per_server: 4 };
    let retry = RetryPolicy { busy_max: Duration::ZERO, ..options().retry };
    let options = RunOptions { limits, retry, ..options() };
    let (report, _) = run(&connector, MIGRATIONS, &targets, &options);
    let calls: u64 = slugs.iter().map(|slug| connector.calls(slug)).sum();
    assert_eq!((report.counts.failed, calls), (30, 30));
}

#[test]
fn waits_double_up_to_their_limit_and_differ_from_tenant_to_tenant() {
    let policy = RetryPolicy {
        wait_first: Duration::from_millis(100),
        wait_max: Duration::from_millis(300),
        ..RetryPolicy::default()
    };
    let full = [100, 200, 300, 300];
    for (attempt, full) in (1..).zip(full) {
        let wait = policy.wait_after(attempt, "acme");
        let full = Duration::from_millis(full);
        assert!(full / 2 <= wait && wait <= full, "attempt {attempt}: {wait:?}");
        assert_eq!(wait, policy.wait_after(attempt, "acme"));
    }
    assert_ne!(policy.wait_after(1, "acme"), policy.wait_after(1, "globex"));
    assert!(policy.wait_after(u32::MAX, "acme") <= policy.wait_max);
}
