//! What the program prints for every error: the error, its causes and the hint; and how it ends.

use std::error::Error;
use std::fmt::Write as _;
use std::io;

use db_backend::{BackendKind, DbError, DbErrorKind, Refused, Statement, Version};
use insta::assert_snapshot;
use migration_folder::{Broken, FailedUse, Finding, FolderError, Remedy, Unproven, Usage};
use schema_model::diff::{Hazard, HazardKind, Unsupported};
use system_db::{InvalidSlug, RegistryError, Slug, TenantState};
use tenant_manager::ManagerError;
use tenant_migrate::{
    Blocker, Effect, FailedMigration, Failure, FailureKind, MigrationSet, Outcome, UnknownGoal,
};

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

fn slug() -> Slug {
    "acme".parse().unwrap()
}

fn not_a_slug() -> InvalidSlug {
    "A".parse::<Slug>().unwrap_err()
}

fn fails(message: &str) -> DbError {
    DbError::new(DbErrorKind::Denied, message)
}

fn boxed(message: &str) -> Box<dyn Error + Send + Sync> {
    message.into()
}

#[test]
fn errors_of_the_registry() {
    let transition =
        |from| RegistryError::Transition { slug: slug(), from, to: TenantState::Active };
    let errors = [
        RegistryError::Missing { place: "data/system.db".to_owned(), cause: fails("no such file") },
        RegistryError::Open(fails("no such user")),
        RegistryError::Schema(boxed("1_a failed")),
        RegistryError::Query(diesel::result::Error::NotFound),
        RegistryError::Row { row: "tenant 7".to_owned(), cause: Box::new(not_a_slug()) },
        RegistryError::UnknownTenant(slug()),
        RegistryError::UnknownServer("eu-1".to_owned()),
        RegistryError::TenantExists(slug()),
        RegistryError::ServerExists("eu-1".to_owned()),
        RegistryError::ServerInUse { server: "eu-1".to_owned(), tenants: 2, example: slug() },
        RegistryError::DatabaseTaken { slug: slug(), database: "acme.db".to_owned() },
        transition(TenantState::Provisioning),
        transition(TenantState::Archived),
    ];
    assert_snapshot!(reported(errors.map(anyhow::Error::new)), @"
    2: there is no system database at data/system.db
       cause: no such file
       hint: the first `servers add` or `provision` creates it; --data-dir, --system-url or SYSTEM_DATABASE_URL says where it is
    1: the system database can't be opened
       cause: no such user
       hint: check that its server runs and that the database exists; --system-url, SYSTEM_DATABASE_URL or --data-dir says where it is
    1: the system database can't be brought to its schema
       cause: 1_a failed
       hint: was the registry written by a newer version of this program?
    1: a query on the system database failed
       cause: Record not found
       hint: nothing was lost; run the same command again
    1: the system database has a row that can't be read: tenant 7
       cause: `A` can't be a tenant's slug: only a-z, 0-9, `-` and `_` may stand in it
       hint: was the registry written by a newer version of this program?
    2: there is no tenant `acme`
       hint: `tenants list` shows all of them
    2: there is no server `eu-1`
       hint: `servers list` shows all of them
    2: there is a tenant `acme` already
    2: there is a server `eu-1` already
    2: server `eu-1` has tenants: 2, such as `acme`
       hint: a server is kept as long as a tenant is registered on it, in whatever state; `servers set-url eu-1` changes its address
    2: database `acme.db` of tenant `acme` belongs to another tenant of that server
       hint: `tenants list` shows which tenant has which database
    2: tenant `acme` is provisioning and can't become active
       hint: finish it with `provision acme`
    2: tenant `acme` is archived and can't become active
    ");
}

#[test]
fn errors_of_the_manager() {
    let state = |state| ManagerError::State { slug: slug(), state };
    let empty = tempfile::tempdir().unwrap();
    let missing = MigrationSet::from_dir(BackendKind::Sqlite, &empty.path().join("missing"));
    let errors = [
        ManagerError::Registry(RegistryError::UnknownTenant(slug())),
        ManagerError::Registry(RegistryError::Open(fails("no such user"))),
        ManagerError::Slug(not_a_slug()),
        ManagerError::Pattern { pattern: "[".to_owned(), reason: "unclosed".to_owned() },
        ManagerError::NoMatch(vec!["`a*`".to_owned()]),
        ManagerError::Goal(UnknownGoal { version: "9".to_owned(), head: Some(version("4")) }),
        ManagerError::Goal(UnknownGoal { version: "9".to_owned(), head: None }),
        ManagerError::NoMigrations(BackendKind::Mysql),
        ManagerError::AmbiguousServer(vec!["eu-1".to_owned(), "eu-2".to_owned()]),
        ManagerError::WrongServer {
            slug: slug(),
            actual: "eu-1".to_owned(),
            asked: "eu-2".to_owned(),
        },
        ManagerError::OtherBackend {
            server: "eu-1".to_owned(),
            actual: BackendKind::Mysql,
            asked: BackendKind::Postgres,
        },
        ManagerError::NotThere {
            server: "eu-1".to_owned(),
            missing: ["acme", "beta"].map(|slug| (slug.to_owned(), "no file".to_owned())).into(),
        },
        state(TenantState::Provisioning),
        state(TenantState::Active),
        state(TenantState::Suspended),
        ManagerError::DataDir {
            folder: "data".to_owned(),
            cause: io::ErrorKind::PermissionDenied.into(),
        },
        ManagerError::Database { place: "tenant `acme`".to_owned(), cause: fails("no password") },
        ManagerError::Migrations(missing.unwrap_err()),
    ];
    let reported = reported(errors.map(anyhow::Error::new));
    assert_snapshot!(reported.replace(&empty.path().display().to_string(), "[FOLDER]"), @"
    2: there is no tenant `acme`
       hint: `tenants list` shows all of them
    1: the system database can't be opened
       cause: no such user
       hint: check that its server runs and that the database exists; --system-url, SYSTEM_DATABASE_URL or --data-dir says where it is
    2: `A` can't be a tenant's slug: only a-z, 0-9, `-` and `_` may stand in it
    2: `[` is no pattern: unclosed
    2: no tenant matches `a*`
       hint: `tenants list` shows all of them
    2: no migration has the version `9`; the newest is 4
       hint: try `--to 4`
    2: no migration has the version `9`; there are no migrations at all
    2: there are no migrations for mysql
    2: there are several servers: eu-1, eu-2
       hint: name one with --server
    2: tenant `acme` is on server `eu-1`, not on `eu-2`
    2: server `eu-1` is mysql, and the new address is that of postgres
    1: server `eu-1` keeps its address: tenant `acme`: no file, and 1 more
       hint: move the databases first; `tenants archive SLUG` if one is gone for good
    2: tenant `acme` is provisioning
       hint: finish it with `provision acme`
    2: tenant `acme` is active
    2: tenant `acme` is suspended
       hint: include it in runs again with `tenants activate acme`
    1: the data folder data can't be made
       cause: permission denied
       hint: choose another folder with --data-dir
    1: tenant `acme` can't be used
       cause: no password
       hint: check the user's password and rights on this database
    2: the migrations can't be used
       cause: [FOLDER]/missing: can't be read: No such file or directory (os error 2); check the path and its rights
    ");
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
    Address: correct the address of the server or database
    ");
}
