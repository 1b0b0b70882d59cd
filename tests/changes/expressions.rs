//! Expressions mean the same on every back end, or each back end has its own.

use db_backend::{BackendKind, Scratch};
use migration_folder::{Rows, ScratchHost};
use schema_model::diff::diff;
use schema_model::{DefaultValue, SqlType};

use super::{create, host, prove_between, with_causes};
use crate::support::cases::test_on;

test_on! {
    sqlite, postgres, mysql: on_host {
        checks_accept_the_same_rows,
        a_back_end_has_its_own_condition,
        a_back_end_has_its_own_backfill,
        a_back_end_has_its_own_rows_of_an_index,
        own_expressions_follow_a_renamed_column,
        defaults_are_any_text,
    }
}

fn on_host(kind: BackendKind, case: fn(&ScratchHost)) {
    let Some(host) = host(kind) else { return };
    case(&host);
}

/// Whether each of these values is accepted in the only column of a table besides its key.
fn accepted(scratch: &mut Scratch, table: &str, values: &[&str]) -> Vec<bool> {
    let dialect = scratch.dialect();
    let accepts = |(number, value): (usize, &&str)| {
        let value = dialect.literal(SqlType::Text, &DefaultValue::Text((*value).to_owned().into()));
        let table = dialect.quote(table);
        let insert = format!("INSERT INTO {table} VALUES ({number}, {value})");
        scratch.connection().execute(&insert).is_ok()
    };
    values.iter().enumerate().map(accepts).collect()
}

fn checks_accept_the_same_rows(host: &ScratchHost) {
    mod checked {
        schema_core::tenant_schema! {
            #[check(plain, r"a <> 'x\y'")]
            backslashes (id) { id -> BigInt, #[max_length = 9] a -> Varchar, }
            #[check(begins, "c LIKE 'abc%'")]
            beginnings (id) { id -> BigInt, #[max_length = 9] c -> Varchar, }
            #[check(other, "e <> 'z'")]
            spaces (id) { id -> BigInt, #[max_length = 9] e -> Varchar, }
            #[check(known, "e IN ('a', 'b')")]
            lists (id) { id -> BigInt, #[max_length = 9] e -> Varchar, }
            #[check(short, "length(e) = 2")]
            lengths (id) { id -> BigInt, #[max_length = 9] e -> Varchar, }
        }
    }
    let mut scratch = host.scratch().unwrap();
    create(&mut scratch, &checked::SCHEMA, &[]).unwrap();
    let cases: [(&str, &[&str], &[bool]); 5] = [
        ("backslashes", &[r"x\y", "xy", r"x\\y"], &[false, true, true]),
        ("beginnings", &["abcd", "abc", "ABCD", "ab"], &[true, true, false, false]),
        ("spaces", &["z", "z ", "Z", ""], &[false, true, true, true]),
        ("lists", &["a", "a ", "A", "b"], &[true, false, false, true]),
        ("lengths", &["äö", "ab", "ä", "abc"], &[true, true, false, false]),
    ];
    for (table, values, expected) in cases {
        assert_eq!(accepted(&mut scratch, table, values), expected, "{table}: {values:?}");
    }
}

fn a_back_end_has_its_own_condition(host: &ScratchHost) {
    mod checked {
        schema_core::tenant_schema! {
            #[check(
                upper, "code = upper(code)",
                mysql = "CAST(code AS BINARY) = CAST(upper(code) AS BINARY)",
            )]
            codes (id) { id -> BigInt, #[max_length = 9] code -> Varchar, }
        }
    }
    let mut scratch = host.scratch().unwrap();
    create(&mut scratch, &checked::SCHEMA, &[]).unwrap();
    assert_eq!(accepted(&mut scratch, "codes", &["AB", "ab", "Ab"]), [true, false, false]);
    let expected = scratch.expected_catalog(&checked::SCHEMA);
    let differences = scratch.catalog().unwrap().differences(&expected, host.kind());
    assert_eq!(differences, Vec::<String>::new());
}

/// A column that is new, and one whose NULLs get a value.
fn a_back_end_has_its_own_backfill(host: &ScratchHost) {
    mod from {
        schema_core::tenant_schema! {
            notes (id) { id -> BigInt, size -> Integer, half -> Nullable<Integer>, }
        }
    }
    mod to {
        schema_core::tenant_schema! {
            notes (id) {
                id -> BigInt,
                size -> Integer,
                #[backfill("size / 2", mysql = "size DIV 2")]
                half -> Integer,
                #[max_length = 9]
                #[backfill("'common'", sqlite = "'sqlite'", postgres = "'postgres'")]
                back_end -> Varchar,
            }
        }
    }
    let mut scratch = host.scratch().unwrap();
    create(&mut scratch, &from::SCHEMA, &[]).unwrap();
    scratch.connection().execute("INSERT INTO notes VALUES (1, 7, NULL), (2, 7, 1)").unwrap();
    let changes = diff(&from::SCHEMA, &to::SCHEMA).unwrap();
    scratch.apply(&scratch.dialect().render(&changes)).unwrap();
    let query = "SELECT concat(half, back_end) FROM notes ORDER BY id";
    let rows = scratch.connection().rows(query, &[]).unwrap();
    let values: Vec<String> = rows.into_iter().flatten().flatten().collect();
    let back_end = match host.kind() {
        BackendKind::Mysql => "common",
        BackendKind::Sqlite | BackendKind::Postgres => host.kind().name(),
    };
    assert_eq!(values, [format!("3{back_end}"), format!("1{back_end}")]);
    prove_between(host, &from::SCHEMA, &to::SCHEMA)
        .unwrap_or_else(|unproven| panic!("{}", with_causes(unproven)));
}

/// MySQL and MariaDB have no such index.
fn a_back_end_has_its_own_rows_of_an_index(host: &ScratchHost) {
    mod before {
        schema_core::tenant_schema! {
            #[unique(email, where = "gone IS NULL", mysql = none)]
            people (id) {
                id -> BigInt,
                #[max_length = 9]
                email -> Varchar,
                gone -> Nullable<Integer>,
            }
        }
    }
    mod indexed {
        schema_core::tenant_schema! {
            #[unique(email, where = "gone IS NULL", postgres = "gone IS DISTINCT FROM 1", mysql = none)]
            people (id) {
                id -> BigInt,
                #[max_length = 9]
                email -> Varchar,
                gone -> Nullable<Integer>,
            }
        }
    }
    let mut scratch = host.scratch().unwrap();
    create(&mut scratch, &indexed::SCHEMA, &[]).unwrap();
    let mut accepts = |row: &str| {
        scratch.connection().execute(&format!("INSERT INTO people VALUES ({row})")).is_ok()
    };
    let accepted =
        ["1, 'a', NULL", "2, 'a', 1", "3, 'a', 1", "4, 'a', NULL", "5, 'b', 2", "6, 'b', 2"]
            .map(&mut accepts);
    let expected = match host.kind() {
        BackendKind::Sqlite => [true, true, true, false, true, true],
        BackendKind::Postgres => [true, true, true, false, true, false],
        BackendKind::Mysql => [true; 6],
    };
    assert_eq!(accepted, expected);
    prove_between(host, &before::SCHEMA, &indexed::SCHEMA)
        .unwrap_or_else(|unproven| panic!("{}", with_causes(unproven)));
}

fn own_expressions_follow_a_renamed_column(host: &ScratchHost) {
    mod from {
        schema_core::tenant_schema! {
            #[check(half, "size / 2 < 9", mysql = "`size` DIV 2 < 9", postgres = "(size >> 1) < 9")]
            #[index(size, where = "size > 1", postgres = "(size >> 1) > 0", mysql = full)]
            notes (id) { id -> BigInt, size -> Integer, }
        }
    }
    mod to {
        schema_core::tenant_schema! {
            #[check(half, "extent / 2 < 9", mysql = "`extent` DIV 2 < 9", postgres = "(extent >> 1) < 9")]
            #[index(extent, where = "extent > 1", postgres = "(extent >> 1) > 0", mysql = full)]
            notes (id) {
                id -> BigInt,
                #[renamed_from = "size"]
                extent -> Integer,
                #[backfill("extent / 2", mysql = "`extent` DIV 2")]
                half -> Integer,
            }
        }
    }
    let proven = prove_between(host, &from::SCHEMA, &to::SCHEMA);
    let proven = proven.unwrap_or_else(|unproven| panic!("{}", with_causes(unproven)));
    assert_eq!((proven.rows, proven.rows_count), (Rows::Kept, 3));
    // PostgreSQL renames the column in them by itself.
    let is_kept = !proven.up.iter().any(|statement| statement.contains("CHECK"));
    assert_eq!(is_kept, host.kind() == BackendKind::Postgres, "{:?}", proven.up);
}

fn defaults_are_any_text(host: &ScratchHost) {
    mod texts {
        schema_core::tenant_schema! {
            notes (id) {
                id -> BigInt,
                #[default("it's a \\ \"quote\"\n and a line, \u{1F600} \u{00DF} \u{202E} \u{7} \t %_")]
                #[max_length = 80]
                body -> Varchar,
            }
        }
    }
    let mut scratch = host.scratch().unwrap();
    create(&mut scratch, &texts::SCHEMA, &[]).unwrap();
    scratch.connection().execute("INSERT INTO notes (id) VALUES (1)").unwrap();
    let body = scratch.connection().text("SELECT body FROM notes", &[]).unwrap().unwrap();
    let default = texts::SCHEMA.tables[0].columns[1].default.as_ref().unwrap();
    assert_eq!(format!("{body:?}"), default.to_string());
    let expected = scratch.expected_catalog(&texts::SCHEMA);
    let differences = scratch.catalog().unwrap().differences(&expected, host.kind());
    assert_eq!(differences, Vec::<String>::new());
}
