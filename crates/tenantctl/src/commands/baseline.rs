//! `tenants baseline`: adopts databases that never had a history.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;
use db_backend::{BackendKind, ServerUrl};
use tenant_manager::new_run_id;
use tenant_migrate::{FleetPlan, Goal, Planned, Policy, RunOptions, TenantPlan};

use super::fleet_run::{apply_limits, conclude, session};
use crate::cli::{BaselineArgs, Format, ScratchArgs};
use crate::exit::Exit;
use crate::hooks::Hooks;
use crate::interrupt::drain_on_ctrl_c;
use crate::invocation::{Invocation, Uses};
use crate::output::{print, print_json};
use crate::progress::Progress;
use crate::render;
use crate::scratch::scratch_server;
use crate::targets::{Targets, claim, targets};
use crate::usage::usage_error;
use crate::words::counted;

/// How many slugs of those that would be adopted a person is shown.
const SHOWN_MAX: usize = 10;

pub(super) fn run(invocation: &Invocation<'_>, args: &BaselineArgs) -> Result<Exit> {
    let scratch = scratch_servers(args)?;
    let uses = Uses { limits: Some(&args.limits), ..Uses::migrations(&args.migrations) };
    let manager = invocation.open(uses)?;
    let Goal::Version(version) = manager.goal(Some(&args.version))? else {
        let message = format!("no migration has the version `{}`", args.version);
        return Err(usage_error(message, None));
    };
    let mut options = RunOptions::new(new_run_id());
    options.policy = Policy { claim: claim(args.claim), ..Policy::default() };
    options.session = session(invocation.settings, &manager)?;
    apply_limits(&mut options, &args.limits);
    let Targets { active, inactive } = targets(&manager, &args.select, &args.migrations.schema)?;
    if args.format == Format::Human {
        print(&render::participants(&active, &inactive));
        if active.is_empty() {
            return Ok(Exit::Success);
        }
    }

    let cancel = drain_on_ctrl_c()?;
    let hooks = Hooks::new(invocation.settings, "baseline", &options.run_id);
    let run = manager.fleet_run(options).cancelled_by(&cancel);
    if args.dry_run {
        let plan = run.compare(&active, &version, scratch)?;
        match args.format {
            Format::Human => print(&shown(&plan)),
            Format::Json => plan.tenants.iter().try_for_each(print_json)?,
        }
        return Ok(plan.ending().into());
    }
    hooks.before_run(active.len())?;
    let progress = Progress::start(args.format)?;
    let run = run.hooked_by(hooks.of_tenants());
    let finished = run.telling(progress.sink()).adopt(&active, &version, scratch);
    progress.finish();
    Ok(conclude(finished?, args.format, &hooks))
}

/// The servers that were named for scratch databases.
fn scratch_servers(args: &BaselineArgs) -> Result<BTreeMap<BackendKind, ServerUrl>> {
    let BaselineArgs { postgres_url, mysql_url, .. } = args;
    let named = ScratchArgs {
        back_ends: Vec::new(),
        postgres_url: postgres_url.clone(),
        mysql_url: mysql_url.clone(),
    };
    let mut servers = BTreeMap::new();
    for (kind, is_named) in
        [(BackendKind::Postgres, postgres_url.is_some()), (BackendKind::Mysql, mysql_url.is_some())]
    {
        if is_named {
            let server = scratch_server(kind, &named, Path::new(""))?;
            servers.insert(kind, server.map_err(|reason| usage_error(reason, None))?);
        }
    }
    Ok(servers)
}

fn shown(plan: &FleetPlan<'_>) -> String {
    let with = |wanted: fn(&Planned<'_>) -> bool| {
        let tenants = plan.tenants.iter().filter(move |tenant| wanted(&tenant.planned));
        tenants.map(|tenant| tenant.slug.as_str()).collect::<Vec<_>>()
    };
    let adopted = with(|planned| matches!(planned, Planned::Plan(TenantPlan::Pending(_))));
    let before = with(|planned| matches!(planned, Planned::Plan(TenantPlan::UpToDate)));
    let mut text = format!("would adopt {}", counted(adopted.len(), "tenant"));
    if !adopted.is_empty() {
        let more = if adopted.len() > SHOWN_MAX { ", …" } else { "" };
        let shown = adopted.iter().take(SHOWN_MAX).copied().collect::<Vec<_>>();
        text += &format!(": {}{more}", shown.join(", "));
    }
    if !before.is_empty() {
        text += &format!("\n{} at that version already", counted(before.len(), "tenant"));
    }
    text + "\n" + &render::obstacles(&plan.obstacles())
}
