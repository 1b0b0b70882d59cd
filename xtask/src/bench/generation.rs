//! How long `new-migration` takes to generate a large migration, and to prove it in memory.

use std::borrow::Cow;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use db_backend::{BackendKind, Scratch};
use migration_folder::{Content, Folder, Generated, Request, ScratchHost, new_migration};
use schema_model::{Action, Check, Column, ForeignKey, Index, Schema, SqlType, Table};
use tempfile::TempDir;
use tenant_migrate::MigrationSet;

/// How many tables the schema has.
pub(super) const TABLES: usize = 100;

/// The migration that is generated and proven.
#[derive(Debug, Clone, Copy)]
pub(super) enum Case {
    /// It creates all tables.
    Create,
    /// It changes one table, which SQLite rebuilds.
    ChangeOne,
    /// It changes each table.
    ChangeAll,
}

impl Case {
    pub(super) const ALL: [Self; 3] = [Self::Create, Self::ChangeOne, Self::ChangeAll];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Create => "creates all",
            Self::ChangeOne => "changes one",
            Self::ChangeAll => "changes each",
        }
    }

    /// How many tables are in their changed form before the migration, and after it. `None` means
    /// that there are no tables yet.
    const fn changed(self) -> (Option<usize>, usize) {
        match self {
            Self::Create => (None, 0),
            Self::ChangeOne => (Some(0), 1),
            Self::ChangeAll => (Some(0), TABLES),
        }
    }
}

/// What one round took.
#[derive(Debug, Clone, Copy)]
pub(super) struct Timing {
    /// From two schemas to the files of a migration.
    pub(super) ours: Duration,
    /// Only the execution of the SQL: the earlier migrations, then this one up, down and up again.
    pub(super) floor: Duration,
}

/// The median of the rounds.
pub(super) fn measure(case: Case, rounds: u16) -> Result<Timing> {
    let mut timings = (0..rounds).map(|_| round(case)).collect::<Result<Vec<_>>>()?;
    timings.sort_by_key(|timing| timing.ours);
    let middle = timings.len() / 2;
    timings.get(middle).copied().context("there were no rounds")
}

fn round(case: Case) -> Result<Timing> {
    let place = TempDir::new().context("no folder for migrations")?;
    let folder = |changed| {
        Folder::new("bench", place.path().join("migrations"), Cow::Owned(schema(changed)))
    };
    let (before, after) = case.changed();
    if let Some(before) = before {
        write(&folder(before), "before", 0)?;
    }
    let folder = folder(after);
    let begun = Instant::now();
    write(&folder, "measured", 1)?;
    let ours = begun.elapsed();
    Ok(Timing { ours, floor: floor(&folder)? })
}

fn write(folder: &Folder, name: &str, day: i64) -> Result<()> {
    let now = chrono::DateTime::from_timestamp(1_800_000_000 + day * 86_400, 0);
    let request = Request {
        name: name.to_owned(),
        content: Content::Proven,
        allow: Vec::new(),
        now: now.context("the time is out of range")?,
    };
    match new_migration(folder, &request, &[ScratchHost::memory()])? {
        Generated::Written(_) => Ok(()),
        Generated::NothingToDo => anyhow::bail!("there is nothing to migrate"),
    }
}

/// Executes the same SQL, and does nothing else.
fn floor(folder: &Folder) -> Result<Duration> {
    let kind = BackendKind::Sqlite;
    let set = MigrationSet::from_dir(kind, &folder.of(kind))?;
    let (newest, before) = set.iter().as_slice().split_last().context("there are no migrations")?;
    let ups = before.iter().map(|migration| &migration.up_statements);
    let newest = [&newest.up_statements, &newest.down_statements, &newest.up_statements];
    let begun = Instant::now();
    let mut scratch = Scratch::in_memory()?;
    for statements in ups.chain(newest) {
        scratch.migrate(statements, true)?;
    }
    Ok(begun.elapsed())
}

/// Tables that each refer to the one before. The first `changed` of them are in their changed form.
fn schema(changed: usize) -> Schema {
    Schema::new((0..TABLES).map(|number| table(number, number < changed)))
}

fn table(number: usize, changed: bool) -> Table {
    let size = if changed { SqlType::BigInt } else { SqlType::Integer };
    let columns = [
        Column::new("id", SqlType::BigInt).auto_increment(),
        Column::new("parent_id", SqlType::BigInt).nullable(),
        Column::new("name", SqlType::Varchar(64)),
        Column::new("size", size),
        Column::new("details", SqlType::JsonDoc).nullable(),
        Column::new("at", SqlType::UtcTimestamp),
    ];
    let note = changed.then(|| Column::new("note", SqlType::Text).nullable());
    let parent = number.checked_sub(1).map(|parent| {
        let name = format!("fk_table_{number}_parent_id");
        ForeignKey::new(name, ["parent_id"], format!("table_{parent}"), ["id"])
            .on_delete(Action::Cascade)
    });
    Table::new(format!("table_{number}"), ["id"])
        .columns(columns)
        .columns(note)
        .indexes(
            ["name", "at"]
                .map(|column| Index::new(format!("ix_table_{number}_{column}"), [column])),
        )
        .foreign_keys(parent)
        .checks([Check::new(format!("ck_table_{number}_size"), "size >= 0")])
}
