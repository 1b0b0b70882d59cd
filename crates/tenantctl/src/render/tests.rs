//! Reports and plans as people read them.

use std::collections::BTreeMap;
use std::time::Duration;

use db_backend::{BackendKind, DbErrorKind, ServerUrl, Version};
use insta::assert_snapshot;
use system_db::{Server, Tenant, TenantState};
use tenant_migrate::{
    Blocker, Effect, EmbeddedMigration, Event, FailedMigration, FailedStatement, Failure,
    FailureKind, FleetPlan, MigrationSet, Outcome, Planned, PlannedTenant, Report, TenantPlan,
    TenantReport,
};

use super::{participants, plan, report};

fn version(text: &str) -> Version {
    Version(text.to_owned())
}

fn versions(list: &str) -> Vec<Version> {
    list.split(' ').map(version).collect()
}

fn finished(slug: &str, at: Option<&str>, millis: u64, outcome: Outcome) -> Event {
    Event::TenantFinished(TenantReport {
        slug: slug.to_owned(),
        server: "server".to_owned(),
        outcome,
        version: at.map(version),
        attempts: 1,
        duration: Duration::from_millis(millis),
    })
}

fn failure(message: &str) -> Outcome {
    Outcome::Failed(Failure {
        kind: FailureKind::Database(DbErrorKind::Statement),
        message: message.to_owned(),
        migration: Some(Box::new(FailedMigration {
            version: version("4"),
            name: "4_c".to_owned(),
            statement: Some(FailedStatement {
                number: 2,
                total: 2,
                line: 3,
                excerpt: "CREATE INDEX c_id ON c (id)".to_owned(),
            }),
            effect: Effect::Partial { statements_done: 1 },
        })),
        applied: versions("3"),
    })
}

#[test]
fn a_report_names_each_cause_once_with_an_example() {
    let migrated = || Outcome::Migrated { applied: versions("3 4") };
    let blocker = Blocker::UnknownVersion { versions: versions("9") };
    let events = [
        finished("acme", Some("4"), 12, migrated()),
        finished("bolt", Some("4"), 250, migrated()),
        finished("core", Some("4"), 1, Outcome::UpToDate),
        finished("echo", Some("3"), 31, failure("duplicate key 17 in echo")),
        finished("dune", Some("3"), 30, failure("duplicate key 4 in dune")),
        finished("flux", Some("9"), 2, Outcome::Blocked { blocker, applied: Vec::new() }),
        finished("gaia", None, 0, Outcome::NotStarted),
    ];
    assert_snapshot!(report(&Report::from_events(&events)), @"
    7 tenants: 2 migrated, 1 up to date, 1 blocked, 2 failed, 1 not started
           1 at 9
           3 at 4
           2 at 3
    slowest: bolt 250 ms, echo 31 ms, dune 30 ms

    error: 2 tenants, such as `dune`: migration 4_c failed
      at:    statement 2 of 2 (line 3: CREATE INDEX c_id ON c (id))
      cause: duplicate key 4 in dune
      state: the first statement took effect
    hint: fix the migration, or the data that is in its way (--show-values shows values); try it on a copy of this tenant; run again; the next run continues after the statements that took effect, so do not change them

    error: tenant `flux`: ahead of these migrations: 9 is unknown here
    hint: a newer release has migrated it; run that release, or restore its migrations
    ");
}

#[test]
fn a_plan_counts_pending_migrations_and_names_obstacles() {
    let tenant = |slug: &str, planned| PlannedTenant {
        slug: slug.to_owned(),
        server: "server".to_owned(),
        kind: BackendKind::Sqlite,
        version: None,
        planned,
    };
    let planned = |slug, tenant_plan| tenant(slug, Planned::Plan(tenant_plan));
    let embedded = ["1", "2", "3"].map(|directory| EmbeddedMigration {
        directory,
        up: "SELECT 1",
        down: None,
        metadata: None,
    });
    let set = MigrationSet::from_embedded(BackendKind::Sqlite, &embedded).unwrap();
    let from = |first: &str| set.iter().filter(|one| *one.version.0 >= *first).collect();
    let out_of_order = Blocker::OutOfOrder { missing: versions("2"), newest: version("3") };
    let unreadable = Planned::Unreadable {
        kind: FailureKind::Database(DbErrorKind::Missing),
        error: "no such file".to_owned(),
    };
    let tenants = vec![
        planned("acme", TenantPlan::UpToDate),
        planned("bolt", TenantPlan::Pending(from("2"))),
        planned("core", TenantPlan::Pending(from("1"))),
        planned("dune", TenantPlan::Blocked(out_of_order)),
        planned("echo", TenantPlan::BeyondGoal(version("4"))),
        tenant("flux", unreadable),
    ];
    assert_snapshot!(plan(&FleetPlan { tenants }), @"
    6 tenants: 2 to migrate, 1 up to date, 1 beyond the goal, 1 blocked, 1 unreadable
           1 need 1
           2 need 2
           2 need 3
    note: tenant `echo` is beyond the goal, at 4

    error: tenant `dune`: 2 is missing below the newest version 3
    hint: a late branch added them below the newest version applied; give them a newer version, or add --allow-out-of-order if the migrations do not depend on each other

    error: tenant `flux`: database missing
      cause: no such file
    hint: restore the database, or archive the tenant if it is gone for good
    ");
    assert_eq!(plan(&FleetPlan { tenants: Vec::new() }), "0 tenants: nothing to do\n");
}

#[test]
fn tenants_that_do_not_take_part_are_reported() {
    let tenant = |slug: &str, state| Tenant {
        id: 1,
        slug: slug.parse().unwrap(),
        server: Server { id: 1, name: "server".to_owned(), url: ServerUrl::folder("tenants") },
        database: slug.to_owned(),
        schema: "tenant".to_owned(),
        state,
        recorded_version: None,
        labels: BTreeMap::new(),
        created_at: chrono::DateTime::UNIX_EPOCH,
        updated_at: chrono::DateTime::UNIX_EPOCH,
    };
    let active = [tenant("acme", TenantState::Active)];
    let others = [
        tenant("bolt", TenantState::Archived),
        tenant("core", TenantState::Suspended),
        tenant("dune", TenantState::Archived),
    ];
    assert_eq!(participants(&active, &[]), "");
    assert_snapshot!(participants(&[], &others), @"
    no active tenants: nothing to do
    not taking part: 1 suspended, such as `core`
    not taking part: 2 archived, such as `bolt`
    ");
}
