//! `diagram`: the schema as a picture.

use std::fs;

use anyhow::{Context, Result};
use schema_diagram::{mermaid, svg};

use crate::cli::DiagramArgs;
use crate::exit::Exit;
use crate::invocation::Invocation;
use crate::output::print_line;
use crate::workspace;

pub(crate) fn run(invocation: &Invocation<'_>, args: &DiagramArgs) -> Result<Exit> {
    let folder = workspace::folder(invocation, &args.which, &invocation.settings.back_ends())?;
    let schema = workspace::schema_of(&folder, &args.at)?;
    fs::create_dir_all(&args.out)
        .with_context(|| format!("{} can't be created", args.out.display()))?;
    for (ending, text) in [("mmd", mermaid(&schema)), ("svg", svg(&schema))] {
        let path = args.out.join(format!("{}-schema.{ending}", folder.name));
        fs::write(&path, text).with_context(|| format!("{} can't be written", path.display()))?;
        print_line(&format!("written: {}", path.display()));
    }
    Ok(Exit::Success)
}
