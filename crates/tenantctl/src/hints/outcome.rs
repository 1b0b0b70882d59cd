//! Outcomes of tenants, for the person who reads them at night.

use std::collections::BTreeSet;

use db_backend::DbErrorKind;
use tenant_migrate::{Blocker, Effect, Failure, FailureKind, Obstacle, Outcome, RefusalReason};

/// What to do about an outcome; `None` if nothing needs to be done.
pub fn outcome(outcome: &Outcome) -> Option<String> {
    match outcome {
        Outcome::UpToDate
        | Outcome::Migrated { .. }
        | Outcome::Adopted { .. }
        | Outcome::Skipped { .. } => None,
        Outcome::Blocked { blocker, .. } => Some(self::blocker(blocker)),
        Outcome::Failed(failure) => Some(self::failure(failure)),
        Outcome::NotStarted => Some("run again: nothing that is done is done twice".to_owned()),
    }
}

/// What to do about a tenant that may not be migrated.
pub fn blocker(blocker: &Blocker) -> String {
    match blocker {
        Blocker::OtherOwner { .. } => {
            "if no one else works on this database any more, add --take-over: then it belongs to \
             this tenant, and no longer to its owner"
                .to_owned()
        }
        Blocker::Occupied => {
            "if it is this tenant's own database, register it with `tenants add SLUG --database \
             NAME`; otherwise rename it, and provision again"
                .to_owned()
        }
        Blocker::NewerJournal { written_by, .. } => format!("use at least tenantctl {written_by}"),
        Blocker::StrayHistory(_) => {
            "let the search path of the server's user lead to the schema of the tenant's tables \
             (ALTER ROLE … SET search_path, or `options` of the address); a second history must go"
                .to_owned()
        }
        Blocker::HistoryLost { recorded } => format!(
            "was the database replaced or restored empty? restore a backup of version \
             {recorded} or older; if the tenant is meant to start over, provision a new one"
        ),
        Blocker::UnknownVersion { .. } => {
            "a newer release has migrated it; run that release, or restore its migrations"
                .to_owned()
        }
        Blocker::ChecksumMismatch { migration } => format!(
            "restore the published text of {migration}, and write the change as a new migration"
        ),
        Blocker::EditedAfterPartial { migration, .. } => format!(
            "restore the earlier text of {migration} up to the statement that failed, since only \
             what comes after that may be changed; if it had to be edited, `repair` takes your word \
             for what is left"
        ),
        Blocker::OutOfOrder { .. } => {
            "a late branch added them below the newest version applied; give them a newer version, \
             or add --allow-out-of-order if the migrations do not depend on each other"
                .to_owned()
        }
        Blocker::HasHistory { version: Some(_) } => "`migrate-all` continues it".to_owned(),
        Blocker::HasHistory { version: None } => {
            "`migrate-all` continues it, and `repair` shows how far it came".to_owned()
        }
        Blocker::Empty => "`migrate-all` gives it everything".to_owned(),
        Blocker::Differs { .. } => {
            "nothing was changed; adopt it at the version that it has, or make it equal first"
                .to_owned()
        }
        Blocker::Refused { migrations } => {
            let reasons = migrations.iter().flat_map(|migration| &migration.refusals);
            let reasons: BTreeSet<&RefusalReason> = reasons.map(|one| &one.reason).collect();
            let mut remedies: Vec<&str> = reasons.into_iter().map(refusal).collect();
            remedies.dedup();
            remedies.join("; ")
        }
    }
}

/// What to write instead of what is never applied.
pub const fn refusal(reason: &RefusalReason) -> &'static str {
    match reason {
        RefusalReason::Blank => "write the SQL, or delete the folder",
        RefusalReason::Encoding { .. } => "save the file as UTF-8",
        RefusalReason::Unreadable { .. } => "check that it is a file, and its rights",
        RefusalReason::Unclosed { .. } => "fix the SQL",
        RefusalReason::ControlsTransaction => {
            "take it out, since each migration is one transaction already; or, if the file has \
             its own transactions, put `run_in_transaction = false` into metadata.toml beside it"
        }
        RefusalReason::UnmatchedTransaction => {
            "begin and commit each transaction in the same file, and never roll one back"
        }
        RefusalReason::LeavesDatabase => {
            "take it out: a migration changes its own tenant only; connect another program to the \
             other database"
        }
        RefusalReason::ForClient { has_rows: false } => {
            "take it out: no delimiter is needed around the body of a trigger or routine, and a \
             dump is written without such lines by its own options"
        }
        RefusalReason::ForClient { has_rows: true } => {
            "write the rows as INSERT (`pg_dump --inserts` does)"
        }
        RefusalReason::DiscardsSession => {
            "take it out: each migration begins with a clean session; RESET is for a single setting"
        }
        RefusalReason::LocksTables => {
            "take LOCK TABLES and UNLOCK TABLES out, or put only changes of rows between them: DDL \
             locks its tables itself, and the migration lock keeps other runners out"
        }
        RefusalReason::LosesState { .. } => {
            "put what comes after into a migration of its own that makes it again, or replace it \
             by a subquery"
        }
        RefusalReason::TooLong { .. } => {
            "split the statement, or raise max_allowed_packet on the server"
        }
    }
}

/// What to do about a failure, and about what the failure left behind.
pub fn failure(failure: &Failure) -> String {
    let kind = failure_kind(failure.kind);
    match failure.migration.as_ref().map(|migration| migration.effect) {
        Some(Effect::Partial { statements_done: 1.. }) => format!(
            "{kind}; the next run continues after the statements that took effect, so do not change \
             them"
        ),
        Some(Effect::Unclear { .. }) if failure.kind != FailureKind::Unsettled => format!(
            "{kind}; look what it did, undo or complete it, and say with `repair` at which \
             statement to continue"
        ),
        Some(
            Effect::Partial { .. }
            | Effect::RolledBack
            | Effect::InDoubt { .. }
            | Effect::Unclear { .. },
        )
        | None => kind.to_owned(),
    }
}

/// What to do about what is in the way of tenants in a plan.
pub fn obstacle(obstacle: &Obstacle) -> String {
    match obstacle {
        Obstacle::Blocked { blocker } => self::blocker(blocker),
        Obstacle::Unreadable { kind, .. } => failure_kind(*kind).to_owned(),
    }
}

/// How to go on with tenants that are stuck, of which this is one.
pub fn stuck(example: &str) -> String {
    format!(
        "`tenants show {example}` shows its last runs; `tenants suspend {example}` leaves it out of \
         runs for now; `status --verify --only {example}` reads it again"
    )
}

const fn failure_kind(kind: FailureKind) -> &'static str {
    match kind {
        FailureKind::NoMigrations => "add a folder of migrations for this back end",
        FailureKind::Cancelled => "run again",
        FailureKind::Unsettled => {
            "look whether its effect is there, and say so with `repair`: `--resume-at` the number \
             of the statement to continue with"
        }
        FailureKind::Hook => {
            "nothing was done to this tenant; fix the command in `hooks` of tenantctl.toml, or what \
             it found; run again"
        }
        FailureKind::SessionSql => {
            "nothing more was done to this tenant; fix the statement in `session` of \
             tenantctl.toml, or what is in its way; run again"
        }
        FailureKind::Scratch => {
            "the user of the tenants' server needs the right to create databases; or name another \
             server of the same version with --postgres-url or --mysql-url"
        }
        FailureKind::Defect => "this is a bug in the program: please report it with this message",
        FailureKind::Database(kind) => database(kind),
    }
}

/// What to do about a failure of this kind.
pub const fn database(kind: DbErrorKind) -> &'static str {
    match kind {
        DbErrorKind::Unreachable => {
            "check that the server runs and its address is right; run again"
        }
        DbErrorKind::ServerBusy => {
            "run again with a lower --per-server, or when there is less load"
        }
        DbErrorKind::ConnectionLost => {
            "look in the server's log for why it dropped the session; run again"
        }
        DbErrorKind::NoAnswer => {
            "its server, or the disk that it is on, seems to be frozen: look there; the next run \
             reads what became of it"
        }
        DbErrorKind::Closed => {
            "somebody has closed this database to sessions (ALTER DATABASE … ALLOW_CONNECTIONS); \
             open it again, or suspend the tenant meanwhile"
        }
        DbErrorKind::Denied => "check the user's password and rights on this database",
        DbErrorKind::Missing => {
            "restore the database, or archive the tenant if it is gone for good"
        }
        DbErrorKind::Corrupt => "restore the database from a backup",
        DbErrorKind::ReadOnly => "make the database writable; if it is a standby, use its primary",
        DbErrorKind::DiskFull => "free some space where the database lives; run again",
        DbErrorKind::LockTimeout => {
            "another session holds the lock; run again when it has ended, or raise --lock-timeout"
        }
        DbErrorKind::LockLost => {
            "take the call that releases locks out of the migration, or out of the routine that it \
             calls; run again"
        }
        DbErrorKind::StatementTimeout => "run again with a higher --statement-timeout",
        DbErrorKind::Deadlock => "run again when there is less load on this tenant",
        DbErrorKind::Statement => {
            "fix the migration, or the data that is in its way (--show-values shows values); try it on \
             a copy of this tenant; run again"
        }
        DbErrorKind::OutOfResources => {
            "run again with a lower --jobs, or with higher limits (`ulimit -n`, `ulimit -u`)"
        }
        DbErrorKind::Address => "correct the address of the server or database",
    }
}
