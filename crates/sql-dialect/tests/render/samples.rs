//! Schemas to render and to find again, here and in the workspace's tests with real servers.

use std::borrow::Cow;

use schema_model::{
    Action, Check, Column, DefaultValue, ForeignKey, Index, IndexColumn, Schema, SqlType, Table,
};

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

fn nullable(name: &'static str, sql_type: SqlType) -> Column {
    Column { nullable: true, ..column(name, sql_type) }
}

fn with_default(name: &'static str, sql_type: SqlType, default: DefaultValue) -> Column {
    Column { default: Some(default), ..column(name, sql_type) }
}

fn index(name: &'static str, unique: bool, columns: &[&'static str]) -> Index {
    let columns = columns.iter();
    let columns = columns.map(|&name| IndexColumn { name: name.into(), descending: false });
    Index { name: name.into(), columns: columns.collect(), unique, partial: None }
}

fn table(name: &'static str, columns: Vec<Column>) -> Table {
    Table {
        name: name.into(),
        primary_key: Cow::Owned(vec![columns[0].name.clone()]),
        columns: columns.into(),
        indexes: Cow::Borrowed(&[]),
        foreign_keys: Cow::Borrowed(&[]),
        checks: Cow::Borrowed(&[]),
        renamed_from: None,
    }
}

/// Every type, default and kind of constraint.
pub(super) fn people() -> Schema {
    let id = Column { auto_increment: true, ..column("id", SqlType::BigInt) };
    let companies = Table {
        indexes: vec![index("ux_companies_code", true, &["code"])].into(),
        ..table(
            "companies",
            vec![
                id.clone(),
                column("code", SqlType::Varchar(20)),
                with_default("created_at", SqlType::UtcTimestamp, DefaultValue::Now),
            ],
        )
    };
    let people = Table {
        indexes: vec![
            index("ux_people_email", true, &["email"]),
            index("ix_people_name_level", false, &["name", "level"]),
        ]
        .into(),
        foreign_keys: vec![
            ForeignKey {
                name: "fk_people_company".into(),
                columns: vec!["company".into()].into(),
                foreign_table: "companies".into(),
                foreign_columns: vec!["code".into()].into(),
                on_delete: Action::Cascade,
                on_update: Action::NoAction,
            },
            ForeignKey {
                name: "fk_people_mentor".into(),
                columns: vec!["mentor".into()].into(),
                foreign_table: "people".into(),
                foreign_columns: vec!["email".into()].into(),
                on_delete: Action::SetNull,
                on_update: Action::NoAction,
            },
        ]
        .into(),
        checks: vec![Check { name: "ck_people_level".into(), expression: "level >= 0".into() }]
            .into(),
        ..table(
            "people",
            vec![
                id,
                column("email", SqlType::Varchar(100)),
                with_default("name", SqlType::Varchar(64), DefaultValue::Text(r"it's \ n".into())),
                nullable("company", SqlType::Varchar(20)),
                nullable("mentor", SqlType::Varchar(100)),
                with_default("level", SqlType::SmallInt, DefaultValue::Int(1)),
                with_default("balance", SqlType::BigInt, DefaultValue::Int(-5_000_000_000)),
                with_default("active", SqlType::Bool, DefaultValue::Bool(true)),
                nullable("score", SqlType::Double),
                nullable("age", SqlType::Integer),
                nullable("note", SqlType::Text),
                nullable("photo", SqlType::Binary),
                column("details", SqlType::JsonDoc),
            ],
        )
    };
    let memberships = Table {
        primary_key: vec!["person_id".into(), "group".into()].into(),
        foreign_keys: vec![ForeignKey {
            name: "fk_memberships_person".into(),
            columns: vec!["person_id".into()].into(),
            foreign_table: "people".into(),
            foreign_columns: vec!["id".into()].into(),
            on_delete: Action::NoAction,
            on_update: Action::NoAction,
        }]
        .into(),
        ..table(
            "memberships",
            vec![column("person_id", SqlType::BigInt), column("group", SqlType::Varchar(30))],
        )
    };
    Schema { tables: vec![companies, people, memberships].into() }
}

/// `people` after the change of one of its tables.
fn changed(table: &str, change: impl FnOnce(&mut Table)) -> Schema {
    let mut schema = people();
    let tables = schema.tables.to_mut();
    change(tables.iter_mut().find(|other| other.name == table).expect("a table of `people`"));
    schema
}

/// What SQLite takes in place: columns and indexes.
pub(super) fn with_columns_and_indexes() -> Schema {
    changed("people", |people| {
        let columns = people.columns.to_mut();
        columns.retain(|column| column.name != "age");
        columns.push(nullable("nickname", SqlType::Varchar(40)));
        columns.push(with_default("rank", SqlType::Integer, DefaultValue::Int(0)));
        people.indexes.to_mut().pop();
        people.indexes.to_mut().push(index("ix_people_rank_name", false, &["rank", "name"]));
        people.indexes.to_mut().push(index("ix_people_company", false, &["company"]));
    })
}

/// What SQLite rebuilds a table for: keys, checks and a default that is no constant.
pub(super) fn with_keys_and_checks() -> Schema {
    changed("people", |people| {
        people.columns.to_mut().push(with_default(
            "seen_at",
            SqlType::UtcTimestamp,
            DefaultValue::Now,
        ));
        people.columns.to_mut().push(nullable("employer_id", SqlType::BigInt));
        people.checks.to_mut()[0].expression = "level >= 0 AND level < 10".into();
        let keys = people.foreign_keys.to_mut();
        keys.remove(0);
        keys.push(ForeignKey {
            name: "fk_people_employer".into(),
            columns: vec!["employer_id".into()].into(),
            foreign_table: "companies".into(),
            foreign_columns: vec!["id".into()].into(),
            on_delete: Action::SetNull,
            on_update: Action::NoAction,
        });
    })
}

/// `people` without a part for each bit that is set, nor what depends on that part, and with an
/// addition for the last one. Any two of these can be migrated into each other.
pub(super) fn people_without(bits: u16) -> Schema {
    let is_set = |bit: usize| bits >> bit & 1 == 1;
    let columns = ["company", "mentor", "balance", "active", "score", "age", "note", "photo"];
    let indexes = ["ux_companies_code", "ux_people_email", "ix_people_name_level"];
    let left_out = |names: &[&str], first_bit: usize, name: &str| {
        names.iter().position(|other| *other == name).is_some_and(|at| is_set(first_bit + at))
    };
    let mut schema = people();
    for table in schema.tables.to_mut() {
        table.columns.to_mut().retain(|column| !left_out(&columns, 0, &column.name));
        table.indexes.to_mut().retain(|index| !left_out(&indexes, 8, &index.name));
        table.foreign_keys.to_mut().retain(|key| {
            let target_is_unique = match key.foreign_columns[0].as_ref() {
                "code" => !is_set(8),
                "email" => !is_set(9),
                _ => true,
            };
            target_is_unique && !left_out(&columns, 0, &key.columns[0]) && !is_set(11)
        });
        table.checks.to_mut().retain(|_| !is_set(12));
        if is_set(13) && table.name == "people" {
            let seen_at = with_default("seen_at", SqlType::UtcTimestamp, DefaultValue::Now);
            table.columns.to_mut().push(seen_at);
        }
        // It serves a foreign key too, where there is one.
        if is_set(14) && table.column("mentor").is_some() {
            table.indexes.to_mut().push(index("ix_people_mentor_name", false, &["mentor", "name"]));
        }
    }
    schema.tables.to_mut().retain(|table| table.name != "memberships" || !is_set(15));
    schema
}
