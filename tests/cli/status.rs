//! What `status` says of tenants that can't be read, or may not be migrated.

use db_backend::admin;
use insta::assert_snapshot;
use serde_json::json;

use crate::support::cases::test_on;
use crate::support::fleet::Fleet;
use crate::support::server::{TestServer, on_server};

test_on! {
    sqlite, postgres, mysql: on_server {
        unreadable_tenants_are_a_failure_grouped_by_cause,
    }
}

fn unreadable_tenants_are_a_failure_grouped_by_cause(server: &TestServer) {
    let fleet = Fleet::new(server);
    fleet.succeed("provision @acme @beta @dune @echo");
    fleet.succeed("provision @core --to 20261123154648");
    for lost in ["beta", "dune"] {
        let name = fleet.database_name(lost);
        admin::drop_database(fleet.url(), &name, &db_backend::Timeouts::default()).unwrap();
    }
    fleet.execute("echo", "INSERT INTO __diesel_schema_migrations (version) VALUES ('9')");

    let status = fleet.run("status --verify");
    assert_eq!(status.code, Some(4), "{}: {status}", server.kind());
    let is_alike = |line: &&str| !line.starts_with("  cause:") && !line.starts_with("head for");
    let words: Vec<&str> = status.stdout.lines().filter(is_alike).collect();
    assert_snapshot!(words.join("\n").trim_start(), @"
    VERSION         ACTIVE  OTHERS  MIGRATION
    9               1       0
    20261123154738  1       0       20261123154738_create_activity_log
    20261123154648  1       0       20261123154648_create_settings
    -               2       0

    tenants: 5 active
    not at head: 1
      core: 1 pending
    unreadable or blocked: 3

    error: 2 tenants, such as `beta`: database missing
    hint: restore the database, or archive the tenant if it is gone for good

    error: tenant `echo`: ahead of these migrations: 9 is unknown here
    hint: a newer release has migrated it; run that release, or restore its migrations

    hint: `tenants show beta` shows its last runs; `tenants suspend beta` leaves it out of runs for now; `status --verify --only beta` reads it again
    ");

    let (code, lines) = fleet.json("status --verify");
    assert_eq!(code, Some(4));
    let laggards = lines[0]["laggards"].as_array().unwrap();
    let stuck = laggards.iter().filter(|laggard| laggard["stuck"] == true).count();
    assert_eq!((stuck, &lines[0]["obstacles"][0]["tenants"]), (3, &json!(2)));

    // The registry alone knows of none of it.
    assert_eq!(fleet.run("status").code, Some(0));
    fleet.succeed("tenants suspend @beta @dune @echo");
    assert_eq!(fleet.run("status --verify").code, Some(0), "what is pending is no failure");
}
