//! `new-migration`: from what changed in the code to files.

use std::process::ExitCode;

use anyhow::Result;

use crate::cli::NewMigrationArgs;
use crate::folder::{Generated, Project, find_workspace, generate};
use crate::output::print_line;

pub(crate) fn run(args: &NewMigrationArgs) -> Result<ExitCode> {
    let workspace = find_workspace()?;
    let project =
        if args.system { Project::system(&workspace) } else { Project::tenant(&workspace) };
    match generate(&project, &args.name, args.empty, chrono::Utc::now())? {
        Generated::NothingToDo => {
            print_line(&format!(
                "nothing to migrate: the {} schema is as its newest migration left it",
                project.name
            ));
        }
        Generated::Written(version, files) => {
            print_line(&format!("migration {version}_{} is written:", args.name));
            for file in files {
                print_line(&format!("  {}", project.shown(&file)));
            }
            print_line("");
            print_line(if args.empty {
                "next: write the SQL for each back end, then `cargo xtask check --seal`"
            } else {
                "next: read the SQL, then `cargo xtask check`"
            });
        }
    }
    Ok(ExitCode::SUCCESS)
}
