//! `status`: versions × tenants.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Result;
use system_db::{Tenant, TenantState};
use tenant_manager::{FleetStatus, new_run_id};
use tenant_migrate::{Cancel, RunOptions};

use super::run::apply_limits;
use super::watch::listen;
use super::{open, selection};
use crate::cli::{Format, RegistryArgs, StatusArgs};
use crate::output::{print_json, print_line, table};

/// Laggards that a person is shown; JSON has all of them.
const LAGGARDS_SHOWN: usize = 10;

pub(crate) fn run(registry: &RegistryArgs, args: &StatusArgs) -> Result<ExitCode> {
    let manager = open(registry, Some(&args.migrations))?;
    let tenants = selection(&args.select)?.apply(manager.registry().tenants()?)?;
    let observed = if args.verify {
        let active: Vec<Tenant> =
            tenants.iter().filter(|t| t.state == TenantState::Active).cloned().collect();
        let cancel = Arc::new(Cancel::new());
        listen(&cancel)?;
        let mut options = RunOptions::new(new_run_id());
        apply_limits(&mut options, &args.limits);
        Some(manager.fleet_run(&options, &cancel, &|_event| {}).observe(&active)?)
    } else {
        None
    };
    let status = manager.fleet_status(&tenants, observed.as_deref());
    match args.format {
        Format::Json => print_json(&status)?,
        Format::Human => print_line(&render(&status)),
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) fn render(status: &FleetStatus) -> String {
    if status.versions.is_empty() {
        return "no tenants".to_owned();
    }
    let mut lines = Vec::new();
    for (kind, head) in &status.heads {
        let head = head.as_ref().map_or("none", |version| version.0.as_str());
        lines.push(format!("head for {kind}: {head}"));
    }
    lines.push(String::new());
    let rows = status.versions.iter().map(|row| {
        vec![
            row.version.as_ref().map_or("-".to_owned(), |version| version.0.clone()),
            row.active.to_string(),
            row.others.to_string(),
            row.name.clone().unwrap_or_default(),
        ]
    });
    lines.push(table(&["VERSION", "ACTIVE", "OTHERS", "MIGRATION"], rows.collect()));
    lines.push(String::new());
    let states: Vec<String> =
        status.states.iter().map(|(state, count)| format!("{count} {state}")).collect();
    lines.push(format!("tenants: {}", states.join(", ")));
    lines.push(match status.laggards.len() {
        0 => "every active tenant is at head".to_owned(),
        count => format!("not at head: {count}"),
    });
    for laggard in status.laggards.iter().take(LAGGARDS_SHOWN) {
        lines.push(format!("  {}: {}", laggard.tenant, laggard.why));
    }
    if status.laggards.len() > LAGGARDS_SHOWN {
        lines.push("  … --format json has all of them".to_owned());
    }
    if !status.verified {
        lines.push("as the registry has it; --verify reads the tenants themselves".to_owned());
    }
    lines.join("\n")
}
