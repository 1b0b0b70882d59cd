//! `registry`: shows which registry this is, and gives a copy an id of its own.

use anyhow::Result;
use serde_json::json;

use crate::cli::{Format, RegistryCommand};
use crate::exit::Exit;
use crate::invocation::{Invocation, Uses};
use crate::output::{print_json, print_line};
use crate::words::counted;

pub(crate) fn run(invocation: &Invocation<'_>, command: &RegistryCommand) -> Result<Exit> {
    match command {
        RegistryCommand::Show { format } => show(invocation, *format)?,
        RegistryCommand::Fork => fork(invocation)?,
    }
    Ok(Exit::Success)
}

fn show(invocation: &Invocation<'_>, format: Format) -> Result<()> {
    let manager = invocation.open(Uses::default())?;
    let id = manager.registry().id();
    match format {
        Format::Human => print_line(id),
        Format::Json => print_json(&json!({ "registry": id }))?,
    }
    Ok(())
}

fn fork(invocation: &Invocation<'_>) -> Result<()> {
    let mut manager = invocation.open(Uses::default())?;
    let before = manager.fork_registry()?;
    print_line(&format!("this registry is now {}; it was {before}", manager.registry().id()));
    let tenants = manager.registry().tenants()?.len();
    if tenants > 0 {
        print_line(&format!(
            "The databases of its {} belong to registry {before}, and are not migrated from here.\n\
             To take over those that are copies, or that no one else works on: \
             `migrate-all --take-over --only PATTERN`.",
            counted(tenants, "tenant")
        ));
    }
    Ok(())
}
