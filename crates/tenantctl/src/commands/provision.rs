//! `provision`: creates tenants and makes them active.

use std::collections::BTreeSet;

use anyhow::Result;
use db_backend::BackendKind;
use tenant_manager::{Provisioned, TenantManager};

use super::fleet_run::{conclude, run_options};
use crate::cli::{Format, ProvisionArgs};
use crate::exit::Exit;
use crate::hooks::Hooks;
use crate::interrupt::drain_on_ctrl_c;
use crate::invocation::{Invocation, Uses, is_missing};
use crate::output::print_line;
use crate::progress::Progress;
use crate::settings::FILE;
use crate::targets::{placement, slugs};

pub(crate) fn run(invocation: &Invocation<'_>, args: &ProvisionArgs) -> Result<Exit> {
    let format = args.run.format;
    let slugs = slugs(&args.slugs)?;
    let placement = placement(&args.place, &args.run.migrations.schema)?;
    let manager = open(invocation, args)?;
    let options = run_options(invocation.settings, &manager, &args.run)?;

    let cancel = drain_on_ctrl_c()?;
    let hooks = Hooks::new(invocation.settings, "provision", &options.run_id);
    hooks.before_run(slugs.len())?;
    let progress = Progress::start(format)?;
    let run = manager.fleet_run(options).cancelled_by(&cancel).hooked_by(hooks.of_tenants());
    let run = run.telling(progress.sink());
    let provisioned = run.provision(&slugs, &placement);
    progress.finish();
    let Provisioned { active_before, run } = provisioned?;

    if format == Format::Human {
        for slug in active_before {
            print_line(&format!("tenant `{slug}` is already active"));
        }
    }
    Ok(run.map_or(Exit::Success, |run| conclude(run, format, &hooks)))
}

/// Opens the registry. A missing one is created, unless the settings are wrong.
fn open(invocation: &Invocation<'_>, args: &ProvisionArgs) -> Result<TenantManager> {
    let uses = Uses::of(&args.run);
    match invocation.open(uses) {
        Err(error) if is_missing(&error) => {}
        opened => return opened,
    }
    let kinds: BTreeSet<BackendKind> = match &args.run.migrations.migrations {
        // The first tenants without a server are SQLite files.
        Some(_) => [BackendKind::Sqlite].into(),
        None => invocation.project.back_ends().collect(),
    };
    invocation.settings.session.sql(FILE, kinds.into_iter())?;
    invocation.open_or_create(uses)
}
