//! `migrate-all`: every active tenant to the goal.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Result;
use system_db::{Tenant, TenantState};
use tenant_manager::FleetRun;
use tenant_migrate::{Cancel, render_plan};

use super::run::{conclude, run_options};
use super::watch::{Watch, listen};
use super::{open, selection};
use crate::cli::{Format, MigrateAllArgs, RegistryArgs};
use crate::output::{print, print_json, print_line};

pub(crate) fn run(registry: &RegistryArgs, args: &MigrateAllArgs) -> Result<ExitCode> {
    let manager = open(registry, Some(&args.run.migrations))?;
    let options = run_options(&manager, &args.run)?;
    let selected = selection(&args.select)?.apply(manager.registry().tenants()?)?;
    let (active, others): (Vec<Tenant>, Vec<Tenant>) =
        selected.into_iter().partition(|tenant| tenant.state == TenantState::Active);
    if args.run.format == Format::Human {
        tell_of_others(active.is_empty(), &others);
    }

    let cancel = Arc::new(Cancel::new());
    listen(&cancel)?;
    if args.dry_run {
        let run = manager.fleet_run(&options, &cancel, &|_event| {});
        return dry_run(&run, &active, args.run.format);
    }
    if active.is_empty() && args.run.format == Format::Human {
        return Ok(ExitCode::SUCCESS);
    }
    let watch = Watch::new(args.run.format);
    let sink = |event| watch.show(&event);
    let run = manager.fleet_run(&options, &cancel, &sink).migrate(&active)?;
    Ok(conclude(run, args.run.format))
}

fn dry_run(run: &FleetRun<'_>, tenants: &[Tenant], format: Format) -> Result<ExitCode> {
    let observed = run.observe(tenants)?;
    let plan = run.plan(&observed);
    match format {
        Format::Human if tenants.is_empty() => {}
        Format::Human => print(&render_plan(&plan)),
        Format::Json => plan.tenants.iter().try_for_each(print_json)?,
    }
    Ok(ExitCode::from(plan.exit().code()))
}

/// Says which selected tenants take no part, so that nobody takes them for migrated.
fn tell_of_others(none_active: bool, others: &[Tenant]) {
    if none_active {
        print_line("no active tenants: nothing to do");
    }
    for state in [TenantState::Provisioning, TenantState::Suspended, TenantState::Archived] {
        let slugs: Vec<&str> = others
            .iter()
            .filter(|tenant| tenant.state == state)
            .map(|tenant| tenant.slug.as_str())
            .collect();
        if let [first, ..] = slugs.as_slice() {
            print_line(&format!("not taking part: {} {state}, such as `{first}`", slugs.len()));
        }
    }
}
