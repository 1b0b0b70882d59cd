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
