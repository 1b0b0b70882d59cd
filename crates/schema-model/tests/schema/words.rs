//! What lies between two schemas, in sentences.

use schema_model::diff::{AlterTable, Change, CreateTable, DropTable, Step, diff, in_words};
use schema_model::{
    Action, Check, Column, DefaultValue, ForeignKey, Index, IndexColumn, List, Partial, Schema,
    SqlType, Table, Text, WithoutPartial,
};

/// What an alteration of `table` of these steps is in words.
fn words(steps: Vec<Step>) -> String {
    let from = Table { columns: vec![column("flag", SqlType::Bool)].into(), ..table("settings") };
    in_words(&[Change::AlterTable(AlterTable { from, to: table("settings"), steps })]).join("\n")
}

fn table(name: &'static str) -> Table {
    Table {
        name: name.into(),
        columns: vec![column("id", SqlType::BigInt)].into(),
        primary_key: names(&["id"]),
        indexes: List::default(),
        foreign_keys: List::default(),
        checks: List::default(),
        renamed_from: None,
    }
}

fn column(name: &'static str, sql_type: SqlType) -> Column {
    Column {
        name: name.into(),
        sql_type,
        nullable: false,
        auto_increment: false,
        default: None,
        renamed_from: None,
        backfill: None,
    }
}

fn nullable(name: &'static str) -> Column {
    Column { nullable: true, ..column(name, SqlType::Varchar(200)) }
}

fn with_default(default: DefaultValue) -> Column {
    Column { default: Some(default), ..column("size", SqlType::Integer) }
}

fn index(name: &'static str, columns: &[&'static str]) -> Index {
    let columns =
        columns.iter().map(|&name| IndexColumn { name: name.into(), descending: false }).collect();
    Index { name: name.into(), columns, unique: false, partial: None }
}

fn partial(condition: &'static str, elsewhere: WithoutPartial) -> Option<Partial> {
    Some(Partial { condition: condition.into(), elsewhere })
}

fn key(
    name: &'static str,
    columns: &[&'static str],
    foreign_columns: &[&'static str],
) -> ForeignKey {
    ForeignKey {
        name: name.into(),
        columns: names(columns),
        foreign_table: "parent".into(),
        foreign_columns: names(foreign_columns),
        on_delete: Action::NoAction,
        on_update: Action::NoAction,
    }
}

fn check(name: &'static str, expression: &'static str) -> Check {
    Check { name: name.into(), expression: expression.into() }
}

fn names(names: &[&'static str]) -> List<Text> {
    names.iter().map(|&name| Text::Borrowed(name)).collect()
}

#[test]
fn columns_that_come_and_go() {
    let text = |text: &'static str| Some(DefaultValue::Text(text.into()));
    let steps = vec![
        Step::RenameColumn { from: "name".into(), to: "title".into() },
        Step::AddColumn(Column { default: text("a \"b\"\n"), ..nullable("note") }),
        Step::AddColumn(Column { auto_increment: true, ..column("number", SqlType::BigInt) }),
        Step::AddColumn(Column {
            backfill: Some("CASE\n    WHEN size > 0 THEN 1\nEND".into()),
            ..column("level", SqlType::SmallInt)
        }),
        Step::AddColumn(Column {
            default: Some(DefaultValue::Now),
            ..column("at", SqlType::UtcTimestamp)
        }),
        Step::DropColumn(column("legacy", SqlType::Bool)),
    ];
    insta::assert_snapshot!(words(steps), @r#"
    table `settings`
      column `title` is renamed from `name`
      column `note` is new: Nullable<Varchar(200)>, default "a \"b\"\n"
      column `number` is new: BigInt, numbered by the database
      column `level` is new: SmallInt; rows that are there get CASE WHEN size > 0 THEN 1 END
      column `at` is new: UtcTimestamp, default now
      column `legacy` goes
    "#);
}

#[test]
fn a_column_that_is_replaced_is_one_change() {
    let (old, new) = (column("flag", SqlType::Bool), nullable("flag"));
    let replaced = |backfill: Option<Text>| {
        let new = Column { backfill, ..new.clone() };
        words(vec![Step::AddColumn(new), Step::DropColumn(old.clone())])
    };
    insta::assert_snapshot!(replaced(None), @r"
    table `settings`
      column `flag` is replaced, without its values: Nullable<Varchar(200)>; was Bool
    ");
    insta::assert_snapshot!(replaced(Some("upper(old)".into())), @r"
    table `settings`
      column `flag` is replaced: Nullable<Varchar(200)>; was Bool; rows that are there get upper(old)
    ");
}

#[test]
fn columns_that_change() {
    let alter =
        |from: &Column, to: &Column| Step::AlterColumn { from: from.clone(), to: to.clone() };
    let plain = column("size", SqlType::Integer);
    let numbered = Column { auto_increment: true, ..plain.clone() };
    let note = nullable("note");
    let required = Column { nullable: false, ..note.clone() };
    let filled = Column { backfill: Some("''".into()), ..required.clone() };
    let defaulted = Column { default: Some(DefaultValue::Text("x".into())), ..required.clone() };
    let steps = vec![
        alter(&plain, &column("size", SqlType::BigInt)),
        alter(&plain, &numbered),
        alter(&numbered, &plain),
        alter(&plain, &with_default(DefaultValue::Int(5))),
        alter(&with_default(DefaultValue::Int(5)), &with_default(DefaultValue::Bool(true))),
        alter(&with_default(DefaultValue::Int(0)), &plain),
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
      column `size` has no default any more; was 0
      column `note` may be NULL
      column `note` may no longer be NULL
      column `note` may no longer be NULL; rows where it is get ''
      column `note` may no longer be NULL; rows where it is get "x"
      column `note` default is now "x"
    "#);
}

#[test]
fn primary_keys() {
    let change = |from: &[&'static str], to: &[&'static str]| {
        words(vec![Step::ChangePrimaryKey { from: names(from), to: names(to) }])
    };
    insta::assert_snapshot!(change(&["id"], &["a", "b"]), @r"
    table `settings`
      primary key is now (a, b); was (id)
    ");
    assert_eq!(change(&["id"], &["id"]), "", "made anew, since its column is replaced");
}

#[test]
fn indexes() {
    let mut descending = index("ix_recent", &["kind", "at"]);
    descending.columns.to_mut()[1].descending = true;
    descending.partial = partial("seen = FALSE\n  AND at > 0", WithoutPartial::FullIndex);
    let unique = Index { unique: true, ..index("uq_code", &["code"]) };
    let partly =
        Index { partial: partial("code <> ''", WithoutPartial::NoIndex), ..unique.clone() };
    let steps = vec![
        Step::DropIndex(index("ix_old", &["old"])),
        Step::DropIndex(partly),
        Step::DropIndex(index("ix_same", &["same"])),
        Step::RenameIndex { from: index("ix_a", &["a"]), to: index("ix_b", &["b"]) },
        Step::AddIndex(descending),
        Step::AddIndex(unique),
        Step::AddIndex(index("ix_same", &["same"])),
    ];
    insta::assert_snapshot!(words(steps), @r"
    table `settings`
      index `ix_old` goes
      index `ix_b` is renamed from `ix_a`
      index `ix_recent` is new: on kind, at descending, where seen = FALSE AND at > 0 (on MySQL and MariaDB over all rows)
      index `uq_code` is now unique on code; was unique on code, where code <> '' (not on MySQL and MariaDB)
    ");
}

#[test]
fn checks() {
    let steps = vec![
        Step::DropCheck(check("ck_old", "a > 0")),
        Step::DropCheck(check("ck_size", "size > 0")),
        Step::DropCheck(check("ck_same", "b > 0")),
        Step::RenameCheck { from: check("ck_a", "c > 0"), to: check("ck_b", "c > 0") },
        Step::AddCheck(check("ck_size", "size > 1")),
        Step::AddCheck(check("ck_same", "b > 0")),
        Step::AddCheck(check("ck_new", "d > 0\n  OR d < -9")),
    ];
    insta::assert_snapshot!(words(steps), @r"
    table `settings`
      check `ck_old` goes
      check `ck_b` is renamed from `ck_a`
      check `ck_size` is now size > 1; was size > 0
      check `ck_new` is new: d > 0 OR d < -9
    ");
}

#[test]
fn foreign_keys() {
    let cascading =
        ForeignKey { on_delete: Action::Cascade, ..key("fk_pair", &["a", "b"], &["x", "y"]) };
    let following = ForeignKey {
        on_delete: Action::SetNull,
        on_update: Action::Cascade,
        ..key("fk_owner", &["owner"], &["id"])
    };
    let cleared = ForeignKey { on_update: Action::SetNull, ..key("fk_other", &["other"], &["id"]) };
    let (one, two) = (key("fk_one", &["c"], &["id"]), key("fk_two", &["c"], &["id"]));
    let steps = vec![
        Step::DropForeignKey(key("fk_old", &["old"], &["id"])),
        Step::DropForeignKey(key("fk_owner", &["owner"], &["id"])),
        Step::ReleaseForeignKey { from: one.clone(), to: one.clone() },
        Step::ReleaseForeignKey { from: two.clone(), to: one.clone() },
        Step::RenameForeignKey { from: one, to: two },
        Step::AddForeignKey(cascading),
        Step::AddForeignKey(following),
        Step::AddForeignKey(cleared),
    ];
    insta::assert_snapshot!(words(steps), @r"
    table `settings`
      foreign key `fk_old` goes
      foreign key `fk_one` is renamed from `fk_two`
      foreign key `fk_two` is renamed from `fk_one`
      foreign key `fk_pair` is new: (a, b) → parent (x, y), on delete cascade
      foreign key `fk_owner` is now (owner) → parent (id), on delete set null, on update cascade; was (owner) → parent (id)
      foreign key `fk_other` is new: (other) → parent (id), on update set null
    ");
}

#[test]
fn what_only_makes_way_for_another_change_is_none() {
    let same = key("fk_owner", &["owner"], &["id"]);
    let release = Step::ReleaseForeignKey { from: same.clone(), to: same };
    assert_eq!(words(vec![release]), "", "not even its table is named");
}

#[test]
fn whole_tables() {
    let mut invoices = table("invoices");
    invoices.columns.to_mut()[0].auto_increment = true;
    invoices.columns.to_mut().push(nullable("note"));
    invoices.indexes = vec![index("ix_invoices_note", &["note"])].into();
    invoices.foreign_keys = vec![key("fk_invoices_note", &["note"], &["code"])].into();
    invoices.checks = vec![check("ck_invoices_note", "note <> ''")].into();
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
    table `old` goes
    ");
}

/// From the diff itself, where steps come together as they do in life.
#[test]
fn of_a_diff() {
    let mut parent = table("parent");
    parent.columns.to_mut().push(column("code", SqlType::Integer));
    parent.indexes = vec![Index { unique: true, ..index("uq_code", &["code"]) }].into();
    let mut child = table("child");
    child.columns.to_mut().push(column("code", SqlType::Integer));
    child.foreign_keys = vec![key("fk_code", &["code"], &["code"])].into();
    child.checks = vec![check("ck_code", "code > 0")].into();
    let before = Schema { tables: vec![parent, child].into() };

    let mut after = before.clone();
    for table in after.tables.to_mut() {
        table.columns.to_mut()[1].sql_type = SqlType::BigInt;
    }
    let changes = diff(&before, &after).expect("a type that widens");
    insta::assert_snapshot!(in_words(&changes).join("\n"), @r"
    table `parent`
      column `code` changes from Integer to BigInt
    table `child`
      column `code` changes from Integer to BigInt
    ");
    assert!(in_words(&diff(&after, &after).expect("equal schemas")).is_empty());
}
