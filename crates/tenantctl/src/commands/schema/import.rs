//! `schema import`: the schema as code, from a database or from migrations by hand.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use db_backend::{Access, AnyConnection, Cancel, DatabaseUrl, Imported, Timeouts};
use migration_folder::{import, write_baseline};
use schema_model::{BackEnds, declaration};

use crate::cli::ScratchArgs;
use crate::exit::Exit;
use crate::output::print_line;
use crate::scratch::{hosts, interruptible};
use crate::settings::Settings;
use crate::usage::usage_error;
use crate::words::counted;
use crate::workspace;

pub(super) fn run(
    settings: &Settings,
    migrations: Option<&Path>,
    from_url: Option<&str>,
    out: Option<&Path>,
    scratch: &ScratchArgs,
) -> Result<Exit> {
    match (migrations, from_url) {
        (Some(folder), _) => {
            let when_cancelled = "cancelled: nothing was written";
            interruptible(when_cancelled, |cancel| {
                from_folder(settings, folder, out, scratch, cancel)
            })
        }
        (None, Some(url)) => {
            let url: DatabaseUrl = url.parse()?;
            let mut database =
                AnyConnection::establish(&url, Access::ReadOnly, &Timeouts::default())?;
            let imported = database.imported(BackEnds::of([url.kind().name()]))?;
            write_code(&imported, out)?;
            print_line(&described(&imported));
            Ok(Exit::Success)
        }
        (None, None) => Err(usage_error("name --migrations or --from-url", None)),
    }
}

fn from_folder(
    settings: &Settings,
    folder: &Path,
    out: Option<&Path>,
    args: &ScratchArgs,
    cancel: &Arc<Cancel>,
) -> Result<Exit> {
    let folder = workspace::without_code(folder, args)?;
    let (hosts, unavailable) = hosts(settings, args, &folder.kinds(), cancel)?;
    // The types of a server say more than those of SQLite.
    let Some(host) = hosts.last() else {
        let reasons: Vec<String> =
            unavailable.iter().map(|(kind, reason)| format!("{kind}: {reason}")).collect();
        let message = format!("the migrations can't be replayed: {}", reasons.join("; "));
        return Err(usage_error(message, None));
    };
    let imported = import(&folder, host)?;
    write_code(&imported, out)?;
    let snapshot = write_baseline(&folder, &imported)?;
    print_line(&described(&imported));
    let path = folder.shown(&snapshot);
    print_line(&format!("\nwritten: {path}, what {} has after the newest migration", host.kind()));
    print_line("next: put the code into the project, and run `check --seal`");
    Ok(Exit::Success)
}

fn write_code(imported: &Imported, out: Option<&Path>) -> Result<()> {
    let code = code(imported);
    match out {
        Some(path) => {
            fs::write(path, code)
                .with_context(|| format!("{} can't be written", path.display()))?;
            print_line(&format!("written: {}", path.display()));
        }
        None => print_line(&code),
    }
    Ok(())
}

fn code(imported: &Imported) -> String {
    let tables = declaration::tables(&imported.schema);
    let indented = tables.lines().map(|line| match line.is_empty() {
        true => "\n".to_owned(),
        false => format!("    {line}\n"),
    });
    format!("schema_core::tenant_schema! {{\n{}}}\n", indented.collect::<String>())
}

fn described(imported: &Imported) -> String {
    let Imported { schema, by_hand, others } = imported;
    let mut lines = vec![format!("imported {}", counted(schema.tables.len(), "table"))];
    if !by_hand.is_empty() {
        lines.push(format!("\nby hand: {}", counted(by_hand.len(), "table")));
    }
    for (table, reasons) in by_hand {
        lines.push(format!("  {table}"));
        lines.extend(reasons.iter().map(|reason| format!("    {reason}")));
    }
    if !others.is_empty() {
        lines.push("\nbeside the tables, by hand:".to_owned());
        lines.extend(others.iter().map(|other| format!("  {other}")));
    }
    lines.join("\n")
}
