//! How long `new-migration` takes for a large schema: generated, and proven in memory.

use std::borrow::Cow;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use db_backend::{BackendKind, Scratch, Statement};
use migration_folder::{Folder, Generated, Ground, Request, new_migration};
use schema_core::model::{Check, Column, ForeignKey, Index, IndexColumn, Schema, SqlType, Table};
use tempfile::TempDir;
use tenant_migrate::MigrationSet;

/// Tables of the schema.
pub(super) const TABLES: usize = 100;

/// What one round took.
pub(super) struct Timing {
    /// Two migrations: one that creates all tables, and one that changes each of them.
    pub(super) ours: Duration,
    /// Executing their SQL up, down and up again, and nothing else.
    pub(super) floor: Duration,
}

/// The slower of two migrations is what is promised: the one that builds all tables anew.
pub(super) fn measure(rounds: u16) -> Result<Timing> {
    let mut timings = (0..rounds).map(|_| round()).collect::<Result<Vec<_>>>()?;
    timings.sort_by_key(|timing| timing.ours);
    let middle = timings.len() / 2;
    timings.into_iter().nth(middle).context("at least one round")
}

fn round() -> Result<Timing> {
    let place = TempDir::new().context("no folder for migrations")?;
    let folder = |schema| Folder {
        name: "bench",
        root: place.path().join("migrations"),
        schema: Cow::Owned(schema),
    };
    write(&folder(schema(false)), "create", 0)?;
    let changed = folder(schema(true));
    let begun = Instant::now();
    write(&changed, "change", 1)?;
    let ours = begun.elapsed();
    Ok(Timing { ours, floor: floor(&changed)? })
}

fn write(folder: &Folder, name: &str, day: i64) -> Result<()> {
    let now = chrono::DateTime::from_timestamp(1_800_000_000 + day * 86_400, 0);
    let request = Request {
        name: name.to_owned(),
        empty: false,
        allow: Vec::new(),
        now: now.context("a time that exists")?,
    };
    match new_migration(folder, &request, &[Ground::Memory])? {
        Generated::Written(_) => Ok(()),
        Generated::NothingToDo => anyhow::bail!("there is nothing to migrate"),
    }
}

/// The same SQL with nothing around it: the first migration, then the second up, down and up again.
fn floor(folder: &Folder) -> Result<Duration> {
    let kind = BackendKind::Sqlite;
    let set = MigrationSet::from_dir(kind, &folder.of(kind))?;
    let [first, second] = set.iter().as_slice() else { anyhow::bail!("two migrations") };
    let steps: [&[Statement]; 4] = [
        &first.up_statements,
        &second.up_statements,
        &second.down_statements,
        &second.up_statements,
    ];
    let begun = Instant::now();
    let mut scratch = Scratch::in_memory()?;
    for statements in steps {
        scratch.migrate(statements, true)?;
    }
    Ok(begun.elapsed())
}

/// Tables that each refer to the one before; changed so that SQLite builds each of them anew.
fn schema(changed: bool) -> Schema {
    Schema { tables: (0..TABLES).map(|number| table(number, changed)).collect() }
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
        on_delete: schema_core::model::Action::Cascade,
        on_update: schema_core::model::Action::NoAction,
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
