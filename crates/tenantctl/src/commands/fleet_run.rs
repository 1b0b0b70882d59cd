//! What commands that run on a fleet share: the options before the run, and the report after it.

use std::collections::BTreeMap;

use anyhow::Result;
use db_backend::BackendKind;
use tenant_manager::{FinishedRun, TenantManager, new_run_id};
use tenant_migrate::{Limits, Policy, RunOptions, SessionSql, Timeouts};

use crate::cli::{Format, LimitArgs, RunArgs};
use crate::descriptors::affordable;
use crate::exit::Exit;
use crate::hooks::Hooks;
use crate::output::{eprint_line, print};
use crate::render;
use crate::report_error::report_error;
use crate::settings::{FILE, Settings};
use crate::targets::claim;

pub(super) fn run_options(
    settings: &Settings,
    manager: &TenantManager,
    args: &RunArgs,
) -> Result<RunOptions> {
    let mut options = RunOptions::new(new_run_id());
    options.session = session(settings, manager)?;
    options.goal = manager.goal(args.to.as_deref())?;
    options.policy =
        Policy { allow_out_of_order: args.allow_out_of_order, claim: claim(args.claim) };
    apply_limits(&mut options, &args.limits);
    Ok(options)
}

/// What a session begins and ends with on each back end for which there are migrations.
///
/// # Errors
/// What is wrong with the SQL.
pub(super) fn session(
    settings: &Settings,
    manager: &TenantManager,
) -> Result<BTreeMap<BackendKind, SessionSql>> {
    settings.session.sql(FILE, manager.migrations().keys().map(|set| set.kind))
}

pub(super) fn apply_limits(options: &mut RunOptions, args: &LimitArgs) {
    let jobs = affordable(args.jobs);
    if jobs < args.jobs {
        eprint_line(&format!(
            "note: {jobs} tenants at a time instead of {}, since few files may be open (`ulimit -n`)",
            args.jobs
        ));
    }
    options.limits = Limits { jobs: usize::from(jobs), per_server: usize::from(args.per_server) };
    options.timeouts = Timeouts {
        connect: args.connect_timeout,
        lock: args.lock_timeout,
        statement: args.statement_timeout,
        ..Timeouts::default()
    };
}

/// Prints the report, and calls the last hook. Returns how the program ends.
pub(super) fn conclude(run: FinishedRun, format: Format, hooks: &Hooks) -> Exit {
    if format == Format::Human {
        print(&render::report(&run.report));
    }
    let exit = Exit::from(run.report.ending());
    let recorded = run.ledger.map_err(|error| {
        anyhow::Error::new(error).context("the run is finished, and what it did to tenants stays")
    });
    let problems = [recorded.err(), hooks.after_run(&run.report).err()];
    problems.into_iter().flatten().fold(exit, |exit, error| {
        report_error(&error);
        if exit == Exit::Success { Exit::Unexpected } else { exit }
    })
}
