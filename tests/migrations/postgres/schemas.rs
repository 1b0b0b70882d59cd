//! Schemas in few words.

use std::borrow::Cow;

use schema_model::{
    Action, Check, Column, DefaultValue, ForeignKey, Index, IndexColumn, Partial, Schema, SqlType,
    Table, WithoutPartial,
};

pub(super) fn column(name: &str, sql_type: SqlType) -> Column {
    Column {
        name: name.to_owned().into(),
        sql_type,
        nullable: false,
        auto_increment: false,
        default: None,
        renamed_from: None,
        backfill: None,
    }
}

pub(super) fn nullable(name: &str, sql_type: SqlType) -> Column {
    Column { nullable: true, ..column(name, sql_type) }
}

pub(super) fn numbered(name: &str, sql_type: SqlType) -> Column {
    Column { auto_increment: true, ..column(name, sql_type) }
}

pub(super) fn backfilled(column: Column, backfill: &'static str) -> Column {
    Column { backfill: Some(backfill.into()), ..column }
}

pub(super) fn renamed(column: Column, from: &'static str) -> Column {
    Column { renamed_from: Some(from.into()), ..column }
}

pub(super) fn defaulting(column: Column, default: DefaultValue) -> Column {
    Column { default: Some(default), ..column }
}

pub(super) fn table(name: &str, columns: Vec<Column>) -> Table {
    Table {
        name: name.to_owned().into(),
        primary_key: vec![columns[0].name.clone()].into(),
        columns: columns.into(),
        indexes: Cow::Borrowed(&[]),
        foreign_keys: Cow::Borrowed(&[]),
        checks: Cow::Borrowed(&[]),
        renamed_from: None,
    }
}

pub(super) fn schema(tables: Vec<Table>) -> Schema {
    Schema { tables: tables.into() }
}

/// One table `t` with these columns.
pub(super) fn one(columns: Vec<Column>) -> Schema {
    schema(vec![table("t", columns)])
}

pub(super) fn index(name: &'static str, unique: bool, columns: &[&'static str]) -> Index {
    let columns = columns.iter().map(|column| match column.strip_suffix(" DESC") {
        Some(name) => IndexColumn { name: name.into(), descending: true },
        None => IndexColumn { name: (*column).into(), descending: false },
    });
    Index { name: name.into(), columns: columns.collect(), unique, partial: None }
}

pub(super) fn partial(index: Index, condition: &'static str) -> Index {
    let partial = Partial { condition: condition.into(), elsewhere: WithoutPartial::NoIndex };
    Index { partial: Some(partial), ..index }
}

pub(super) fn check(name: &'static str, expression: &'static str) -> Check {
    Check { name: name.into(), expression: expression.into() }
}

/// `"a, b > table (c, d)"`, with the actions on delete and on update.
pub(super) fn foreign_key(
    name: &'static str,
    reference: &'static str,
    on_delete: Action,
    on_update: Action,
) -> ForeignKey {
    let (columns, target) = reference.split_once(" > ").unwrap();
    let (foreign_table, foreign_columns) = target.split_once(" (").unwrap();
    let names = |list: &'static str| list.split(", ").map(Cow::Borrowed).collect();
    ForeignKey {
        name: name.into(),
        columns: names(columns),
        foreign_table: foreign_table.into(),
        foreign_columns: names(foreign_columns.trim_end_matches(')')),
        on_delete,
        on_update,
    }
}
