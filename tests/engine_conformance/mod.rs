//! The engine's promises, which hold for any `Connector`, on simulated and on real back ends.

mod faulty;
mod ground;
mod stock_diesel;

use std::cell::Cell;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use db_backend::{Access, BackendKind, DieselConnector, ExecutionMode, History, Timeouts, Version};
use tenant_migrate::sim::{SimConnector, SimStyle};
use tenant_migrate::{
    Blocker, Effect, EmbeddedMigration, Ending, FailureKind, Outcome, Record, RunOptions, Target,
    TenantReport,
};

use crate::support::cases::test_on;
use crate::support::server::available;

use faulty::{Break, Faulty};
use ground::{
    ALL, BROKEN, FIRST, FIXED, Ground, SECOND, THIRD, assert_migrated_all, options, outside,
    versions,
};

/// A promise, tested on its own databases.
type Case = fn(&Ground<'_>);

test_on! {
    simulated, sqlite, postgres, mysql: on_real {
        a_fresh_database_gets_everything,
        a_second_run_writes_nothing,
        observing_writes_nothing,
        a_failure_keeps_earlier_migrations,
        a_fixed_migration_continues_where_it_stopped,
        a_migration_outside_of_transactions_is_resumed,
        concurrent_runners_all_succeed,
        an_edited_migration_blocks,
        an_unknown_version_blocks,
        a_version_missing_in_the_middle_blocks,
        a_lost_history_blocks,
        up_down_up_returns_to_the_same_schema,
        a_runner_waits_for_a_held_lock,
        after_any_break_the_next_run_converges,
    }
}

fn on_simulated(style: SimStyle, case: Case) {
    let connector = SimConnector::new(style);
    let names = Cell::new(0);
    let fresh = || {
        names.set(names.get() + 1);
        connector.create(&format!("database-{}", names.get()))
    };
    case(&Ground {
        connector: Arc::new(connector.clone()),
        kind: BackendKind::Sqlite,
        fresh: &fresh,
    });
}

fn on_real(kind: BackendKind, case: Case) {
    let Some(server) = available(kind) else { return };
    let fresh = || server.fresh_database();
    case(&Ground { connector: Arc::new(DieselConnector), kind, fresh: &fresh });
}

fn a_fresh_database_gets_everything(ground: &Ground<'_>) {
    let database = (ground.fresh)();
    let report = ground.migrate(&database, ALL);
    let applied = versions("20260101 20260102 20260103");
    assert_eq!(report.outcome, Outcome::Migrated { applied });
    assert_eq!(report.version, versions("20260103").pop());
    let journal = ground.history(&database).journal;
    let statements: Vec<_> = journal.iter().map(|row| row.statements_done).collect();
    assert_eq!(statements, [1, 4, 2]);
    assert!(journal.iter().all(|row| row.run_id == "run"));
    ground.assert_migrated(&database, ALL, "fresh");
}

fn a_second_run_writes_nothing(ground: &Ground<'_>) {
    let database = (ground.fresh)();
    ground.migrate(&database, ALL);
    let before = (ground.history(&database), ground.fingerprint(&database));
    assert_eq!(ground.migrate(&database, ALL).outcome, Outcome::UpToDate);
    assert_eq!((ground.history(&database), ground.fingerprint(&database)), before);
}

fn observing_writes_nothing(ground: &Ground<'_>) {
    let database = (ground.fresh)();
    let before = ground.fingerprint(&database);
    for _ in 0..2 {
        let observed = ground.run(&[], &options()).observe([ground.target(&database)]);
        assert_eq!(observed[0].history, Ok(History::default()));
    }
    assert_eq!(ground.fingerprint(&database), before);
}

fn a_failure_keeps_earlier_migrations(ground: &Ground<'_>) {
    let database = (ground.fresh)();
    let report = ground.migrate(&database, &[FIRST, BROKEN]);
    let Outcome::Failed(failure) = &report.outcome else { panic!("{:?}", report.outcome) };
    let migration = failure.migration.as_ref().expect("a migration failed");
    let statement = migration.statement.as_ref().expect("a statement failed");
    assert_eq!(migration.name, "2026-01-02_b");
    assert_eq!((statement.number, statement.total, statement.line), (3, 4, 3));
    assert_eq!(statement.excerpt, "CREATE TALBE c (id INTEGER PRIMARY KEY)");
    assert_eq!(failure.applied, versions("20260101"));
    assert_eq!(report.version, versions("20260101").pop());
    assert_eq!(ground.history(&database).applied, Some(versions("20260101")));

    let only_first = (ground.fresh)();
    ground.migrate(&only_first, &[FIRST]);
    let untouched = ground.fingerprint(&database) == ground.fingerprint(&only_first);
    match migration.effect {
        Effect::RolledBack => assert!(untouched, "something of it was left behind"),
        Effect::Partial { statements_done } => {
            assert_eq!(statements_done, 2);
            assert!(!untouched, "nothing of it took effect");
        }
        Effect::InDoubt { .. } | Effect::Unclear { .. } => panic!("nothing was in doubt"),
    }
}

fn a_fixed_migration_continues_where_it_stopped(ground: &Ground<'_>) {
    let database = (ground.fresh)();
    ground.migrate(&database, &[FIRST, BROKEN]);
    assert_migrated_all(&ground.migrate(&database, &[FIRST, FIXED]), "fixed");
    ground.assert_migrated(&database, &[FIRST, FIXED], "fixed");
}

fn a_migration_outside_of_transactions_is_resumed(ground: &Ground<'_>) {
    let database = (ground.fresh)();
    let report = ground.migrate(&database, &[FIRST, outside(BROKEN)]);
    let Outcome::Failed(failure) = report.outcome else { panic!("{:?}", report.outcome) };
    let effect = failure.migration.expect("a migration failed").effect;
    assert_eq!(effect, Effect::Partial { statements_done: 2 });
    assert_migrated_all(&ground.migrate(&database, &[FIRST, outside(FIXED)]), "fixed");
    ground.assert_migrated(&database, &[FIRST, outside(FIXED)], "fixed");
}

fn concurrent_runners_all_succeed(ground: &Ground<'_>) {
    let databases: Vec<_> = (0..3).map(|_| (ground.fresh)()).collect();
    let targets: Vec<_> = databases
        .iter()
        .enumerate()
        .map(|(number, database)| Target {
            slug: format!("tenant-{number}"),
            ..ground.target(database)
        })
        .collect();
    let run = ground.run(ALL, &options());
    thread::scope(|scope| {
        let runner = || run.migrate(&*targets, Arc::new(|_| None));
        let runners: Vec<_> = (0..4).map(|_| scope.spawn(runner)).collect();
        for runner in runners {
            let report = runner.join().expect("a runner does not panic");
            assert_eq!(report.ending(), Ending::AllAtGoal, "{report:?}");
        }
    });
    let expected = ground.expected(ALL);
    for database in &databases {
        ground.assert_is(&expected, database, "raced");
    }
}

fn an_edited_migration_blocks(ground: &Ground<'_>) {
    let database = (ground.fresh)();
    ground.migrate(&database, &[FIRST]);
    let edited = EmbeddedMigration { up: "CREATE TABLE other (id INTEGER PRIMARY KEY);", ..FIRST };
    let report = ground.migrate(&database, &[edited, SECOND]);
    let expected = Blocker::ChecksumMismatch { migration: "2026-01-01_a".to_owned() };
    assert_eq!(*blocker(&report), expected);
    ground.assert_migrated(&database, &[FIRST], "blocked");
}

fn an_unknown_version_blocks(ground: &Ground<'_>) {
    let database = (ground.fresh)();
    ground.migrate(&database, ALL);
    let report = ground.migrate(&database, &[FIRST, SECOND]);
    let expected = Blocker::UnknownVersion { versions: versions("20260103") };
    assert_eq!(*blocker(&report), expected);
    ground.assert_migrated(&database, ALL, "blocked");
}

fn a_version_missing_in_the_middle_blocks(ground: &Ground<'_>) {
    let database = (ground.fresh)();
    ground.migrate(&database, &[FIRST, THIRD]);
    let report = ground.migrate(&database, ALL);
    let missing = versions("20260102");
    let expected = Blocker::OutOfOrder { missing, newest: Version("20260103".to_owned()) };
    assert_eq!(*blocker(&report), expected);

    let mut options = options();
    options.policy.allow_out_of_order = true;
    let report = ground.migrate_target(&ground.target(&database), ALL, &options);
    assert_eq!(report.outcome, Outcome::Migrated { applied: versions("20260102") });
    assert_eq!(report.version, versions("20260103").pop());
    ground.assert_migrated(&database, ALL, "allowed");
}

fn a_lost_history_blocks(ground: &Ground<'_>) {
    let database = (ground.fresh)();
    let recorded = versions("20260101").pop();
    let record = Record { version: recorded.clone(), mark: None };
    let target = Target { record, ..ground.target(&database) };
    let report = ground.migrate_target(&target, ALL, &options());
    let recorded = recorded.expect("a version");
    assert_eq!(*blocker(&report), Blocker::HistoryLost { recorded });
    assert_eq!(ground.history(&database), History::default());
}

fn up_down_up_returns_to_the_same_schema(ground: &Ground<'_>) {
    let database = (ground.fresh)();
    let empty = ground.fingerprint(&database);
    ground.migrate(&database, &[FIRST, THIRD]);
    let full = ground.fingerprint(&database);
    for migration in ground.set(&[FIRST, THIRD]).iter().rev() {
        ground.revert(&database, migration).expect("what was migrated can be reverted");
    }
    assert_eq!(ground.fingerprint(&database), empty);
    assert_eq!(ground.history(&database).applied, Some(Vec::new()));
    assert_eq!(ground.history(&database).journal, []);
    assert_migrated_all(&ground.migrate(&database, &[FIRST, THIRD]), "up again");
    assert_eq!(ground.fingerprint(&database), full);
}

fn a_runner_waits_for_a_held_lock(ground: &Ground<'_>) {
    let database = (ground.fresh)();
    let timeouts = Timeouts { lock: Duration::from_millis(100), ..Timeouts::default() };
    let mut holder = ground
        .connector
        .connect(&database, Access::ReadWrite, &timeouts)
        .expect("the database can be opened");
    holder.lock(ExecutionMode::Journalled).expect("nobody holds the lock");
    let options = RunOptions { timeouts, ..options() };
    let target = ground.target(&database);
    let Outcome::Failed(failure) = ground.migrate_target(&target, ALL, &options).outcome else {
        panic!("the lock was held")
    };
    let lock_timeout = FailureKind::Database(db_backend::DbErrorKind::LockTimeout);
    assert_eq!(failure.kind, lock_timeout, "{failure}");

    // A process that dies drops its connection. Nothing else is needed to release the lock.
    drop(holder);
    let options = RunOptions { timeouts: Timeouts::default(), ..options };
    let report = ground.migrate_target(&target, ALL, &options);
    assert_migrated_all(&report, "after the holder");
}

/// Promise 13: the connection breaks at each call in turn, before or after the call has its effect.
fn after_any_break_the_next_run_converges(ground: &Ground<'_>) {
    let journalled = [FIRST, outside(SECOND), THIRD];
    for migrations in [ALL, &journalled] {
        let expected = ground.expected(migrations);
        for moment in [Break::Before, Break::After] {
            for call in 0.. {
                let context = format!("{moment:?} call {call}");
                let database = (ground.fresh)();
                let faulty = Arc::new(Faulty::new(Arc::clone(&ground.connector), moment, call));
                let report = ground.migrate_with(faulty.clone(), &database, migrations);
                if !faulty.is_broken() {
                    assert_migrated_all(&report, &context);
                    assert!(call > 5, "only {call} calls, so nothing was walked");
                    break;
                }
                let again = ground.migrate(&database, migrations);
                let is_done = matches!(again.outcome, Outcome::Migrated { .. } | Outcome::UpToDate);
                assert!(is_done, "{context}: first {report:?}, then {again:?}");
                ground.assert_is(&expected, &database, &context);
            }
        }
    }
}

fn blocker(report: &TenantReport) -> &Blocker {
    match &report.outcome {
        Outcome::Blocked { blocker, .. } => blocker,
        other => panic!("not blocked but {other:?}"),
    }
}
