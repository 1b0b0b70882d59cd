//! `migrate-all`: brings every active tenant to the goal.

use anyhow::Result;

use super::fleet_run::{conclude, run_options};
use crate::cli::{Format, MigrateAllArgs};
use crate::exit::Exit;
use crate::hooks::Hooks;
use crate::interrupt::drain_on_ctrl_c;
use crate::invocation::{Invocation, Uses};
use crate::output::{print, print_json};
use crate::progress::Progress;
use crate::render;
use crate::targets::{Targets, targets};

/// The whole line of data: args → targets → observe → plan → run → events → report.
pub(crate) fn run(invocation: &Invocation<'_>, args: &MigrateAllArgs) -> Result<Exit> {
    let format = args.run.format;
    let manager = invocation.open(Uses::of(&args.run))?;
    let options = run_options(invocation.settings, &manager, &args.run)?;
    let Targets { active, inactive } =
        targets(&manager, &args.select, &args.run.migrations.schema)?;
    if format == Format::Human {
        print(&render::participants(&active, &inactive));
        if active.is_empty() {
            return Ok(Exit::Success);
        }
    }

    let cancel = drain_on_ctrl_c()?;
    let hooks = Hooks::new(invocation.settings, "migrate-all", &options.run_id);
    let run = manager.fleet_run(options).cancelled_by(&cancel);
    if args.dry_run {
        let observed = run.observe(&active)?;
        let plan = run.plan(&observed);
        match format {
            Format::Human => print(&render::plan(&plan)),
            Format::Json => plan.tenants.iter().try_for_each(print_json)?,
        }
        return Ok(plan.ending().into());
    }

    // Each tenant is observed and planned again under its own lock.
    hooks.before_run(active.len())?;
    let progress = Progress::start(format)?;
    let run = run.hooked_by(hooks.of_tenants());
    let finished = run.telling(progress.sink()).migrate(&active);
    progress.finish();
    Ok(conclude(finished?, format, &hooks))
}
