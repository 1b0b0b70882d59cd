//! What to do about tenants that stopped.

use db_backend::{DbErrorKind, StrayHistory};
use insta::assert_snapshot;
use tenant_migrate::{
    Blocker, Effect, FailedMigration, Failure, FailureKind, Mark, Outcome, Refusal, RefusalReason,
    RefusedMigration,
};

use super::version;
use crate::hints::{database, outcome};

#[test]
fn what_needs_no_action_has_no_hint() {
    assert_eq!(outcome(&Outcome::UpToDate), None);
    assert_eq!(outcome(&Outcome::Migrated { applied: vec![version("1")] }), None);
}

#[test]
fn tenants_that_stopped() {
    let blocked = |blocker| Outcome::Blocked { blocker, applied: Vec::new() };
    let failed = |kind, effect: Option<Effect>| {
        let migration = effect.map(|effect| {
            let (version, name) = (version("4"), "4_c".to_owned());
            Box::new(FailedMigration { version, name, statement: None, effect })
        });
        Outcome::Failed(Failure { kind, message: String::new(), migration, applied: Vec::new() })
    };
    let refused = |reasons: Vec<RefusalReason>| {
        let refusals = reasons.into_iter();
        let refusals = refusals.map(|reason| Refusal { line: 1, statement: String::new(), reason });
        let migration = "4_c".to_owned();
        let migrations = vec![RefusedMigration { migration, refusals: refusals.collect() }];
        blocked(Blocker::Refused { migrations })
    };
    let deadlock = FailureKind::Database(DbErrorKind::Deadlock);
    let outcomes = [
        blocked(Blocker::OtherOwner {
            owner: Mark { registry: "theirs".to_owned(), tenant: 7 },
            registry: "ours".to_owned(),
        }),
        blocked(Blocker::Occupied),
        blocked(Blocker::StrayHistory(StrayHistory {
            schemas: vec!["public".to_owned()],
            current: None,
            has_own: false,
        })),
        blocked(Blocker::HistoryLost { recorded: version("3") }),
        blocked(Blocker::UnknownVersion { versions: vec![version("9")] }),
        blocked(Blocker::ChecksumMismatch { migration: "4_c".to_owned() }),
        blocked(Blocker::EditedAfterPartial { migration: "4_c".to_owned(), statements_done: 1 }),
        blocked(Blocker::OutOfOrder { missing: vec![version("2")], newest: version("3") }),
        blocked(Blocker::NewerJournal { written_by: "9.1.0".to_owned(), own: "0.1.0".to_owned() }),
        blocked(Blocker::HasHistory { version: Some(version("3")) }),
        blocked(Blocker::HasHistory { version: None }),
        blocked(Blocker::Empty),
        blocked(Blocker::Differs { version: version("3"), differences: vec!["one".to_owned()] }),
        refused(vec![RefusalReason::Blank]),
        refused(vec![RefusalReason::LeavesDatabase, RefusalReason::LocksTables]),
        failed(FailureKind::NoMigrations, None),
        failed(FailureKind::Cancelled, None),
        failed(FailureKind::Defect, None),
        failed(FailureKind::Scratch, None),
        failed(FailureKind::SessionSql, None),
        failed(FailureKind::Hook, None),
        failed(FailureKind::Unsettled, Some(Effect::Unclear { statements_done: 1 })),
        failed(deadlock, Some(Effect::RolledBack)),
        failed(deadlock, Some(Effect::Partial { statements_done: 0 })),
        failed(deadlock, Some(Effect::Partial { statements_done: 2 })),
        failed(deadlock, Some(Effect::InDoubt { statements_done: 2 })),
        failed(deadlock, Some(Effect::Unclear { statements_done: 2 })),
        Outcome::NotStarted,
    ];
    let hints = outcomes.each_ref().map(|stopped| outcome(stopped).unwrap_or_default());
    assert_snapshot!(hints.join("\n"), @"
    if no one else works on this database any more, add --take-over: then it belongs to this tenant, and no longer to its owner
    if it is this tenant's own database, register it with `tenants add SLUG --database NAME`; otherwise rename it, and provision again
    let the search path of the server's user lead to the schema of the tenant's tables (ALTER ROLE … SET search_path, or `options` of the address); a second history must go
    was the database replaced or restored empty? restore a backup of version 3 or older; if the tenant is meant to start over, provision a new one
    a newer release has migrated it; run that release, or restore its migrations
    restore the published text of 4_c, and write the change as a new migration
    restore the earlier text of 4_c up to the statement that failed, since only what comes after that may be changed; if it had to be edited, `repair` takes your word for what is left
    a late branch added them below the newest version applied; give them a newer version, or add --allow-out-of-order if the migrations do not depend on each other
    use at least tenantctl 9.1.0
    `migrate-all` continues it
    `migrate-all` continues it, and `repair` shows how far it came
    `migrate-all` gives it everything
    nothing was changed; adopt it at the version that it has, or make it equal first
    write the SQL, or delete the folder
    take it out: a migration changes its own tenant only; connect another program to the other database; take LOCK TABLES and UNLOCK TABLES out, or put only changes of rows between them: DDL locks its tables itself, and the migration lock keeps other runners out
    add a folder of migrations for this back end
    run again
    this is a bug in the program: please report it with this message
    the user of the tenants' server needs the right to create databases; or name another server of the same version with --postgres-url or --mysql-url
    nothing more was done to this tenant; fix the statement in `session` of tenantctl.toml, or what is in its way; run again
    nothing was done to this tenant; fix the command in `hooks` of tenantctl.toml, or what it found; run again
    look whether its effect is there, and say so with `repair`: `--resume-at` the number of the statement to continue with
    run again when there is less load on this tenant
    run again when there is less load on this tenant
    run again when there is less load on this tenant; the next run continues after the statements that took effect, so do not change them
    run again when there is less load on this tenant
    run again when there is less load on this tenant; look what it did, undo or complete it, and say with `repair` at which statement to continue
    run again: nothing that is done is done twice
    ");
}

#[test]
fn database_errors() {
    let kinds = [
        DbErrorKind::Unreachable,
        DbErrorKind::ServerBusy,
        DbErrorKind::ConnectionLost,
        DbErrorKind::Closed,
        DbErrorKind::Denied,
        DbErrorKind::Missing,
        DbErrorKind::Corrupt,
        DbErrorKind::ReadOnly,
        DbErrorKind::DiskFull,
        DbErrorKind::LockTimeout,
        DbErrorKind::LockLost,
        DbErrorKind::StatementTimeout,
        DbErrorKind::Deadlock,
        DbErrorKind::Statement,
        DbErrorKind::OutOfResources,
        DbErrorKind::Address,
    ];
    let hints = kinds.map(|kind| format!("{kind:?}: {}", database(kind)));
    assert_snapshot!(hints.join("\n"), @"
    Unreachable: check that the server runs and its address is right; run again
    ServerBusy: run again with a lower --per-server, or when there is less load
    ConnectionLost: look in the server's log for why it dropped the session; run again
    Closed: somebody has closed this database to sessions (ALTER DATABASE … ALLOW_CONNECTIONS); open it again, or suspend the tenant meanwhile
    Denied: check the user's password and rights on this database
    Missing: restore the database, or archive the tenant if it is gone for good
    Corrupt: restore the database from a backup
    ReadOnly: make the database writable; if it is a standby, use its primary
    DiskFull: free some space where the database lives; run again
    LockTimeout: another session holds the lock; run again when it has ended, or raise --lock-timeout
    LockLost: take the call that releases locks out of the migration, or out of the routine that it calls; run again
    StatementTimeout: run again with a higher --statement-timeout
    Deadlock: run again when there is less load on this tenant
    Statement: fix the migration, or the data that is in its way (--show-values shows values); try it on a copy of this tenant; run again
    OutOfResources: run again with a lower --jobs, or with higher limits (`ulimit -n`, `ulimit -u`)
    Address: correct the address of the server or database
    ");
}
