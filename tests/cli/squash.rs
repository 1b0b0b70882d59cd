//! `squash`: one migration of old ones, for new tenants.

use std::fs;
use std::path::Path;

use db_backend::{BackendKind, JOURNAL_TABLE as JOURNAL};
use insta::assert_snapshot;
use regex::Regex;

use super::by_hand::write_by_hand;
use super::project::{FIRST, SECOND, files, project, write};
use crate::support::cases::test_on;
use crate::support::cli::Cli;
use crate::support::fleet::{Fleet, outcomes_in_words};
use crate::support::server::{TestServer, on_server};

test_on! {
    sqlite, postgres, mysql: on_server {
        a_new_tenant_is_what_it_would_be_with_each_migration,
        migrations_without_rows_are_squashed_to_what_creates_the_schema,
        what_a_file_by_hand_leaves_is_kept,
        a_half_applied_one_is_repaired_under_its_version,
    }
}

/// The `m` of a stock project: tables, rows, one of which has the time, and an index.
fn write_stock(fleet: &Fleet<'_>) {
    let kind = fleet.url().kind();
    let id = match kind {
        BackendKind::Sqlite => "id INTEGER PRIMARY KEY",
        BackendKind::Postgres => "id SERIAL PRIMARY KEY",
        BackendKind::Mysql => "id INTEGER PRIMARY KEY AUTO_INCREMENT",
    };
    let files = [
        (
            "1_plans",
            format!("CREATE TABLE plans ({id}, name VARCHAR(9) NOT NULL, made TIMESTAMP);"),
        ),
        (
            "2_rows",
            "INSERT INTO plans (name, made) VALUES ('free', CURRENT_TIMESTAMP);\n\
                    INSERT INTO plans (name) VALUES ('paid')"
                .to_owned(),
        ),
        (
            "3_price",
            "ALTER TABLE plans ADD COLUMN price INTEGER; -- in cents\n\
                     UPDATE plans SET price = 900 WHERE name = 'paid';"
                .to_owned(),
        ),
        ("4_index", "CREATE INDEX plans_by_name ON plans (name);".to_owned()),
    ];
    for (name, up) in files {
        fleet.write(&format!("m/{name}/up.sql"), &up);
        fleet.write(&format!("m/{name}/down.sql"), "SELECT 1;");
    }
}

fn squash(fleet: &Fleet<'_>, server: &TestServer, args: &str) -> String {
    let kind = server.kind();
    fleet.succeed(&format!("squash {args} --back-end {kind}{}", server.scratch_flag()))
}

fn a_new_tenant_is_what_it_would_be_with_each_migration(server: &TestServer) {
    let fleet = Fleet::new(server);
    write_stock(&fleet);
    fleet.succeed("provision @old --migrations m --to 2");
    squash(&fleet, server, "--below 4 --migrations m");
    let squashed =
        fs::read_to_string(fleet.cli.folder().join("m/.squashed/3_squashed/up.sql")).unwrap();
    fleet.succeed("provision @new --migrations m");
    let (code, lines) = fleet.json("migrate-all --migrations m");
    assert_eq!(code, Some(0));
    assert_snapshot!(outcomes_in_words(&lines), @"new up_to_date, old migrated");

    let journal = ["version", "checksum", "statements_total", "statements_done", "done_checksum"]
        .map(|column| format!("SELECT CAST({column} AS CHAR(99)) FROM {JOURNAL} ORDER BY version"));
    for query in journal.iter().map(String::as_str).chain([
        "SELECT name FROM plans ORDER BY id",
        "SELECT CAST(price AS CHAR(3)) FROM plans WHERE price IS NOT NULL",
        "SELECT name FROM plans WHERE made IS NOT NULL",
    ]) {
        assert_eq!(fleet.column("new", query), fleet.column("old", query), "{query}");
    }
    assert_eq!(fleet.history("new"), ["1", "2", "3", "4"]);
    let catalogs = ["new", "old"].map(|name| fleet.open(name).catalog().unwrap());
    assert_eq!(catalogs[0], catalogs[1]);
    // The next row gets the same number.
    for name in ["new", "old"] {
        fleet.execute(name, "INSERT INTO plans (name) VALUES ('more')");
        let id = fleet.column(name, "SELECT CAST(id AS CHAR(3)) FROM plans WHERE name = 'more'");
        assert_eq!(id[0].trim(), "3", "{name}");
    }

    // It is that file which a new tenant gets, and only a new one.
    fleet.write(
        "m/.squashed/3_squashed/up.sql",
        &format!("{squashed}CREATE TABLE by_the_squashed_one (id INTEGER);\n"),
    );
    fleet.succeed("provision @newer --migrations m");
    fleet.succeed("provision @partly --migrations m --to 2");
    let has_it = |name: &str| {
        let catalog = fleet.open(name).catalog().unwrap();
        catalog.tables.contains_key("by_the_squashed_one")
    };
    assert_eq!(["newer", "partly", "old"].map(has_it), [true, false, false]);
}

/// This project's own migrations leave no rows. After them comes one by hand.
fn with_a_third_migration() -> Cli {
    let cli = project();
    write_by_hand(&cli, "20270101000000_more", "SELECT 1;\n", "SELECT 1;\n");
    cli
}

fn migrations_without_rows_are_squashed_to_what_creates_the_schema(server: &TestServer) {
    let cli = with_a_third_migration();
    let (kind, flag) = (server.kind(), server.scratch_flag());
    let run = |args: &str| cli.run(&format!("{args} --back-end {kind}{flag}"));
    let told = run("squash --below 20270101000000");
    let statements = Regex::new(r"\d+ statements|before: \d+").unwrap();
    let told = told.to_string().replace(kind.name(), "KIND");
    assert_snapshot!(statements.replace_all(&told, "[STATEMENTS]"), @"
    exit code 0
    --- stdout
    KIND: 2 migrations, from 20261123154648_create_settings to 20261123154738_create_activity_log, in [STATEMENTS], which create the schema ([STATEMENTS])
      migrations_tenant/squashed/KIND/20261123154738_squashed/up.sql
      migrations_tenant/squashed/KIND/20261123154738_squashed/metadata.toml

    proven: a new database gets the same schema and the same rows, and so do the migrations after it
    the migrations themselves stay where they are: tenants that have some of them go on with the others

    next: run `check`, and commit the folder
    ");

    let place = Path::new("migrations_tenant/squashed").join(kind.name());
    let up = place.join("20261123154738_squashed/up.sql");
    let text = fs::read_to_string(cli.folder().join(&up)).unwrap();
    assert!(!text.contains(FIRST) && !text.contains(SECOND), "{text}");
    let sums = fs::read_to_string(cli.folder().join("migrations_tenant/CHECKSUMS")).unwrap();
    assert!(sums.contains("20261123154738_squashed/up.sql"), "{sums}");
    assert_eq!(run("check").code, Some(0), "{}", run("check"));

    // A second time changes nothing, and the first file is replaced by one with more migrations.
    let before = files(cli.folder());
    run("squash --below 20270101000000");
    assert_eq!(files(cli.folder()), before);
    write_by_hand(&cli, "20270102000000_more", "SELECT 1;\n", "SELECT 1;\n");
    let told = run("squash --below 20270102000000");
    assert_eq!(told.code, Some(0), "{told}");
    let names =
        files(&cli.folder().join(&place)).into_keys().map(|path| path.display().to_string());
    let names: Vec<String> = names.collect();
    assert_eq!(names, ["20270101000000_squashed/metadata.toml", "20270101000000_squashed/up.sql"]);

    // It leads elsewhere, so nobody can seal it.
    write(
        &cli,
        &place.join("20270101000000_squashed/up.sql"),
        text + "CREATE TABLE x (id INTEGER);",
    );
    let checked = run("check --reseal 20270101000000");
    let place = format!("squashed/{kind}/20270101000000_squashed/up.sql\n");
    let found = checked.stdout.split(&place).last().unwrap_or_default();
    assert!(found.contains("it does not lead where its members lead: table `x`"), "{checked}");
}

#[test]
fn new_tenants_of_a_schema_as_code_get_the_squashed_migration() {
    let cli = with_a_third_migration();
    let succeed = |args: &str| {
        let outcome = cli.run(args);
        assert_eq!(outcome.code, Some(0), "{outcome}");
        outcome.stdout
    };
    succeed("squash --below 20270101000000 --back-end sqlite");
    assert_snapshot!(succeed("provision acme --migrations migrations_tenant"), @"
    1 tenant: 1 migrated
           1 at 20270101000000
    slowest: acme [TIME]
    ");
    assert_snapshot!(succeed("tenants show acme").lines().nth(4).unwrap_or_default(), @"version   20270101000000");
}

#[test]
fn what_can_not_be_squashed_is_refused_and_nothing_is_written() {
    let cli = Cli::new();
    let folder = |name: &str, second: &str| {
        let root = Path::new(name);
        let first = "CREATE TABLE a (id INTEGER, at TEXT DEFAULT CURRENT_TIMESTAMP);";
        write(&cli, &root.join("1_a/up.sql"), first);
        write(&cli, &root.join("2_b/up.sql"), second);
        write(&cli, &root.join("3_c/up.sql"), "CREATE TABLE c (id INTEGER);");
        write(&cli, &root.join("4_d/up.sql"), "CREATE TABLE d (id INTEGER);");
        name.to_owned()
    };
    let refused = |name: &str, second: &str, below: &str| {
        let folder = folder(name, second);
        let outcome =
            cli.run(&format!("squash --below {below} --migrations {folder} --back-end sqlite"));
        assert!(!cli.folder().join(folder).join(".squashed").exists(), "{outcome}");
        outcome.to_string()
    };
    let rows = "INSERT INTO a (id) VALUES (1);";
    assert_snapshot!(refused("unknown", rows, "9"), @"
    exit code 2
    --- stderr
    error: there is no migration of version 9
    ");
    assert_snapshot!(refused("none", rows, "1"), @"
    exit code 2
    --- stderr
    error: no migration for sqlite is below 1: there is nothing to squash

    hint: name a later version: those below it are squashed
    ");
    assert_snapshot!(refused("one", rows, "2"), @"
    exit code 2
    --- stderr
    error: only one migration for sqlite is below 2: there is nothing to squash

    hint: name a later version: those below it are squashed
    ");
    let chance = refused("chance", "INSERT INTO a VALUES (random(), 'x');", "4");
    assert_snapshot!(Regex::new(r"-?\d{5,}").unwrap().replace_all(&chance, "[CHANCE]"), @"
    exit code 1
    --- stderr
    error: the migrations for sqlite can't be squashed:
      one after the other, in a transaction: table a lacks the row ('x', [CHANCE]); table a has also the row ('x', [CHANCE])

    hint: squash only what is below the migration that is named, with a lower --below
    ");
    assert_snapshot!(refused("session", "PRAGMA foreign_keys = OFF; SELECT 1;", "4"), @"
    exit code 1
    --- stderr
    error: the migrations for sqlite can't be squashed:
      2_b: line 1 may change the session in which the migrations after it would run

    hint: squash only what is below the migration that is named, with a lower --below
    ");
    assert_snapshot!(refused("refused", "ATTACH 'x' AS y;", "4"), @"
    exit code 1
    --- stderr
    error: the stock migrations have findings, so nothing was written:
      refused/2_b/up.sql: line 1 (ATTACH 'x' AS y): it leaves the tenant's database

    hint: `check` says what to do about each
    ");
    // The session ends with the last of them.
    let last = folder("last", "PRAGMA foreign_keys = OFF; SELECT 1;");
    let outcome = cli.run(&format!("squash --below 3 --migrations {last} --back-end sqlite"));
    assert_eq!(outcome.code, Some(0), "{outcome}");
}

#[test]
fn a_squashed_migration_that_is_out_of_date_is_found_and_not_used() {
    let cli = Cli::new();
    for (name, up) in
        [("1_a", "CREATE TABLE a (id INTEGER);"), ("2_b", "SELECT 1;"), ("4_d", "SELECT 1;")]
    {
        write(&cli, &Path::new("m").join(name).join("up.sql"), up);
    }
    let squashed = cli.run("squash --below 4 --migrations m --back-end sqlite");
    assert_eq!(squashed.code, Some(0), "{squashed}");
    // A branch that was late.
    write(&cli, Path::new("m/1b_late/up.sql"), "CREATE TABLE late (id INTEGER);");
    assert_snapshot!(cli.run("check --migrations m --back-end sqlite"), @"
    exit code 1
    --- stdout
    sqlite, stock: replayed up, down, and up again
        only up, without a way down: 1_a, 1b_late, 2_b, 4_d

    m/.squashed/2_squashed
      problem: it was made without 1b_late
      remedy:  run `squash --below VERSION` again; or remove its folder, and new tenants get each migration

    1 finding
    ");
    assert_snapshot!(cli.run("provision acme --migrations m"), @"
    exit code 2
    --- stderr
    error: the migrations can't be used
      cause: m/.squashed/2_squashed: it was made without 1b_late; squash the migrations again, or remove the folder
    ");
    let again = cli.run("squash --below 4 --migrations m --back-end sqlite");
    assert_eq!(again.code, Some(0), "{again}");
    let provisioned = cli.run("provision acme --migrations m");
    assert_eq!(provisioned.code, Some(0), "{provisioned}");
}

fn what_a_file_by_hand_leaves_is_kept(server: &TestServer) {
    let fleet = Fleet::new(server);
    write_stock(&fleet);
    fleet.write("m/3_price/up.sql", "CREATE VIEW names AS SELECT name FROM plans;");
    squash(&fleet, server, "--below 4 --migrations m");
    fleet.succeed("provision @acme --migrations m");
    assert_eq!(fleet.column("acme", "SELECT name FROM names ORDER BY name"), ["free", "paid"]);
}

/// Outside of transactions, on every back end.
fn a_half_applied_one_is_repaired_under_its_version(server: &TestServer) {
    let fleet = Fleet::new(server);
    for (name, up) in
        [("1_a", "CREATE TABLE a (id INTEGER);"), ("2_b", "CREATE TABLE b (id INTEGER);")]
    {
        fleet.write(&format!("m/{name}/up.sql"), up);
        fleet.write(&format!("m/{name}/metadata.toml"), "run_in_transaction = false\n");
    }
    fleet.write("m/3_c/up.sql", "CREATE TABLE c (id INTEGER);");
    squash(&fleet, server, "--below 3 --migrations m");
    let file = "m/.squashed/2_squashed/up.sql";
    let text = fs::read_to_string(fleet.cli.folder().join(file)).unwrap();
    fleet.write(file, &text.replace("TABLE b", "TABEL b"));
    assert_eq!(fleet.run("provision @acme --migrations m").code, Some(4));
    fleet.write(file, &text);
    assert_snapshot!(fleet.run("repair @acme 2 --done --migrations m"), @"
    exit code 0
    --- stdout
    migration 2_squashed of tenant `acme` is half applied, and was edited since
      1 CREATE TABLE a (id INTEGER): took effect
      2 CREATE TABLE b (id INTEGER): did not take effect, or nothing shows it
    recorded: it counts as applied
    ");
    fleet.execute("acme", "CREATE TABLE b (id INTEGER)");
    fleet.succeed("provision @acme --migrations m");
    assert_eq!(fleet.history("acme"), ["1", "2", "3"]);
}
