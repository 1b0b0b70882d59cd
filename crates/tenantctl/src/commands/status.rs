//! `status`: how many tenants are at which version.

use anyhow::Result;
use system_db::{Tenant, TenantState};
use tenant_manager::new_run_id;
use tenant_migrate::RunOptions;

use super::fleet_run::apply_limits;
use crate::cli::{Format, StatusArgs};
use crate::exit::Exit;
use crate::interrupt::drain_on_ctrl_c;
use crate::invocation::{Invocation, Uses};
use crate::output::{print_json, print_line};
use crate::render;
use crate::targets::selected;

pub(crate) fn run(invocation: &Invocation<'_>, args: &StatusArgs) -> Result<Exit> {
    let uses = Uses { limits: Some(&args.limits), ..Uses::migrations(&args.migrations) };
    let manager = invocation.open(uses)?;
    let tenants = selected(&manager, &args.select, &args.migrations.schema)?;
    let mut was_cancelled = false;
    let observed = if args.verify {
        let active: Vec<Tenant> =
            tenants.iter().filter(|t| t.state == TenantState::Active).cloned().collect();
        let mut options = RunOptions::new(new_run_id());
        apply_limits(&mut options, &args.limits);
        let cancel = drain_on_ctrl_c()?;
        let observed = manager.fleet_run(options).cancelled_by(&cancel).observe(&active)?;
        was_cancelled = cancel.is_cancelled();
        Some(observed)
    } else {
        None
    };
    let status = manager.fleet_status(&tenants, observed.as_deref());
    match args.format {
        Format::Json => print_json(&status)?,
        Format::Human => print_line(&render::status(&status)),
    }
    Ok(match status.obstacles.as_slice() {
        _ if was_cancelled => Exit::Cancelled,
        [] => Exit::Success,
        _ => Exit::SomeFailed,
    })
}
