//! `provision`: creates tenants and makes them active.

use anyhow::Result;
use tenant_manager::Provisioned;

use super::fleet_run::{conclude, run_options};
use crate::cli::{Format, ProvisionArgs};
use crate::exit::Exit;
use crate::interrupt::drain_on_ctrl_c;
use crate::invocation::Invocation;
use crate::output::print_line;
use crate::progress::Progress;
use crate::targets::{placement, slugs};

pub(crate) fn run(invocation: &Invocation<'_>, args: &ProvisionArgs) -> Result<Exit> {
    let format = args.run.format;
    let slugs = slugs(&args.slugs)?;
    let placement = placement(&args.place)?;
    let manager = invocation.open_or_create(Some(&args.run.migrations))?;
    let options = run_options(&manager, &args.run)?;

    let cancel = drain_on_ctrl_c()?;
    let progress = Progress::new(format);
    let show = |event| progress.show(&event);
    let Provisioned { active_before, run } =
        manager.fleet_run(&options, &cancel, &show).provision(&slugs, &placement)?;

    if format == Format::Human {
        for slug in active_before {
            print_line(&format!("tenant `{slug}` is already active"));
        }
    }
    Ok(run.map_or(Exit::Success, |run| conclude(run, format)))
}
