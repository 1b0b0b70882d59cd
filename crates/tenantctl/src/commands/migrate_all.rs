//! `migrate-all`: every active tenant to the goal.

use anyhow::Result;

use super::running::{conclude, run_options};
use crate::call::Call;
use crate::cli::{Format, MigrateAllArgs};
use crate::exit::Exit;
use crate::output::{print, print_json};
use crate::render;
use crate::targets::{Targets, targets};
use crate::watch::{Watch, listen};

/// The whole line of data: args → targets → observe → plan → run → events → report.
pub(crate) fn run(call: &Call<'_>, args: &MigrateAllArgs) -> Result<Exit> {
    let format = args.run.format;
    let manager = call.open(Some(&args.run.migrations))?;
    let options = run_options(&manager, &args.run)?;
    let Targets { active, others } = targets(&manager, &args.select)?;
    if format == Format::Human {
        print(&render::taking_part(&active, &others));
        if active.is_empty() {
            return Ok(Exit::Success);
        }
    }

    let cancel = listen()?;
    if args.dry_run {
        let run = manager.fleet_run(&options, &cancel, &|_event| {});
        let observed = run.observe(&active)?;
        let plan = run.plan(&observed);
        match format {
            Format::Human => print(&render::plan(&plan)),
            Format::Json => plan.tenants.iter().try_for_each(print_json)?,
        }
        return Ok(plan.ending().into());
    }

    // Each session observes and plans again for itself, under the lock of its tenant.
    let watch = Watch::new(format);
    let show = |event| watch.show(&event);
    let finished = manager.fleet_run(&options, &cancel, &show).migrate(&active)?;
    Ok(conclude(finished, format))
}
