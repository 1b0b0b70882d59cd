//! Migrations written by hand, in any spelling.

use crate::support::cases::test_on;
use crate::support::fleet::{Fleet, outcomes_in_words};
use crate::support::server::{TestServer, on_server};

test_on! {
    sqlite: on_server {
        a_table_rebuilt_by_hand_keeps_the_rows_that_refer_to_it,
        an_existing_tenant_keeps_its_rows_when_their_parent_is_rebuilt,
    }
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
