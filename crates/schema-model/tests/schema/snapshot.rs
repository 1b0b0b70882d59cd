//! Schemas as files.

use std::error::Error;

use schema_model::snapshot::{from_json, to_json};
use schema_model::{Schema, WithoutPartial};

use crate::notation::{describe, schema};

/// Tables with everything that a file can hold.
fn shop() -> Schema {
    schema(
        "customers: id#
         orders: id, customer_id?, open:Bool, placed_at:UtcTimestamp, code:8=1*, part_of>orders \
         | index placed_at- customer_id | index customer_id where open \
         | key customer_id > customers id cascade ! id > 0",
    )
}

#[test]
fn the_file_leaves_out_what_is_usual() {
    let notes = schema("notes: id, size:10?=1, owner>users<boss");
    insta::assert_snapshot!(to_json(&notes), @r#"
    {
      "tables": [
        {
          "name": "notes",
          "columns": [
            {
              "name": "id",
              "type": "big_int"
            },
            {
              "name": "size",
              "type": {
                "varchar": 10
              },
              "nullable": true,
              "default": {
                "int": 1
              }
            },
            {
              "name": "owner",
              "type": "big_int"
            }
          ],
          "primary_key": [
            "id"
          ],
          "foreign_keys": [
            {
              "name": "fk_notes_owner",
              "columns": [
                "owner"
              ],
              "foreign_table": "users",
              "foreign_columns": [
                "id"
              ]
            }
          ]
        }
      ]
    }
    "#);
    assert!(to_json(&notes).ends_with("}\n"));
    assert_eq!(to_json(&Schema::EMPTY), "{\n  \"tables\": []\n}\n");
}

#[test]
fn a_schema_survives_its_file() {
    assert_eq!(from_json(&to_json(&shop())).ok(), Some(shop()));
}

#[test]
fn a_partial_index_says_what_back_ends_without_one_have() {
    let mut notes = schema("notes: id, x | index x where x > 0 | ix_all: index x where x > 1");
    let indexes = notes.tables.to_mut()[0].indexes.to_mut().iter_mut();
    let choices = [WithoutPartial::NoIndex, WithoutPartial::FullIndex];
    for (partial, choice) in indexes.filter_map(|index| index.partial.as_mut()).zip(choices) {
        partial.without_partial = choice;
    }
    let file = to_json(&notes);
    let partials = file.lines().filter(|line| line.contains("elsewhere")).map(str::trim);
    assert_eq!(
        partials.collect::<Vec<_>>(),
        [r#""elsewhere": "nothing""#, r#""elsewhere": "full""#]
    );
    assert_eq!(from_json(&file).ok(), Some(notes));
}

#[test]
fn back_ends_have_their_own_expressions() {
    let mut notes = schema("notes: id, x | index x where x > 0 ! c: x > 0");
    let table = &mut notes.tables.to_mut()[0];
    let index = &mut table.indexes.to_mut()[0];
    let postgres = Some("x >= 1".into());
    index.partial.as_mut().unwrap().condition.instead.postgres = postgres;
    table.checks.to_mut()[0].expression.instead.mysql = Some("x > 0.5".into());
    let file = to_json(&notes);
    let own = file.split("\"instead\"").skip(1).map(|text| text.split_whitespace().collect());
    let own: Vec<String> =
        own.map(|text: String| text[..text.find('}').unwrap()].to_owned()).collect();
    assert_eq!(own, [r#":{"postgres":"x>=1""#, r#":{"mysql":"x>0.5""#]);
    assert_eq!(from_json(&file).ok(), Some(notes));
}

#[test]
fn renames_and_backfills_are_not_in_the_file() {
    let mut orders = shop();
    for table in orders.tables.to_mut() {
        table.renamed_from = Some("old".into());
        for column in table.columns.to_mut() {
            column.renamed_from = Some("old".into());
            column.backfill = Some("0".into());
        }
    }
    assert_eq!(to_json(&orders), to_json(&shop()));
}

/// They had one column in a foreign key, and only ascending ones in an index.
#[test]
fn the_first_files_can_be_read() {
    let text = r#"{
      "tables": [{
        "name": "notes",
        "columns": [{"name": "id", "type": "big_int"}, {"name": "owner", "type": "big_int"}],
        "primary_key": ["id"],
        "indexes": [{"name": "ix_notes_owner_id", "columns": ["owner", "id"]}],
        "foreign_keys": [{
          "name": "fk_notes_owner",
          "column": "owner",
          "foreign_table": "users",
          "foreign_column": "id",
          "on_delete": "cascade"
        }]
      }]
    }"#;
    insta::assert_snapshot!(describe(&from_json(text).expect("a schema")), @r"
    notes (id)
      id BigInt not null
      owner BigInt not null
      index ix_notes_owner_id (owner, id)
      fk_notes_owner: (owner) -> users (id) on delete Cascade
    ");
}

#[test]
fn a_bad_file_is_rejected_with_the_place() {
    let rows = [
        ("", "EOF while parsing a value at line 1 column 0"),
        ("{}", "missing field `tables` at line 1 column 2"),
        (
            r#"{"tables": [], "views": []}"#,
            "unknown field `views`, expected one of `follows`, `by_hand`, `tables` at line 1 column 22",
        ),
        (
            r#"{"tables": [1]}"#,
            "invalid type: integer `1`, expected struct Table at line 1 column 13",
        ),
    ];
    for (text, expected) in rows {
        let error = from_json(text).expect_err("not a schema");
        assert_eq!(error.source().map(ToString::to_string).as_deref(), Some(expected));
    }
}
