//! `squash`: makes one migration of old ones, for new tenants.

use std::fmt::Write as _;
use std::sync::Arc;

use anyhow::Result;
use db_backend::Cancel;
use migration_folder::{Folder, Squashed, SquashedFrom, squash};

use crate::cli::SquashArgs;
use crate::exit::Exit;
use crate::invocation::Invocation;
use crate::output::print_line;
use crate::scratch::{hosts, interruptible};
use crate::usage::usage_error;
use crate::workspace;

pub(crate) fn run(invocation: &Invocation<'_>, args: &SquashArgs) -> Result<Exit> {
    let when_cancelled = "cancelled: nothing was written, and the scratch databases are dropped";
    interruptible(when_cancelled, |cancel| write(invocation, args, cancel))
}

fn write(invocation: &Invocation<'_>, args: &SquashArgs, cancel: &Arc<Cancel>) -> Result<Exit> {
    let folder = match &args.migrations {
        Some(folder) => workspace::without_code(folder, &args.scratch)?,
        None => workspace::folder(invocation, &args.which, &args.scratch.back_ends)?,
    };
    let (hosts, unavailable) = hosts(invocation.settings, &args.scratch, &folder.kinds(), cancel)?;
    let without: Vec<String> =
        unavailable.iter().map(|(kind, reason)| format!("\n  {kind}: {reason}")).collect();
    if !without.is_empty() {
        let message = format!("nothing can be proven for all back ends:{}", without.concat());
        let hint = "give each of them a server; or name those to squash for with --back-end";
        return Err(usage_error(message, Some(hint)));
    }
    let squashed = squash(&folder, &workspace::version(&args.below), &hosts)?;
    print_line(&in_words(&folder, &squashed));
    Ok(Exit::Success)
}

fn in_words(folder: &Folder, all: &[Squashed]) -> String {
    let mut text = String::new();
    for Squashed { kind, members, statements_before, statements, from, files } in all {
        let [first, last] =
            [members.first(), members.last()].map(|name| name.map_or("", String::as_str));
        let from = match from {
            SquashedFrom::Schema => {
                format!("which create the schema (before: {statements_before})")
            }
            SquashedFrom::Members => "which are theirs, one after the other".to_owned(),
        };
        // Writing to a `String` can't fail.
        let _ = writeln!(
            text,
            "{kind}: {} migrations, from {first} to {last}, in {statements} statements, {from}",
            members.len(),
        );
        for file in files {
            let _ = writeln!(text, "  {}", folder.shown(file));
        }
    }
    text.push_str(
        "\nproven: a new database gets the same schema and the same rows, and so do the migrations \
         after it\nthe migrations themselves stay where they are: tenants that have some of them go on \
         with the others\n\nnext: run `check`, and commit the folder",
    );
    text
}
