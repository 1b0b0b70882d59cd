//! `tenants census`: where a fleet stands before anything is done to it.

use anyhow::Result;
use tenant_manager::{CensusRow, Standing, TenantManager, new_run_id};
use tenant_migrate::RunOptions;

use super::fleet_run::apply_limits;
use crate::cli::{Format, LimitArgs, SchemaArgs, SelectArgs};
use crate::exit::Exit;
use crate::interrupt::drain_on_ctrl_c;
use crate::output::{print_json, print_line, table};
use crate::targets::targets;

/// How many slugs of a group a person is shown.
const SHOWN_MAX: usize = 3;

pub(super) fn run(
    manager: &TenantManager,
    (select, schema): (&SelectArgs, &SchemaArgs),
    limits: &LimitArgs,
    format: Format,
) -> Result<Exit> {
    let active = targets(manager, select, schema)?.active;
    let mut options = RunOptions::new(new_run_id());
    apply_limits(&mut options, limits);
    let cancel = drain_on_ctrl_c()?;
    let observed = manager.fleet_run(options).cancelled_by(&cancel).observe(&active)?;
    let rows = manager.census(&observed);
    match format {
        Format::Json => print_json(&rows)?,
        Format::Human if rows.is_empty() => print_line("no tenants"),
        Format::Human => {
            let cells = rows.iter().map(|row| {
                let (standing, next) = words(row.standing);
                vec![
                    row.tenants.len().to_string(),
                    standing.to_owned(),
                    next.to_owned(),
                    examples(row),
                ]
            });
            print_line(&table(&["TENANTS", "STAND", "NEXT", "SUCH AS"], cells.collect()));
        }
    }
    let all_read = !rows.iter().any(|row| row.standing == Standing::Unreadable);
    Ok(match (cancel.is_cancelled(), all_read) {
        (true, _) => Exit::Cancelled,
        (false, true) => Exit::Success,
        (false, false) => Exit::SomeFailed,
    })
}

fn examples(row: &CensusRow) -> String {
    let shown = row.tenants.iter().take(SHOWN_MAX).map(String::as_str).collect::<Vec<_>>();
    let more = if row.tenants.len() > SHOWN_MAX { ", …" } else { "" };
    format!("{}{more}", shown.join(", "))
}

/// Where they stand, and what comes next.
const fn words(standing: Standing) -> (&'static str, &'static str) {
    match standing {
        Standing::AtHead => ("at head", ""),
        Standing::Behind => ("behind", "`migrate-all` migrates them"),
        Standing::Ahead => ("ahead of these migrations", "a newer release has migrated them"),
        Standing::Unknown => ("at versions unknown here", "are these the right migrations?"),
        Standing::Empty => ("empty", "`migrate-all` gives them everything"),
        Standing::NoHistory => ("with tables, without a history", "`tenants baseline` adopts them"),
        Standing::Blocked => ("blocked", "`migrate-all --dry-run` says by what"),
        Standing::Unreadable => ("unreadable", "`status --verify` says why"),
    }
}
