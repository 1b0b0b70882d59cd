//! `new-migration`: writes the changes of the code as migrations.

use std::sync::Arc;

use anyhow::Result;
use db_backend::{Cancel, Version};
use migration_folder::{
    Content, Folder, Generated, Request, amend, check_version, new_migration, rebase, remove,
    rename, write_snapshot,
};

use crate::cli::NewMigrationArgs;
use crate::exit::Exit;
use crate::invocation::Invocation;
use crate::output::print_line;
use crate::published::ensure_unpublished;
use crate::render;
use crate::scratch::{hosts, interruptible};
use crate::workspace;

pub(crate) fn run(invocation: &Invocation<'_>, args: &NewMigrationArgs) -> Result<Exit> {
    let when_cancelled = "cancelled: nothing was written, and the scratch databases are dropped";
    interruptible(when_cancelled, |cancel| write(invocation, args, cancel))
}

fn write(
    invocation: &Invocation<'_>,
    args: &NewMigrationArgs,
    cancel: &Arc<Cancel>,
) -> Result<Exit> {
    let folder = match &args.migrations {
        Some(folder) => workspace::without_code(folder, &args.scratch)?,
        None => workspace::folder(invocation, &args.which, &args.scratch.back_ends)?,
    };
    let text = match &args.name {
        Some(name) => match args.rename.as_deref().map(workspace::version) {
            Some(version) => renamed(invocation, args, &folder, &version, name)?,
            None => generated(invocation, args, &folder, name, cancel)?,
        },
        None if !args.rebase.is_empty() => {
            let (hosts, _) = hosts(invocation.settings, &args.scratch, &folder.kinds(), cancel)?;
            let versions: Vec<Version> =
                args.rebase.iter().map(|version| workspace::version(version)).collect();
            let now = chrono::Utc::now();
            render::rebased(&folder, &rebase(&folder, &versions, &args.allow, now, &hosts)?)
        }
        None => match args.remove.as_deref() {
            Some(version) => removed(invocation, args, &folder, &workspace::version(version))?,
            None if args.amend => amended(invocation, args, &folder, cancel)?,
            // There is no name and nothing else to do, so this is `--snapshot`.
            None => {
                let path = folder.shown(&write_snapshot(&folder)?);
                format!("written from the code: {path}\n\nnext: run `check`")
            }
        },
    };
    print_line(text.trim_end());
    Ok(Exit::Success)
}

fn generated(
    invocation: &Invocation<'_>,
    args: &NewMigrationArgs,
    folder: &Folder,
    name: &str,
    cancel: &Arc<Cancel>,
) -> Result<String> {
    let (hosts, unavailable) = hosts(invocation.settings, &args.scratch, &folder.kinds(), cancel)?;
    let content = match (args.empty, args.draft) {
        (true, _) => Content::Blank,
        (false, true) => Content::Draft,
        (false, false) => Content::Proven,
    };
    let (name, allow) = (name.to_owned(), args.allow.clone());
    let request = Request { name, content, allow, now: chrono::Utc::now() };
    Ok(match new_migration(folder, &request, &hosts)? {
        Generated::NothingToDo => format!(
            "nothing to migrate: the {} schema has not changed since its newest migration",
            folder.name
        ),
        Generated::Written(written) => render::written(folder, &written, &unavailable),
    })
}

fn amended(
    invocation: &Invocation<'_>,
    args: &NewMigrationArgs,
    folder: &Folder,
    cancel: &Arc<Cancel>,
) -> Result<String> {
    let (hosts, unavailable) = hosts(invocation.settings, &args.scratch, &folder.kinds(), cancel)?;
    let newest = folder.newest_snapshot()?;
    let checked = ensure_unpublished(invocation, folder, &newest, args.which.system)?;
    Ok(match amend(folder, &args.allow, &hosts)? {
        Generated::NothingToDo => format!("nothing to amend: {newest} does what the code declares"),
        Generated::Written(written) => {
            format!("{}\n{checked}", render::written(folder, &written, &unavailable))
        }
    })
}

fn removed(
    invocation: &Invocation<'_>,
    args: &NewMigrationArgs,
    folder: &Folder,
    version: &Version,
) -> Result<String> {
    check_version(folder, version)?;
    let checked = ensure_unpublished(invocation, folder, version, args.which.system)?;
    Ok(format!("{}\n{checked}", render::removed(folder, &remove(folder, version)?)))
}

fn renamed(
    invocation: &Invocation<'_>,
    args: &NewMigrationArgs,
    folder: &Folder,
    version: &Version,
    name: &str,
) -> Result<String> {
    check_version(folder, version)?;
    let checked = ensure_unpublished(invocation, folder, version, args.which.system)?;
    Ok(format!("{}\n{checked}", render::renamed(folder, &rename(folder, version, name)?)))
}
