//! What an expression says without naming a back end means the same on each of them.

use chrono::{NaiveDateTime, Utc};
use db_backend::BackendKind;
use insta::assert_snapshot;
use migration_folder::ScratchHost;
use schema_model::diff::diff;
use schema_model::{FUNCTIONS, RowExpression, Schema};

use super::{create, host};
use crate::support::cases::test_on;

test_on! {
    sqlite, postgres, mysql: on_host {
        functions_and_operators_mean_the_same,
        texts_are_compared_with_their_spaces,
        the_time_is_in_utc,
    }
}

fn on_host(kind: BackendKind, case: fn(&ScratchHost)) {
    let Some(host) = host(kind) else { return };
    case(&host);
}

/// A table, and the same one with more columns, which have backfills.
macro_rules! samples {
    ($($columns:tt)*) => {
        mod from {
            schema_core::tenant_schema! {
                samples (id) {
                    id -> BigInt,
                    a -> Nullable<Text>,
                    b -> Text,
                    n -> Nullable<BigInt>,
                    size -> BigInt,
                    ratio -> Double,
                }
            }
        }
        mod to {
            schema_core::tenant_schema! {
                samples (id) {
                    id -> BigInt,
                    a -> Nullable<Text>,
                    b -> Text,
                    n -> Nullable<BigInt>,
                    size -> BigInt,
                    ratio -> Double,
                    $($columns)*
                }
            }
        }
    };
}

/// The values that backfills give to these rows, a line for each of them.
fn backfilled(host: &ScratchHost, from: &Schema, to: &Schema, rows: &[&str]) -> String {
    let mut scratch = host.scratch().unwrap();
    create(&mut scratch, from, &[]).unwrap();
    if host.kind() == BackendKind::Mysql {
        // Texts are written without escapes here, and the time must not depend on this.
        let session = "SET time_zone = '+05:00', sql_mode = 'NO_BACKSLASH_ESCAPES'";
        scratch.connection().execute(session).unwrap();
    }
    let dialect = scratch.dialect();
    for row in rows {
        scratch.connection().execute(&format!("INSERT INTO samples VALUES ({row})")).unwrap();
    }
    if host.kind() == BackendKind::Mysql {
        scratch.connection().execute("SET sql_mode = DEFAULT").unwrap();
    }
    for statement in
        dialect.render(&diff(from, to).unwrap()).iter().flat_map(|one| one.statements())
    {
        scratch.connection().execute(statement).unwrap();
    }
    let mut values = |expression: &RowExpression, column: &str| {
        let query = format!("SELECT {column} FROM samples ORDER BY id");
        let rows = scratch.connection().rows(&query, &[]).unwrap();
        let shown = rows
            .into_iter()
            .flatten()
            .map(|value| value.map_or("NULL".to_owned(), |text| format!("{text:?}")));
        format!("{expression} → {}", shown.collect::<Vec<_>>().join(", "))
    };
    let lines = to.tables[0].columns.iter().filter_map(|column| {
        let value = dialect.as_text(column.sql_type, &dialect.quote(&column.name));
        Some(values(column.backfill.as_ref()?, &value))
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn functions_and_operators_mean_the_same(host: &ScratchHost) {
    samples! {
        #[backfill("abs(n)")] v1 -> Nullable<BigInt>,
        #[backfill("coalesce(a, b, 'none')")] v2 -> Nullable<Text>,
        #[backfill("concat(b, ':', coalesce(a, '-'), size, trim(b), 7)")] v3 -> Nullable<Text>,
        #[backfill("length(a)")] v4 -> Nullable<BigInt>,
        #[backfill("ltrim(a)")] v5 -> Nullable<Text>,
        #[backfill("rtrim(a)")] v6 -> Nullable<Text>,
        #[backfill("trim(a)")] v7 -> Nullable<Text>,
        #[backfill("replace(a, 'a', b)")] v8 -> Nullable<Text>,
        #[backfill("replace(b, '', 'x')")] v9 -> Nullable<Text>,
        #[backfill("replace(b, 'a', coalesce(a, ''))")] v10 -> Nullable<Text>,
        #[backfill("substr(a, 2)")] v11 -> Nullable<Text>,
        #[backfill("substr(b, 1, 2)")] v12 -> Nullable<Text>,
        #[backfill("substr(b, 9, 0)")] v13 -> Nullable<Text>,
        #[backfill("size / 4e0")] v14 -> Nullable<Double>,
        #[backfill("ratio / size")] v15 -> Nullable<Double>,
        #[backfill("size % 3")] v16 -> Nullable<BigInt>,
        #[backfill("size % -3 - n * 2+-1")] v17 -> Nullable<BigInt>,
        #[backfill("CASE WHEN a LIKE '%Äa_%' OR b NOT LIKE '😀%' AND n IS NULL THEN '\\''' END")]
        v18 -> Nullable<Text>,
    }
    let rows = [
        "1, NULL, '', NULL, 7, 3.5",
        "2, ' aÄa  ', '😀Äa%', -9007199254740993, -8, -1",
        r"3, '', ' a\ A ', 0, 1, 0.5",
    ];
    let found = backfilled(host, &from::SCHEMA, &to::SCHEMA, &rows);
    insta::allow_duplicates! { assert_snapshot!(found, @r#"
    abs(n) → NULL, "9007199254740993", "0"
    coalesce(a, b, 'none') → "", " aÄa  ", ""
    concat(b, ':', coalesce(a, '-'), size, trim(b), 7) → ":-77", "😀Äa%: aÄa  -8😀Äa%7", " a\\ A :1a\\ A7"
    length(a) → NULL, "6", "0"
    ltrim(a) → NULL, "aÄa  ", ""
    rtrim(a) → NULL, " aÄa", ""
    trim(a) → NULL, "aÄa", ""
    replace(a, 'a', b) → NULL, " 😀Äa%Ä😀Äa%  ", ""
    replace(b, '', 'x') → "", "😀Äa%", " a\\ A "
    replace(b, 'a', coalesce(a, '')) → "", "😀Ä aÄa  %", " \\ A "
    substr(a, 2) → NULL, "aÄa  ", ""
    substr(b, 1, 2) → "", "😀Ä", " a"
    substr(b, 9, 0) → "", "", ""
    size / 4e0 → "1.75", "-2", "0.25"
    ratio / size → "0.5", "0.125", "0.5"
    size % 3 → "1", "-2", "1"
    size % -3 - n * 2+-1 → NULL, "18014398509481983", "0"
    CASE WHEN a LIKE '%Äa_%' OR b NOT LIKE '😀%' AND n IS NULL THEN '\''' END → "\\'", "\\'", NULL
    "#); }
    for (function, _) in FUNCTIONS {
        assert!(found.contains(&format!("{}(", function.to_lowercase())), "{function}");
    }
}

fn texts_are_compared_with_their_spaces(host: &ScratchHost) {
    samples! {
        #[backfill("CASE a WHEN '' THEN 'none' WHEN 'x' THEN 'ex' ELSE b END")]
        v1 -> Nullable<Text>,
        #[backfill("CASE WHEN b = 'x' OR 'X' = a THEN 1 ELSE 0 END")] v2 -> Nullable<BigInt>,
        #[backfill("CASE WHEN a IN ('x', 'y') THEN 1 WHEN a <> b THEN 2 END")]
        v3 -> Nullable<BigInt>,
        #[backfill("CASE WHEN 'x' <> samples.a THEN 1 END")] v4 -> Nullable<BigInt>,
    }
    let rows = [
        "1, '', 'x', 1, 1, 1",
        "2, ' ', 'x ', 1, 1, 1",
        "3, 'x ', 'x', 1, 1, 1",
        "4, 'x', 'x', 1, 1, 1",
        "5, 'X', 'X', 1, 1, 1",
        "6, NULL, 'X', 1, 1, 1",
    ];
    let found = backfilled(host, &from::SCHEMA, &to::SCHEMA, &rows);
    insta::allow_duplicates! { assert_snapshot!(found, @r#"
    CASE a WHEN '' THEN 'none' WHEN 'x' THEN 'ex' ELSE b END → "none", "x ", "x", "ex", "X", "X"
    CASE WHEN b = 'x' OR 'X' = a THEN 1 ELSE 0 END → "1", "0", "1", "1", "1", "0"
    CASE WHEN a IN ('x', 'y') THEN 1 WHEN a <> b THEN 2 END → "2", "2", "2", "1", NULL, NULL
    CASE WHEN 'x' <> samples.a THEN 1 END → "1", "1", "1", NULL, "1", NULL
    "#); }
}

fn the_time_is_in_utc(host: &ScratchHost) {
    samples! { #[backfill("CURRENT_TIMESTAMP")] v1 -> Nullable<UtcTimestamp>, }
    let found = backfilled(host, &from::SCHEMA, &to::SCHEMA, &["1, NULL, '', 1, 1, 1"]);
    let text = found.strip_prefix("CURRENT_TIMESTAMP → ").unwrap();
    let time = NaiveDateTime::parse_from_str(text, "\"%Y-%m-%d %H:%M:%S%.6f\"").unwrap();
    assert!((Utc::now().naive_utc() - time).num_minutes().abs() < 10, "{text}");
}
