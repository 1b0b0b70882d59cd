//! `provision`: from slugs to active tenants.

use anyhow::Result;
use tenant_manager::Provisioned;

use super::running::{conclude, run_options};
use crate::call::Call;
use crate::cli::{Format, ProvisionArgs};
use crate::exit::Exit;
use crate::output::print_line;
use crate::targets::{place, slugs};
use crate::watch::{Watch, listen};

pub(crate) fn run(call: &Call<'_>, args: &ProvisionArgs) -> Result<Exit> {
    let format = args.run.format;
    let slugs = slugs(&args.slugs)?;
    let place = place(&args.place)?;
    let manager = call.open(Some(&args.run.migrations))?;
    let options = run_options(&manager, &args.run)?;

    let cancel = listen()?;
    let watch = Watch::new(format);
    let show = |event| watch.show(&event);
    let Provisioned { active_before, run } =
        manager.fleet_run(&options, &cancel, &show).provision(&slugs, &place)?;

    if format == Format::Human {
        for slug in active_before {
            print_line(&format!("tenant `{slug}` is active already"));
        }
    }
    Ok(run.map_or(Exit::Success, |run| conclude(run, format)))
}
