//! What holds between any two schemas.

use proptest::prelude::*;
use schema_core::diff::diff;
use schema_core::model::{ForeignKey, Schema};
use schema_core::snapshot::{from_json, to_json};

use crate::notation::schema;
use crate::simulator::{apply, sorted};

/// Few names, so that two random schemas have much in common.
const TABLES: [&str; 4] = ["a", "b", "c", "d"];

/// What a table can have beside its key; a table is put behind each `>`.
const COLUMNS: [(&str, &[&str]); 4] = [
    ("code", &["code?", "code?*", "code?+"]),
    ("x", &["x=0", "x=0+", "x=0*"]),
    ("up", &["up?", "up?>", "up?+>"]),
    ("by", &["by?>.code", "by?>", "by?*>"]),
];

/// What makes two schemas differ in a way that no migration is generated for.
const UNSUPPORTED: [&str; 4] = ["code:10?", "x", "x=1", "new?<code"];

/// Two schemas. Where they are not wild, all changes between them are supported.
fn pairs(wild: bool) -> impl Strategy<Value = (Schema, Schema)> {
    let kept = proptest::collection::vec(proptest::bool::weighted(0.6), TABLES.len());
    (tables(wild), tables(wild), kept, any::<[bool; 2]>()).prop_map(
        |(from, mut to, kept, renamed)| {
            for (position, _) in kept.iter().enumerate().filter(|(_, kept)| **kept) {
                to[position].clone_from(&from[position]);
            }
            (assembled(&from, renamed[0]), assembled(&to, renamed[1]))
        },
    )
}

/// For each of the names a line of the notation, or none.
fn tables(wild: bool) -> Vec<impl Strategy<Value = Option<String>>> {
    let some = |name| proptest::option::weighted(0.8, table(name, wild));
    TABLES.into_iter().map(some).collect()
}

fn table(name: &'static str, wild: bool) -> impl Strategy<Value = String> {
    let column = |(_, variants): (&str, &'static [&'static str])| {
        let variant = proptest::sample::select(variants);
        let target = proptest::sample::select(&TABLES);
        let column =
            (variant, target).prop_map(|(text, target)| text.replace('>', &format!(">{target}")));
        proptest::option::of(column)
    };
    let columns: Vec<_> = COLUMNS.into_iter().map(column).collect();
    let odd = proptest::option::weighted(0.3, proptest::sample::select(&UNSUPPORTED));
    let check = proptest::option::of(proptest::sample::select(vec![" ! id > 0", " ! id > 1"]));
    (columns, odd, check, any::<bool>()).prop_map(move |(columns, odd, check, reversed)| {
        let mut columns: Vec<String> = columns.into_iter().flatten().collect();
        if let Some(odd) = odd.filter(|_| wild) {
            columns.retain(|column| column_name(column) != column_name(odd));
            columns.push(odd.to_owned());
        }
        if reversed {
            columns.reverse();
        }
        columns.insert(0, "id".to_owned());
        let rename = if wild && name == "d" { " / a" } else { "" };
        format!("{name}: {}{}{rename}", columns.join(", "), check.unwrap_or_default())
    })
}

fn column_name(text: &str) -> &str {
    text.split_once(|mark: char| !mark.is_alphanumeric()).map_or(text, |(name, _)| name)
}

/// A schema of those lines without the foreign keys that lead nowhere. Where indexes are renamed,
/// unique indexes are replaced by equal ones under the foreign keys that need them.
fn assembled(lines: &[Option<String>], rename_indexes: bool) -> Schema {
    let lines: Vec<&str> = lines.iter().flatten().map(String::as_str).collect();
    let mut schema = schema(&lines.join("\n"));
    let whole = schema.clone();
    let leads_somewhere = |key: &ForeignKey| {
        whole.table(&key.foreign_table).is_some_and(|table| {
            let mut unique = table.indexes.iter().filter(|index| index.unique);
            key.foreign_column == "id" || unique.any(|index| index.columns[0] == key.foreign_column)
        })
    };
    for table in schema.tables.to_mut() {
        table.foreign_keys.to_mut().retain(leads_somewhere);
        for index in table.indexes.to_mut().iter_mut().filter(|_| rename_indexes) {
            index.name = format!("{}_2", index.name).into();
        }
    }
    schema
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn changes_lead_from_the_one_to_the_other((from, to) in pairs(false)) {
        let changes = diff(&from, &to).map_err(|all| TestCaseError::fail(format!("{all:?}")))?;
        let reached = apply(&from, &changes).map_err(TestCaseError::fail)?;
        prop_assert_eq!(sorted(&reached), sorted(&to), "{:#?}", changes);
        prop_assert_eq!(diff(&reached, &to), Ok(vec![]));
    }

    #[test]
    fn any_two_schemas_have_changes_that_work_or_reasons_against((from, to) in pairs(true)) {
        match diff(&from, &to) {
            Ok(changes) => {
                let reached = apply(&from, &changes).map_err(TestCaseError::fail)?;
                prop_assert_eq!(sorted(&reached), sorted(&to));
            }
            Err(unsupported) => prop_assert!(!unsupported.is_empty()),
        }
    }

    #[test]
    fn a_schema_does_not_differ_from_itself((schema, _) in pairs(true)) {
        prop_assert_eq!(diff(&schema, &schema), Ok(vec![]));
        prop_assert_eq!(diff(&sorted(&schema), &schema), Ok(vec![]));
    }

    #[test]
    fn a_schema_survives_its_file((schema, _) in pairs(true)) {
        let file = to_json(&schema);
        let read = from_json(&file).map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(to_json(&read), file);
        prop_assert_eq!(sorted(&read), sorted(&schema));
    }
}
