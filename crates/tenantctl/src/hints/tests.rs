//! What the program prints for every error: the error, its causes and the hint; and how it ends.

mod outcomes;
mod registry;

use std::error::Error;
use std::fmt::Write as _;
use std::io;

use db_backend::{BackendKind, DbError, DbErrorKind, Refused, Statement, Version};
use insta::assert_snapshot;
use migration_folder::{Broken, FailedUse, Finding, FolderError, Remedy, Unproven, Usage};
use schema_model::diff::{Hazard, HazardKind, Unsupported};
use tenant_migrate::RefusalReason;

use super::{advice, remedy};

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
            is_broken: true,
        },
        worked_before: true,
        triggers: Vec::new(),
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
        FolderError::ByHand { version: version("1") },
        FolderError::NothingLeft { version: version("1") },
        FolderError::NotNewest { version: version("1"), newest: version("2") },
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
        FolderError::SessionSql {
            place: "SQLite, in memory".to_owned(),
            statement: "SELECT * FROM a".to_owned(),
            cause: fails("no such table: a"),
        },
    ];
    assert_snapshot!(reported(errors.map(anyhow::Error::new)), @r#"
    1: schema/1.json can't be read
       cause: entity not found
    1: schema/1.json can't be read
       cause: not a schema snapshot
       cause: EOF while parsing an object at line 1 column 1
       hint: restore the file from version control
    1: CHECKSUMS line 3: expected a checksum, two spaces and a path
       hint: if a merge has left its marks there, remove them, and keep the lines of both sides; otherwise restore the file from version control
    1: the SQL of 1 is not what was generated: it was written by hand, or has a rename or a backfill that the code no longer declares
       hint: to throw that SQL away, take the migration back with `new-migration --remove 1`, and generate it with `new-migration NAME`
    2: the code declares what was there before 1: nothing is left for it to do
       hint: take it back with `new-migration --remove 1`
    2: 1 is not the newest migration: 2 builds on it
       hint: put the change into a new migration; or take back the newest one first, with `new-migration --remove 2`
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
    1: SQL before the session fails in an empty scratch database on SQLite, in memory: `SELECT * FROM a`
       cause: no such table: a
       hint: `session.before` begins the sessions of new tenants too: give it only what works in a database without tables
    "#);
}

#[test]
fn remedies() {
    let remedies = [
        Remedy::Words("write the SQL".to_owned()),
        Remedy::Seal,
        Remedy::RestoreOrReseal(version("1")),
        Remedy::KeepOneLineOrReseal(version("1")),
        Remedy::RestoreSnapshot,
        Remedy::GenerateOrSnapshot(version("1")),
        Remedy::Rebase { version: version("2"), before: version("1") },
        Remedy::FixUpOrSnapshot,
        Remedy::Rewrite(RefusalReason::DiscardsSession),
        Remedy::Fix("down.sql"),
    ];
    assert_snapshot!(remedies.each_ref().map(remedy).join("\n"), @"
    write the SQL
    when the migration is ready, run `check --seal`
    restore it, and put the change into a new migration; or, if nobody has run it yet, accept the change with `check --reseal 1`
    keep the line of the published file; or, if nobody has run it yet, accept the file as it is with `check --reseal 1`
    restore it from version control; it was written by `new-migration`
    run `new-migration NAME`; or, if 1 is not published and its SQL already makes the change, run `new-migration --snapshot`
    give a new version to the one that is not published yet: `new-migration --rebase 2` or `new-migration --rebase 1`
    fix up.sql; or, if it does what the code declares, run `new-migration --snapshot`
    take it out: each migration begins with a clean session; RESET is for a single setting
    fix down.sql, and run `check` again
    ");
}
