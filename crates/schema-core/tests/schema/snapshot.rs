//! Schemas as files.

use std::error::Error;

use schema_core::model::Schema;
use schema_core::snapshot::{from_json, to_json};

use crate::notation::schema;

#[test]
fn the_file_says_what_matters_and_leaves_out_the_rest() {
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
fn the_first_files_had_one_column_in_a_key() {
    let now = to_json(&schema("a: id; b: id, a>a"));
    let lists = [("columns", "column", "a"), ("foreign_columns", "foreign_column", "id")];
    let then = lists.iter().fold(now.clone(), |file, (many, one, name)| {
        let list = format!("\"{many}\": [\n            \"{name}\"\n          ]");
        assert!(file.contains(&list));
        file.replace(&list, &format!("\"{one}\": \"{name}\""))
    });
    assert_eq!(from_json(&then).map(|read| to_json(&read)).ok(), Some(now));
}

#[test]
fn the_tenant_schema_survives_its_file() {
    let tenant = &schema_core::tenant::SCHEMA;
    assert_eq!(from_json(&to_json(tenant)).as_ref().ok(), Some(tenant));
}

#[test]
fn a_file_that_is_none_says_where() {
    let rows = [
        ("", "EOF while parsing a value at line 1 column 0"),
        ("{}", "missing field `tables` at line 1 column 2"),
        (
            r#"{"tables": [], "views": []}"#,
            "unknown field `views`, expected `tables` at line 1 column 22",
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
