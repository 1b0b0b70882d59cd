//! `diagram`: the schema as a picture.

use std::process::ExitCode;

use anyhow::Result;

use crate::cli::DiagramArgs;
use crate::workspace;

pub(crate) fn run(args: &DiagramArgs) -> Result<ExitCode> {
    let folder = workspace::folder(args.system)?;
    let _ = workspace::schema_of(&folder, &args.version)?;
    Ok(ExitCode::SUCCESS)
}
