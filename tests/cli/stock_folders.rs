//! Any folder of Diesel migrations, without code: `check`, `new-migration --empty`.

use std::fs;
use std::path::Path;

use insta::assert_snapshot;
use regex::Regex;

use super::project::files;
use crate::support::cases::test_on;
use crate::support::cli::Cli;
use crate::support::server::{TestServer, on_server};

test_on! {
    sqlite, postgres, mysql: on_server {
        a_stock_folder_is_checked_sealed_and_extended,
    }
}

/// A folder as `diesel setup` and `diesel migration generate` leave it, for every back end.
fn stock(cli: &Cli, folder: &str) {
    let root = cli.folder().join(folder);
    let initial = root.join("00000000000000_diesel_initial_setup");
    write(&initial.join("up.sql"), "SELECT 1;\n");
    write(&initial.join("down.sql"), "-- This file should undo anything in `up.sql`\n");
    let users = root.join("2020-01-01-000000_create_users");
    write(&users.join("up.sql"), "CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(9));\n");
    write(&users.join("down.sql"), "DROP TABLE users;\n");
    write(&users.join("metadata.toml"), "run_in_transaction = true\nowner = \"us\"\n");
    let first = root.join("2021-01-01-000000_first_user");
    write(&first.join("up.sql"), "INSERT INTO users VALUES (1, 'x');\n");
    write(&root.join("README.md"), "What stock Diesel ignores.\n");
    write(&root.join(".keep"), "");
}

/// The output of `check`. The reason why a back end is not replayed depends on the build.
fn checked(cli: &Cli) -> String {
    let outcome = cli.run("check --migrations migrations").to_string();
    let reason = Regex::new("(?m)^(\\w+: not replayed: ).*$").unwrap();
    reason.replace_all(&outcome, "$1[REASON]").into_owned()
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn a_stock_folder_is_checked_sealed_and_extended(server: &TestServer) {
    let cli = Cli::new();
    stock(&cli, "migrations");
    let kind = server.kind();
    let run = |args: &str| {
        let scratch = server.scratch_flag();
        let outcome =
            cli.run(&format!("{args} --migrations migrations --back-end {kind}{scratch}"));
        outcome.to_string().replace(kind.name(), "KIND")
    };
    assert_snapshot!(run("check"), @"
    exit code 0
    --- stdout
    KIND, stock: replayed up, down, and up again
        only up, without a way down: 00000000000000_diesel_initial_setup, 2021-01-01-000000_first_user
    no findings
    ");
    assert!(!cli.folder().join("migrations/CHECKSUMS").exists());
    assert_snapshot!(run("check --seal"), @"
    exit code 0
    --- stdout
    KIND, stock: replayed up, down, and up again
        only up, without a way down: 00000000000000_diesel_initial_setup, 2021-01-01-000000_first_user
    sealed: migrations/00000000000000_diesel_initial_setup/down.sql
    sealed: migrations/00000000000000_diesel_initial_setup/up.sql
    sealed: migrations/2020-01-01-000000_create_users/down.sql
    sealed: migrations/2020-01-01-000000_create_users/metadata.toml
    sealed: migrations/2020-01-01-000000_create_users/up.sql
    sealed: migrations/2021-01-01-000000_first_user/up.sql
    no findings
    ");
    assert_snapshot!(run("check"), @"
    exit code 0
    --- stdout
    KIND, stock: replayed up, down, and up again
        only up, without a way down: 00000000000000_diesel_initial_setup, 2021-01-01-000000_first_user
    no findings
    ");

    let up = cli.folder().join("migrations/2020-01-01-000000_create_users/up.sql");
    fs::write(&up, "CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(10));\n").unwrap();
    assert_snapshot!(run("check"), @"
    exit code 1
    --- stdout
    KIND, stock: replayed up, down, and up again
        only up, without a way down: 00000000000000_diesel_initial_setup, 2021-01-01-000000_first_user

    migrations/2020-01-01-000000_create_users/up.sql
      problem: it was changed after it was sealed in CHECKSUMS
      remedy:  restore it, and put the change into a new migration; or, if nobody has run it yet, accept the change with `check --reseal 20200101000000`

    1 finding
    ");
    assert!(run("check --reseal 2020-01-01-000000").ends_with("no findings\n"));

    // Generating needs code; SQL by hand does not.
    let before = files(cli.folder());
    assert_snapshot!(run("new-migration add_age"), @"
    exit code 2
    --- stderr
    error: migrations belongs to no schema as code, so nothing can be generated for it

    hint: `new-migration NAME --empty` writes blank files for SQL by hand
    ");
    assert!(files(cli.folder()) == before);
    let written = run("new-migration add_age --empty");
    assert!(written.starts_with("exit code 0"), "{written}");
    let names = fs::read_dir(cli.folder().join("migrations")).unwrap();
    let name = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let name = name.filter(|name| name.ends_with("_add_age")).max().unwrap();
    let folder = cli.folder().join("migrations").join(name);
    fs::write(folder.join("up.sql"), "ALTER TABLE users ADD COLUMN age INTEGER;").unwrap();
    fs::write(folder.join("down.sql"), "ALTER TABLE users DROP COLUMN name;").unwrap();
    // A way down that is not published is to be fixed, or accepted by a word.
    let text = run("check");
    assert!(text.contains("replayed up; 1 finding in ways down"), "{text}");
    assert!(text.contains("it does not lead back"), "{text}");
    assert!(text.contains("accept it as it is with `check --seal`"), "{text}");
    fs::write(folder.join("down.sql"), "ALTER TABLE users DROP COLUMN age;").unwrap();
    let text = run("check --seal");
    assert!(text.ends_with("no findings\n"), "{text}");
}

/// What a team has published long ago is accepted as it is, and only what comes later is checked.
#[test]
fn ways_down_that_are_published_are_accepted() {
    let cli = Cli::new();
    stock(&cli, "migrations/sqlite");
    stock(&cli, "migrations/mysql");
    let down = "migrations/sqlite/2020-01-01-000000_create_users/down.sql";
    write(&cli.folder().join(down), "SELECT 'nothing is undone';\n");
    let other = "migrations/mysql/2022-01-01-000000_other/up.sql";
    write(&cli.folder().join(other), "SELECT 1;\n");
    assert_snapshot!(checked(&cli), @"
    exit code 1
    --- stdout
    sqlite, stock: replayed up; 1 finding in ways down
    mysql: not replayed: [REASON]

    migrations/sqlite
      problem: other back ends have more migrations: 1; the newest is 2022-01-01-000000_other
      remedy:  fix it; or, if it is published, accept it as it is with `check --seal`

    migrations/sqlite/2020-01-01-000000_create_users/down.sql
      problem: it does not lead back: table `users` is not in the schema
      remedy:  fix it; or, if it is published, accept it as it is with `check --seal`

    2 findings
    ");
    let sealed = cli.run("check --migrations migrations --seal");
    assert_eq!(sealed.code, Some(0), "{sealed}");
    assert_snapshot!(checked(&cli), @"
    exit code 0
    --- stdout
    sqlite, stock: replayed up, down, and up again
        only up, without a way down: 00000000000000_diesel_initial_setup, 2021-01-01-000000_first_user
    mysql: not replayed: [REASON]
    no findings
    ");

    let late = "migrations/sqlite/2023-01-01-000000_late";
    write(&cli.folder().join(late).join("up.sql"), "CREATE TABLE late (id INTEGER);");
    write(&cli.folder().join(late).join("down.sql"), "SELECT 'nothing is undone';");
    assert_snapshot!(cli.run("check --migrations migrations --back-end sqlite"), @"
    exit code 1
    --- stdout
    sqlite, stock: replayed up; 1 finding in ways down

    migrations/sqlite/2023-01-01-000000_late/down.sql
      problem: it is not in CHECKSUMS
      remedy:  when the migration is ready, run `check --seal`

    migrations/sqlite/2023-01-01-000000_late/up.sql
      problem: it is not in CHECKSUMS
      remedy:  when the migration is ready, run `check --seal`

    migrations/sqlite/2023-01-01-000000_late/down.sql
      problem: it does not lead back: table `late` is not in the schema
      remedy:  fix it; or, if it is published, accept it as it is with `check --seal`

    3 findings
    ");
}

#[test]
fn each_back_end_can_have_a_folder_in_it() {
    let cli = Cli::new();
    stock(&cli, "migrations/sqlite");
    stock(&cli, "migrations/postgresql");
    fs::remove_dir_all(cli.folder().join("migrations/postgresql/2021-01-01-000000_first_user"))
        .unwrap();
    assert_snapshot!(checked(&cli), @"
    exit code 1
    --- stdout
    sqlite, stock: replayed up, down, and up again
        only up, without a way down: 00000000000000_diesel_initial_setup, 2021-01-01-000000_first_user
    postgres: not replayed: [REASON]

    migrations/postgresql
      problem: other back ends have more migrations: 1; the newest is 2021-01-01-000000_first_user
      remedy:  fix it; or, if it is published, accept it as it is with `check --seal`

    1 finding
    ");
}

#[test]
fn what_is_no_folder_of_migrations_is_named() {
    let cli = Cli::new();
    stock(&cli, "migrations");
    fs::create_dir(cli.folder().join("none")).unwrap();
    fs::create_dir_all(cli.folder().join("odd/2020_half")).unwrap();
    stock(&cli, "twice/postgres");
    stock(&cli, "twice/postgresql");
    for (args, expected) in [
        ("migrations", "migrations does not say for which back end its SQL is"),
        ("nowhere", "there is no folder nowhere"),
        ("none --back-end sqlite", "there are no migrations in it"),
        ("migrations/README.md", "there is no folder migrations/README.md"),
        ("odd --back-end sqlite", "there is no `up.sql`"),
        ("twice", "twice/postgres is for the same back end"),
    ] {
        let outcome = cli.run(&format!("check --migrations {args}"));
        assert_ne!(outcome.code, Some(0), "{args}: {outcome}");
        assert!(outcome.to_string().contains(expected), "{args}: {outcome}");
    }
}
