//! `demo`: the whole story on embedded SQLite. It needs no server.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use db_backend::{AnyConnection, dispatch};
use diesel::prelude::*;
use schema_core::tenant::{activity_log, settings};
use schema_core::types::Json;
use serde_json::json;
use system_db::{Slug, Tenant};
use tenant_manager::{Config, FinishedRun, Placement, Selection, TenantManager, new_run_id};
use tenant_migrate::{BackendKind, Goal, RunOptions, SetKey, Version};

use tenantctl::output::print_line;
use tenantctl::{render, usage_error};

/// Shows a whole story on 50 embedded tenants: provision, break one, migrate, repair, migrate again
#[derive(Debug, clap::Args)]
pub(crate) struct DemoArgs {
    /// Folder for its files; must not exist yet
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

const COMPANIES: [&str; 10] = [
    "acme",
    "cyberdyne",
    "globex",
    "hooli",
    "initech",
    "massive",
    "soylent",
    "stark",
    "tyrell",
    "wonka",
];
const TENANTS_PER_COMPANY: usize = 5;
/// The tenant that the demo breaks on purpose.
const BROKEN: &str = "initech-3";
/// Creates by hand the table that the next migration creates.
const BREAK: &str = "CREATE TABLE activity_log (note TEXT)";
const REPAIR: &str = "DROP TABLE activity_log";

pub(crate) fn run(args: &DemoArgs) -> Result<ExitCode> {
    let folder = new_folder(args)?;
    let manager = TenantManager::open_or_create(&Config::embedded(&folder))?;
    let slugs = slugs()?;
    print_line(&format!("{} tenants, each an SQLite file in {}", slugs.len(), folder.display()));

    let first = first_version(&manager)?;
    heading(&format!("provision: every tenant at the first version, {first}"));
    let mut options = RunOptions::new(new_run_id());
    options.goal = Goal::Version(first);
    let provisioned = manager.fleet_run(options).provision(&slugs, &Placement::default())?;
    if let Some(run) = provisioned.run {
        report(run)?;
    }

    heading("the tenants' services write settings");
    for slug in &slugs {
        write_settings(&mut manager.connect(slug.as_str())?)?;
    }
    print_line(&format!("{} rows written", slugs.len() * SETTINGS.len()));

    heading(&format!("somebody breaks `{BROKEN}` by hand"));
    manager.connect(BROKEN)?.execute(BREAK)?;
    print_line(BREAK);

    heading("migrate-all: to head");
    migrate_all(&manager)?;

    heading(&format!("repair `{BROKEN}`"));
    manager.connect(BROKEN)?.execute(REPAIR)?;
    print_line(REPAIR);

    heading("migrate-all, again");
    migrate_all(&manager)?;

    heading("the tenants' services log what happens");
    let mut entries = 0;
    for slug in &slugs {
        entries += log_activity(&mut manager.connect(slug.as_str())?)?;
    }
    print_line(&format!("{entries} entries written"));

    heading("status --verify");
    let tenants = manager.registry().tenants()?;
    let options = RunOptions::new(new_run_id());
    let observed = manager.fleet_run(options).observe(&tenants)?;
    print_line(&render::status(&manager.fleet_status(&tenants, Some(&observed))));

    print_line(&format!("\nlook around: cargo xtask --data-dir {} tenants list", folder.display()));
    Ok(ExitCode::SUCCESS)
}

fn heading(text: &str) {
    print_line(&format!("\n== {text}"));
}

/// The folder that the arguments name, or the first unused one in `.tenantctl`, which git ignores.
fn new_folder(args: &DemoArgs) -> Result<PathBuf> {
    let folder = match &args.dir {
        Some(folder) if folder.exists() => {
            return Err(usage_error(format!("{} already exists", folder.display()), None));
        }
        Some(folder) => folder.clone(),
        None => (1..)
            .map(|number| PathBuf::from(format!(".tenantctl/demo-{number}")))
            .find(|folder| !folder.exists())
            .context("every folder name is taken")?,
    };
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("{} can't be created", folder.display()))?;
    Ok(folder)
}

fn slugs() -> Result<Vec<Slug>> {
    let names = COMPANIES
        .iter()
        .flat_map(|company| (1..=TENANTS_PER_COMPANY).map(move |n| format!("{company}-{n}")));
    Ok(names.map(|name| name.parse()).collect::<Result<_, _>>()?)
}

fn first_version(manager: &TenantManager) -> Result<Version> {
    let set = manager.migrations().get(&SetKey::of(BackendKind::Sqlite));
    let first = set.and_then(|set| set.iter().next()).context("there are no migrations")?;
    Ok(first.version.clone())
}

fn migrate_all(manager: &TenantManager) -> Result<()> {
    let tenants: Vec<Tenant> = manager.active(&Selection::all())?;
    let options = RunOptions::new(new_run_id());
    report(manager.fleet_run(options).migrate(&tenants)?)
}

fn report(run: FinishedRun) -> Result<()> {
    run.ledger?;
    print_line(render::report(&run.report).trim_end());
    Ok(())
}

const SETTINGS: [(&str, &str); 3] = [("locale", "en-GB"), ("plan", "team"), ("theme", "dark")];

fn write_settings(connection: &mut AnyConnection) -> Result<()> {
    let rows: Vec<_> = SETTINGS
        .iter()
        .map(|(key, value)| (settings::key.eq(*key), settings::value.eq(Json(json!(value)))))
        .collect();
    dispatch!(connection, c => diesel::insert_into(settings::table).values(&rows).execute(c))?;
    Ok(())
}

fn log_activity(connection: &mut AnyConnection) -> Result<usize> {
    let row = (
        activity_log::action.eq("update"),
        activity_log::entity_type.eq("setting"),
        activity_log::entity_id.eq("theme"),
        activity_log::details.eq(Some(Json(json!({ "from": "light", "to": "dark" })))),
    );
    let written = dispatch!(connection, c => {
        diesel::insert_into(activity_log::table).values(row).execute(c)
    })?;
    Ok(written)
}
