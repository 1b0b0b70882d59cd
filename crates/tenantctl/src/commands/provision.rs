//! `provision`: from slugs to active tenants.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Result;
use tenant_manager::Provisioned;
use tenant_migrate::Cancel;

use super::running::{conclude, run_options};
use crate::call::Call;
use crate::cli::{Format, ProvisionArgs};
use crate::output::print_line;
use crate::targets::{place, slugs};
use crate::watch::{Watch, listen};

pub(crate) fn run(call: &Call<'_>, args: &ProvisionArgs) -> Result<ExitCode> {
    let slugs = slugs(&args.slugs)?;
    let place = place(&args.place)?;
    let manager = call.open(Some(&args.run.migrations))?;
    let options = run_options(&manager, &args.run)?;

    let cancel = Arc::new(Cancel::new());
    listen(&cancel)?;
    let watch = Watch::new(args.run.format);
    let Provisioned { active_before, run } =
        manager.provision_all(&slugs, &place, &options, &cancel, &|event| watch.show(&event))?;

    if args.run.format == Format::Human {
        for slug in active_before {
            print_line(&format!("tenant `{slug}` is active already"));
        }
    }
    Ok(run.map_or(ExitCode::SUCCESS, |run| conclude(run, args.run.format)))
}
