//! `migrate-all`: every active tenant to the goal.

use anyhow::Result;
use tenant_migrate::plan_fleet;

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
        let observed = manager.observe(&active, &options, &cancel)?;
        let plan = plan_fleet(manager.migrations(), &options.goal, options.policy, &observed);
        match format {
            Format::Human => print(&render::plan(&plan)),
            Format::Json => plan.tenants.iter().try_for_each(print_json)?,
        }
        return Ok(plan.ending().into());
    }

    // Each session observes and plans again for itself, under the lock of its tenant.
    let watch = Watch::new(format);
    let run = manager.migrate_all(&active, &options, &cancel, &|event| watch.show(&event))?;
    Ok(conclude(run, format))
}
