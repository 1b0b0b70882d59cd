//! How long `new-migration` takes for a large schema: generated, and proven in memory.

use std::borrow::Cow;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use db_backend::{BackendKind, Scratch};
use migration_folder::{Folder, Generated, Ground, Request, new_migration};
use schema_model::{Check, Column, ForeignKey, Index, IndexColumn, Schema, SqlType, Table};
use tempfile::TempDir;
use tenant_migrate::MigrationSet;

/// Tables of the schema.
pub(super) const TABLES: usize = 100;

/// A migration that is generated and proven.
#[derive(Debug, Clone, Copy)]
pub(super) enum Case {
    /// All tables are new.
    Create,
    /// One of them changes, so that SQLite builds it anew.
    ChangeOne,
    /// Each of them does.
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

    /// How many of the tables have changed before and after it; none where there are no tables yet.
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
    /// From two schemas to files.
    pub(super) ours: Duration,
    /// Executing their SQL up, down and up again, after that of the migrations before, and nothing
    /// else.
    pub(super) floor: Duration,
}

/// The median of so many rounds.
pub(super) fn measure(case: Case, rounds: u16) -> Result<Timing> {
    let mut timings = (0..rounds).map(|_| round(case)).collect::<Result<Vec<_>>>()?;
    timings.sort_by_key(|timing| timing.ours);
    let middle = timings.len() / 2;
    timings.get(middle).copied().context("at least one round")
}

fn round(case: Case) -> Result<Timing> {
    let place = TempDir::new().context("no folder for migrations")?;
    let folder = |changed| Folder {
        name: "bench",
        root: place.path().join("migrations"),
        schema: Cow::Owned(schema(changed)),
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
        empty: false,
        allow: Vec::new(),
        now: now.context("a time that exists")?,
    };
    match new_migration(folder, &request, &[Ground::memory()])? {
        Generated::Written(_) => Ok(()),
        Generated::NothingToDo => anyhow::bail!("there is nothing to migrate"),
    }
}

/// The same SQL with nothing around it.
fn floor(folder: &Folder) -> Result<Duration> {
    let kind = BackendKind::Sqlite;
    let set = MigrationSet::from_dir(kind, &folder.of(kind))?;
    let (newest, before) = set.iter().as_slice().split_last().context("there are migrations")?;
    let ups = before.iter().map(|migration| &migration.up_statements);
    let newest = [&newest.up_statements, &newest.down_statements, &newest.up_statements];
    let begun = Instant::now();
    let mut scratch = Scratch::in_memory()?;
    for statements in ups.chain(newest) {
        scratch.migrate(statements, true)?;
    }
    Ok(begun.elapsed())
}

/// Tables that each refer to the one before, the first of them changed.
fn schema(changed: usize) -> Schema {
    Schema { tables: (0..TABLES).map(|number| table(number, number < changed)).collect() }
}

fn table(number: usize, changed: bool) -> Table {
    let column = |name: &str, sql_type, nullable| Column {
        name: name.to_owned().into(),
        sql_type,
        nullable,
        auto_increment: name == "id",
        default: None,
        renamed_from: None,
        backfill: None,
    };
    let mut columns = vec![
        column("id", SqlType::BigInt, false),
        column("parent_id", SqlType::BigInt, true),
        column("name", SqlType::Varchar(64), false),
        column("size", if changed { SqlType::BigInt } else { SqlType::Integer }, false),
        column("details", SqlType::JsonDoc, true),
        column("at", SqlType::UtcTimestamp, false),
    ];
    if changed {
        columns.push(column("note", SqlType::Text, true));
    }
    let index = |column: &str| Index {
        name: format!("ix_table_{number}_{column}").into(),
        columns: vec![IndexColumn { name: column.to_owned().into(), descending: false }].into(),
        unique: false,
        partial: None,
    };
    let parent = number.checked_sub(1).map(|parent| ForeignKey {
        name: format!("fk_table_{number}_parent_id").into(),
        columns: vec!["parent_id".into()].into(),
        foreign_table: format!("table_{parent}").into(),
        foreign_columns: vec!["id".into()].into(),
        on_delete: schema_model::Action::Cascade,
        on_update: schema_model::Action::NoAction,
    });
    let check =
        Check { name: format!("ck_table_{number}_size").into(), expression: "size >= 0".into() };
    Table {
        name: format!("table_{number}").into(),
        columns: columns.into(),
        primary_key: vec!["id".into()].into(),
        indexes: vec![index("name"), index("at")].into(),
        foreign_keys: parent.into_iter().collect(),
        checks: vec![check].into(),
        renamed_from: None,
    }
}
