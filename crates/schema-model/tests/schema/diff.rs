//! The changes between two schemas, as rows: from, to, and the changes in order.

use schema_model::diff::{Change, Step, Unsupported, diff, undone};
use schema_model::{ForeignKey, Schema};

use crate::notation::schema;

/// The changes in short notation, or the unsupported differences.
fn between(from: &str, to: &str) -> String {
    shown(&schema(from), &schema(to))
}

/// The changes that lead back, in short notation.
fn back(from: &str, to: &str) -> String {
    let (from, to) = (schema(from), schema(to));
    shown(&to, &undone(&from, &to))
}

fn shown(from: &Schema, to: &Schema) -> String {
    match diff(from, to) {
        Ok(changes) => changes.iter().map(|change| format!("{}\n", in_short(change))).collect(),
        Err(unsupported) => {
            let line = |one: &Unsupported| format!("{}: {}\n", one.place, one.reason);
            unsupported.iter().map(line).collect()
        }
    }
}

fn in_short(change: &Change) -> String {
    match change {
        Change::CreateTable(create) => {
            let keys: Vec<&ForeignKey> = create.table.foreign_keys.iter().collect();
            format!("create {}{}", create.table.name, with_marked(&keys, &create.late_keys, "late"))
        }
        Change::DropTable(drop) => {
            let keys: Vec<&ForeignKey> = drop.early_keys.iter().collect();
            format!("drop {}{}", drop.table.name, with_marked(&keys, &drop.early_keys, "early"))
        }
        Change::AlterTable(alter) => {
            let (from, to) = (&alter.from.name, &alter.to.name);
            let rename = if from == to { String::new() } else { format!(" to {to}") };
            let steps: Vec<String> = alter.steps.iter().map(step_in_short).collect();
            format!("alter {from}{rename}: {}", steps.join(" ")).trim_end().to_owned()
        }
    }
}

fn with_marked(keys: &[&ForeignKey], marked: &[ForeignKey], mark: &str) -> String {
    let name = |key: &&ForeignKey| {
        let mark = if marked.contains(key) { format!(" ({mark})") } else { String::new() };
        format!(" {}{mark}", key.name)
    };
    keys.iter().map(name).collect()
}

fn step_in_short(step: &Step) -> String {
    match step {
        Step::DropForeignKey(key) => format!("-{}", key.name),
        Step::ReleaseForeignKey { from, to } => format!("({} {})", from.name, to.name),
        Step::DropCheck(check) => format!("-{}", check.name),
        Step::DropIndex(index) => format!("-{}", index.name),
        Step::RenameColumn { from, to } => format!("{from}→{to}"),
        Step::AddColumn(column) => format!("+{}", column.name),
        Step::AlterColumn { from, to } if from.name == to.name => format!("~{}", to.name),
        Step::AlterColumn { from, to } => format!("~{} (was {})", to.name, from.name),
        Step::DropColumn(column) => format!("-{}", column.name),
        Step::ChangePrimaryKey { from, to } => {
            format!("primary ({})→({})", from.join(", "), to.join(", "))
        }
        Step::RenameForeignKey { from, to } => format!("{}→{}", from.name, to.name),
        Step::RenameCheck { from, to } => format!("{}→{}", from.name, to.name),
        Step::RenameIndex { from, to } => format!("{}→{}", from.name, to.name),
        Step::AddIndex(index) => format!("+{}", index.name),
        Step::AddCheck(check) => format!("+{}", check.name),
        Step::AddForeignKey(key) => format!("+{}", key.name),
    }
}

#[test]
fn the_order_of_declaration_makes_no_difference() {
    let from = "a: id, x?*, y?+; b: id, z?>a, v? ! v > 0";
    let to = "b: id, v?, z?>a ! v > 0; a: id, y?+, x?*";
    insta::assert_snapshot!(between(from, to), @"");
}

#[test]
fn tables_are_created_after_what_they_refer_to() {
    let to = "lines: id, invoice>invoices; notes: id; invoices: id, customer>customers; customers: id, boss?>customers";
    insta::assert_snapshot!(between("", to), @r"
    create customers fk_customers_boss
    create invoices fk_invoices_customer
    create lines fk_lines_invoice
    create notes
    ");
}

#[test]
fn a_cycle_is_closed_by_a_late_key() {
    insta::assert_snapshot!(between("", "a: id, c>c; b: id, a>a; c: id, b>b"), @r"
    create a fk_a_c (late)
    create b fk_b_a
    create c fk_c_b
    ");
    insta::assert_snapshot!(between("", "outside: id, a>a; a: id, b>b; b: id, a>a"), @r"
    create a fk_a_b (late)
    create outside fk_outside_a
    create b fk_b_a
    ");
}

#[test]
fn tables_are_dropped_before_what_they_refer_to() {
    insta::assert_snapshot!(between("a: id; b: id, a>a; c: id, b>b", ""), @r"
    drop c
    drop b
    drop a
    ");
    insta::assert_snapshot!(between("a: id; b: id, a>a, x?", "b: id, x?"), @r"
    alter b: -fk_b_a -a
    drop a
    ");
}

#[test]
fn a_cycle_is_opened_by_an_early_key() {
    insta::assert_snapshot!(between("a: id, b>b; b: id, a>a", ""), @r"
    drop b
    drop a fk_a_b (early)
    ");
}

#[test]
fn a_dropped_table_drops_its_keys_to_what_changes_early() {
    let from = "b: id, code?*; a: id, code?>b.code";
    insta::assert_snapshot!(between(from, "b: id, code?"), @r"
    alter b: -uq_b_code
    drop a fk_a_code (early)
    ");
    insta::assert_snapshot!(between(from, "b: id, code:16?*"), @r"
    alter b: ~code
    drop a fk_a_code (early)
    ");
    insta::assert_snapshot!(between(from, "b: id, code?*, new?"), @r"
    alter b: +new
    drop a
    ");
}

#[test]
fn the_steps_of_a_table_are_in_an_order_that_works() {
    let from = "a: id; b: id, old?*>a, same? ! same > 0";
    let to = "a: id; b: id, same?+, new?*>a ! same > 1";
    insta::assert_snapshot!(between(from, to), @"alter b: -fk_b_old -ck_b -uq_b_old +new -old +ix_b_same +uq_b_new +ck_b +fk_b_new");
}

#[test]
fn tables_and_columns_are_renamed() {
    insta::assert_snapshot!(between("a: id", "b: id / a"), @"alter a to b:");
    insta::assert_snapshot!(between("a: id, x?", "a: id, y?<x"), @"alter a: x→y");
    insta::assert_snapshot!(between("a: id, x?", "b: key<id, y:16?<x / a"), @"alter a to b: id→key x→y ~y (was x)");
    insta::assert_snapshot!(back("a: id, x?", "b: key<id, y:16?<x / a"), @"alter b to a: key→id y→x ~x (was y)");
}

#[test]
fn generated_names_follow_a_renamed_table_or_column() {
    let from = "a: id, x?*>a, y?+ ! sane: y > 0; c: id, a>a";
    insta::assert_snapshot!(between(from, "b: id, x?*>b, y?+ ! sane: y > 0 / a; c: id, a>b"), @"alter a to b: fk_a_x→fk_b_x ck_a_sane→ck_b_sane uq_a_x→uq_b_x ix_a_y→ix_b_y");
    insta::assert_snapshot!(between(from, "a: id, z?*>a<x, y?+ ! sane: y > 0; c: id, a>a"), @"alter a: x→z fk_a_x→fk_a_z uq_a_x→uq_a_z");
    insta::assert_snapshot!(between(from, "a: key<id, x?*>a.key, y?+ ! sane: y > 0; c: id, a>a.key"), @"alter a: id→key");
}

#[test]
fn a_check_or_condition_on_a_renamed_column_is_dropped_and_added() {
    let from = "a: id, x? | index id where x > 0 ! sane: x > 0";
    insta::assert_snapshot!(between(from, "a: id, y?<x | index id where y > 0 ! sane: y > 0"), @"alter a: -ck_a_sane -ix_a_id x→y +ix_a_id +ck_a_sane");
}

#[test]
fn a_check_that_only_seems_to_mention_a_column_stays() {
    let check = "abs(id) > x'41' AND CASE WHEN id > 0 THEN 'x' END <> 'abs'";
    let from = format!("a: id, x, abs, end ! {check}");
    let to = format!("a: id, x:Integer, abs:Integer, ende<end ! {check}");
    insta::assert_snapshot!(between(&from, &to), @"alter a: end→ende ~x ~abs");
}

#[test]
fn a_rename_that_was_migrated_makes_no_difference() {
    insta::assert_snapshot!(between("b: id, y?", "b: id, y?<x / a"), @"");
    insta::assert_snapshot!(between("b: id, y?", "b: id, y?@1"), @"");
}

#[test]
fn columns_change_in_every_way() {
    insta::assert_snapshot!(between("a: id, x", "a: id, x?"), @"alter a: ~x");
    insta::assert_snapshot!(between("a: id, x", "a: id, x=1"), @"alter a: ~x");
    insta::assert_snapshot!(between("a: id, x", "a: id, x:Integer"), @"alter a: ~x");
    insta::assert_snapshot!(between("a: id", "a: id#"), @"alter a: ~id");
    insta::assert_snapshot!(back("a: id", "a: id#"), @"alter a: ~id");
}

#[test]
fn a_column_of_a_type_without_a_conversion_is_replaced() {
    let from = "a: id, x:Bool | index x | index id where x ! sane: x";
    insta::assert_snapshot!(between(from, "a: id, x:Text@'' | index id where x ! sane: x"), @"alter a: -ck_a_sane -ix_a_x -ix_a_id +x -x +ix_a_id +ck_a_sane");
    insta::assert_snapshot!(between("a: id, x:Bool+", "a: id, x:Double=1+"), @"alter a: -ix_a_x +x -x +ix_a_x");
    insta::assert_snapshot!(back("a: id, x:Bool+", "a: id, x:Double=1+"), @"alter a: -ix_a_x +x -x +ix_a_x");
    let refers = "a: id, x:Bool*; b: id, x:Bool>a.x";
    insta::assert_snapshot!(between(refers, "a: id, x:16*@''; b: id, x:16>a.x@''"), @r"
    alter a: -uq_a_x +x -x +uq_a_x
    alter b: (fk_b_x fk_b_x) +x -x
    ");
}

#[test]
fn a_column_that_is_renamed_and_replaced_is_a_new_one() {
    let from = "a: id:Bool, x; b: id, a:Bool>a";
    let to = "a: key:Double<id@1, x; b: id, a:Double>a.key@1";
    insta::assert_snapshot!(between(from, to), @r"
    alter a: +key -id primary (id)→(key)
    alter b: -fk_b_a +a -a +fk_b_a
    ");
    insta::assert_snapshot!(back(from, to), @r"
    alter a: +id -key primary (key)→(id)
    alter b: -fk_b_a +a -a +fk_b_a
    ");
}

#[test]
fn primary_keys_change() {
    insta::assert_snapshot!(between("a: id, x", "a: id, x | primary id x"), @"alter a: primary (id)→(id, x)");
    insta::assert_snapshot!(between("a: id, x | primary id x", "a: id, x | primary x id"), @"alter a: primary (id, x)→(x, id)");
    insta::assert_snapshot!(between("a: id, x", "a: new#, id, x"), @"alter a: +new primary (id)→(new)");
    insta::assert_snapshot!(between("a: id, x", "a: x, id?"), @"alter a: ~id primary (id)→(x)");
    insta::assert_snapshot!(between("a: id:Bool", "a: id:Double@1"), @"alter a: +id -id primary (id)→(id)");
}

#[test]
fn an_index_with_another_definition_is_dropped_and_added() {
    insta::assert_snapshot!(between("a: id, x | index x", "a: id, x | unique x"), @"alter a: -ix_a_x +uq_a_x");
    insta::assert_snapshot!(between("a: id, x | index x", "a: id, x | index x-"), @"alter a: -ix_a_x +ix_a_x");
    insta::assert_snapshot!(between("a: id, x | index x", "a: id, x | index x where x > 0"), @"alter a: -ix_a_x +ix_a_x");
    insta::assert_snapshot!(between("a: id, x | index x", "a: id, x | ix_new: index x"), @"alter a: ix_a_x→ix_new");
}

#[test]
fn a_check_with_another_condition_is_dropped_and_added() {
    insta::assert_snapshot!(between("a: id, x ! x > 0", "a: id, x ! x > 1"), @"alter a: -ck_a +ck_a");
    insta::assert_snapshot!(between("a: id, x ! one: x > 0", "a: id, x ! two: x > 0"), @"alter a: ck_a_one→ck_a_two");
    // The new type decides what it can be compared with.
    insta::assert_snapshot!(between("a: id, x ! x > 0", "a: id, x:Integer ! x > 0"), @"alter a: -ck_a ~x +ck_a");
}

#[test]
fn each_of_several_equal_checks_is_kept() {
    let one = "a: id, x ! one: x > 0";
    let both = "a: id, x ! two: x > 0 ! one: x > 0";
    insta::assert_snapshot!(between(one, both), @"alter a: +ck_a_two");
    insta::assert_snapshot!(between(both, one), @"alter a: -ck_a_two");
    insta::assert_snapshot!(between(both, "a: id, x ! three: x > 0"), @"alter a: -ck_a_one ck_a_two→ck_a_three");
}

#[test]
fn what_takes_over_a_name_is_dropped_and_added() {
    let from = "a: id, x, y | ix_one: index x | ix_two: index y";
    insta::assert_snapshot!(between(from, "a: id, x, y | ix_two: index x | ix_one: index y"), @"alter a: -ix_one -ix_two +ix_two +ix_one");
    insta::assert_snapshot!(between(from, "a: id, x, y | ix_two: index x | ix_three: index y"), @"alter a: -ix_one ix_two→ix_three +ix_two");
    let from = "a: id, x, y ! one: x > 0 ! two: y > 0";
    insta::assert_snapshot!(between(from, "a: id, x, y ! two: x > 0 ! one: y > 0"), @"alter a: -ck_a_one -ck_a_two +ck_a_two +ck_a_one");
    let from = "a: id, x, y | fk_one: key x > a id | fk_two: key y > a id";
    let to = "a: id, x, y | fk_two: key x > a id | fk_one: key y > a id";
    insta::assert_snapshot!(between(from, to), @"alter a: -fk_one -fk_two +fk_two +fk_one");
}

#[test]
fn a_key_is_released_if_its_unique_index_is_dropped_and_added_for_its_name() {
    let from = "a: id, x, y | uq_one: unique x | uq_two: unique y; b: id, x | key x > a x";
    let to = "a: id, x, y | uq_two: unique x | uq_one: unique y; b: id, x | key x > a x";
    insta::assert_snapshot!(between(from, to), @r"
    alter a: -uq_one -uq_two +uq_two +uq_one
    alter b: (fk_b_x fk_b_x)
    ");
}

#[test]
fn keys_are_released_from_what_changes_under_them() {
    let from = "a: id, code?*; b: id, a?>a, code?>a.code";
    // A change at either end releases the key. A change of a default does not.
    insta::assert_snapshot!(between(from, "a: id, code?*; b: id, a>a, code?>a.code"), @"alter b: (fk_b_a fk_b_a) ~a");
    insta::assert_snapshot!(between(from, "a: id, code*; b: id, a?>a, code?>a.code"), @r"
    alter a: ~code
    alter b: (fk_b_code fk_b_code)
    ");
    insta::assert_snapshot!(between(from, "a: id, code?=1*; b: id, a?=1>a, code?>a.code"), @r"
    alter a: ~code
    alter b: ~a
    ");
    let narrow = "a: id:Integer, code?*; b: id, a:Integer?>a, code?>a.code";
    insta::assert_snapshot!(between(from, narrow), @r"
    alter a: ~id
    alter b: (fk_b_a fk_b_a) ~a
    ");
    insta::assert_snapshot!(back(from, narrow), @r"
    alter a: ~id
    alter b: (fk_b_a fk_b_a) ~a
    ");
    // The unique index gets another name, or the keys change roles.
    let renamed = "a: id, code? | uq_new: unique code; b: id, a?>a, code?>a.code";
    insta::assert_snapshot!(between(from, renamed), @"alter a: uq_a_code→uq_new");
    let primary = "a: code, id | unique id; b: id, a?>a, code?>a.code";
    insta::assert_snapshot!(between(from, primary), @r"
    alter a: -uq_a_code ~code primary (id)→(code) +uq_a_id
    alter b: (fk_b_a fk_b_a) (fk_b_code fk_b_code)
    ");
}

#[test]
fn a_key_of_a_table_to_itself_is_released_once() {
    insta::assert_snapshot!(between("a: id, up?>a", "a: id:Integer, up:Integer?>a"), @"alter a: (fk_a_up fk_a_up) ~id ~up");
    insta::assert_snapshot!(between("a: id, code?*, up?>a.code", "a: id, code?, up?"), @"alter a: -fk_a_up -uq_a_code");
}

#[test]
fn a_key_with_another_definition_is_dropped_and_added() {
    let from = "a: id, x | unique id x; b: id, x | key id x > a id x";
    insta::assert_snapshot!(between(from, "a: id, x | unique id x; b: id, x | key id x > a id x cascade"), @"alter b: -fk_b_id_x +fk_b_id_x");
    insta::assert_snapshot!(between(from, "a: id, x | unique id x; b: id, x | fk_new: key id x > a id x"), @"alter b: fk_b_id_x→fk_new");
}

#[test]
fn a_column_that_needs_a_value_and_has_none_is_unsupported() {
    insta::assert_snapshot!(between("a: id", "a: id, x=0, y?, z@1; b: id, x"), @r"
    alter a: +x +y +z
    create b
    ");
    insta::assert_snapshot!(between("a: id, y:Bool", "a: id, x, y:Text"), @r#"
    a.x: is new and NOT NULL, so existing rows have no value for it: give it a default, or a `#[backfill("expression")]` over the former columns, or make it Nullable
    a.y: changes from Bool to Text, for which there is no conversion, and is NOT NULL, so existing rows have no value for it: give it a default, or a `#[backfill("expression")]` over the former columns, or make it Nullable
    "#);
    insta::assert_snapshot!(between("a: id, x?", "a: id, x"), @"alter a: ~x");
    // One back end would read the old number, and another one the new number.
    insta::assert_snapshot!(between("a: id, x:Integer", "a: id, x:Double, y@x / 2"), @"a.y: has a backfill that reads `x`, which changes its type in the same migration: move one of the two to a migration of its own");
}

#[test]
fn a_rename_to_a_name_that_is_taken_is_unsupported() {
    insta::assert_snapshot!(between("a: id; b: id", "b: id / a"), @"b: is declared as renamed from `a`, but a table `b` already exists: drop that table in a migration of its own, or remove `renamed_from`");
    insta::assert_snapshot!(between("a: id, x?, y?", "a: id, y?<x"), @"a.y: is declared as renamed from `x`, but a column `y` already exists: drop that column in a migration of its own, or remove `renamed_from`");
    // Table `a` is still declared, so `b` is a new table.
    insta::assert_snapshot!(between("a: id", "a: id; b: id / a"), @"create b");
}

#[test]
fn a_name_does_not_move_from_table_to_table() {
    let from = "a: id, b_c?+; a_b: id, c?";
    let to = "a: id, b_c?; a_b: id, c?+";
    insta::assert_snapshot!(between(from, to), @"a_b: `ix_a_b_c` moves here from table `a`: drop it there in a migration of its own");
}

#[test]
fn undoing_restores_names_and_invents_lost_values() {
    let from = "a: id, gone:16, was?, kept=1; c: id";
    let to = "b: id, now:Integer<was@0, kept / a";
    insta::assert_snapshot!(between(from, to), @r"
    alter a to b: was→now ~now (was was) ~kept -gone
    drop c
    ");
    insta::assert_snapshot!(back(from, to), @r"
    alter b to a: now→was +gone ~was (was now) ~kept
    create c
    ");
    let undone = undone(&schema(from), &schema(to));
    insta::assert_snapshot!(declared(&undone), @r"
    a < b
      id < - = -
      gone < - = ''
      was < now = -
      kept < - = -
    c < -
      id < - = 0
    ");
}

/// The renames and backfills that a schema declares.
fn declared(schema: &Schema) -> String {
    let mut text = String::new();
    for table in schema.tables.iter() {
        let old = table.renamed_from.as_deref().unwrap_or("-");
        text.push_str(&format!("{} < {old}\n", table.name));
        for column in table.columns.iter() {
            let old = column.renamed_from.as_deref().unwrap_or("-");
            let value = column.backfill.as_ref().map_or("-", |backfill| &backfill.common);
            text.push_str(&format!("  {} < {old} = {value}\n", column.name));
        }
    }
    text
}
