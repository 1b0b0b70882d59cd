//! `schema`: the changes between two versions, and the schema in other forms.

mod import;
mod print;

use anyhow::Result;
use schema_model::diff::{compare, in_words};

use crate::cli::{SchemaCommand, WhichArgs};
use crate::exit::Exit;
use crate::invocation::Invocation;
use crate::output::print_line;
use crate::workspace;

pub(crate) fn run(invocation: &Invocation<'_>, command: &SchemaCommand) -> Result<Exit> {
    match command {
        SchemaCommand::Diff { from, to, which } => diff(invocation, from, to, which),
        SchemaCommand::Import { migrations, from_url, out, scratch } => import::run(
            invocation.settings,
            migrations.as_deref(),
            from_url.as_deref(),
            out.as_deref(),
            scratch,
        ),
        SchemaCommand::Print { back_end, out, at, which } => {
            let folder = workspace::folder(invocation, which, &invocation.settings.back_ends())?;
            let schema = workspace::schema_of(&folder, at)?;
            print::run(&folder, &schema, *back_end, out.as_deref())
        }
    }
}

fn diff(invocation: &Invocation<'_>, from: &str, to: &str, which: &WhichArgs) -> Result<Exit> {
    let folder = workspace::folder(invocation, which, &invocation.settings.back_ends())?;
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
