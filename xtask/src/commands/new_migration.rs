//! `new-migration`: from what changed in the code to files.

use std::process::ExitCode;

use anyhow::Result;
use db_backend::{BackendKind, Version};
use migration_folder::{
    Folder, Generated, Ground, Request, Rows, Written, new_migration, rebase, write_snapshot,
};

use super::scratch::grounds;
use crate::cli::NewMigrationArgs;
use crate::output::print_line;
use crate::workspace;

pub(crate) fn run(args: &NewMigrationArgs) -> Result<ExitCode> {
    let folder = workspace::folder(args.system)?;
    if args.snapshot {
        let path = write_snapshot(&folder)?;
        print_line(&format!("written anew from the code: {}", folder.shown(&path)));
        print_line("\nnext: `cargo xtask check`");
        return Ok(ExitCode::SUCCESS);
    }
    let (grounds, missing) = grounds(&args.scratch)?;
    match (&args.rebase, &args.name) {
        (Some(version), _) => print_rebased(&folder, version, &grounds)?,
        (None, name) => {
            let request = Request {
                name: name.clone().unwrap_or_default(),
                empty: args.empty,
                allow: args.allow.clone(),
                now: chrono::Utc::now(),
            };
            match new_migration(&folder, &request, &grounds)? {
                Generated::NothingToDo => print_line(&format!(
                    "nothing to migrate: the {} schema is as its newest migration left it",
                    folder.name
                )),
                Generated::Written(written) => print_written(&folder, &request, &written, &missing),
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn print_written(
    folder: &Folder,
    request: &Request,
    written: &Written,
    missing: &[(BackendKind, String)],
) {
    print_line(&format!("migration {}_{} is written:", written.version, request.name));
    for file in &written.files {
        print_line(&format!("  {}", folder.shown(file)));
    }
    if request.empty {
        print_line("\nnext: write the SQL for each back end, then `cargo xtask check --seal`");
        return;
    }
    if !written.hazards.is_empty() {
        print_line("\nallowed:");
        for hazard in &written.hazards {
            print_line(&format!("  {}", hazard.effect));
        }
    }
    print_line("\nexecuted up, down and up again:");
    for (kind, rows) in &written.proofs {
        print_line(&format!("  {kind}: {}", in_words(*rows)));
    }
    for (kind, reason) in missing {
        print_line(&format!("  {kind}: not executed: {reason}"));
    }
    print_line("\nnext: read the SQL, then `cargo xtask check`");
}

fn in_words(rows: Rows) -> &'static str {
    match rows {
        Rows::Kept => "with rows in the tables",
        Rows::UpOnly => "with rows on the way up; the way down may fail on rows, and did on these",
        Rows::None => "without rows: it may fail on them, and did on these",
    }
}

fn print_rebased(folder: &Folder, version: &str, grounds: &[Ground]) -> Result<()> {
    let rebased = rebase(folder, &Version(version.to_owned()), chrono::Utc::now(), grounds)?;
    print_line(&format!("migration {version} is now {}:", rebased.name));
    for file in &rebased.files {
        print_line(&format!("  {}", folder.shown(file)));
    }
    print_line(match rebased.generated {
        true => "\nits SQL was generated anew, and executed up, down and up again",
        false => "\nits SQL was written by hand, and is as it was",
    });
    print_line("\nnext: read the SQL, then `cargo xtask check`");
    Ok(())
}
