//! What the program prints for every error: the error, its causes and the hint; and how it ends.

mod registry;

use std::error::Error;
use std::fmt::Write as _;
use std::io;

use db_backend::{BackendKind, DbError, DbErrorKind, Refused, Statement, Version};
use insta::assert_snapshot;
use migration_folder::{Broken, FailedUse, Finding, FolderError, Remedy, Unproven, Usage};
use schema_model::diff::{Hazard, HazardKind, Unsupported};
use tenant_migrate::{Blocker, Effect, FailedMigration, Failure, FailureKind, Outcome};

use super::{advice, database, outcome, remedy};

/// The exit code of each error, its causes and its hint. No error may repeat its cause.
fn reported(errors: impl IntoIterator<Item = anyhow::Error>) -> String {
    let mut text = String::new();
    for error in errors {
        let chain: Vec<String> = error.chain().map(ToString::to_string).collect();
        for pair in chain.windows(2) {
            assert!(!pair[0].contains(&pair[1]), "{:?} repeats its cause, {:?}", pair[0], pair[1]);
        }
        let advice = advice(&error);
        let _ = writeln!(text, "{}: {}", advice.exit.code(), chain.join("\n   cause: "));
        if let Some(hint) = advice.hint {
            let _ = writeln!(text, "   hint: {hint}");
        }
    }
    text
}

fn version(text: &str) -> Version {
    Version(text.to_owned())
}

fn fails(message: &str) -> DbError {
    DbError::new(DbErrorKind::Denied, message)
}

fn boxed(message: &str) -> Box<dyn Error + Send + Sync> {
    message.into()
}

#[test]
fn errors_of_a_folder() {
    let unproven =
        |cause| FolderError::Unproven { kind: BackendKind::Sqlite, cause: Box::new(cause) };
    let refused = |line| Unproven::Refused {
        step: "up",
        refused: Refused {
            statement: Some(Box::new(Statement {
                line,
                ..Statement::unplaced("DROP TABLE a", BackendKind::Sqlite.syntax())
            })),
            error: fails("no such table: a"),
        },
    };
    let unsupported =
        Unsupported { place: "a.b".to_owned(), reason: "is new and NOT NULL".to_owned() };
    let hazard = Hazard {
        kind: HazardKind::DropTable,
        place: "a".to_owned(),
        effect: "table a goes, with all its rows".to_owned(),
        hint: None,
    };
    let finding = Finding {
        path: "mysql/1_a/up.sql".to_owned(),
        problem: "the file is blank".to_owned(),
        remedy: Remedy::Seal,
    };
    let broken = Broken {
        failure: FailedUse {
            usage: Usage::Select,
            place: "recent".to_owned(),
            error: fails("no such column: a"),
        },
        worked_before: true,
        product: "SQLite",
    };
    let errors = [
        FolderError::File {
            path: "schema/1.json".into(),
            what: "read",
            cause: io::ErrorKind::NotFound.into(),
        },
        FolderError::Snapshot {
            path: "schema/1.json".into(),
            cause: schema_model::snapshot::from_json("{").unwrap_err(),
        },
        FolderError::Checksums { path: "CHECKSUMS".to_owned(), line: 3 },
        FolderError::Name("A b".to_owned()),
        FolderError::Version("there is no migration of version 9".to_owned()),
        FolderError::Findings { name: "tenant", findings: vec![finding] },
        FolderError::Unsupported(vec![unsupported]),
        FolderError::NotAllowed(vec![hazard]),
        FolderError::NothingToAllow("drop-table=a".to_owned()),
        unproven(refused(0)),
        unproven(refused(7)),
        unproven(Unproven::Differs { step: "down", differences: vec!["a is missing".to_owned()] }),
        unproven(Unproven::Lost {
            step: "up",
            before: vec!["1".to_owned()],
            after: vec!["2".to_owned()],
        }),
        unproven(Unproven::Broken { step: "up", broken: vec![broken] }),
        unproven(Unproven::Database(fails("gone"))),
        FolderError::Scratch { place: "SQLite, in memory".to_owned(), cause: fails("no memory") },
    ];
    assert_snapshot!(reported(errors.map(anyhow::Error::new)), @r#"
    1: schema/1.json can't be read
       cause: entity not found
    1: schema/1.json can't be read
       cause: not a schema snapshot
       cause: EOF while parsing an object at line 1 column 1
       hint: restore the file from version control
    1: CHECKSUMS line 3: expected a checksum, two spaces and a path
       hint: restore the file from version control
    2: `A b` can't be a migration's name
       hint: use at most 80 of a-z, 0-9 and `_`, such as `add_invoices`
    2: there is no migration of version 9
    1: the tenant migrations have findings, so nothing was written:
      mysql/1_a/up.sql: the file is blank
       hint: `check` says what to do about each
    1: no migration can be generated for this:
      a.b is new and NOT NULL
       hint: or write the SQL by hand: `new-migration NAME --empty` creates blank files
    2: this may lose data, or fail on existing rows:
      table a goes, with all its rows
       hint: if this is intended, add --allow drop-table=a
    2: `drop-table=a` does not apply to this change
       hint: leave it out, or check its spelling
    1: the migration for sqlite failed its proof, and was not written
       cause: the step `up` fails
       cause: this is refused:
    DROP TABLE a
       cause: no such table: a
       hint: if an expression in the code fails, fix it; otherwise complete the SQL by hand: `new-migration NAME --draft` writes it as it is, with places for what is missing
    1: the migration for sqlite failed its proof, and was not written
       cause: the step `up` fails
       cause: line 7 is refused:
    DROP TABLE a
       cause: no such table: a
       hint: if an expression in the code fails, fix it; otherwise complete the SQL by hand: `new-migration NAME --draft` writes it as it is, with places for what is missing
    1: the migration for sqlite failed its proof, and was not written
       cause: down: a is missing
       hint: if an expression in the code fails, fix it; otherwise complete the SQL by hand: `new-migration NAME --draft` writes it as it is, with places for what is missing
    1: the migration for sqlite failed its proof, and was not written
       cause: up: rows were ["1"] and are ["2"]
       hint: if an expression in the code fails, fix it; otherwise complete the SQL by hand: `new-migration NAME --draft` writes it as it is, with places for what is missing
    1: the migration for sqlite failed its proof, and was not written
       cause: up: view `recent` no longer works on SQLite: no such column: a
       hint: if an expression in the code fails, fix it; otherwise complete the SQL by hand: `new-migration NAME --draft` writes it as it is, with places for what is missing
    1: the migration for sqlite failed its proof, and was not written
       cause: the scratch database fails
       cause: gone
       hint: if an expression in the code fails, fix it; otherwise complete the SQL by hand: `new-migration NAME --draft` writes it as it is, with places for what is missing
    1: no scratch database on SQLite, in memory
       cause: no memory
    "#);
}

#[test]
fn remedies() {
    let remedies = [
        Remedy::Words("write the SQL".to_owned()),
        Remedy::Seal,
        Remedy::RestoreOrReseal(version("1")),
        Remedy::RestoreSnapshot,
        Remedy::GenerateOrSnapshot(version("1")),
        Remedy::Rebase { version: version("2"), before: version("1") },
        Remedy::FixUpOrSnapshot,
        Remedy::GenerateOrFix,
        Remedy::Fix("down.sql"),
    ];
    assert_snapshot!(remedies.each_ref().map(remedy).join("\n"), @"
    write the SQL
    when the migration is ready, run `check --seal`
    restore it, and put the change into a new migration; or, if nobody has run it yet, accept the change with `check --reseal 1`
    restore it from version control; it was written by `new-migration`
    run `new-migration NAME`; or, if 1 is not published and its SQL already makes the change, run `new-migration --snapshot`
    give a new version to the one that is not published yet: `new-migration --rebase 2` or `new-migration --rebase 1`
    fix up.sql; or, if it does what the code declares, run `new-migration --snapshot`
    run `new-migration NAME`, or fix the migration that was written by hand
    fix down.sql, and run `check` again
    ");
}

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
    let deadlock = FailureKind::Database(DbErrorKind::Deadlock);
    let outcomes = [
        blocked(Blocker::HistoryLost { recorded: version("3") }),
        blocked(Blocker::UnknownVersion { versions: vec![version("9")] }),
        blocked(Blocker::ChecksumMismatch { migration: "4_c".to_owned() }),
        blocked(Blocker::EditedAfterPartial { migration: "4_c".to_owned(), statements_done: 1 }),
        blocked(Blocker::OutOfOrder { missing: vec![version("2")], newest: version("3") }),
        failed(FailureKind::NoMigrations, None),
        failed(FailureKind::Cancelled, None),
        failed(FailureKind::Defect, None),
        failed(deadlock, Some(Effect::RolledBack)),
        failed(deadlock, Some(Effect::Partial { statements_done: 0 })),
        failed(deadlock, Some(Effect::Partial { statements_done: 2 })),
        failed(deadlock, Some(Effect::InDoubt { statements_done: 2 })),
        Outcome::NotStarted,
    ];
    let hints = outcomes.each_ref().map(|stopped| outcome(stopped).unwrap_or_default());
    assert_snapshot!(hints.join("\n"), @"
    was the database replaced or restored empty? restore a backup of version 3 or older; if the tenant is meant to start over, provision a new one
    a newer release has migrated it; run that release, or restore its migrations
    restore the published text of 4_c, and write the change as a new migration
    restore the earlier text of 4_c up to the statement that failed; only what comes after that may be changed
    a late branch added them below the newest version applied; give them a newer version, or add --allow-out-of-order if the migrations do not depend on each other
    add a folder of migrations for this back end
    run again
    this is a bug in the program: please report it with this message
    run again when there is less load on this tenant
    run again when there is less load on this tenant
    run again when there is less load on this tenant; the next run continues at the statement that failed, so do not change the statements before it
    run again when there is less load on this tenant
    run again: nothing that is done is done twice
    ");
}

#[test]
fn database_errors() {
    let kinds = [
        DbErrorKind::Unreachable,
        DbErrorKind::ServerBusy,
        DbErrorKind::ConnectionLost,
        DbErrorKind::Denied,
        DbErrorKind::Missing,
        DbErrorKind::Occupied,
        DbErrorKind::Corrupt,
        DbErrorKind::ReadOnly,
        DbErrorKind::DiskFull,
        DbErrorKind::LockTimeout,
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
    Denied: check the user's password and rights on this database
    Missing: restore the database, or archive the tenant if it is gone for good
    Occupied: if it is this tenant's own database, register it with `tenants add SLUG --database NAME`; otherwise rename it, and provision again
    Corrupt: restore the database from a backup
    ReadOnly: make the database writable; if it is a standby, use its primary
    DiskFull: free some space where the database lives; run again
    LockTimeout: another session holds the lock; run again when it has ended, or raise --lock-timeout
    StatementTimeout: run again with a higher --statement-timeout
    Deadlock: run again when there is less load on this tenant
    Statement: fix the migration, or the data that is in its way (--show-values shows values); try it on a copy of this tenant; run again
    OutOfResources: run again with a lower --jobs, or with higher limits (`ulimit -n`, `ulimit -u`)
    Address: correct the address of the server or database
    ");
}
