//! `new-migration`: from what changed in the code to files.

use std::sync::Arc;

use anyhow::Result;
use db_backend::{Cancel, Version};
use migration_folder::{Generated, Request, new_migration, rebase, write_snapshot};

use crate::call::Call;
use crate::cli::NewMigrationArgs;
use crate::exit::Exit;
use crate::output::print_line;
use crate::render;
use crate::scratch::{grounds, interruptible};
use crate::workspace;

pub(crate) fn run(call: &Call<'_>, args: &NewMigrationArgs) -> Result<Exit> {
    interruptible(|cancel| write(call, args, cancel))
}

fn write(call: &Call<'_>, args: &NewMigrationArgs, cancel: &Arc<Cancel>) -> Result<Exit> {
    let folder = workspace::folder(call.project, args.system)?;
    let (grounds, missing) = grounds(&args.scratch, cancel)?;
    let now = chrono::Utc::now();
    let text = match (&args.name, &args.rebase) {
        (Some(name), _) => {
            let request =
                Request { name: name.clone(), empty: args.empty, allow: args.allow.clone(), now };
            match new_migration(&folder, &request, &grounds)? {
                Generated::NothingToDo => format!(
                    "nothing to migrate: the {} schema is as its newest migration left it",
                    folder.name
                ),
                Generated::Written(written) => render::written(&folder, &written, &missing),
            }
        }
        (None, Some(version)) => {
            let rebased = rebase(&folder, &Version(version.clone()), &args.allow, now, &grounds)?;
            render::rebased(&folder, &rebased)
        }
        // Without a name and a version, `--snapshot` was asked for.
        (None, None) => {
            let path = folder.shown(&write_snapshot(&folder)?);
            format!("written anew from the code: {path}\n\nnext: `cargo xtask check`")
        }
    };
    print_line(text.trim_end());
    Ok(Exit::Success)
}
