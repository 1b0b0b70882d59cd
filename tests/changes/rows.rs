//! The rows on which a change is tried: they satisfy the checks of their tables.

use db_backend::BackendKind;
use migration_folder::{Rows, ScratchHost, Unproven};

use super::{host, prove_between, with_causes};
use crate::support::cases::test_on;

test_on! {
    sqlite, postgres, mysql: on_host {
        samples_satisfy_simple_checks,
        declared_samples_satisfy_any_check,
        a_table_without_rows_is_named,
        a_backfill_has_the_type_of_its_column,
        a_hazard_that_fails_leaves_the_rows_to_the_rest,
        a_way_down_that_fails_is_tried_apart,
        a_way_down_is_tried_apart_though_no_rows_go_up,
    }
}

fn on_host(kind: BackendKind, case: fn(&ScratchHost)) {
    let Some(host) = host(kind) else { return };
    case(&host);
}

/// Two schemas, the second of which has one more column.
macro_rules! one_more_column {
    ($from:ident, $to:ident: { $($attributes:tt)* } { $($columns:tt)* }) => {
        mod $from {
            schema_core::tenant_schema! {
                $($attributes)* links (id) { id -> BigInt, $($columns)* }
                visits (id) { id -> BigInt, #[references(links.id)] link_id -> BigInt, }
            }
        }
        mod $to {
            schema_core::tenant_schema! {
                $($attributes)* links (id) { id -> BigInt, $($columns)* more -> Nullable<Text>, }
                visits (id) { id -> BigInt, #[references(links.id)] link_id -> BigInt, }
            }
        }
    };
}

fn samples_satisfy_simple_checks(host: &ScratchHost) {
    one_more_column!(from, to:
        {
            #[check(secure, "url LIKE 'https://%' AND length(url) BETWEEN 12 AND 40")]
            #[check(known, "state IN ('new', 'done')")]
            #[check(rated, "stars >= 3 AND stars < 6 OR stars IS NULL")]
            #[unique(url)]
        }
        {
            #[max_length = 40]
            url -> Varchar,
            #[max_length = 9]
            state -> Varchar,
            stars -> Nullable<Integer>,
        }
    );
    let proven = prove_between(host, &from::SCHEMA, &to::SCHEMA);
    let proven = proven.unwrap_or_else(|unproven| panic!("{}", with_causes(unproven)));
    assert_eq!((proven.rows, proven.rows_count, proven.empty), (Rows::Kept, 6, vec![]));
}

fn declared_samples_satisfy_any_check(host: &ScratchHost) {
    one_more_column!(from, to:
        { #[check(even, "size % 2 = 0 AND size > id")] }
        { #[sample(10, 20, 30)] size -> Integer, }
    );
    let proven = prove_between(host, &from::SCHEMA, &to::SCHEMA);
    let proven = proven.unwrap_or_else(|unproven| panic!("{}", with_causes(unproven)));
    assert_eq!((proven.rows, proven.rows_count, proven.empty), (Rows::Kept, 6, vec![]));
}

/// The rows of `visits` refer to those of `links`.
fn a_table_without_rows_is_named(host: &ScratchHost) {
    one_more_column!(from, to:
        { #[check(even, "size % 2 = 0 AND size > id")] }
        { size -> Integer, }
    );
    let proven = prove_between(host, &from::SCHEMA, &to::SCHEMA);
    let proven = proven.unwrap_or_else(|unproven| panic!("{}", with_causes(unproven)));
    let empty: Vec<&str> = proven.empty.iter().map(|empty| empty.table.as_str()).collect();
    assert_eq!((proven.rows_count, empty), (0, vec!["links", "visits"]));
}

/// PostgreSQL and MariaDB round 0.3 to 0. SQLite could only store it.
fn a_backfill_has_the_type_of_its_column(host: &ScratchHost) {
    mod from {
        schema_core::tenant_schema! { notes (id) { id -> BigInt, size -> Double, } }
    }
    mod to {
        schema_core::tenant_schema! {
            notes (id) { id -> BigInt, size -> Double, #[backfill("size / 10")] tens -> BigInt, }
        }
    }
    match (host.kind(), prove_between(host, &from::SCHEMA, &to::SCHEMA)) {
        (BackendKind::Sqlite, Err(Unproven::Refused { refused, .. })) => {
            let text = refused.error.to_string();
            assert!(text.contains("notes.tens: the value in row 1 does not fit BigInt"), "{text}");
        }
        (BackendKind::Postgres | BackendKind::Mysql, Ok(proven)) => {
            assert_eq!(proven.rows_count, 3);
        }
        (_, other) => panic!("{other:?}"),
    }
}

/// The check rejects the samples, and the unique accepts them. The type changes with rows.
fn a_hazard_that_fails_leaves_the_rows_to_the_rest(host: &ScratchHost) {
    mod from {
        schema_core::tenant_schema! {
            notes (id) { id -> BigInt, size -> Integer, level -> Integer, }
        }
    }
    mod to {
        schema_core::tenant_schema! {
            #[check(large, "size > 1000")]
            #[unique(level)]
            notes (id) {
                id -> BigInt,
                size -> BigInt,
                level -> Integer,
                #[backfill("level * 2")]
                twice -> Integer,
            }
        }
    }
    let proven = prove_between(host, &from::SCHEMA, &to::SCHEMA);
    let proven = proven.unwrap_or_else(|unproven| panic!("{}", with_causes(unproven)));
    let failed: Vec<String> = proven.failed.iter().map(ToString::to_string).collect();
    assert_eq!((proven.rows, failed), (Rows::None, vec!["check=ck_notes_large".to_owned()]));
}

/// The way down invents one code for all rows, which are then not unique, and the type that it
/// changes back is tried with rows. If the way up fails too, there are rows of the new schema.
macro_rules! no_way_down {
    ($($check:tt)*) => {
        mod from {
            schema_core::tenant_schema! {
                #[unique(code)]
                notes (id) {
                    id -> BigInt,
                    size -> Integer,
                    code -> Integer,
                }
            }
        }
        mod to {
            schema_core::tenant_schema! {
                $($check)*
                notes (id) {
                    id -> BigInt,
                    size -> BigInt,
                    label -> Nullable<Text>,
                }
            }
        }
    };
}

fn a_way_down_that_fails_is_tried_apart(host: &ScratchHost) {
    no_way_down!();
    let proven = prove_between(host, &from::SCHEMA, &to::SCHEMA);
    let proven = proven.unwrap_or_else(|unproven| panic!("{}", with_causes(unproven)));
    let failed: Vec<String> = proven.failed_down.iter().map(ToString::to_string).collect();
    assert_eq!((proven.rows, proven.failed), (Rows::UpOnly, vec![]));
    assert_eq!(failed, ["unique=uq_notes_code"]);
}

fn a_way_down_is_tried_apart_though_no_rows_go_up(host: &ScratchHost) {
    no_way_down!(#[check(large, "size > 1000")]);
    let proven = prove_between(host, &from::SCHEMA, &to::SCHEMA);
    let proven = proven.unwrap_or_else(|unproven| panic!("{}", with_causes(unproven)));
    let failed = [proven.failed, proven.failed_down]
        .map(|failed| failed.iter().map(ToString::to_string).collect::<Vec<_>>());
    assert_eq!(proven.rows, Rows::None);
    assert_eq!(failed, [["check=ck_notes_large"], ["unique=uq_notes_code"]]);
}
