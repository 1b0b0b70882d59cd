//! `schema diff`: what lies between two versions, in words.

use anyhow::Result;
use schema_model::diff::{compare, in_words};

use crate::call::Call;
use crate::cli::SchemaCommand;
use crate::exit::Exit;
use crate::output::print_line;
use crate::workspace;

pub(crate) fn run(call: &Call<'_>, command: &SchemaCommand) -> Result<Exit> {
    let SchemaCommand::Diff { from, to, system } = command;
    let folder = workspace::folder(call.project, *system)?;
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
