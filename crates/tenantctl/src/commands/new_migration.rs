//! `new-migration`: writes the changes of the code as migrations.

use std::sync::Arc;

use anyhow::Result;
use db_backend::{Cancel, Version};
use migration_folder::{Content, Generated, Request, new_migration, rebase, write_snapshot};

use crate::cli::NewMigrationArgs;
use crate::exit::Exit;
use crate::invocation::Invocation;
use crate::output::print_line;
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
        None => workspace::folder(invocation.project, &args.which)?,
    };
    let (hosts, unavailable) = hosts(&args.scratch, cancel)?;
    let now = chrono::Utc::now();
    let text = match (&args.name, &args.rebase) {
        (Some(name), _) => {
            let content = match (args.empty, args.draft) {
                (true, _) => Content::Blank,
                (false, true) => Content::Draft,
                (false, false) => Content::Proven,
            };
            let request = Request { name: name.clone(), content, allow: args.allow.clone(), now };
            match new_migration(&folder, &request, &hosts)? {
                Generated::NothingToDo => format!(
                    "nothing to migrate: the {} schema has not changed since its newest migration",
                    folder.name
                ),
                Generated::Written(written) => render::written(&folder, &written, &unavailable),
            }
        }
        (None, Some(version)) => {
            let rebased = rebase(&folder, &Version(version.clone()), &args.allow, now, &hosts)?;
            render::rebased(&folder, &rebased)
        }
        // There is neither a name nor a version to rebase, so this is `--snapshot`.
        (None, None) => {
            let path = folder.shown(&write_snapshot(&folder)?);
            format!("written from the code: {path}\n\nnext: run `check`")
        }
    };
    print_line(text.trim_end());
    Ok(Exit::Success)
}
