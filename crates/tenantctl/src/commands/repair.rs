//! `repair`: finishes a half-applied migration by a person's word.

use std::cmp::Ordering;

use anyhow::Result;
use tenant_migrate::{Goal, Repair, Unfinished};

use super::fleet_run::session;
use crate::cli::RepairArgs;
use crate::exit::Exit;
use crate::invocation::{Invocation, Uses};
use crate::output::print_line;
use crate::usage::usage_error;

pub(crate) fn run(invocation: &Invocation<'_>, args: &RepairArgs) -> Result<Exit> {
    let slug = &args.slug;
    let manager = invocation.open(Uses::migrations(&args.migrations))?;
    let Goal::Version(version) = manager.goal(Some(&args.migration))? else {
        return Err(usage_error(
            format!("no migration has the version `{}`", args.migration),
            None,
        ));
    };
    let Some(repair) = args.repair() else {
        print_line(&described(slug, &manager.unfinished(slug, &version)?));
        print_line("say what is left of it with --resume-at N, --done or --start-over");
        return Ok(Exit::Success);
    };
    let session = session(invocation.settings, &manager)?;
    let before = manager.repair(slug, &version, repair, session)?;
    print_line(&described(slug, &before));
    let recorded = match repair {
        Repair::ResumeAt(number) => format!("the next run continues at statement {number}"),
        Repair::Done => "it counts as applied".to_owned(),
        Repair::StartOver => "the next run begins it again".to_owned(),
    };
    print_line(&format!("recorded: {recorded}"));
    Ok(Exit::Success)
}

/// What is known, with a line for each statement.
fn described(slug: &str, unfinished: &Unfinished) -> String {
    let Unfinished { migration, statements_done, schema_changed, edited, statements } = unfinished;
    let edited = if *edited { ", and was edited since" } else { "" };
    let mut lines =
        vec![format!("migration {migration} of tenant `{slug}` is half applied{edited}")];
    let done = usize::try_from(*statements_done).unwrap_or(usize::MAX);
    for (index, statement) in statements.iter().enumerate() {
        let state = match index.cmp(&done) {
            Ordering::Less => "took effect",
            Ordering::Equal => match schema_changed {
                Some(true) => "was begun, and the schema has changed since",
                Some(false) => "was begun, and the schema is as it was before",
                None => "did not take effect, or nothing shows it",
            },
            Ordering::Greater => "not begun",
        };
        lines.push(format!("  {} {statement}: {state}", index + 1));
    }
    lines.join("\n")
}
