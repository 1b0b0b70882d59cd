//! Tests over the simulated back end, and rows of data for what is pure.

mod baseline;
mod faults;
mod fleet;
mod load;
mod marks;
mod plan;
mod report;
mod retry;
mod squashed;
mod tenant;
mod unanswered;

use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::Duration;

use db_backend::{BackendKind, Mark, Timeouts, Version};

use crate::sim::{SimConnector, SimState, SimStyle};
use crate::{
    EmbeddedMigration, Event, MigrationSet, MigrationSets, Outcome, Record, Report, RetryPolicy,
    Run, RunOptions, SetKey, Target, TenantReport,
};

/// What most tests migrate: DDL and rows, one migration of several statements.
const MIGRATIONS: &[(&str, &str)] = &[
    ("1_a", "CREATE TABLE a (id INTEGER);"),
    (
        "2_b",
        "CREATE TABLE b (id INTEGER); INSERT INTO b VALUES (1); ALTER TABLE b ADD COLUMN c TEXT;",
    ),
    ("3_rows", "INSERT INTO a VALUES (1); INSERT INTO a VALUES (2);"),
    ("4_c", "CREATE TABLE c (id INTEGER); CREATE INDEX c_id ON c (id);"),
];

fn set(migrations: &[(&'static str, &'static str)]) -> MigrationSet {
    let embedded: Vec<_> =
        migrations.iter().map(|(directory, up)| embedded(directory, up)).collect();
    MigrationSet::from_embedded(BackendKind::Sqlite, &embedded).unwrap()
}

const fn embedded(directory: &'static str, up: &'static str) -> EmbeddedMigration {
    EmbeddedMigration { directory, up, down: None, metadata: None }
}

fn sets(migrations: &[(&'static str, &'static str)]) -> MigrationSets {
    MigrationSets::from([(SetKey::of(BackendKind::Sqlite), set(migrations))])
}

fn versions(text: &str) -> Vec<Version> {
    text.split_whitespace().map(|version| Version(version.to_owned())).collect()
}

/// The statements of those migrations, in order: what a database's log must end up as.
fn log(migrations: &[(&'static str, &'static str)]) -> Vec<String> {
    let set = set(migrations);
    let statements = set.iter().flat_map(|migration| &migration.up_statements);
    statements.map(|statement| statement.sql.clone()).collect()
}

/// Options that never really wait.
fn options() -> RunOptions {
    RunOptions {
        timeouts: Timeouts { lock: Duration::from_secs(60), ..Timeouts::default() },
        retry: RetryPolicy { wait_first: Duration::ZERO, ..RetryPolicy::default() },
        ..RunOptions::new("run")
    }
}

fn target(slug: &str) -> Target {
    Target {
        slug: slug.to_owned(),
        server: "server".to_owned(),
        set: SetKey::of(BackendKind::Sqlite),
        database: db_backend::DatabaseUrl::file(slug),
        record: Record { version: None, mark: Some(mark()) },
    }
}

/// The mark of every tenant: no test has two in one database.
fn mark() -> Mark {
    Mark { registry: "ours".to_owned(), tenant: 1 }
}

/// Databases of those names, and their targets.
fn fleet(style: SimStyle, slugs: &[&str]) -> (SimConnector, Vec<Target>) {
    let connector = SimConnector::new(style);
    for slug in slugs {
        connector.create(slug);
    }
    (connector, slugs.iter().map(|slug| target(slug)).collect())
}

fn run(
    connector: &SimConnector,
    migrations: &[(&'static str, &'static str)],
    targets: &[Target],
    options: &RunOptions,
) -> (Report, Vec<Event>) {
    let (sender, events) = channel();
    let run = a_run(connector, migrations, options.clone())
        .telling(move |event| sender.send(event).unwrap());
    let report = run.migrate(targets, Arc::new(|_| None));
    (report, events.try_iter().collect())
}

fn a_run(
    connector: &SimConnector,
    migrations: &[(&'static str, &'static str)],
    options: RunOptions,
) -> Run {
    Run::new(Arc::new(connector.clone()), sets(migrations), options)
}

/// Migrates one tenant outside of a fleet.
fn migrate_one(connector: &SimConnector, set: &MigrationSet, target: &Target) -> TenantReport {
    let sets = MigrationSets::from([(SetKey::of(set.kind()), set.clone())]);
    Run::new(Arc::new(connector.clone()), sets, options()).migrate_tenant(target)
}

/// The outcome of each tenant, by name.
fn outcomes(events: &[Event]) -> Vec<(String, Outcome)> {
    let mut outcomes: Vec<_> = events
        .iter()
        .filter_map(|event| match event {
            Event::TenantFinished(tenant) => Some((tenant.slug.clone(), tenant.outcome.clone())),
            Event::RunStarted { .. }
            | Event::TenantStarted { .. }
            | Event::MigrationApplied { .. }
            | Event::Noted { .. }
            | Event::HookFailed { .. }
            | Event::Retrying { .. }
            | Event::RunFinished { .. } => None,
        })
        .collect();
    outcomes.sort_by(|a, b| a.0.cmp(&b.0));
    outcomes
}

/// One line for an outcome.
fn line(outcome: &Outcome) -> String {
    let list = |versions: &[Version]| {
        versions.iter().map(|version| version.0.as_str()).collect::<Vec<_>>().join(" ")
    };
    match outcome {
        Outcome::UpToDate => "up to date".to_owned(),
        Outcome::Migrated { applied } => format!("migrated {}", list(applied)),
        Outcome::Adopted { versions } => format!("adopted {}", list(versions)),
        Outcome::Blocked { blocker, .. } => format!("blocked: {blocker}"),
        Outcome::Failed(failure) => match list(&failure.applied).as_str() {
            "" => format!("failed: {failure}"),
            applied => format!("failed after {applied}: {failure}"),
        },
        Outcome::Skipped { reason } => format!("skipped: {reason}"),
        Outcome::NotStarted => "not started".to_owned(),
    }
}

/// Migrates one tenant and gives the result in one line.
fn migrated(
    connector: &SimConnector,
    slug: &str,
    migrations: &[(&'static str, &'static str)],
) -> String {
    let (_, events) = run(connector, migrations, &[target(slug)], &options());
    line(&outcomes(&events)[0].1)
}

fn history(state: &SimState) -> Vec<Version> {
    state.history.iter().flatten().cloned().collect()
}
