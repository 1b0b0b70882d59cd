//! What lies between two schemas, as rows: from, to, and the changes in their order.

use schema_core::diff::{Change, Step, Unsupported, diff};
use schema_core::model::Schema;

use crate::notation::schema;

/// The changes in short, or what is unsupported.
fn between(from: &str, to: &str) -> String {
    shown(&schema(from), &schema(to))
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
        Change::CreateTable(table) => {
            let keys: Vec<&str> = table.foreign_keys.iter().map(|key| &*key.name).collect();
            format!("create {} {}", table.name, keys.join(" ")).trim_end().to_owned()
        }
        Change::DropTable(table) => format!("drop {}", table.name),
        Change::AlterTable(alteration) => {
            let steps: Vec<String> = alteration.steps.iter().map(step_in_short).collect();
            format!("alter {}: {}", alteration.from.name, steps.join(" "))
        }
    }
}

fn step_in_short(step: &Step) -> String {
    match step {
        Step::DropForeignKey(key) => format!("-{}", key.name),
        Step::DropCheck(check) => format!("-{}", check.name),
        Step::DropIndex(index) => format!("-{}", index.name),
        Step::DropColumn(column) => format!("-{}", column.name),
        Step::AddColumn(column) => format!("+{}", column.name),
        Step::AddIndex(index) => format!("+{}", index.name),
        Step::AddCheck(check) => format!("+{}", check.name),
        Step::AddForeignKey(key) => format!("+{}", key.name),
    }
}

#[test]
fn the_order_of_declaration_is_no_difference() {
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
fn a_cycle_is_closed_at_the_end() {
    insta::assert_snapshot!(between("", "a: id, c>c; b: id, a>a; c: id, b>b"), @r"
    create a
    create b fk_b_a
    create c fk_c_b
    alter a: +fk_a_c
    ");
}

#[test]
fn only_a_key_of_the_cycle_waits() {
    insta::assert_snapshot!(between("", "outside: id, a>a; a: id, b>b; b: id, a>a"), @r"
    create a
    create outside fk_outside_a
    create b fk_b_a
    alter a: +fk_a_b
    ");
}

#[test]
fn tables_are_dropped_before_what_they_refer_to() {
    insta::assert_snapshot!(between("a: id; b: id, a>a; c: id, b>b", ""), @r"
    drop c
    drop b
    drop a
    ");
}

#[test]
fn a_cycle_is_opened_before_its_tables_are_dropped() {
    insta::assert_snapshot!(between("a: id, b>b; b: id, a>a", ""), @r"
    alter a: -fk_a_b
    drop b
    drop a
    ");
}

#[test]
fn keys_go_before_the_table_that_they_refer_to() {
    insta::assert_snapshot!(between("a: id; b: id, a>a, x?", "b: id, x?"), @r"
    alter b: -fk_b_a -a
    drop a
    ");
}

#[test]
fn the_steps_of_a_table_stand_in_an_order_that_works() {
    let from = "a: id; b: id, old?*>a, same? ! same > 0";
    let to = "a: id; b: id, same?+, new?*>a ! same > 1";
    insta::assert_snapshot!(between(from, to), @"alter b: -fk_b_old -ck_b -uq_b_old -old +new +ix_b_same +uq_b_new +ck_b +fk_b_new");
}

#[test]
fn a_key_waits_for_the_unique_index_that_it_needs() {
    let from = "a: id, a>b; b: id, code?";
    let to = "a: id, code?>b.code, a>b; b: id, code?*";
    insta::assert_snapshot!(between(from, to), @r"
    alter a: +code
    alter b: +uq_b_code
    alter a: +fk_a_code
    ");
}

#[test]
fn a_key_lets_go_before_its_unique_index_is_dropped() {
    let from = "b: id, code?*; a: id, code?>b.code";
    let to = "b: id, code?; a: id, code?";
    insta::assert_snapshot!(between(from, to), @r"
    alter a: -fk_a_code
    alter b: -uq_b_code
    ");
}

#[test]
fn a_dropped_table_lets_go_too() {
    let from = "b: id, code?*; a: id, code?>b.code";
    insta::assert_snapshot!(between(from, "b: id, code?"), @r"
    alter a: -fk_a_code
    alter b: -uq_b_code
    drop a
    ");
}

#[test]
fn a_table_that_refers_to_itself() {
    insta::assert_snapshot!(between("a: id, code?*, up?>a.code", "a: id, code?, up?"), @"alter a: -fk_a_up -uq_a_code");
    insta::assert_snapshot!(between("a: id, code?, up?", "a: id, code?*, up?>a.code"), @"alter a: +uq_a_code +fk_a_up");
}

#[test]
fn a_key_is_renewed_with_the_unique_index_that_it_needs() {
    let tables = "a: id, code?>b.code, b>b; b: id, code?*, up?>b.code";
    let mut renamed = schema(tables);
    renamed.tables.to_mut()[1].indexes.to_mut()[0].name = "uq_new".into();
    insta::assert_snapshot!(shown(&schema(tables), &renamed), @r"
    alter a: -fk_a_code
    alter b: -fk_b_up -uq_b_code +uq_new +fk_b_up
    alter a: +fk_a_code
    ");
}

#[test]
fn a_key_to_a_primary_key_needs_no_other() {
    insta::assert_snapshot!(between("a: id*; b: id, a>a", "a: id; b: id, a>a"), @"alter a: -uq_a_id");
}

#[test]
fn what_no_migration_is_generated_for_comes_all_at_once() {
    let from = "a: id, kind, size:10, count=1, old?, named?; b: id; c: id, x?+; d: id";
    let to = "a: kind, id?, size:20, count, added, new?<old, other?<gone; e: id / b; f: id / gone; c: id, x?";
    insta::assert_snapshot!(between(from, to), @r"
    a: primary key changes from (id) to (kind): `new-migration NAME --empty`, then write the SQL by hand
    a.id: nullability changes from NOT NULL to NULL: `new-migration NAME --empty`, then write the SQL by hand
    a.size: type changes from Varchar(10) to Varchar(20): `new-migration NAME --empty`, then write the SQL by hand
    a.count: default changes from 1 to none: `new-migration NAME --empty`, then write the SQL by hand
    a.added: is new and NOT NULL without a default, so existing rows would have no value: declare a default or make it Nullable, or `new-migration NAME --empty`, then write the SQL by hand
    a.new: is the new name of column `old`: `new-migration NAME --empty`, then write the SQL by hand
    e: is the new name of table `b`: `new-migration NAME --empty`, then write the SQL by hand
    ");
}

#[test]
fn an_index_name_does_not_move_from_table_to_table() {
    let from = "a: id, b_c?+; a_b: id, c?";
    let to = "a: id, b_c?; a_b: id, c?+";
    insta::assert_snapshot!(between(from, to), @"a_b: `ix_a_b_c` moves here from table `a`: `new-migration NAME --empty`, then write the SQL by hand");
}

#[test]
fn a_not_null_column_needs_a_default() {
    insta::assert_snapshot!(between("a: id", "a: id, x=0, y?"), @"alter a: +x +y");
    insta::assert_snapshot!(between("a: id", "a: id, x"), @"a.x: is new and NOT NULL without a default, so existing rows would have no value: declare a default or make it Nullable, or `new-migration NAME --empty`, then write the SQL by hand");
}
