//! `new-migration`: the difference between the code and the newest snapshot, as files.

use std::path::PathBuf;

use anyhow::{Result, bail};
use chrono::{DateTime, Utc};
use db_backend::{BackendKind, Version};
use schema_core::diff::{Change, Unsupported, diff};
use schema_core::model::Schema;
use schema_core::snapshot;

use super::{Project, seal, write};
use crate::output::usage;

/// What `new-migration` did.
#[derive(Debug)]
pub(crate) enum Generated {
    /// The code and the newest snapshot are the same.
    NothingToDo,
    /// A migration was written: its version, and its files.
    Written(Version, Vec<PathBuf>),
}

/// What the files of an `--empty` migration hold. A blank `up.sql` is refused by every command, so
/// that none can be forgotten.
const BLANK: &str = "\n";

/// Writes the migration `name` for every back end.
///
/// # Errors
/// A name that can't be a folder's, a difference that no SQL is generated for, or a file that
/// can't be written.
pub(crate) fn generate(
    project: &Project,
    name: &str,
    empty: bool,
    now: DateTime<Utc>,
) -> Result<Generated> {
    check_name(name)?;
    let (newest, before) = project.newest_snapshot()?;
    let version = next_version(newest.as_ref(), now)?;

    let (ups, downs) = if empty {
        (None, None)
    } else {
        let up = changes(&before, project.schema)?;
        if up.is_empty() {
            return Ok(Generated::NothingToDo);
        }
        (Some(up), Some(changes(project.schema, &before)?))
    };

    let mut files = Vec::new();
    for kind in BackendKind::ALL {
        let folder = project.root.join(kind.name()).join(format!("{version}_{name}"));
        for (file, changes) in [("up.sql", &ups), ("down.sql", &downs)] {
            let text = changes.as_ref().map_or(BLANK.to_owned(), |changes| render(kind, changes));
            let path = folder.join(file);
            write(&path, &text)?;
            files.push(path);
        }
    }
    let path = project.snapshot_path(&version);
    write(&path, &snapshot::to_json(project.schema))?;
    files.push(path);
    if !empty {
        seal(project)?;
    }
    Ok(Generated::Written(version, files))
}

fn check_name(name: &str) -> Result<()> {
    let fits = !name.is_empty()
        && name.len() <= 80
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        && name.as_bytes()[0] != b'_';
    if fits {
        return Ok(());
    }
    let message = format!("`{name}` can't be a migration's name");
    Err(usage(message, Some("use a-z, 0-9 and `_`, such as `add_invoices`")))
}

/// The time in seconds, but always after the newest version.
fn next_version(newest: Option<&Version>, now: DateTime<Utc>) -> Result<Version> {
    let by_clock = now.format("%Y%m%d%H%M%S").to_string();
    let Some(newest) = newest else {
        return Ok(Version(by_clock));
    };
    if by_clock > newest.0 {
        return Ok(Version(by_clock));
    }
    match newest.0.parse::<u64>() {
        Ok(number) => Ok(Version((number + 1).to_string())),
        Err(_) => bail!("the newest version, {newest}, is not a number"),
    }
}

fn changes(from: &Schema, to: &Schema) -> Result<Vec<Change>> {
    diff(from, to).map_err(|unsupported| {
        let lines: Vec<String> = unsupported
            .iter()
            .map(|Unsupported { place, reason }| format!("  {place}: {reason}"))
            .collect();
        anyhow::anyhow!("no migration can be generated for this:\n{}", lines.join("\n"))
    })
}

fn render(kind: BackendKind, changes: &[Change]) -> String {
    let statements: Vec<String> = changes
        .iter()
        .flat_map(|change| kind.dialect().render(change))
        .map(|statement| format!("{statement};\n"))
        .collect();
    statements.join("\n")
}
