//! `schema diff`: the changes between two versions, in words.

use anyhow::Result;
use schema_model::diff::{compare, in_words};

use crate::cli::SchemaCommand;
use crate::exit::Exit;
use crate::invocation::Invocation;
use crate::output::print_line;
use crate::workspace;

pub(crate) fn run(invocation: &Invocation<'_>, command: &SchemaCommand) -> Result<Exit> {
    let SchemaCommand::Diff { from, to, which } = command;
    let folder = workspace::folder(invocation, which)?;
    let before = workspace::schema_of(&folder, from)?;
    let after = workspace::schema_of(&folder, to)?;
    let changes = compare(&before, &after);
    if changes.is_empty() {
        print_line(&format!("no difference between {from} and {to}"));
    }
    for line in in_words(&changes) {
        print_line(&line);
    }
    Ok(Exit::Success)
}
