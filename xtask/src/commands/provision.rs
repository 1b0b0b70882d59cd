//! `provision`: from slugs to active tenants.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Result;
use tenant_manager::Provisioned;
use tenant_migrate::Cancel;

use super::run::{conclude, run_options};
use super::watch::{Watch, listen};
use super::{open, place, slugs};
use crate::cli::{Format, ProvisionArgs, RegistryArgs};
use crate::output::print_line;

pub(crate) fn run(registry: &RegistryArgs, args: &ProvisionArgs) -> Result<ExitCode> {
    let slugs = slugs(&args.slugs)?;
    let place = place(&args.place)?;
    let manager = open(registry, Some(&args.run.migrations))?;
    let options = run_options(&manager, &args.run)?;

    let cancel = Arc::new(Cancel::new());
    listen(&cancel)?;
    let watch = Watch::new(args.run.format);
    let sink = |event| watch.show(&event);
    let run = manager.fleet_run(&options, &cancel, &sink);
    let Provisioned { active_before, run } = run.provision(&slugs, &place)?;

    if args.run.format == Format::Human {
        for slug in active_before {
            print_line(&format!("tenant `{slug}` is active already"));
        }
    }
    Ok(run.map_or(ExitCode::SUCCESS, |run| conclude(run, args.run.format)))
}
