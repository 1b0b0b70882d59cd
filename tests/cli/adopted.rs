//! Databases that another tool created, and folders of migrations that were written for it.

use db_backend::{BackendKind, dispatch};
use diesel_migrations::{FileBasedMigrations, MigrationHarness};
use insta::assert_snapshot;

use crate::support::cases::test_on;
use crate::support::fleet::{Fleet, outcomes_in_words};
use crate::support::server::{TestServer, on_server};

/// A folder of stock Diesel: dashes in versions, a `metadata.toml`, a missing `down.sql`, and files
/// that are not migrations.
fn write_stock_folder(fleet: &Fleet<'_>) -> FileBasedMigrations {
    let files = [
        ("2026-01-01-000000_people/up.sql", "CREATE TABLE people (id INTEGER NOT NULL);"),
        ("2026-01-01-000000_people/down.sql", "DROP TABLE people;"),
        (
            "2026-02-01-000000_pets/up.sql",
            "-- Two statements; one has a semicolon inside.\n\
             CREATE TABLE pets (name VARCHAR(20));\nINSERT INTO pets VALUES ('a;b');",
        ),
        ("2026-03-01-000000_apart/up.sql", "CREATE TABLE apart (id INTEGER);"),
        ("2026-03-01-000000_apart/metadata.toml", "run_in_transaction = false"),
        ("2026-04-01-000000_rows/up.sql", "INSERT INTO people VALUES (1);\n-- The end.\n"),
        (".gitkeep", ""),
        ("README.md", "Not a migration."),
    ];
    for (path, text) in files {
        fleet.write(&format!("stock/{path}"), text);
    }
    FileBasedMigrations::from_path(fleet.cli.folder().join("stock")).expect("Diesel reads it too")
}

test_on! {
    sqlite, postgres, mysql: on_server {
        a_history_of_stock_diesel_is_continued_and_stock_diesel_agrees,
        tenants_are_provisioned_from_a_stock_folder,
        the_folder_of_the_back_end_is_chosen,
        folders_of_back_ends_without_servers_do_not_matter,
        every_error_of_an_unusable_folder_is_reported,
        databases_are_registered_once,
    }
}

fn a_history_of_stock_diesel_is_continued_and_stock_diesel_agrees(server: &TestServer) {
    let fleet = Fleet::new(server);
    let stock = write_stock_folder(&fleet);
    for (name, already_run) in [("begun", 1), ("empty", 0), ("done", 4)] {
        fleet.create_database(name);
        let mut connection = fleet.open(name);
        for _ in 0..already_run {
            dispatch!(&mut connection, c => {
                c.run_next_migration(stock.clone()).map(drop)
            })
            .expect("Diesel runs its own folder");
        }
        let database = fleet.database_name(name);
        fleet.succeed(&format!("tenants add @{name} --database {database}"));
    }
    assert_eq!(fleet.history("begun").len(), 1, "registering changes nothing");

    let (code, plan) = fleet.json("migrate-all --migrations stock --dry-run");
    assert_eq!(code, Some(3));
    assert_eq!(plan[0]["detail"].as_array().map(Vec::len), Some(3), "{plan:?}");
    let (code, lines) = fleet.json("migrate-all --migrations stock");
    assert_eq!(code, Some(0), "{lines:?}");
    assert_eq!(outcomes_in_words(&lines), "begun migrated, done up_to_date, empty migrated");

    for name in ["begun", "empty", "done"] {
        assert_eq!(
            fleet.history(name),
            ["20260101000000", "20260201000000", "20260301000000", "20260401000000"]
        );
        assert_eq!(fleet.column(name, "SELECT name FROM pets"), ["a;b"]);
        let mut connection = fleet.open(name);
        let pending = dispatch!(&mut connection, c => c.has_pending_migration(stock.clone()));
        assert!(!pending.expect("Diesel reads the history"), "{}: {name}", server.kind());
    }
}

fn tenants_are_provisioned_from_a_stock_folder(server: &TestServer) {
    let fleet = Fleet::new(server);
    write_stock_folder(&fleet);
    fleet.succeed("provision @acme --migrations stock --to 2026-02-01-000000");
    assert_eq!(fleet.history("acme"), ["20260101000000", "20260201000000"]);
    let status = fleet.json("status --migrations stock").1;
    assert_eq!(status[0]["laggards"][0]["tenant"], "acme");
    fleet.succeed("migrate-all --migrations stock");
    let status = fleet.json("status --migrations stock --verify").1;
    assert_eq!(status[0]["laggards"], serde_json::json!([]));
    assert_eq!(fleet.history("acme").len(), 4);

    // With this build's migrations, those of the folder are unknown.
    let (code, lines) = fleet.json("migrate-all");
    assert_eq!((code, outcomes_in_words(&lines).as_str()), (Some(4), "acme blocked"));
}

fn the_folder_of_the_back_end_is_chosen(server: &TestServer) {
    let names = server.kind().folder_names();
    let fleet = Fleet::new(server);
    for (number, name) in names.iter().enumerate() {
        let folder = format!("m{number}");
        fleet.write(&format!("{folder}/{name}/1_right/up.sql"), "CREATE TABLE t (id INTEGER);");
        fleet.write(&format!("{folder}/2_wrong/up.sql"), "This is the other layout;");
        fleet.succeed(&format!("provision @acme{number} --migrations {folder}"));
        assert_eq!(fleet.history(&format!("acme{number}")), ["1"]);
        fleet.write(&format!("both/{name}/1_right/up.sql"), "CREATE TABLE t (id INTEGER);");
    }
    let both = fleet.run("migrate-all --migrations both");
    let is_two = names.len() > 1;
    assert_eq!(both.code, Some(if is_two { 2 } else { 0 }), "{both}");
    let said = "error: both both/postgres and both/postgresql hold migrations for postgres\n\n\
                hint: move them into one folder\n";
    assert!(!is_two || both.stderr == said, "{both}");
}

fn folders_of_back_ends_without_servers_do_not_matter(server: &TestServer) {
    let fleet = Fleet::new(server);
    let others = BackendKind::ALL.into_iter().filter(|kind| *kind != server.kind());
    for other in others {
        fleet.write(&format!("others/{other}/1_one/up.sql"), "CREATE TABLE one (id INTEGER);");
        fleet.write(&format!("all/{other}/1_broken/README.md"), "There is no up.sql.");
    }
    for command in ["migrate-all", "migrate-all --dry-run", "status"] {
        fleet.succeed(&format!("{command} --migrations others"));
    }
    fleet.write(&format!("all/{}/1_one/up.sql", server.kind()), "CREATE TABLE one (id INTEGER);");
    fleet.succeed("provision @acme --migrations all");

    // A tenant without migrations has an outcome, and a new one is not begun.
    let (code, lines) = fleet.json("migrate-all --migrations others");
    let acme = lines.iter().find(|line| line["event"] == "tenant_finished").unwrap();
    assert_eq!((code, &acme["kind"]), (Some(4), &"no_migrations".into()), "{acme}");
    let refused = fleet.run("provision @beta --migrations others");
    let said = format!("error: there are no migrations for {}\n", server.kind());
    assert_eq!((refused.code, refused.stderr), (Some(2), said));
    assert_eq!(fleet.json("tenants list").1.len(), 1);
    let unknown = fleet.run("migrate-all --migrations others --to 1");
    assert_eq!(unknown.code, Some(2), "{unknown}");
}

fn every_error_of_an_unusable_folder_is_reported(server: &TestServer) {
    let fleet = Fleet::provisioned(server, "@acme");
    let files = [
        ("1_blank/up.sql", " \n"),
        ("2_typo/up.sql", "SELECT 1;"),
        ("2_typo/metadata.toml", "run_in_transactoin = true"),
        ("3_no_up/down.sql", "SELECT 1;"),
        ("4_open/up.sql", "INSERT INTO t VALUES ('never closed);"),
        ("5_twice/up.sql", "SELECT 1;"),
        ("5_again/up.sql", "SELECT 1;"),
        ("_nameless/up.sql", "SELECT 1;"),
    ];
    for (path, text) in files {
        fleet.write(&format!("bad/{path}"), text);
    }
    let outcome = fleet.run("migrate-all --migrations bad");
    assert_eq!(outcome.code, Some(2));
    assert_snapshot!(outcome.stderr, @"
    error: the migrations can't be used
      cause: bad/2_typo/metadata.toml: `run_in_transactoin` looks like a typo of `run_in_transaction`; write `run_in_transaction = true` or `false`
             bad/3_no_up: there is no `up.sql`; add one, or move the folder elsewhere
             bad/5_twice: has version 5, as `5_again` has; give one of them a new version
             bad/_nameless: the name has no version; name the folder `<version>_<name>`, as in `20260301120000_add_invoices`
    ");
    assert_snapshot!(fleet.run("migrate-all --migrations nowhere"), @"
    exit code 2
    --- stderr
    error: the migrations can't be used
      cause: nowhere: can't be read: No such file or directory (os error 2); check the path and its rights
    ");
}

fn databases_are_registered_once(server: &TestServer) {
    let fleet = Fleet::provisioned(server, "@acme");
    fleet.create_database("there");
    let [acme, there] = ["acme", "there"].map(|name| fleet.database_name(name));
    let attempts = [
        ("a missing one", format!("@missing --database {}", fleet.database_name("missing"))),
        ("a slug that is taken", format!("@acme --database {there}")),
        ("a database that is taken", format!("@other --database {acme}")),
        ("outside of the server", "@out --database ../../etc/passwd".to_owned()),
        ("on a server that is not there", format!("@out --database {there} --server moon")),
    ];
    for (what, attempt) in attempts {
        let outcome = fleet.run(&format!("tenants add {attempt}"));
        assert_ne!(outcome.code, Some(0), "{}: {what}: {outcome}", server.kind());
        assert_eq!(outcome.stdout, "", "{what}");
    }
    let tenants = fleet.json("tenants list").1;
    assert_eq!(tenants.len(), 1, "{tenants:?}");
    fleet.succeed(&format!("tenants add @there --database {there} --label plan=gold"));
    assert_eq!(fleet.json("tenants list --only plan=gold").1[0]["tenant"], "there");
}
