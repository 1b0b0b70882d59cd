//! Migrations written by hand, in any spelling.

use std::path::Path;

use db_backend::BackendKind;
use insta::assert_snapshot;
use schema_model::snapshot::Snapshot;

use super::project::{files, project, write};
use crate::support::cases::test_on;
use crate::support::cli::Cli;
use crate::support::fleet::{Fleet, outcomes_in_words};
use crate::support::server::{TestServer, on_server};

test_on! {
    sqlite: on_server {
        a_table_rebuilt_by_hand_keeps_the_rows_that_refer_to_it,
        an_existing_tenant_keeps_its_rows_when_their_parent_is_rebuilt,
        keys_that_a_file_switches_off_are_off,
        only_violations_that_a_rebuild_made_count,
        what_has_no_effect_is_told_and_found,
    }
}

/// The first migration adds two views; the second one drops the view that the other one reads.
#[test]
fn a_view_that_no_longer_works_is_a_finding() {
    let cli = project();
    let views = "CREATE VIEW keys AS SELECT key FROM settings;\n\
                 CREATE VIEW short_keys AS SELECT key FROM keys WHERE length(key) < 4;\n";
    write_by_hand(
        &cli,
        "20270101000000_add_views",
        views,
        "DROP VIEW short_keys;\nDROP VIEW keys;\n",
    );
    let drop = ("DROP VIEW keys;\n", "CREATE VIEW keys AS SELECT key FROM settings;\n");
    write_by_hand(&cli, "20270102000000_drop_view", drop.0, drop.1);
    let checked = cli.run("check");
    assert_eq!(checked.code, Some(1), "{checked}");
    let problem = checked.stdout.lines().find(|line| line.contains("after it"));
    assert_snapshot!(problem.unwrap_or_default().trim(), @"problem: after it, view `short_keys` no longer works on SQLite: no such table: main.keys");

    // What a later migration repairs is no finding: the second one may be published.
    let create = "CREATE VIEW keys AS SELECT key FROM settings;\n";
    write_by_hand(&cli, "20270103000000_add_view", create, drop.0);
    let checked = cli.run("check");
    assert_eq!(checked.code, Some(0), "{checked}");
}

/// Copying the rows of a table into itself fails if there are any.
#[test]
fn a_migration_that_fails_on_rows_says_so() {
    let cli = project();
    let copy = "INSERT INTO settings (key, value) SELECT key, value FROM settings;\n";
    write_by_hand(&cli, "20270101000000_copy", copy, "SELECT 1;\n");
    let checked = cli.run("check");
    assert_eq!(checked.code, Some(1), "{checked}");
    assert!(checked.stdout.contains("problem: it fails on rows: line 1: UNIQUE"), "{checked}");

    let said = format!("-- It fails if rows violate it: the table is empty.\n{copy}");
    write_by_hand(&cli, "20270101000000_copy", &said, "SELECT 1;\n");
    let checked = cli.run("check");
    assert_eq!(checked.code, Some(0), "{checked}");
    let without = "\n    without rows: migrations_tenant/sqlite/20270101000000_copy/up.sql: line 2";
    assert!(checked.stdout.contains(without), "{checked}");
}

/// The same SQL for every back end, with a snapshot that does not change the schema. It is sealed
/// if nothing else is found.
pub(super) fn write_by_hand(cli: &Cli, name: &str, up: &str, down: &str) {
    write_for_each(cli, name, |_| [up, down].map(str::to_owned));
    cli.run("check --seal");
}

/// The `up.sql` and `down.sql` of each back end. It is not sealed.
pub(super) fn write_for_each(cli: &Cli, name: &str, sql: impl Fn(BackendKind) -> [String; 2]) {
    let root = Path::new("migrations_tenant");
    for kind in BackendKind::ALL {
        let folder = root.join(kind.name()).join(name);
        let [up, down] = sql(kind);
        write(cli, &folder.join("up.sql"), up);
        write(cli, &folder.join("down.sql"), down);
    }
    let (version, _) = name.split_once('_').unwrap();
    let snapshots = files(&cli.folder().join("migrations_tenant/schema"));
    let (newest, bytes) = snapshots.range(..Path::new(version).to_owned()).next_back().unwrap();
    let newest = newest.file_stem().unwrap().to_str().unwrap().to_owned();
    let snapshot = Snapshot::from_json(str::from_utf8(bytes).unwrap()).unwrap();
    let snapshot = Snapshot { follows: Some(newest.into()), ..snapshot };
    write(cli, &root.join(format!("schema/{version}.json")), snapshot.to_json());
}

/// Two parents, and a child of each, which goes when its parent's row is deleted.
const PARENTS: &str = "\
    CREATE TABLE parent (id INTEGER PRIMARY KEY);
    CREATE TABLE child (parent_id INTEGER REFERENCES parent (id) ON DELETE CASCADE);
    INSERT INTO parent VALUES (1), (2);
    INSERT INTO child VALUES (1), (2);
";

/// A rebuild of the parents' table, with that spelling of its `DROP TABLE`.
fn rebuild(drop: &str) -> String {
    format!(
        "CREATE TABLE new_parent (id INTEGER PRIMARY KEY, name TEXT);
         INSERT INTO new_parent (id) SELECT id FROM parent;
         {drop};
         ALTER TABLE new_parent RENAME TO parent;\n"
    )
}

fn children(fleet: &Fleet) -> Vec<String> {
    fleet.column("acme", "SELECT CAST(parent_id AS TEXT) FROM child ORDER BY parent_id")
}

/// Dropping a table deletes its rows first, which cascades unless foreign keys are suspended. That
/// must not depend on how the statement is spelled.
fn a_table_rebuilt_by_hand_keeps_the_rows_that_refer_to_it(server: &TestServer) {
    let spellings = [
        "DROP TABLE parent",
        "DROP /* old */ TABLE parent",
        "drop -- old\n\ttable if exists [parent]",
    ];
    for drop in spellings {
        let fleet = Fleet::new(server);
        fleet.write("m/1_start/up.sql", PARENTS);
        fleet.write("m/2_rebuild/up.sql", &rebuild(drop));
        fleet.succeed("provision @acme --migrations m");
        assert_eq!(children(&fleet), ["1", "2"], "{drop}");
    }
}

/// The rows are committed before the rebuild begins, as in a tenant that has been in use.
fn an_existing_tenant_keeps_its_rows_when_their_parent_is_rebuilt(server: &TestServer) {
    let fleet = Fleet::new(server);
    fleet.write("m/1_start/up.sql", PARENTS);
    fleet.succeed("provision @acme --migrations m");
    fleet.write("m/2_rebuild/up.sql", &rebuild("DROP /* old */ TABLE parent"));
    let (code, lines) = fleet.json("migrate-all --migrations m");
    assert_eq!(code, Some(0), "{lines:?}");
    assert_eq!(outcomes_in_words(&lines), "acme migrated");
    assert_eq!(fleet.history("acme"), ["1", "2"]);
    assert_eq!(children(&fleet), ["1", "2"]);
}

/// The pragma has no effect within the transaction, so it is obeyed before that.
fn keys_that_a_file_switches_off_are_off(server: &TestServer) {
    let fleet = Fleet::new(server);
    fleet.write("m/1_start/up.sql", PARENTS);
    fleet.succeed("provision @acme --migrations m");
    let aside = "PRAGMA foreign_keys=OFF;
        CREATE TABLE aside AS SELECT id FROM parent; DELETE FROM parent;
        INSERT INTO parent SELECT id + 10 FROM aside;
        UPDATE child SET parent_id = parent_id + 10; DROP INDEX IF EXISTS i;
        PRAGMA foreign_keys=ON;";
    fleet.write("m/2_renumber/up.sql", aside);
    fleet.succeed("migrate-all --migrations m");
    assert_eq!(children(&fleet), ["11", "12"]);

    // What the file leaves without a parent is found before the commit.
    fleet.write("m/3_lose/up.sql", "PRAGMA foreign_keys = 0; DELETE FROM parent WHERE id = 11;");
    let outcome = fleet.run("migrate-all --migrations m");
    assert!(outcome.stdout.contains("row 1 of child refers to no row of parent"), "{outcome}");
    assert_eq!(children(&fleet), ["11", "12"]);
}

fn only_violations_that_a_rebuild_made_count(server: &TestServer) {
    let fleet = Fleet::new(server);
    fleet.write("m/1_start/up.sql", PARENTS);
    fleet.succeed("provision @acme --migrations m");
    fleet.execute("acme", "PRAGMA foreign_keys = OFF; INSERT INTO child VALUES (99)");
    fleet.write("m/2_rebuild/up.sql", &rebuild("DROP TABLE parent"));
    let outcome = fleet.run("migrate-all --migrations m");
    assert_eq!(outcome.code, Some(0), "{outcome}");
    let note = "acme: note: foreign keys were violated before this migration, and still are: row 3";
    assert!(outcome.stderr.contains(note), "{outcome}");
    assert_eq!(children(&fleet), ["1", "2", "99"]);
}

fn what_has_no_effect_is_told_and_found(server: &TestServer) {
    let fleet = Fleet::new(server);
    fleet.write("m/1_wal/up.sql", "PRAGMA journal_mode = WAL; CREATE TABLE t (a TEXT);");
    let outcome = fleet.run("provision @acme @beta --migrations m");
    assert_eq!(outcome.code, Some(0), "{outcome}");
    let note = "note: migration 1_wal: line 1 (PRAGMA journal_mode = WAL): it has no effect within \
                a transaction";
    assert_eq!(outcome.stderr.matches(note).count(), 1, "{outcome}");
    assert!(!fleet.run("migrate-all --migrations m").stderr.contains("note:"));
}

/// The references to a renamed table follow it, and are left without it when it is dropped.
#[test]
fn references_that_a_rename_took_along_are_not_left_without_their_table() {
    on_server(BackendKind::Sqlite, |server| {
        let fleet = Fleet::new(server);
        fleet.write(
            "m/1_a/up.sql",
            "CREATE TABLE parent (id INTEGER PRIMARY KEY);
             CREATE TABLE child (parent INTEGER REFERENCES parent (id));
             CREATE TABLE last (child INTEGER REFERENCES child (parent));",
        );
        fleet.succeed("provision acme --migrations m");
        let rebuild = "ALTER TABLE parent RENAME TO parent_old;
            CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT);
            INSERT INTO parent (id) SELECT id FROM parent_old; DROP TABLE parent_old;";
        fleet.write("m/2_b/up.sql", rebuild);
        let outcome = fleet.run("migrate-all --migrations m");
        assert_eq!(outcome.code, Some(4), "{outcome}");
        let said = "table child now refers to parent_old, which does not exist";
        assert!(outcome.stdout.contains(said), "{outcome}");
        fleet.write("m/2_b/up.sql", &format!("PRAGMA legacy_alter_table = ON; {rebuild}"));
        fleet.succeed("migrate-all --migrations m");
        fleet.execute("acme", "INSERT INTO parent VALUES (1, 'a'); INSERT INTO child VALUES (1)");
        // A reference to a table that is only dropped, or that a later migration creates, is fine.
        fleet.write(
            "m/3_c/up.sql",
            "DROP TABLE last; CREATE TABLE early (a INTEGER REFERENCES late)",
        );
        fleet.write("m/4_d/up.sql", "CREATE TABLE late (a INTEGER PRIMARY KEY); DROP TABLE late");
        fleet.succeed("migrate-all --migrations m");
    });
}
