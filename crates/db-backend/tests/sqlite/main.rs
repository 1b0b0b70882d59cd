//! Migrations of a real SQLite database, in memory.

#![cfg(feature = "sqlite")]
#![expect(clippy::unwrap_used, reason = "a case fails by panicking, and so do its helpers")]

use diesel::Connection as _;
use insta::assert_snapshot;
use proptest::prelude::*;
use schema_model::Schema;

use db_backend::{AnyConnection, BackendKind};
use schema_model::diff::diff;
use sql_dialect::Piece;

use samples::{people, people_without, with_columns_and_indexes, with_keys_and_checks};

mod apply;
mod changes;
mod choices;
mod declare;
mod random;
mod rebuilds;
#[path = "../../../sql-dialect/tests/render/samples.rs"]
mod samples;
mod values;

fn statements(kind: BackendKind, from: &Schema, to: &Schema) -> Vec<String> {
    let changes = diff(from, to).expect("a difference that can be migrated");
    let pieces = kind.dialect().render(&changes);
    pieces.iter().flat_map(Piece::statements).cloned().collect()
}

fn database() -> AnyConnection {
    let connection = diesel::SqliteConnection::establish(":memory:").unwrap();
    AnyConnection::Sqlite(connection)
}

/// Migrates as a session does when a statement drops a table.
fn migrate(database: &mut AnyConnection, from: &Schema, to: &Schema) {
    database.execute("PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE").unwrap();
    for statement in statements(BackendKind::Sqlite, from, to) {
        database.execute(&statement).unwrap_or_else(|error| panic!("{error}: {statement}"));
    }
    assert_eq!(query(database, "SELECT \"table\" FROM pragma_foreign_key_check"), "");
    database.execute("COMMIT; PRAGMA foreign_keys = ON").unwrap();
    assert_eq!(differences(database, to), "");
}

fn differences(database: &mut AnyConnection, expected: &Schema) -> String {
    let dialect = BackendKind::Sqlite.dialect();
    let catalog = database.catalog().unwrap();
    catalog.differences(&dialect.expected_catalog(expected, ""), BackendKind::Sqlite).join("\n")
}

fn query(database: &mut AnyConnection, sql: &str) -> String {
    let rows = database.rows(sql, &[]).unwrap().into_iter();
    let cells = |row: Vec<Option<String>>| {
        let cells = row.into_iter().map(|cell| cell.unwrap_or_else(|| "NULL".to_owned()));
        cells.collect::<Vec<_>>().join(" | ")
    };
    rows.map(cells).collect::<Vec<_>>().join("\n")
}

const PEOPLE: &str = "
    INSERT INTO companies (id, code) VALUES (1, 'acme');
    INSERT INTO people (id, email, name, company, mentor, details) VALUES
        (1, 'a@x', 'Ada', 'acme', NULL, '{}'), (2, 'b@x', 'Bo', 'acme', 'a@x', '[1]'),
        (7, 'c@x', 'Cy', NULL, NULL, 'null');
    INSERT INTO memberships VALUES (1, 'staff'), (2, 'staff');
    DELETE FROM people WHERE id = 7";

#[test]
fn the_catalogue_is_as_expected() {
    let schemas = [people(), with_columns_and_indexes(), with_keys_and_checks(), Schema::EMPTY];
    for (from, to) in schemas.iter().flat_map(|from| schemas.iter().map(move |to| (from, to))) {
        let mut database = database();
        migrate(&mut database, &Schema::EMPTY, from);
        migrate(&mut database, from, to);
        migrate(&mut database, to, from);
    }
}

proptest! {
    #[test]
    fn any_migration_gives_the_expected_catalogue_and_keeps_rows(from: u16, to: u16) {
        let (from, to) = (people_without(from), people_without(to));
        let mut database = database();
        migrate(&mut database, &Schema::EMPTY, &from);
        let rows = "INSERT INTO people (email, name, details) VALUES ('a', 'b', '[]'), ('c', 'd', '{}')";
        database.execute(rows).unwrap();
        migrate(&mut database, &from, &to);
        migrate(&mut database, &to, &from);
        let kept = query(&mut database, "SELECT CAST(id AS TEXT), email, name, details FROM people");
        prop_assert_eq!(kept, "1 | a | b | []\n2 | c | d | {}");
    }
}

#[test]
fn a_rebuild_keeps_rows_references_and_numbering() {
    let mut database = database();
    migrate(&mut database, &Schema::EMPTY, &people());
    database.execute(PEOPLE).unwrap();
    migrate(&mut database, &people(), &with_keys_and_checks());
    let rows = "SELECT CAST(id AS TEXT), email, name, company, mentor, details, employer_id,
        CAST(length(seen_at) AS TEXT) FROM people ORDER BY id";
    assert_snapshot!(query(&mut database, rows), @"
    1 | a@x | Ada | acme | NULL | {} | NULL | 26
    2 | b@x | Bo | acme | a@x | [1] | NULL | 26
    ");
    assert_snapshot!(query(&mut database, "SELECT CAST(person_id AS TEXT) FROM memberships"), @"
    1
    2
    ");

    // The number of a deleted row is not used again.
    database.execute("INSERT INTO people (email, details) VALUES ('d@x', '0')").unwrap();
    assert_snapshot!(query(&mut database, "SELECT CAST(max(id) AS TEXT) FROM people"), @"8");

    // Foreign keys still refer to the rebuilt table, including its own.
    assert_snapshot!(database.execute("INSERT INTO memberships VALUES (9, 'x')").unwrap_err(), @"FOREIGN KEY constraint failed");
    database.execute("DELETE FROM memberships; DELETE FROM people WHERE id = 1").unwrap();
    assert_snapshot!(query(&mut database, rows), @r#"
    2 | b@x | Bo | acme | NULL | [1] | NULL | 26
    8 | d@x | it's \ n | NULL | NULL | 0 | NULL | 26
    "#);
}

#[test]
fn a_rebuild_keeps_views_and_triggers_of_other_tables() {
    let mut database = database();
    migrate(&mut database, &Schema::EMPTY, &people());
    let objects = "CREATE VIEW names AS SELECT name FROM people;
        CREATE TRIGGER counted AFTER INSERT ON memberships BEGIN UPDATE people SET level = 2; END";
    database.execute(objects).unwrap();
    let before = database.catalog().unwrap().others;
    migrate(&mut database, &people(), &with_keys_and_checks());
    assert_eq!(database.catalog().unwrap().others, before);
    database.execute(PEOPLE).unwrap();
    assert_snapshot!(query(&mut database, "SELECT * FROM names"), @"
    Ada
    Bo
    ");
}

#[test]
fn types_are_as_strict_as_on_a_server() {
    let mut database = database();
    migrate(&mut database, &Schema::EMPTY, &people());
    let rows = [
        ("a name that is too long", "VALUES ('a', hex(zeroblob(50)), 1, '{}')"),
        ("no JSON", "VALUES ('a', 'b', 1, '{')"),
        ("a level that is too low", "VALUES ('a', 'b', -1, '{}')"),
    ];
    let refused = rows.map(|(name, values)| {
        let insert = format!("INSERT INTO people (email, name, level, details) {values}");
        format!("{name}: {}", database.execute(&insert).unwrap_err())
    });
    assert_snapshot!(refused.join("\n"), @r#"
    a name that is too long: CHECK constraint failed: length("name") <= 64
    no JSON: CHECK constraint failed: json_valid("details")
    a level that is too low: CHECK constraint failed: ck_people_level
    "#);
}

#[test]
fn now_is_as_long_as_every_instant() {
    let mut database = database();
    migrate(&mut database, &Schema::EMPTY, &people());
    database.execute("INSERT INTO companies (code) VALUES ('a')").unwrap();
    let now = query(&mut database, "SELECT created_at FROM companies");
    let shape: String = now.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    assert_snapshot!(shape, @"0000-00-00 00:00:00.000000");
}

#[test]
fn drift_is_reported() {
    let mut database = database();
    migrate(&mut database, &Schema::EMPTY, &people());
    let by_hand = "
        ALTER TABLE people ADD COLUMN shoe VARCHAR(9) DEFAULT 'x' COLLATE NOCASE;
        ALTER TABLE people DROP COLUMN age;
        DROP INDEX ux_people_email;
        CREATE INDEX ux_people_email ON people (email DESC) WHERE id > 1;
        DROP TABLE memberships;
        CREATE TABLE memberships (
            person_id BIGINT, \"group\" VARCHAR(30), UNIQUE (\"group\", person_id),
            FOREIGN KEY (person_id) REFERENCES people ON UPDATE CASCADE
        )";
    database.execute(by_hand).unwrap();
    assert_snapshot!(differences(&mut database, &people()), @"
    table `memberships`: column `group` is `NULL`, expected `NOT NULL`
    table `memberships`: column `person_id` is `NULL`, expected `NOT NULL`
    table `memberships`: the primary key is ``, expected `person_id, group`
    table `memberships`: index `UNIQUE (group, person_id)` is not in the schema (unique on group, person_id)
    table `memberships`: foreign key (person_id) → people (id) ON DELETE NO ACTION is missing
    table `memberships`: foreign key (person_id) → people (id) ON DELETE NO ACTION ON UPDATE CASCADE is not in the schema
    table `memberships`: check `group` is missing
    table `people`: column `age` is missing
    table `people`: column `shoe` is not in the schema
    table `people`: index `ux_people_email` is `on email DESC where id > 1`, expected `unique on email`
    ");
}
