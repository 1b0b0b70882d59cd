//! Provision, migrate, and migrate again, on each back end.

use std::fs;

use db_backend::{BackendKind, HISTORY_TABLE, JOURNAL_TABLE, OWNER_TABLE};
use schema_core::tenant::SCHEMA;
use serde_json::Value;

use crate::support::cases::test_on;
use crate::support::fleet::{Fleet, outcomes_in_words};
use crate::support::server::{TestServer, on_server};

const FIRST: &str = "20261123154648";
const HEAD: &str = "20261123154738";

test_on! {
    sqlite, postgres, mysql: on_server {
        from_nothing_to_head_and_then_nothing_to_do,
        the_lines_of_a_run_name_the_tenant,
        a_dry_run_creates_no_history_table,
        the_ledger_contains_each_run,
    }
}

fn from_nothing_to_head_and_then_nothing_to_do(server: &TestServer) {
    let fleet = Fleet::new(server);
    let (code, lines) = fleet.json(&format!("provision @acme @beta @gamma --to {FIRST}"));
    assert_eq!(code, Some(0), "{lines:?}");
    assert_eq!(outcomes_in_words(&lines), "acme migrated, beta migrated, gamma migrated");
    assert_eq!(fleet.history("acme"), [FIRST]);

    let (code, plan) = fleet.json("migrate-all --dry-run");
    assert_eq!(code, Some(3), "something is pending: {plan:?}");
    assert_eq!(plan[0]["plan"], "pending");
    assert_eq!(plan[0]["detail"], serde_json::json!([HEAD]));
    assert_eq!(fleet.history("acme"), [FIRST], "a dry run applies nothing");

    let (code, lines) = fleet.json("migrate-all");
    assert_eq!(code, Some(0), "{lines:?}");
    assert_eq!(outcomes_in_words(&lines), "acme migrated, beta migrated, gamma migrated");
    for tenant in ["acme", "beta", "gamma"] {
        assert_eq!(fleet.history(tenant), [FIRST, HEAD], "{tenant}");
        assert_eq!(fleet.differences(tenant, &SCHEMA), Vec::<String>::new(), "{tenant}");
    }

    let (code, lines) = fleet.json("migrate-all");
    assert_eq!(code, Some(0), "{lines:?}");
    assert_eq!(outcomes_in_words(&lines), "acme up_to_date, beta up_to_date, gamma up_to_date");
    let (code, plan) = fleet.json("migrate-all --dry-run");
    assert_eq!((code, &plan[0]["plan"]), (Some(0), &Value::from("up_to_date")));
    assert_eq!(fleet.succeed("provision @acme"), "tenant `acme` is already active\n");
}

fn the_lines_of_a_run_name_the_tenant(server: &TestServer) {
    let fleet = Fleet::new(server);
    let (_, lines) = fleet.json("provision @acme");
    let shown: Vec<String> = lines.iter().map(event_in_words).collect();
    assert_eq!(
        shown,
        [
            "run_started",
            "tenant_started acme",
            &format!("migration_applied acme {FIRST}"),
            &format!("migration_applied acme {HEAD}"),
            &format!("tenant_finished acme {HEAD}"),
            "run_finished",
        ],
        "{}",
        server.kind()
    );
    assert_eq!(lines[0]["run_id"], lines[5]["run_id"]);
    assert_eq!(lines[4]["applied"], serde_json::json!([FIRST, HEAD]));
    assert_eq!(lines[5]["counts"]["migrated"], 1);
}

fn event_in_words(line: &Value) -> String {
    let words = ["event", "tenant", "version"].map(|key| line[key].as_str().unwrap_or_default());
    words.join(" ").trim_end().to_owned()
}

/// The commands that write nothing if nothing is pending.
const LOOKS: [&str; 7] = [
    "migrate-all --dry-run",
    "migrate-all --dry-run --format json",
    "status --verify",
    "status",
    "tenants list",
    "tenants show @acme",
    "migrate-all",
];

#[test]
fn nothing_is_written_if_nothing_is_pending() {
    on_server(BackendKind::Sqlite, |server| {
        let fleet = Fleet::provisioned(server, "@acme");
        let file = fleet.file("acme");
        let before = (fs::read(&file).unwrap(), file.metadata().unwrap().modified().unwrap());
        for look in LOOKS {
            fleet.succeed(look);
            let after = (fs::read(&file).unwrap(), file.metadata().unwrap().modified().unwrap());
            assert!(after == before, "{look} changed {}", file.display());
            let beside: Vec<_> = fs::read_dir(file.parent().unwrap()).unwrap().collect();
            assert_eq!(beside.len(), 1, "{look} left something: {beside:?}");
        }
    });
}

fn a_dry_run_creates_no_history_table(server: &TestServer) {
    let fleet = Fleet::new(server);
    fleet.create_database("fresh");
    fleet.succeed(&format!("tenants add @fresh --database {}", fleet.database_name("fresh")));
    // As a tenant that was registered before there were marks.
    for table in [HISTORY_TABLE, JOURNAL_TABLE, OWNER_TABLE] {
        fleet.execute("fresh", &format!("DROP TABLE {table}"));
    }
    for look in ["migrate-all --dry-run", "status --verify", "migrate-all --dry-run"] {
        fleet.run(look);
        let catalog = tables(&fleet, "fresh");
        assert_eq!(catalog, Vec::<String>::new(), "{}: {look}", server.kind());
    }
    assert_eq!(fleet.run("migrate-all --dry-run").code, Some(3));
    assert_eq!(fleet.run("migrate-all").code, Some(0));
    assert_eq!(fleet.history("fresh"), [FIRST, HEAD]);
}

/// All tables, including history and journal.
fn tables(fleet: &Fleet<'_>, name: &str) -> Vec<String> {
    fleet.column(
        name,
        match fleet.database(name).kind() {
            BackendKind::Sqlite => "SELECT name FROM sqlite_master",
            BackendKind::Postgres => {
                "SELECT CAST(tablename AS text) FROM pg_tables WHERE schemaname = 'public'"
            }
            BackendKind::Mysql => {
                "SELECT CAST(table_name AS char) FROM information_schema.tables \
             WHERE table_schema = DATABASE()"
            }
        },
    )
}

fn the_ledger_contains_each_run(server: &TestServer) {
    let fleet = Fleet::new(server);
    fleet.succeed(&format!("provision @acme @beta --to {FIRST}"));
    fleet.execute("beta", "CREATE TABLE activity_log (id INTEGER)");
    assert_eq!(fleet.run("migrate-all").code, Some(4));
    assert_eq!(fleet.run(&format!("migrate-all --to {FIRST}")).code, Some(0));

    let mut system = fleet.system();
    let runs = system
        .rows(
            "SELECT command, goal, CAST(targets AS TEXT), CAST(exit_code AS TEXT), \
             CASE WHEN finished_at IS NULL THEN 'open' ELSE 'finished' END \
             FROM runs ORDER BY id",
            &[],
        )
        .unwrap();
    let runs: Vec<String> = runs.into_iter().map(row_in_words).collect();
    assert_eq!(
        runs,
        [
            format!("provision {FIRST} 2 0 finished"),
            "migrate-all - 2 4 finished".to_owned(),
            format!("migrate-all {FIRST} 2 0 finished"),
        ]
    );
    let outcomes = system
        .rows(
            "SELECT outcome, version, CASE WHEN error IS NULL THEN 'fine' ELSE 'error' END \
             FROM run_outcomes ORDER BY run_id, tenant_id",
            &[],
        )
        .unwrap();
    let outcomes: Vec<String> = outcomes.into_iter().map(row_in_words).collect();
    assert_eq!(
        outcomes,
        [
            format!("migrated {FIRST} fine"),
            format!("migrated {FIRST} fine"),
            format!("migrated {HEAD} fine"),
            format!("failed {FIRST} error"),
            format!("up_to_date {HEAD} fine"),
            format!("up_to_date {FIRST} fine"),
        ],
        "{}",
        server.kind()
    );
    let shown = fleet.json("tenants show @beta").1;
    assert_eq!(shown[0]["tenant"]["version"], FIRST);
    assert_eq!(shown[0]["outcomes"][1]["report"]["outcome"], "failed");
}

fn row_in_words(row: Vec<Option<String>>) -> String {
    let words: Vec<String> =
        row.into_iter().map(|value| value.unwrap_or_else(|| "-".to_owned())).collect();
    words.join(" ")
}
