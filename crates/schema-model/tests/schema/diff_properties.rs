//! Properties of any two schemas.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use schema_model::diff::{Change, Unsupported, diff, hazards, undone};
use schema_model::snapshot::{from_json, to_json};
use schema_model::{ForeignKey, Schema, Table};

use crate::schemas::{Pair, describe, pairs};
use crate::simulator::{apply, sorted};
use crate::valid::mistakes;

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_macro_would_accept_the_pairs(Pair { from, to } in pairs()) {
        prop_assert_eq!(mistakes(&from), Vec::<String>::new());
        prop_assert_eq!(mistakes(&to), Vec::<String>::new());
    }

    #[test]
    fn changes_lead_from_the_one_to_the_other(Pair { from, to } in pairs()) {
        let changes = between(&from, &to)?;
        let reached = reached(&from, &changes)?;
        prop_assert_eq!(described(&reached), described(&to), "{:#?}", changes);
        prop_assert_eq!(diff(&reached, &to), Ok(vec![]));
    }

    #[test]
    fn undone_leads_back(Pair { from, to } in pairs()) {
        let back = undone(&from, &to);
        prop_assert_eq!(described(&back), described(&from));
        let changes = between(&to, &back)?;
        let reached = reached(&to, &changes)?;
        prop_assert_eq!(described(&reached), described(&from), "{:#?}", changes);
    }

    #[test]
    fn the_same_pair_gives_the_same_changes(Pair { from, to } in pairs()) {
        let changes = between(&from, &to)?;
        prop_assert_eq!(between(&from.clone(), &to.clone())?, changes);
    }

    #[test]
    fn a_schema_does_not_differ_from_itself(Pair { from, to } in pairs()) {
        for schema in [from, to] {
            prop_assert_eq!(diff(&schema, &schema), Ok(vec![]));
            prop_assert_eq!(diff(&sorted(&schema), &schema), Ok(vec![]));
            prop_assert_eq!(diff(&schema, &sorted(&schema)), Ok(vec![]));
        }
    }

    #[test]
    fn hazards_are_about_something_that_is_dropped_or_added(Pair { from, to } in pairs()) {
        let known = format!("{from:?}{to:?}").replace(r#"\""#, "\"");
        for hazard in hazards(&between(&from, &to)?) {
            let mut parts = hazard.place.split('.');
            prop_assert!(parts.all(|part| known.contains(part)), "{}", hazard);
            prop_assert!(hazard.effect.contains(hazard.place.as_str()) || !hazard.kind.loses_data());
        }
    }

    #[test]
    fn a_schema_survives_its_file(Pair { from, to } in pairs()) {
        for schema in [from, to] {
            let file = to_json(&schema);
            let read = from_json(&file).map_err(|error| TestCaseError::fail(error.to_string()))?;
            prop_assert_eq!(to_json(&read), file);
            prop_assert_eq!(sorted(&read), sorted(&schema));
        }
    }
}

/// If the pairs lacked something, they would prove less than they seem to.
#[test]
fn every_feature_and_every_step_occurs() {
    let mut runner = TestRunner::deterministic();
    let mut missing = vec![
        "composite key",
        "key to a unique",
        "self-reference",
        "two keys between two tables",
        "cycle of two",
        "cycle of three",
        "on_update: Cascade",
        "on_update: SetNull",
        "on_delete: SetNull",
        "descending: true",
        "without_partial: FullIndex",
        "without_partial: NoIndex",
        "auto_increment: true",
        "Int(-",
        "Now)",
        "Bool(",
        "Text(",
        " AND ",
        "length(",
        "renamed_from: Some",
        "coalesce(",
        "CASE WHEN",
        "DropForeignKey",
        "ReleaseForeignKey",
        "DropCheck",
        "DropIndex",
        "RenameColumn",
        "AddColumn",
        "AlterColumn",
        "DropColumn",
        "ChangePrimaryKey",
        "RenameForeignKey",
        "RenameCheck",
        "RenameIndex",
        "AddIndex",
        "AddCheck",
        "AddForeignKey",
        "CreateTable",
        "DropTable",
        "late_keys: [Foreign",
        "early_keys: [Foreign",
        "kind: Narrow",
        "kind: NotNull",
        "kind: PrimaryKey",
        "kind: Unique",
        "kind: Check",
        "kind: ForeignKey",
        "kind: DropTable",
        "kind: DropColumn",
    ];
    for _ in 0..1_000 {
        let pair = pairs().new_tree(&mut runner).expect("a strategy that never rejects").current();
        let changes = diff(&pair.from, &pair.to).expect("supported");
        let text = format!("{:?}{:?}{changes:?}{:?}", pair.from, pair.to, hazards(&changes));
        let shapes = shapes(&pair.to);
        missing.retain(|what| !text.contains(what) && !shapes.contains(what));
    }
    assert_eq!(missing, Vec::<&str>::new());
}

/// The shapes that the foreign keys of a schema form.
fn shapes(schema: &Schema) -> Vec<&'static str> {
    let mut found = Vec::new();
    let target = |key: &ForeignKey| schema.table(&key.foreign_table).expect("it refers to a table");
    let refers = |from: &Table, to: &Table| {
        from.name != to.name && from.foreign_keys.iter().any(|key| key.foreign_table == to.name)
    };
    for table in schema.tables.iter() {
        for (at, key) in table.foreign_keys.iter().enumerate() {
            let parent = target(key);
            let grandparents = parent.foreign_keys.iter().map(target);
            let mut before = table.foreign_keys[..at].iter();
            let shapes = [
                (key.columns.len() > 1, "composite key"),
                (parent.primary_key != key.foreign_columns, "key to a unique"),
                (parent.name == table.name, "self-reference"),
                (before.any(|other| target(other) == parent), "two keys between two tables"),
                (refers(parent, table) && refers(table, parent), "cycle of two"),
                (
                    grandparents
                        .filter(|other| refers(parent, other))
                        .any(|other| refers(other, table))
                        && refers(table, parent),
                    "cycle of three",
                ),
            ];
            found.extend(shapes.iter().filter(|(there, _)| *there).map(|(_, shape)| *shape));
        }
    }
    found
}

fn between(from: &Schema, to: &Schema) -> Result<Vec<Change>, TestCaseError> {
    diff(from, to)
        .map_err(|unsupported: Vec<Unsupported>| TestCaseError::fail(format!("{unsupported:#?}")))
}

fn reached(from: &Schema, changes: &[Change]) -> Result<Schema, TestCaseError> {
    apply(from, changes).map_err(|why| TestCaseError::fail(format!("{why}: {changes:#?}")))
}

/// Everything in a schema, independent of the order of declaration.
fn described(schema: &Schema) -> String {
    describe(&sorted(schema))
}
