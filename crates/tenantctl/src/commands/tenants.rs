//! `tenants`: shows and changes the registry of tenants.

use std::collections::BTreeMap;

use anyhow::Result;
use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use serde_json::json;
use system_db::{Tenant, TenantState};
use tenant_manager::TenantManager;
use tenant_migrate::DEFAULT_SCHEMA;

use super::{baseline, census, import};
use crate::cli::{Format, SchemaArgs, SelectArgs, TenantsCommand};
use crate::exit::Exit;
use crate::invocation::{Invocation, Uses};
use crate::output::{print_json, print_line, table};
use crate::targets::{claim, label_changes, placement, selected, slugs};
use crate::usage::usage_error;
use crate::words::labels;

/// How many outcomes `tenants show` prints, the newest first.
const OUTCOMES_SHOWN: i64 = 10;

pub(crate) fn run(invocation: &Invocation<'_>, command: &TenantsCommand) -> Result<Exit> {
    let open = || invocation.open(Uses::default());
    match command {
        TenantsCommand::List { select, schema, state, format } => {
            list(&open()?, (select, schema), state.as_deref(), *format)?;
        }
        TenantsCommand::Show { slug, format } => show(&open()?, slug, *format)?,
        TenantsCommand::Add { slug, database, place, schema, claim: args } => {
            let (slug, placement) = (slug.parse()?, placement(place, schema)?);
            let manager = invocation.open_or_create(Uses::default())?;
            let tenant = manager.adopt(&slug, database, &placement, claim(*args))?;
            print_line(&format!(
                "tenant `{}` is registered: database `{}` on server `{}`",
                tenant.slug, tenant.database, tenant.server.name
            ));
        }
        TenantsCommand::Census { select, migrations, limits, format } => {
            let uses = Uses { limits: Some(limits), ..Uses::migrations(migrations) };
            let manager = invocation.open(uses)?;
            return census::run(&manager, (select, &migrations.schema), limits, *format);
        }
        TenantsCommand::Baseline(args) => return baseline::run(invocation, args),
        TenantsCommand::Import(args) => import::run(&open()?, args)?,
        TenantsCommand::Label { slug, changes } => {
            let (slug, (removed, set)) = (slug.parse()?, label_changes(changes)?);
            let tenant = open()?.registry().change_labels(&slug, &removed, &set)?;
            print_line(&match labels(&tenant.labels) {
                none if none.is_empty() => format!("tenant `{slug}` has no labels"),
                labels => format!("tenant `{slug}` has these labels: {labels}"),
            });
        }
        TenantsCommand::Suspend(args) => set_state(&open()?, &args.slugs, TenantState::Suspended)?,
        TenantsCommand::Activate(args) => set_state(&open()?, &args.slugs, TenantState::Active)?,
        TenantsCommand::Archive(args) => set_state(&open()?, &args.slugs, TenantState::Archived)?,
    }
    Ok(Exit::Success)
}

fn set_state(manager: &TenantManager, texts: &[String], to: TenantState) -> Result<()> {
    for slug in slugs(texts)? {
        let from = manager.registry().set_state(&slug, to)?;
        match from == to {
            true => print_line(&format!("tenant `{slug}` is already {to}")),
            false => print_line(&format!("tenant `{slug}` is now {to}; it was {from}")),
        }
    }
    Ok(())
}

#[derive(Serialize)]
struct Row<'a> {
    tenant: &'a str,
    state: TenantState,
    server: &'a str,
    database: &'a str,
    schema: &'a str,
    version: Option<&'a str>,
    labels: &'a BTreeMap<String, String>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl<'a> Row<'a> {
    fn new(tenant: &'a Tenant) -> Self {
        Self {
            tenant: tenant.slug.as_str(),
            state: tenant.state,
            server: &tenant.server.name,
            database: &tenant.database,
            schema: &tenant.schema,
            version: tenant.recorded_version.as_ref().map(|version| version.0.as_str()),
            labels: &tenant.labels,
            created_at: tenant.created_at,
            updated_at: tenant.updated_at,
        }
    }
}

fn list(
    manager: &TenantManager,
    (select, schema): (&SelectArgs, &SchemaArgs),
    state: Option<&str>,
    format: Format,
) -> Result<()> {
    let state = state
        .map(str::parse::<TenantState>)
        .transpose()
        .map_err(|error| usage_error(error.to_string(), None))?;
    let mut tenants = selected(manager, select, schema)?;
    tenants.retain(|tenant| state.is_none_or(|state| tenant.state == state));
    let rows: Vec<Row<'_>> = tenants.iter().map(Row::new).collect();
    match format {
        Format::Json => rows.iter().try_for_each(print_json)?,
        Format::Human if rows.is_empty() => print_line("no tenants"),
        Format::Human => {
            let cells = |row: &Row<'_>| {
                vec![
                    row.tenant.to_owned(),
                    row.state.to_string(),
                    row.server.to_owned(),
                    row.database.to_owned(),
                    row.version.unwrap_or("-").to_owned(),
                    labels(row.labels),
                ]
            };
            let mut header = vec!["TENANT", "STATE", "SERVER", "DATABASE", "VERSION", "LABELS"];
            let mut table_rows: Vec<Vec<String>> = rows.iter().map(cells).collect();
            if rows.iter().any(|row| row.schema != DEFAULT_SCHEMA) {
                header.push("SCHEMA");
                for (cells, row) in table_rows.iter_mut().zip(&rows) {
                    cells.push(row.schema.to_owned());
                }
            }
            print_line(&table(&header, table_rows));
        }
    }
    Ok(())
}

fn show(manager: &TenantManager, slug: &str, format: Format) -> Result<()> {
    let tenant = manager.registry().tenant(&slug.parse()?)?;
    let outcomes = manager.registry().outcomes_of(tenant.id, OUTCOMES_SHOWN)?;
    let row = Row::new(&tenant);
    if format == Format::Json {
        let outcomes: Vec<_> = outcomes
            .iter()
            .map(|(run_id, outcome)| json!({ "run_id": run_id, "report": outcome.detail }))
            .collect();
        return print_json(&json!({ "tenant": row, "outcomes": outcomes }));
    }
    let time = |time: DateTime<Utc>| time.to_rfc3339_opts(SecondsFormat::Secs, true);
    let facts = [
        ("tenant", row.tenant.to_owned()),
        ("state", row.state.to_string()),
        ("server", format!("{} ({})", row.server, tenant.server.url)),
        ("database", row.database.to_owned()),
        ("version", row.version.unwrap_or("-").to_owned()),
        ("labels", labels(row.labels)),
        ("created", time(tenant.created_at)),
        ("updated", time(tenant.updated_at)),
    ];
    for (name, value) in facts.iter().filter(|(_, value)| !value.is_empty()) {
        print_line(&format!("{name:<10}{value}"));
    }
    if !outcomes.is_empty() {
        let cells = outcomes.into_iter().map(|(run_id, outcome)| {
            vec![
                run_id,
                outcome.outcome,
                outcome.version.map_or("-".to_owned(), |version| version.0),
                outcome.error.unwrap_or_default(),
            ]
        });
        print_line("");
        print_line(&table(&["RUN", "OUTCOME", "VERSION", "ERROR"], cells.collect()));
    }
    Ok(())
}
