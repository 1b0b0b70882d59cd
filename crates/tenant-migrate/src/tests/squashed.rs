//! A squashed migration: which databases get it, what it leaves, and which files are refused.

use std::path::Path;
use std::sync::Arc;

use db_backend::{BackendKind, DbErrorKind, History, JournalEntry};
use insta::assert_snapshot;

use super::{MIGRATIONS, embedded, fleet, history, line, options, set, target, versions};
use crate::sim::{Fault, SimConnector, SimStyle};
use crate::{
    EmbeddedFolder, EmbeddedMigration, Goal, MigrationSet, MigrationSets, Outcome, Policy, Record,
    Run, SetKey, TenantPlan, embedded_sets, plan_tenant,
};

/// What the first three of [`MIGRATIONS`] lead to.
const SQUASHED: &str = "CREATE TABLE a (id INTEGER); CREATE TABLE b (id INTEGER, c TEXT); \
                        INSERT INTO b VALUES (1); INSERT INTO a VALUES (1), (2);";

/// The metadata of a squashed migration of those versions.
fn metadata(of: &MigrationSet, members: &str) -> &'static str {
    let members = versions(members);
    let lines = members.iter().map(|version| {
        let checksum = of.get(version).map_or("?", |migration| &migration.checksum);
        format!("{:?} = {checksum:?}\n", version.0)
    });
    let lines: String = lines.collect();
    format!("run_in_transaction = true\n[tenantctl.squashes]\n{lines}").leak()
}

/// The sets with that squashed migration, or what is wrong with it.
fn squashed_sets(squashed: EmbeddedMigration) -> Result<MigrationSets, String> {
    let migrations: Vec<_> = MIGRATIONS.iter().map(|(name, up)| embedded(name, up)).collect();
    let folder = EmbeddedFolder {
        backend: "sqlite",
        migrations: migrations.leak(),
        squashed: Some(squashed),
    };
    embedded_sets("tenant", &[folder]).map_err(|error| error.to_string())
}

fn sets() -> MigrationSets {
    let metadata = Some(metadata(&set(MIGRATIONS), "1 2 3"));
    squashed_sets(EmbeddedMigration { metadata, ..embedded("3_squashed", SQUASHED) }).unwrap()
}

fn run(connector: &SimConnector) -> Outcome {
    let run = Run::new(Arc::new(connector.clone()), sets(), options());
    run.migrate_tenant(&target("acme")).outcome
}

fn statements(up: &str) -> Vec<String> {
    up.split(';').map(|one| one.trim().to_owned()).filter(|one| !one.is_empty()).collect()
}

#[test]
fn only_a_database_without_any_migration_gets_it() {
    let sets = sets();
    let set = &sets[&SetKey::of(BackendKind::Sqlite)];
    let planned = |goal: &Goal, observed: &History| match plan_tenant(
        set,
        goal,
        Policy::default(),
        &Record::default(),
        observed,
    ) {
        TenantPlan::Pending(pending) => {
            let names: Vec<&str> = pending.iter().map(|one| one.name.as_str()).collect();
            names.join(" ")
        }
        plan => format!("{plan:?}"),
    };
    let row = |version: &str, checksum: &str| JournalEntry {
        version: versions(version)[0].clone(),
        checksum: checksum.to_owned(),
        statements_done: 1,
        finished: false,
        done_checksum: String::new(),
        statements_total: 5,
        in_flight: Some("x".to_owned()),
        run_id: String::new(),
        duration_ms: 0,
    };
    let squashed = set.squashed().unwrap();
    let first = set.get(&versions("1")[0]).unwrap();
    let with = |applied: Option<&str>, journal: Vec<JournalEntry>| History {
        applied: applied.map(versions),
        journal,
        ..History::default()
    };
    let to = |version: &str| Goal::Version(versions(version)[0].clone());
    let cases = [
        (Goal::Head, with(None, vec![]), "3_squashed 4_c"),
        (Goal::Head, with(Some(""), vec![]), "3_squashed 4_c"),
        (to("3"), with(None, vec![]), "3_squashed"),
        // It would go beyond the goal.
        (to("2"), with(None, vec![]), "1_a 2_b"),
        (Goal::Head, with(Some("1"), vec![]), "2_b 3_rows 4_c"),
        // It was begun, or the first migration was before there was a squashed one.
        (Goal::Head, with(None, vec![row("3", &squashed.checksum)]), "3_squashed 4_c"),
        (Goal::Head, with(None, vec![row("1", &first.checksum)]), "1_a 2_b 3_rows 4_c"),
    ];
    for (goal, observed, expected) in cases {
        assert_eq!(planned(&goal, &observed), expected, "{goal:?}, {observed:?}");
    }
    let edited = with(None, vec![row("3", "another file")]);
    assert!(planned(&Goal::Head, &edited).contains("EditedAfterPartial"), "{edited:?}");
}

/// Wherever a run ends, the next one leaves what a database has that got each migration.
#[test]
fn whatever_fails_at_any_call_the_next_run_converges() {
    let squashed = statements(SQUASHED);
    let expected = [squashed.as_slice(), &statements(MIGRATIONS[3].1)].concat();
    let by_itself = {
        let (connector, targets) = fleet(SimStyle::ALL[0], &["acme"]);
        super::run(&connector, MIGRATIONS, &targets, &options());
        recorded(&connector)
    };
    for style in SimStyle::ALL {
        for fault in [
            Fault::Fails(DbErrorKind::Statement),
            Fault::LostBefore,
            Fault::LostAfter,
            Fault::CrashBefore,
            Fault::CrashAfter,
        ] {
            for call in 0.. {
                let (connector, _) = fleet(style, &["acme"]);
                connector.order("acme", call, fault);
                run(&connector);
                if connector.faults_left("acme") > 0 {
                    assert!(call > 5, "{style:?}: the walk walked nowhere");
                    break;
                }
                let context = format!("{style:?}, {fault:?} at call {call}");
                connector.restart();
                let outcome = line(&run(&connector));
                let state = connector.state("acme");
                assert_eq!(state.log, expected, "{context}: {outcome}");
                assert_eq!(history(&state), versions("1 2 3 4"), "{context}: {outcome}");
                assert_eq!(recorded(&connector), by_itself, "{context}: {outcome}");
            }
        }
    }
}

/// What the journal says of each migration, apart from when it was applied.
fn recorded(connector: &SimConnector) -> Vec<JournalEntry> {
    let journal = connector.state("acme").journal.unwrap();
    let timeless = |row: &JournalEntry| JournalEntry { duration_ms: 0, ..row.clone() };
    journal.values().map(timeless).collect()
}

#[test]
fn what_it_brings_is_reported_as_its_members() {
    let (connector, _) = fleet(SimStyle::ALL[0], &["acme"]);
    assert_snapshot!(line(&run(&connector)), @"migrated 1 2 3 4");
    assert_snapshot!(line(&run(&connector)), @"up to date");
}

#[test]
fn a_file_that_was_not_made_from_the_migrations_as_they_are_is_refused() {
    let own = set(MIGRATIONS);
    let problem = |directory: &'static str, metadata: Option<&'static str>| {
        let squashed = EmbeddedMigration { metadata, ..embedded(directory, SQUASHED) };
        squashed_sets(squashed).map_or_else(|error| error, |_| "accepted".to_owned())
    };
    let of = |members: &str| Some(metadata(&own, members));
    assert_snapshot!(problem("3_squashed", of("1 2 3")), @"accepted");
    assert_snapshot!(problem("3_squashed", None), @"squashed/sqlite/3_squashed: its metadata.toml does not say what it was made from; squash the migrations again, or remove the folder");
    assert_snapshot!(problem("3_squashed", of("1 3")), @"squashed/sqlite/3_squashed: it was made without 2_b; squash the migrations again, or remove the folder");
    assert_snapshot!(problem("2_squashed", of("1 2 3")), @"squashed/sqlite/2_squashed: its version is not that of its newest member; squash the migrations again, or remove the folder");
    assert_snapshot!(problem("3_squashed", Some("run_in_transaction = true\n[tenantctl.squashes]\n1 = \"x\"\n2 = \"y\"\n9 = \"z\"")), @r"
    squashed/sqlite/3_squashed: 1_a was edited after it had been squashed; squash the migrations again, or remove the folder
    squashed/sqlite/3_squashed: 2_b was edited after it had been squashed; squash the migrations again, or remove the folder
    squashed/sqlite/3_squashed: it was made without 3_rows; squash the migrations again, or remove the folder
    squashed/sqlite/3_squashed: no migration has the version 9; squash the migrations again, or remove the folder
    squashed/sqlite/3_squashed: its version is not that of its newest member; squash the migrations again, or remove the folder
    ");
}

#[test]
fn in_a_folder_it_has_a_place_of_its_own() {
    let root = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = root.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("sqlite/1_a/up.sql", "SELECT 1;");
    write("sqlite/2_b/up.sql", "SELECT 2;");
    let own = root.path().join("sqlite");
    let place = crate::squashed_folder(root.path(), &own);
    assert_eq!(place, root.path().join("squashed/sqlite"));
    assert_eq!(crate::squashed_folder(&own, &own), own.join(".squashed"));

    let set = || MigrationSet::from_dir(BackendKind::Sqlite, &own).unwrap();
    let with = |folder: &Path| match set().with_squashed(folder) {
        Ok(set) => set.squashed().map_or("none".to_owned(), |one| one.name.clone()),
        Err(error) => error.to_string().replace(&*root.path().display().to_string(), "ROOT"),
    };
    assert_snapshot!(with(&place), @"none");
    write("squashed/sqlite/2_squashed/up.sql", "SELECT 1;");
    write("squashed/sqlite/2_squashed/metadata.toml", metadata(&set(), "1 2"));
    assert_snapshot!(with(&place), @"2_squashed");
    write("squashed/sqlite/1_squashed/up.sql", "SELECT 1;");
    assert_snapshot!(with(&place), @"ROOT/squashed/sqlite: there are 2 squashed migrations in it; keep the one that is right");

    // Among the migrations, the same file is a mistake.
    write("sqlite/2_b/metadata.toml", metadata(&set(), "1 2"));
    let error = MigrationSet::from_dir(BackendKind::Sqlite, &own).unwrap_err().to_string();
    assert_snapshot!(error.replace(&*root.path().display().to_string(), "ROOT"), @"ROOT/sqlite/2_b: only a squashed migration says what it was made from; take `squashes` out of its metadata.toml");
}
