//! What `docs/ADOPTING.md` walks through, with the output shown there: from a stock Diesel project
//! to a fleet. The part that needs code is in `tests/elsewhere.rs`.

use std::fs;
use std::path::Path;

use db_backend::{Access, AnyConnection, DatabaseUrl, Timeouts, dispatch};
use diesel_migrations::{FileBasedMigrations, MigrationHarness};
use insta::assert_snapshot;

use crate::support::cli::Cli;
use crate::support::document::{Said, compare_with_document};

/// The files of the team's project.
const FILES: [(&str, &str); 9] = [
    ("diesel.toml", "[print_schema]\nfile = \"src/schema.rs\"\n"),
    (".env", "DATABASE_URL=development.db\n"),
    ("migrations/.keep", ""),
    (
        "migrations/2024-03-01-090000_create_customers/up.sql",
        "CREATE TABLE customers (\n    id INTEGER PRIMARY KEY NOT NULL,\n    email TEXT NOT NULL\n);\n",
    ),
    ("migrations/2024-03-01-090000_create_customers/down.sql", "DROP TABLE customers;\n"),
    (
        "migrations/2024-06-01-090000_create_invoices/up.sql",
        "CREATE TABLE invoices (\n    id INTEGER PRIMARY KEY NOT NULL,\n    \
         customer_id INTEGER NOT NULL REFERENCES customers (id),\n    cents BIGINT NOT NULL\n);\n",
    ),
    ("migrations/2024-06-01-090000_create_invoices/down.sql", "DROP TABLE invoices;\n"),
    ("src/lib.rs", "pub mod schema;\n"),
    (
        "src/schema.rs",
        "diesel::table! {\n    customers (id) {\n        id -> Integer,\n        \
         email -> Text,\n    }\n}\n\ndiesel::table! {\n    invoices (id) {\n        \
         id -> Integer,\n        customer_id -> Integer,\n        cents -> BigInt,\n    }\n}\n\n\
         diesel::joinable!(invoices -> customers (customer_id));\n\n\
         diesel::allow_tables_to_appear_in_same_query!(customers, invoices);\n",
    ),
];

/// How many databases the team has, and how many of them missed the second migration.
const DATABASES: usize = 50;
const BEHIND: usize = 12;

pub fn write_project(root: &Path) {
    for (path, text) in FILES {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

/// The databases, as stock Diesel has migrated them.
pub fn create_databases(root: &Path) {
    let migrations = FileBasedMigrations::from_path(root.join("migrations")).unwrap();
    fs::create_dir(root.join("data")).unwrap();
    for number in 1..=DATABASES {
        let file = root.join(format!("data/customer_{number:02}.db"));
        fs::write(&file, "").unwrap();
        let database = DatabaseUrl::file(file);
        let mut connection =
            AnyConnection::establish(&database, Access::ReadWrite, &Timeouts::default()).unwrap();
        let count = if number <= BEHIND { 1 } else { 2 };
        for _ in 0..count {
            dispatch!(&mut connection, c => c.run_next_migration(migrations.clone()).map(drop))
                .unwrap();
        }
    }
}

#[test]
fn the_document_shows_the_current_output() {
    let cli = Cli::new();
    write_project(cli.folder());
    create_databases(cli.folder());
    let mut said = Said::default();
    let mut run = |block, code, args: &str| {
        said.add(block, &format!("tenantctl {args}"), &cli.run(args), code);
    };
    run("init", 0, "init");
    run("check", 0, "check");
    run("register", 0, "servers add data sqlite:data");
    run("register", 0, "tenants import --match *.db");
    run("census", 0, "tenants census");
    run("migrate", 3, "migrate-all --dry-run");
    run("migrate", 0, "migrate-all");
    run("migrate", 0, "tenants census");
    compare_with_document("ADOPTING.md", &said.0);
}

#[test]
fn a_schema_rs_that_differs_is_a_finding() {
    let cli = Cli::new();
    write_project(cli.folder());
    let file = cli.folder().join("src/schema.rs");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace("email -> Text", "email -> Nullable<Text>")).unwrap();
    let check = "check --migrations migrations --back-end sqlite";
    assert_snapshot!(cli.run(check), @"
    exit code 1
    --- stdout
    sqlite, stock: replayed up, down, and up again

    src/schema.rs
      problem: table customers: column email is Nullable<Text> in schema.rs, Text in the database
      remedy:  write the file again with Diesel's print-schema; or, if the file is right, change the database in a new migration

    1 finding
    ");

    // With the team's patch, the file is what print-schema writes.
    let patch = "--- a/src/schema.rs\n+++ b/src/schema.rs\n@@ -3,7 +3,7 @@\n diesel::table! {\n     \
                 customers (id) {\n         id -> Integer,\n-        email -> Text,\n\
                 +        email -> Nullable<Text>,\n     }\n }\n \n";
    fs::write(cli.folder().join("schema.patch"), patch).unwrap();
    let toml = "[print_schema]\nfile = \"src/schema.rs\"\npatch_file = \"schema.patch\"\n";
    fs::write(cli.folder().join("diesel.toml"), toml).unwrap();
    let outcome = cli.run(check);
    assert_eq!(outcome.code, Some(0), "{outcome}");

    fs::remove_file(&file).unwrap();
    fs::write(cli.folder().join("schema.patch"), "no diff").unwrap();
    assert_snapshot!(cli.run(check), @"
    exit code 1
    --- stdout
    sqlite, stock: replayed up, down, and up again

    src/schema.rs
      problem: there is no such file
      remedy:  write the file again with Diesel's print-schema; or, if the file is right, change the database in a new migration

    1 finding
    ");
}

/// What can't be read is a finding among the others.
#[test]
fn a_schema_rs_or_a_patch_that_can_not_be_read_is_a_finding() {
    let binary = [0xFF, 0xFE];
    for (unreadable, patch) in [("src/schema.rs", ""), ("schema.patch", "schema.patch")] {
        let cli = Cli::new();
        write_project(cli.folder());
        let patch_file = format!("patch_file = {patch:?}\n");
        let toml = "[print_schema]\nfile = \"src/schema.rs\"\n".to_owned()
            + if patch.is_empty() { "" } else { &patch_file };
        fs::write(cli.folder().join("diesel.toml"), toml).unwrap();
        let check = || cli.run("check --migrations migrations --back-end sqlite").to_string();
        fs::write(cli.folder().join(unreadable), binary).unwrap();
        let expected = format!(
            "{unreadable}\n  problem: it can't be read: stream did not contain valid UTF-8\n  \
             remedy:  make it a text file that can be read; or correct its path in diesel.toml\n"
        );
        let text = check();
        assert!(text.starts_with("exit code 1\n") && text.contains(&expected), "{text}");
        fs::remove_file(cli.folder().join(unreadable)).unwrap();
        fs::create_dir(cli.folder().join(unreadable)).unwrap();
        assert!(check().contains(&format!("{unreadable}\n  problem: it can't be read: ")));
        assert!(check().contains("\n1 finding\n"));
    }
}

/// Nothing is claimed of a file with which no database could be compared.
#[test]
fn a_schema_rs_is_not_compared_with_migrations_that_fail() {
    let cli = Cli::new();
    write_project(cli.folder());
    let late = cli.folder().join("migrations/2024-09-01-090000_late");
    fs::create_dir(&late).unwrap();
    fs::write(late.join("up.sql"), "DROP TABLE nowhere;").unwrap();
    let outcome = cli.run("check --migrations migrations --back-end sqlite");
    assert_eq!(outcome.code, Some(1), "{outcome}");
    let text = outcome.to_string();
    assert!(text.contains("src/schema.rs: not compared with any database"), "{text}");
    assert!(!text.contains("the migrations lead to"), "{text}");
}

#[test]
fn what_init_can_not_know_it_asks_for() {
    let cli = Cli::new();
    write_project(cli.folder());
    fs::remove_file(cli.folder().join(".env")).unwrap();
    assert_snapshot!(cli.run("init"), @"
    exit code 2
    --- stderr
    error: nothing says which back end the tenants of this Diesel project have

    hint: name it with --back-end
    ");
    assert_eq!(cli.run("init --back-end sqlite").code, Some(0));
    assert_snapshot!(cli.run("init --back-end sqlite"), @"
    exit code 2
    --- stderr
    error: nothing was written, since tenantctl.toml exists

    hint: `config` shows what it says
    ");
    fs::remove_file(cli.folder().join("tenantctl.toml")).unwrap();
    fs::write(cli.folder().join("diesel.toml"), "[print_schema]\nfile = 1\n").unwrap();
    assert_snapshot!(cli.run("init --back-end sqlite"), @"
    exit code 2
    --- stderr
    error: diesel.toml:2: `print_schema.file` must be a text
    ");
    assert!(!cli.folder().join("tenantctl.toml").exists());
}
