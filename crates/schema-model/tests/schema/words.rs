//! The changes between two schemas, in sentences.

use schema_model::diff::{AlterTable, Change, CreateTable, DropTable, Step, diff, in_words};
use schema_model::{
    Action, Check, Column, DefaultValue, ForeignKey, Index, IndexColumn, Schema, SqlType, Table,
    Text, WithoutPartial,
};

/// These steps of a table in words.
fn words(steps: Vec<Step>) -> String {
    let from = Table::new("settings", ["id"]).columns([Column::new("flag", SqlType::Bool)]);
    in_words(&[Change::AlterTable(AlterTable { from, to: table("settings"), steps })]).join("\n")
}

fn table(name: &'static str) -> Table {
    Table::new(name, ["id"]).columns([Column::new("id", SqlType::BigInt)])
}

/// A nullable column of the text type that is used most here.
fn nullable(name: &'static str) -> Column {
    Column::new(name, SqlType::Varchar(200)).nullable()
}

#[test]
fn columns_that_are_added_and_dropped() {
    let steps = vec![
        Step::RenameColumn { from: "name".into(), to: "title".into() },
        Step::AddColumn(nullable("note").default("a \"b\"\n")),
        Step::AddColumn(Column::new("number", SqlType::BigInt).auto_increment()),
        Step::AddColumn(
            Column::new("level", SqlType::SmallInt).backfill("CASE\n    WHEN size > 0 THEN 1\nEND"),
        ),
        Step::AddColumn(Column::new("at", SqlType::UtcTimestamp).default(DefaultValue::Now)),
        Step::DropColumn(Column::new("legacy", SqlType::Bool)),
    ];
    insta::assert_snapshot!(words(steps), @r#"
    table `settings`
      column `title` is renamed from `name`
      column `note` is new: Nullable<Varchar(200)>, default "a \"b\"\n"
      column `number` is new: BigInt, numbered by the database
      column `level` is new: SmallInt; existing rows get CASE WHEN size > 0 THEN 1 END
      column `at` is new: UtcTimestamp, default now
      column `legacy` is dropped
    "#);
}

#[test]
fn a_column_that_is_replaced_is_one_change() {
    let (old, new) = (Column::new("flag", SqlType::Bool), nullable("flag"));
    let replaced = |backfill: Option<Text>| {
        let new = Column { backfill: backfill.map(Into::into), ..new.clone() };
        words(vec![Step::AddColumn(new), Step::DropColumn(old.clone())])
    };
    insta::assert_snapshot!(replaced(None), @r"
    table `settings`
      column `flag` is replaced, without its values: Nullable<Varchar(200)>; was Bool
    ");
    insta::assert_snapshot!(replaced(Some("upper(old)".into())), @r"
    table `settings`
      column `flag` is replaced: Nullable<Varchar(200)>; was Bool; existing rows get upper(old)
    ");
}

#[test]
fn columns_that_change() {
    let alter =
        |from: &Column, to: &Column| Step::AlterColumn { from: from.clone(), to: to.clone() };
    let plain = Column::new("size", SqlType::Integer);
    let numbered = plain.clone().auto_increment();
    let note = nullable("note");
    let required = Column::new("note", SqlType::Varchar(200));
    let filled = required.clone().backfill("''");
    let defaulted = required.clone().default("x");
    let of_five = plain.clone().default(5);
    let steps = vec![
        alter(&plain, &Column::new("size", SqlType::BigInt)),
        alter(&plain, &numbered),
        alter(&numbered, &plain),
        alter(&plain, &of_five),
        alter(&of_five, &plain.clone().default(true)),
        alter(&plain.clone().default(0), &plain),
        alter(&required, &note),
        alter(&note, &required),
        alter(&note, &filled),
        alter(&note, &defaulted),
    ];
    insta::assert_snapshot!(words(steps), @r#"
    table `settings`
      column `size` changes from Integer to BigInt
      column `size` is numbered by the database
      column `size` is no longer numbered by the database
      column `size` default is now 5
      column `size` default is now true; was 5
      column `size` no longer has a default; was 0
      column `note` may be NULL
      column `note` may no longer be NULL
      column `note` may no longer be NULL; rows where it is NULL get ''
      column `note` may no longer be NULL; rows where it is NULL get "x"
      column `note` default is now "x"
    "#);
}

#[test]
fn primary_keys() {
    let change = |from: &[&'static str], to: &[&'static str]| {
        let [from, to] = [from, to].map(|names| names.iter().map(|&name| name.into()).collect());
        words(vec![Step::ChangePrimaryKey { from, to }])
    };
    insta::assert_snapshot!(change(&["id"], &["a", "b"]), @r"
    table `settings`
      primary key is now (a, b); was (id)
    ");
    assert_eq!(change(&["id"], &["id"]), "", "created again because its column is replaced");
}

#[test]
fn indexes() {
    let descending = Index::new("ix_recent", ["kind".into(), IndexColumn::descending("at")])
        .partial("seen = FALSE\n  AND at > 0", WithoutPartial::FullIndex);
    let unique = Index::unique("uq_code", ["code"]);
    let partly = unique.clone().partial("code <> ''", WithoutPartial::NoIndex);
    let steps = vec![
        Step::DropIndex(Index::new("ix_old", ["old"])),
        Step::DropIndex(partly),
        Step::DropIndex(Index::new("ix_same", ["same"])),
        Step::RenameIndex { from: Index::new("ix_a", ["a"]), to: Index::new("ix_b", ["b"]) },
        Step::AddIndex(descending),
        Step::AddIndex(unique),
        Step::AddIndex(Index::new("ix_same", ["same"])),
    ];
    insta::assert_snapshot!(words(steps), @r"
    table `settings`
      index `ix_old` is dropped
      index `ix_b` is renamed from `ix_a`
      index `ix_recent` is new: on kind, at descending, where seen = FALSE AND at > 0 (on MySQL and MariaDB over all rows)
      index `uq_code` is now unique on code; was unique on code, where code <> '' (not on MySQL and MariaDB)
    ");
}

#[test]
fn checks() {
    let steps = vec![
        Step::DropCheck(Check::new("ck_old", "a > 0")),
        Step::DropCheck(Check::new("ck_size", "size > 0")),
        Step::DropCheck(Check::new("ck_same", "b > 0")),
        Step::DropCheck(Check::new("ck_wide", "b  > 0 AND c > 0")),
        Step::RenameCheck { from: Check::new("ck_a", "c > 0"), to: Check::new("ck_b", "c > 0") },
        Step::AddCheck(Check::new("ck_size", "size > 1")),
        Step::AddCheck(Check::new("ck_same", "b > 0")),
        Step::AddCheck(Check::new("ck_wide", "b > 0\n  AND c > 0")),
        Step::AddCheck(Check::new("ck_new", "d > 0\n  OR d < -9")),
    ];
    insta::assert_snapshot!(words(steps), @r"
    table `settings`
      check `ck_old` is dropped
      check `ck_b` is renamed from `ck_a`
      check `ck_size` is now size > 1; was size > 0
      check `ck_wide` is written differently: b > 0 AND c > 0
      check `ck_new` is new: d > 0 OR d < -9
    ");
}

#[test]
fn foreign_keys() {
    let key = |name, column| ForeignKey::new(name, [column], "parent", ["id"]);
    let cascading =
        ForeignKey::new("fk_pair", ["a", "b"], "parent", ["x", "y"]).on_delete(Action::Cascade);
    let following = key("fk_owner", "owner").on_delete(Action::SetNull).on_update(Action::Cascade);
    let cleared = key("fk_other", "other").on_update(Action::SetNull);
    let (one, two) = (key("fk_one", "c"), key("fk_two", "c"));
    let steps = vec![
        Step::DropForeignKey(key("fk_old", "old")),
        Step::DropForeignKey(key("fk_owner", "owner")),
        Step::ReleaseForeignKey { from: one.clone(), to: one.clone() },
        Step::ReleaseForeignKey { from: two.clone(), to: one.clone() },
        Step::RenameForeignKey { from: one, to: two },
        Step::AddForeignKey(cascading),
        Step::AddForeignKey(following),
        Step::AddForeignKey(cleared),
    ];
    insta::assert_snapshot!(words(steps), @r"
    table `settings`
      foreign key `fk_old` is dropped
      foreign key `fk_one` is renamed from `fk_two`
      foreign key `fk_two` is renamed from `fk_one`
      foreign key `fk_pair` is new: (a, b) → parent (x, y), on delete cascade
      foreign key `fk_owner` is now (owner) → parent (id), on delete set null, on update cascade; was (owner) → parent (id)
      foreign key `fk_other` is new: (other) → parent (id), on update set null
    ");
}

#[test]
fn what_only_makes_way_for_another_change_is_not_listed() {
    let same = ForeignKey::new("fk_owner", ["owner"], "parent", ["id"]);
    let release = Step::ReleaseForeignKey { from: same.clone(), to: same };
    assert_eq!(words(vec![release]), "", "not even its table is named");
}

#[test]
fn whole_tables() {
    let invoices = Table::new("invoices", ["id"])
        .columns([Column::new("id", SqlType::BigInt).auto_increment(), nullable("note")])
        .indexes([Index::new("ix_invoices_note", ["note"])])
        .foreign_keys([ForeignKey::new("fk_invoices_note", ["note"], "parent", ["code"])])
        .checks([Check::new("ck_invoices_note", "note <> ''")]);
    let late_keys = invoices.foreign_keys.to_vec();
    let early_keys = late_keys.clone();
    let renamed = AlterTable { from: table("options"), to: table("settings"), steps: Vec::new() };
    let changes = [
        Change::AlterTable(renamed),
        Change::CreateTable(CreateTable { table: invoices, late_keys }),
        Change::DropTable(DropTable { table: table("old"), early_keys }),
    ];
    insta::assert_snapshot!(in_words(&changes).join("\n"), @r"
    table `settings`
      is renamed from `options`
    table `invoices` is new
      column `id`: BigInt, numbered by the database
      column `note`: Nullable<Varchar(200)>
      primary key (id)
      index `ix_invoices_note`: on note
      foreign key `fk_invoices_note`: (note) → parent (code)
      check `ck_invoices_note`: note <> ''
    table `old` is dropped
    ");
}

/// From the diff itself, with the combinations of steps that really occur.
#[test]
fn the_words_of_a_diff() {
    let of = |code: SqlType| {
        let parent = table("parent")
            .columns([Column::new("code", code)])
            .indexes([Index::unique("uq_code", ["code"])]);
        let child = table("child")
            .columns([Column::new("code", code)])
            .foreign_keys([ForeignKey::new("fk_code", ["code"], "parent", ["code"])])
            .checks([Check::new("ck_code", "code > 0")]);
        Schema::new([parent, child])
    };
    let (before, after) = (of(SqlType::Integer), of(SqlType::BigInt));
    let changes = diff(&before, &after).expect("a type that widens");
    insta::assert_snapshot!(in_words(&changes).join("\n"), @r"
    table `parent`
      column `code` changes from Integer to BigInt
    table `child`
      column `code` changes from Integer to BigInt
    ");
    assert!(in_words(&diff(&after, &after).expect("equal schemas")).is_empty());
}
