//! What holds between any two schemas.

use proptest::prelude::*;
use schema_core::diff::diff;
use schema_core::model::Schema;
use schema_core::snapshot::{from_json, to_json};

use crate::notation::schema;
use crate::simulator::{apply, sorted};

/// Few names, so that two random schemas have much in common.
const TABLES: [&str; 4] = ["a", "b", "c", "d"];

/// Any of the things that a table can have beside its key; `>` goes to a table of the schema.
const COLUMNS: [(&str, &[&str]); 4] = [
    ("code", &["code?", "code?*", "code?+"]),
    ("x", &["x=0", "x=0+", "x=0*"]),
    ("up", &["up?", "up?>", "up?+>"]),
    ("by", &["by?>.code", "by?>", "by?*>"]),
];

/// What makes two schemas differ in a way that no migration is generated for.
const UNSUPPORTED: [&str; 4] = ["code:10?", "x", "x=1", "new?<code"];

/// Schemas between which all changes are supported. In half of them unique indexes have another
/// name: they are then replaced by equal ones, under the foreign keys that need them.
fn schemas() -> impl Strategy<Value = Schema> {
    (lines(false), any::<bool>()).prop_map(|(lines, renamed)| {
        let mut schema = schema(&lines);
        if renamed {
            for table in schema.tables.to_mut() {
                for index in table.indexes.to_mut().iter_mut().filter(|index| index.unique) {
                    index.name = format!("{}_2", index.name).into();
                }
            }
        }
        schema
    })
}

/// Schemas that may differ in any way.
fn wild_schemas() -> impl Strategy<Value = Schema> {
    lines(true).prop_map(|lines| schema(&lines))
}

fn lines(wild: bool) -> impl Strategy<Value = String> {
    let names = proptest::sample::subsequence(TABLES.to_vec(), 0..=TABLES.len()).prop_shuffle();
    let names = names.prop_flat_map(move |names| {
        let tables: Vec<_> = names.iter().map(|name| table(name, names.clone(), wild)).collect();
        tables
    });
    names.prop_map(|lines| targets_made_unique(&lines))
}

/// A line of the notation, with a target for each `>`.
fn table(name: &'static str, names: Vec<&'static str>, wild: bool) -> BoxedStrategy<String> {
    let column = |(_, variants): (&str, &'static [&'static str])| {
        let variant = proptest::sample::select(variants);
        let target = proptest::sample::select(names.clone());
        proptest::option::of(
            (variant, target)
                .prop_map(|(variant, target)| variant.replace('>', &format!(">{target}"))),
        )
    };
    let columns: Vec<_> = COLUMNS.into_iter().map(column).collect();
    let odd = proptest::option::weighted(0.3, proptest::sample::select(&UNSUPPORTED));
    let odd = odd.prop_map(move |odd| odd.filter(|_| wild));
    let check = proptest::option::of(proptest::sample::select(vec![" ! id > 0", " ! id > 1"]));
    let rename = wild && name == "d";
    (columns, odd, check, any::<bool>())
        .prop_map(move |(columns, odd, check, shuffled)| {
            let mut columns: Vec<String> = columns.into_iter().flatten().collect();
            if let Some(odd) = odd {
                let key = |text: &str| {
                    text.split(['?', '=', ':', '<', '*', '+', '>']).next().map(str::to_owned)
                };
                columns.retain(|column| key(column) != key(odd));
                columns.push(odd.to_owned());
            }
            if shuffled {
                columns.reverse();
            }
            columns.insert(0, "id".to_owned());
            let rename = if rename { " / a" } else { "" };
            format!("{name}: {}{}{rename}", columns.join(", "), check.unwrap_or_default())
        })
        .boxed()
}

/// A foreign key needs a unique target: where there is none, it goes to the primary key.
fn targets_made_unique(lines: &[String]) -> String {
    let is_unique = |name: &str| {
        lines.iter().any(|line| line.starts_with(&format!("{name}:")) && line.contains("code?*"))
    };
    let mut text = lines.join("\n");
    for name in TABLES.into_iter().filter(|name| !is_unique(name)) {
        text = text.replace(&format!(">{name}.code"), &format!(">{name}"));
    }
    text
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn changes_lead_from_the_one_to_the_other(from in schemas(), to in schemas()) {
        let changes = diff(&from, &to).map_err(|all| TestCaseError::fail(format!("{all:?}")))?;
        let reached = apply(&from, &changes).map_err(TestCaseError::fail)?;
        prop_assert_eq!(sorted(&reached), sorted(&to), "{:#?}", changes);
        prop_assert_eq!(diff(&reached, &to), Ok(vec![]));
    }

    #[test]
    fn any_two_schemas_have_changes_that_work_or_reasons_against(from in wild_schemas(), to in wild_schemas()) {
        match diff(&from, &to) {
            Ok(changes) => {
                let reached = apply(&from, &changes).map_err(TestCaseError::fail)?;
                prop_assert_eq!(sorted(&reached), sorted(&to));
            }
            Err(unsupported) => prop_assert!(!unsupported.is_empty()),
        }
    }

    #[test]
    fn a_schema_does_not_differ_from_itself(schema in wild_schemas()) {
        prop_assert_eq!(diff(&schema, &schema), Ok(vec![]));
        prop_assert_eq!(diff(&sorted(&schema), &schema), Ok(vec![]));
    }

    #[test]
    fn a_schema_survives_its_file(schema in wild_schemas()) {
        let file = to_json(&schema);
        let read = from_json(&file).map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(to_json(&read), file);
        prop_assert_eq!(sorted(&read), sorted(&schema));
    }
}
