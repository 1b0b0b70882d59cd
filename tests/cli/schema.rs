//! `schema diff` and `diagram`: the current schema, and earlier ones.

use std::fs;

use insta::assert_snapshot;

use super::project::project;
use crate::support::cli::Cli;

#[test]
fn a_difference_is_described_in_words() {
    let cli = project();
    assert_snapshot!(cli.run("schema diff 20261123154648"), @"
    exit code 0
    --- stdout
    table `activity_log` is new
      column `id`: BigInt, numbered by the database
      column `action`: Varchar(64)
      column `entity_type`: Varchar(64)
      column `entity_id`: Varchar(255)
      column `details`: Nullable<JsonDoc>
      column `created_at`: UtcTimestamp, default now
      primary key (id)
      index `ix_activity_log_entity_type_entity_id`: on entity_type, entity_id
      index `ix_activity_log_created_at`: on created_at
    ");
    assert_snapshot!(cli.run("schema diff code 20261123154648"), @"
    exit code 0
    --- stdout
    table `activity_log` is dropped
    ");
    assert_snapshot!(cli.run("schema diff 20261123154738 code"), @"
    exit code 0
    --- stdout
    no difference between 20261123154738 and code
    ");
    assert_snapshot!(cli.run("schema diff empty 20261123154738 --system").code.unwrap(), @"0");
    assert_snapshot!(cli.run("schema diff 2026"), @"
    exit code 2
    --- stderr
    error: there is no version `2026`

    hint: known versions: 20261123154648, 20261123154738, `empty`, `code`
    ");
}

#[test]
fn a_diagram_is_two_files() {
    let cli = project();
    assert_snapshot!(cli.run("diagram --out pictures"), @"
    exit code 0
    --- stdout
    written: pictures/tenant-schema.mmd
    written: pictures/tenant-schema.svg
    ");
    let read = |name: &str| fs::read_to_string(cli.folder().join("pictures").join(name)).unwrap();
    assert!(read("tenant-schema.svg").starts_with("<svg "));
    assert_snapshot!(read("tenant-schema.mmd"), @r#"
    erDiagram
        "settings" {
            Varchar(255) key PK
            JsonDoc value
            UtcTimestamp updated_at
        }
        "activity_log" {
            BigInt id PK
            Varchar(64) action
            Varchar(64) entity_type
            Varchar(255) entity_id
            JsonDoc details "nullable"
            UtcTimestamp created_at
        }
    "#);

    let earlier = cli.run("diagram --out pictures --at 20261123154648");
    assert_eq!(earlier.code, Some(0), "{earlier}");
    assert!(!read("tenant-schema.mmd").contains("activity_log"));
    assert_eq!(cli.run("diagram --out pictures --system").code, Some(0));
    assert!(read("system-schema.svg").contains("run_outcomes"));

    assert_snapshot!(cli.run("diagram --at 2026"), @"
    exit code 2
    --- stderr
    error: there is no version `2026`

    hint: known versions: 20261123154648, 20261123154738, `empty`, `code`
    ");
    fs::write(cli.folder().join("file"), "").unwrap();
    assert_snapshot!(cli.run("diagram --out file"), @"
    exit code 1
    --- stderr
    error: file can't be created
      cause: File exists (os error 17)
    ");
    assert_eq!(Cli::new().run("diagram").code, Some(2), "outside of a project");
}

#[test]
fn the_schema_is_written_for_stock_diesel() {
    let cli = project();
    assert_snapshot!(cli.run("schema print"), @"
    exit code 0
    --- stdout
    // @generated automatically by Diesel CLI.

    diesel::table! {
        activity_log (id) {
            id -> BigInt,
            action -> Text,
            entity_type -> Text,
            entity_id -> Text,
            details -> Nullable<Text>,
            created_at -> Text,
        }
    }

    diesel::table! {
        settings (key) {
            key -> Text,
            value -> Text,
            updated_at -> Text,
        }
    }

    diesel::allow_tables_to_appear_in_same_query!(activity_log, settings,);
    ");
    assert_snapshot!(cli.run("schema print --back-end postgres --at 20261123154648 --out schema.rs"), @"
    exit code 0
    --- stdout
    written for postgres: schema.rs
    ");
    let written = fs::read_to_string(cli.folder().join("schema.rs")).unwrap();
    assert_snapshot!(written, @"
    // @generated automatically by Diesel CLI.

    diesel::table! {
        settings (key) {
            #[max_length = 255]
            key -> Varchar,
            value -> Jsonb,
            updated_at -> Timestamptz,
        }
    }
    ");
    assert_snapshot!(cli.run("schema print --out no/such/folder/schema.rs"), @"
    exit code 1
    --- stderr
    error: no/such/folder/schema.rs can't be written
      cause: No such file or directory (os error 2)
    ");
    let all = cli.run("schema print --system --back-end mysql");
    assert_eq!(all.code, Some(0), "{all}");
}
