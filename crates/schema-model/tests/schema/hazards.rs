//! What a migration may lose or fail on, as rows.

use schema_model::diff::{diff, hazards};
use schema_model::{Check, Column, Schema, SqlType, Table};

use crate::notation::schema;

fn between(from: &str, to: &str) -> String {
    let changes = diff(&schema(from), &schema(to)).expect("a supported difference");
    let line = |hazard: schema_model::diff::Hazard| {
        let mark = if hazard.kind.loses_data() { " (loses)" } else { "" };
        let hint = hazard.hint.iter().map(|hint| format!("  hint: {hint}\n"));
        format!("{hazard}{mark}: {}\n{}", hazard.effect, hint.collect::<String>())
    };
    hazards(&changes).into_iter().map(line).collect()
}

#[test]
fn what_is_dropped_is_lost() {
    insta::assert_snapshot!(between("a: id; b: id, x?", "b: id"), @r"
    drop-column=b.x (loses): column b.x is dropped, with its values
    drop-table=a (loses): table a is dropped, with all its rows
    ");
}

#[test]
fn a_replaced_column_loses_its_values() {
    insta::assert_snapshot!(between("a: id, x:Bool", "a: id, x:Double=1"), @r#"
    drop-column=a.x (loses): column a.x changes from Bool to Double, and all its values are lost
      hint: `#[backfill("expression")]` can compute the new values from the old
    "#);
    insta::assert_snapshot!(between("a: id, x:Bool", "a: id, x:Text@''"), @"drop-column=a.x (loses): column a.x changes from Bool to Text: its values are replaced by its backfill");
}

#[test]
fn what_is_dropped_may_have_been_renamed() {
    insta::assert_snapshot!(between("a: id, x?", "a: id, y?"), @r#"
    drop-column=a.x (loses): column a.x is dropped, with its values
      hint: if it is now `y`, declare that there: #[renamed_from = "x"]
    "#);
    insta::assert_snapshot!(between("a: id, x?", "a: id, y:16?"), @"drop-column=a.x (loses): column a.x is dropped, with its values");
    insta::assert_snapshot!(between("a: id, x, y", "b: id, x, z"), @r#"
    drop-table=a (loses): table a is dropped, with all its rows
      hint: if it is now `b`, declare that there: #[renamed_from = "a"]
    "#);
    insta::assert_snapshot!(between("a: id, x, y", "b: id, z"), @"drop-table=a (loses): table a is dropped, with all its rows");
}

#[test]
fn values_may_not_fit() {
    insta::assert_snapshot!(between("a: id, x", "a: id, x:Integer"), @"narrow=a.x: column a.x changes from BigInt to Integer, and all values must fit");
    insta::assert_snapshot!(between("a: id, x?", "a: id, x:Integer"), @"narrow=a.x: column a.x changes from BigInt to Integer, and all values must fit, and none may be NULL");
    insta::assert_snapshot!(between("a: id, x:16", "a: id, x:8"), @"narrow=a.x: column a.x changes from Varchar(16) to Varchar(8), and all values must fit");
    insta::assert_snapshot!(between("a: id, x:16", "a: id, x:Text"), @"");
}

#[test]
fn null_may_exist() {
    insta::assert_snapshot!(between("a: id, x?", "a: id, x"), @"not-null=a.x: column a.x may no longer be NULL in any row");
    insta::assert_snapshot!(between("a: id, x?, y?", "a: id, x=1, y@id"), @"");
}

#[test]
fn what_replaces_null_may_violate_constraints() {
    insta::assert_snapshot!(between("a: id, x?*, y? | unique y", "a: id, x=1*, y? | unique y"), @"unique=uq_a_x: no two rows of a may share x");
    insta::assert_snapshot!(between("a: id, x? ! x > 1", "a: id, x=1 ! x > 1"), @"check=ck_a: all rows of a must satisfy x > 1");
    insta::assert_snapshot!(between("a: id, x?>b; b: id", "a: id, x>b@0; b: id"), @"foreign-key=fk_a_x: x of all rows of a must be in b (id)");
    insta::assert_snapshot!(between("a: id, x? | key x > b id; b: id", "a: id, x=1 | key x > b id cascade; b: id"), @"foreign-key=fk_a_x: x of all rows of a must be in b (id)");
    insta::assert_snapshot!(between("a: id, x:Bool>b.x; b: id, x:Bool*", "a: id, x:Binary>b.x@''; b: id, x:Binary*@''"), @"
    foreign-key=fk_a_x: x of all rows of a must be in b (x)
    drop-column=a.x (loses): column a.x changes from Bool to Binary: its values are replaced by its backfill
    drop-column=b.x (loses): column b.x changes from Bool to Binary: its values are replaced by its backfill
    unique=uq_b_x: no two rows of b may share x
    ");
}

#[test]
fn existing_rows_may_violate_what_is_new() {
    insta::assert_snapshot!(between("a: id, x", "a: id, x | primary x"), @"primary-key=a: no two rows of a may share x");
    insta::assert_snapshot!(between("a: id, x?, y?", "a: id, x?, y? | unique x y"), @"unique=uq_a_x_y: no two rows of a may share x, y");
    insta::assert_snapshot!(between("a: id, x", "a: id, x ! x > 0"), @"check=ck_a: all rows of a must satisfy x > 0");
    insta::assert_snapshot!(between("a: id; b: id, a?", "a: id; b: id, a?>a"), @"foreign-key=fk_b_a: a of all rows of b must be in a (id)");
}

/// It becomes one line of a comment in the migration.
#[test]
fn a_condition_of_several_lines_is_reported_on_one() {
    let check = Check::new("ck_a", "id > 0 -- not NULL\n    AND id < 9");
    let table = |checks: Vec<Check>| {
        let id = Column::new("id", SqlType::BigInt);
        Schema::new([Table::new("a", ["id"]).columns([id]).checks(checks)])
    };
    let changes = diff(&table(Vec::new()), &table(vec![check])).expect("a new check");
    let effects = hazards(&changes).into_iter().map(|hazard| hazard.effect);
    assert_eq!(effects.collect::<Vec<_>>(), ["all rows of a must satisfy id > 0 AND id < 9"]);
}

#[test]
fn no_row_violates_what_existed_before_or_what_is_null() {
    insta::assert_snapshot!(between("a: id; b: id", "a: id; b: id, x?*>a, y?+"), @"");
    insta::assert_snapshot!(between("a: id, x ! x > 0", "a: id, y<x ! y > 0"), @"");
    insta::assert_snapshot!(between("a: id; b: id, a | key a > a id", "a: id; b: id, a | key a > a id cascade"), @"");
    insta::assert_snapshot!(between("", "a: id, x* ! x > 0"), @"");
}

#[test]
fn what_contains_a_former_key_is_unique_already() {
    insta::assert_snapshot!(between("a: id, x*, y", "a: id, x*, y | unique x y"), @"");
    insta::assert_snapshot!(between("a: id, x", "a: id, x | unique x id"), @"");
    insta::assert_snapshot!(between("a: id, x*", "a: id, x* | primary x"), @"");
    insta::assert_snapshot!(between("a: id, x | primary id x", "a: id, x | primary x id"), @"");
    insta::assert_snapshot!(between("a: id, x", "a: id, x, n# | primary n"), @"");
    insta::assert_snapshot!(between("a: id, x*, y", "a: id, z*<x, y | unique z y"), @"");
    // The former key is partial, is not the whole of it, or gets other values.
    insta::assert_snapshot!(between("a: id, x, y | unique x where y > 0", "a: id, x, y | unique x y"), @"unique=uq_a_x_y: no two rows of a may share x, y");
    insta::assert_snapshot!(between("a: id, x, y | primary id x", "a: id, x, y | primary id y"), @"primary-key=a: no two rows of a may share id, y");
    insta::assert_snapshot!(between("a: id, x?*, y", "a: id, x=1, y | unique x y"), @"unique=uq_a_x_y: no two rows of a may share x, y");
}

#[test]
fn a_backfill_reads_what_does_not_change_under_it() {
    let refused = |from: &str, to: &str| {
        let found = diff(&schema(from), &schema(to)).err().unwrap_or_default();
        found.iter().map(|one| format!("{} {}\n", one.place, one.reason)).collect::<String>()
    };
    insta::assert_snapshot!(refused("a: id, x?, y?", "a: id, x=1, y@x"), @"a.y has a backfill that reads `x`, whose NULLs get a value in the same migration: move one of the two to a migration of its own");
    insta::assert_snapshot!(refused("a: id", "a: id, x=1, y@x"), @"a.y has a backfill that reads `x`, which is new as well: read only columns that already exist");
    // A backfill that is left from an earlier change is fine, and so is one of a replaced column.
    insta::assert_snapshot!(refused("a: id, x?, y", "a: id, x=1, y@x"), @"");
    insta::assert_snapshot!(refused("a: id, x:Bool?, y?", "a: id, x:Text@''"), @"");
}
