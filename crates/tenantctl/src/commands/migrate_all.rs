//! `migrate-all`: every active tenant to the goal.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Result;
use system_db::{Tenant, TenantState};
use tenant_manager::TenantManager;
use tenant_migrate::{Cancel, RunOptions, plan_fleet, render_plan};

use super::running::{conclude, run_options};
use crate::call::Call;
use crate::cli::{Format, MigrateAllArgs};
use crate::output::{print, print_json, print_line};
use crate::targets::selection;
use crate::watch::{Watch, listen};

pub(crate) fn run(call: &Call<'_>, args: &MigrateAllArgs) -> Result<ExitCode> {
    let manager = call.open(Some(&args.run.migrations))?;
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
        return dry_run(&manager, &active, &options, &cancel, args.run.format);
    }
    if active.is_empty() && args.run.format == Format::Human {
        return Ok(ExitCode::SUCCESS);
    }
    let watch = Watch::new(args.run.format);
    let run = manager.migrate_all(&active, &options, &cancel, &|event| watch.show(&event))?;
    Ok(conclude(run, args.run.format))
}

fn dry_run(
    manager: &TenantManager,
    tenants: &[Tenant],
    options: &RunOptions,
    cancel: &Cancel,
    format: Format,
) -> Result<ExitCode> {
    let observed = manager.observe(tenants, options, cancel)?;
    let plan = plan_fleet(manager.migrations(), &options.goal, options.policy, &observed);
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
