//! `check`: everything that can be wrong with the migrations.

use std::fs;
use std::path::Path;

use insta::assert_snapshot;

use super::project::{FIRST, SECOND, project};
use crate::support::server::servers;

#[test]
fn a_good_folder_has_no_findings() {
    let cli = project();
    let checked = cli.run("check");
    assert_eq!(checked.code, Some(0), "{checked}");
    assert_eq!(checked.stdout.lines().last(), Some("no findings"));

    let mut command = cli.program();
    let under_ci = cli.outcome(&command.arg("check").env("CI", "true").output().unwrap());
    assert_eq!(under_ci.code, Some(1), "back ends that are not replayed are findings there");
}

#[test]
fn published_migrations_replay_on_every_available_back_end() {
    let cli = project();
    let mut args = vec!["check".to_owned()];
    let servers = servers();
    for server in &servers {
        if !db_backend::Capabilities::of(server.kind()).embedded {
            args.extend([format!("--{}-url", server.kind()), server.url().expose()]);
        }
    }
    let checked = cli.run_args(&args.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(checked.code, Some(0), "{checked}");
    for server in &servers {
        for schema in ["tenant", "system"] {
            let line = format!("{}, {schema}: replayed up, down, and up again\n", server.kind());
            assert!(checked.stdout.contains(&line), "{line}{checked}");
        }
    }
}

/// A change to the folder `migrations_tenant`.
type Harm = fn(&Path);

const HARMS: [(&str, Harm); 13] = [
    ("a file is edited", |root| {
        append(&root.join("postgres").join(FIRST).join("up.sql"), "-- more\n")
    }),
    ("down.sql is missing", |root| {
        fs::remove_file(root.join("mysql").join(FIRST).join("down.sql")).unwrap();
    }),
    ("a back end lacks a migration", |root| {
        fs::remove_dir_all(root.join("postgres").join(SECOND)).unwrap();
    }),
    ("a back end lacks all", |root| fs::remove_dir_all(root.join("mysql")).unwrap()),
    ("metadata.toml has a typo", |root| {
        fs::write(
            root.join("mysql").join(SECOND).join("metadata.toml"),
            "run_in_transactoin = false",
        )
        .unwrap();
    }),
    ("a file is nobody's", |root| {
        fs::write(root.join("mysql").join(SECOND).join("notes.txt"), "").unwrap();
    }),
    ("a folder is named in another way", |root| {
        fs::create_dir(root.join("mysql/2026-12-01-000000_dashes")).unwrap();
        fs::write(root.join("mysql/2026-12-01-000000_dashes/up.sql"), "SELECT 1;").unwrap();
    }),
    ("a version is there twice", |root| {
        let folder = root.join("mysql/20261123154738_again");
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("up.sql"), "SELECT 1;").unwrap();
        fs::write(folder.join("down.sql"), "SELECT 1;").unwrap();
    }),
    ("a snapshot is missing", |root| {
        fs::remove_file(root.join("schema/20261123154738.json")).unwrap();
    }),
    ("a snapshot is damaged", |root| {
        fs::write(root.join("schema/20261123154738.json"), "{").unwrap()
    }),
    ("a line of CHECKSUMS has no file", |root| {
        append(
            &root.join("CHECKSUMS"),
            &format!("{}  sqlite/20270101000000_gone/up.sql\n", "0".repeat(64)),
        );
    }),
    ("the replay is not what the code declares", |root| {
        let up = root.join("sqlite").join(FIRST).join("up.sql");
        let text = fs::read_to_string(&up).unwrap();
        fs::write(&up, text.replace("\"value\" TEXT NOT NULL", "\"value\" TEXT")).unwrap();
    }),
    ("down.sql leaves something", |root| {
        fs::write(root.join("sqlite").join(SECOND).join("down.sql"), "SELECT 1;\n").unwrap();
    }),
];

fn append(path: &Path, text: &str) {
    let old = fs::read_to_string(path).unwrap();
    fs::write(path, old + text).unwrap();
}

#[test]
fn each_finding_has_a_path_and_a_remedy() {
    let mut shown = String::new();
    for (what, harm) in HARMS {
        let cli = project();
        harm(&cli.folder().join("migrations_tenant"));
        let checked = cli.run("check");
        assert_eq!(checked.code, Some(1), "{what}: {checked}");
        let findings = checked.stdout.find("\n\n").map_or("", |start| &checked.stdout[start..]);
        shown += &format!("== {what}{findings}");
    }
    assert_snapshot!(shown, @"
    == a file is edited

    migrations_tenant/postgres/20261123154648_create_settings/up.sql
      problem: it was changed after it was sealed in CHECKSUMS
      remedy:  restore it, and put the change into a new migration; or, if nobody has run it yet, accept the change with `check --reseal 20261123154648`

    1 finding
    == down.sql is missing

    migrations_tenant/mysql/20261123154648_create_settings/down.sql
      problem: it is in CHECKSUMS, but there is no such file
      remedy:  restore it; a published migration is never removed

    migrations_tenant/mysql/20261123154648_create_settings/down.sql
      problem: there is no such file
      remedy:  write the SQL that reverts the migration

    2 findings
    == a back end lacks a migration

    migrations_tenant/postgres/20261123154738_create_activity_log
      problem: another back end has this migration, this one does not
      remedy:  write it for this back end too, under the same name

    migrations_tenant/postgres/20261123154738_create_activity_log/down.sql
      problem: it is in CHECKSUMS, but there is no such file
      remedy:  restore it; a published migration is never removed

    migrations_tenant/postgres/20261123154738_create_activity_log/up.sql
      problem: it is in CHECKSUMS, but there is no such file
      remedy:  restore it; a published migration is never removed

    3 findings
    == a back end lacks all

    migrations_tenant/mysql
      problem: there is no such folder
      remedy:  restore it; every back end has all migrations

    migrations_tenant/mysql/20261123154648_create_settings
      problem: another back end has this migration, this one does not
      remedy:  write it for this back end too, under the same name

    migrations_tenant/mysql/20261123154648_create_settings/down.sql
      problem: it is in CHECKSUMS, but there is no such file
      remedy:  restore it; a published migration is never removed

    migrations_tenant/mysql/20261123154648_create_settings/up.sql
      problem: it is in CHECKSUMS, but there is no such file
      remedy:  restore it; a published migration is never removed

    migrations_tenant/mysql/20261123154738_create_activity_log
      problem: another back end has this migration, this one does not
      remedy:  write it for this back end too, under the same name

    migrations_tenant/mysql/20261123154738_create_activity_log/down.sql
      problem: it is in CHECKSUMS, but there is no such file
      remedy:  restore it; a published migration is never removed

    migrations_tenant/mysql/20261123154738_create_activity_log/up.sql
      problem: it is in CHECKSUMS, but there is no such file
      remedy:  restore it; a published migration is never removed

    7 findings
    == metadata.toml has a typo

    migrations_tenant/mysql/20261123154738_create_activity_log/metadata.toml
      problem: `run_in_transactoin` looks like a typo of `run_in_transaction`
      remedy:  write `run_in_transaction = true` or `false`

    migrations_tenant/mysql/20261123154738_create_activity_log/metadata.toml
      problem: it is not in CHECKSUMS
      remedy:  when the migration is ready, run `check --seal`

    2 findings
    == a file is nobody's

    migrations_tenant/mysql/20261123154738_create_activity_log/notes.txt
      problem: it is not in CHECKSUMS
      remedy:  when the migration is ready, run `check --seal`

    migrations_tenant/mysql/20261123154738_create_activity_log/notes.txt
      problem: no migration reads this file
      remedy:  remove it, or name it up.sql, down.sql or metadata.toml

    2 findings
    == a folder is named in another way

    migrations_tenant/mysql/2026-12-01-000000_dashes/down.sql
      problem: there is no such file
      remedy:  write the SQL that reverts the migration

    migrations_tenant/mysql/2026-12-01-000000_dashes/up.sql
      problem: it is not in CHECKSUMS
      remedy:  when the migration is ready, run `check --seal`

    migrations_tenant/postgres/2026-12-01-000000_dashes
      problem: another back end has this migration, this one does not
      remedy:  write it for this back end too, under the same name

    migrations_tenant/schema/20261201000000.json
      problem: the migration has no snapshot of the schema after it
      remedy:  restore it from version control; it was written by `new-migration`

    migrations_tenant/sqlite/2026-12-01-000000_dashes
      problem: another back end has this migration, this one does not
      remedy:  write it for this back end too, under the same name

    5 findings
    == a version is there twice

    migrations_tenant/mysql/20261123154738_again/down.sql
      problem: it is not in CHECKSUMS
      remedy:  when the migration is ready, run `check --seal`

    migrations_tenant/mysql/20261123154738_again/up.sql
      problem: it is not in CHECKSUMS
      remedy:  when the migration is ready, run `check --seal`

    migrations_tenant/mysql/20261123154738_create_activity_log
      problem: has version 20261123154738, as `20261123154738_again` has
      remedy:  give one of them a new version

    migrations_tenant/postgres/20261123154738_again
      problem: another back end has this migration, this one does not
      remedy:  write it for this back end too, under the same name

    migrations_tenant/sqlite/20261123154738_again
      problem: another back end has this migration, this one does not
      remedy:  write it for this back end too, under the same name

    5 findings
    == a snapshot is missing

    migrations_tenant/schema/20261123154648.json
      problem: the code declares what no migration makes: table `activity_log` is new
      remedy:  run `new-migration NAME`; or, if 20261123154648 is not published and its SQL already makes the change, run `new-migration --snapshot`

    migrations_tenant/schema/20261123154738.json
      problem: it is in CHECKSUMS, but there is no such file
      remedy:  restore it; a published migration is never removed

    migrations_tenant/schema/20261123154738.json
      problem: the migration has no snapshot of the schema after it
      remedy:  restore it from version control; it was written by `new-migration`

    3 findings
    == a snapshot is damaged

    migrations_tenant/schema/20261123154738.json
      problem: it was changed after it was sealed in CHECKSUMS
      remedy:  restore it, and put the change into a new migration; or, if nobody has run it yet, accept the change with `check --reseal 20261123154738`

    migrations_tenant/schema/20261123154738.json
      problem: not a schema snapshot: EOF while parsing an object at line 1 column 1
      remedy:  restore it from version control; it was written by `new-migration`

    2 findings
    == a line of CHECKSUMS has no file

    migrations_tenant/sqlite/20270101000000_gone/up.sql
      problem: it is in CHECKSUMS, but there is no such file
      remedy:  restore it; a published migration is never removed

    1 finding
    == the replay is not what the code declares

    migrations_tenant/sqlite/20261123154648_create_settings/up.sql
      problem: it was changed after it was sealed in CHECKSUMS
      remedy:  restore it, and put the change into a new migration; or, if nobody has run it yet, accept the change with `check --reseal 20261123154648`

    migrations_tenant/sqlite/20261123154648_create_settings/up.sql
      problem: it does not lead to schema/20261123154648.json: table `settings`: column `value` is `NULL`, expected `NOT NULL`
      remedy:  fix up.sql, so that it leads to that schema

    2 findings
    == down.sql leaves something

    migrations_tenant/sqlite/20261123154738_create_activity_log/down.sql
      problem: it was changed after it was sealed in CHECKSUMS
      remedy:  restore it, and put the change into a new migration; or, if nobody has run it yet, accept the change with `check --reseal 20261123154738`

    migrations_tenant/sqlite/20261123154738_create_activity_log/down.sql
      problem: it does not lead back: table `activity_log` is not in the schema
      remedy:  fix down.sql, and run `check` again

    2 findings
    ");
}
