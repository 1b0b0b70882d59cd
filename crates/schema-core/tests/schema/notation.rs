//! Schemas in short, for tests: one table a line, such as `notes: id, body?, code*, owner>users`.

use std::borrow::Cow;
use std::fmt::Write;

use schema_core::model::{
    Check, Column, DefaultValue, ForeignKey, Index, OnDelete, Schema, SqlType, Table,
};

/// Reads lines of `name: column, …`. A column is a name and any of these, in this order:
/// `:16` (a Varchar so long instead of a BigInt), `?` (nullable), `=0` (default), `*` (unique),
/// `+` (indexed), `>table` or `>table.column` (foreign key), `<old` (renamed from old). The first column is the
/// primary key. A last `/ old` renames the table, and `! expression` adds a check.
pub(crate) fn schema(text: &str) -> Schema {
    let lines = text.split(['\n', ';']).map(str::trim).filter(|line| !line.is_empty());
    Schema { tables: lines.map(table).collect() }
}

fn table(line: &str) -> Table {
    let (name, rest) = line.split_once(':').expect("`name: columns`");
    let (rest, renamed_from) = cut(rest, " / ");
    let (columns, check) = cut(rest, " ! ");
    let mut table = Table {
        name: owned(name),
        columns: Cow::default(),
        primary_key: Cow::default(),
        indexes: Cow::default(),
        foreign_keys: Cow::default(),
        checks: Cow::default(),
        renamed_from: renamed_from.map(owned),
    };
    for text in columns.split(',') {
        add_column(&mut table, text.trim());
    }
    table.primary_key = Cow::Owned(vec![table.columns[0].name.clone()]);
    if let Some(expression) = check {
        let name = owned(&format!("ck_{name}"));
        table.checks = Cow::Owned(vec![Check { name, expression: owned(expression) }]);
    }
    table
}

fn add_column(table: &mut Table, text: &str) {
    let (text, renamed_from) = cut(text, "<");
    let (text, target) = cut(text, ">");
    let (text, indexed) = flag(text, '+');
    let (text, unique) = flag(text, '*');
    let (text, default) = cut(text, "=");
    let (text, nullable) = flag(text, '?');
    let (name, length) = cut(text, ":");

    let owner = table.name.clone();
    let index = |prefix: &str, unique| Index {
        name: owned(&format!("{prefix}_{owner}_{name}")),
        columns: Cow::Owned(vec![owned(name)]),
        unique,
    };
    table.indexes.to_mut().extend(unique.then(|| index("uq", true)));
    table.indexes.to_mut().extend(indexed.then(|| index("ix", false)));
    table.foreign_keys.to_mut().extend(target.map(|target| {
        let (foreign_table, foreign_column) = target.split_once('.').unwrap_or((target, "id"));
        ForeignKey {
            name: owned(&format!("fk_{owner}_{name}")),
            column: owned(name),
            foreign_table: owned(foreign_table),
            foreign_column: owned(foreign_column),
            on_delete: OnDelete::NoAction,
        }
    }));
    table.columns.to_mut().push(Column {
        name: owned(name),
        sql_type: length
            .map_or(SqlType::BigInt, |length| SqlType::Varchar(length.parse().expect("a length"))),
        nullable,
        auto_increment: false,
        default: default.map(|number| DefaultValue::Int(number.parse().expect("a number"))),
        renamed_from: renamed_from.map(owned),
    });
}

fn cut<'a>(text: &'a str, at: &str) -> (&'a str, Option<&'a str>) {
    text.split_once(at).map_or((text, None), |(before, after)| (before, Some(after)))
}

fn flag(text: &str, mark: char) -> (&str, bool) {
    text.strip_suffix(mark).map_or((text, false), |before| (before, true))
}

fn owned(text: &str) -> Cow<'static, str> {
    Cow::Owned(text.trim().to_owned())
}

/// A schema as text, everything in it, one thing a line.
pub(crate) fn describe(schema: &Schema) -> String {
    let mut text = String::new();
    for table in schema.tables.iter() {
        let mut line = |part: String| writeln!(text, "{part}").expect("memory");
        line(format!("{} ({})", table.name, table.primary_key.join(", ")));
        for column in table.columns.iter() {
            let null = if column.nullable { "" } else { " not null" };
            let numbered = if column.auto_increment { " auto_increment" } else { "" };
            let default = column.default.as_ref().map(|value| format!(" default {value:?}"));
            let default = default.unwrap_or_default();
            let former = column.renamed_from.as_ref().map(|old| format!(" (was {old})"));
            let former = former.unwrap_or_default();
            line(format!(
                "  {} {:?}{null}{numbered}{default}{former}",
                column.name, column.sql_type
            ));
        }
        for index in table.indexes.iter() {
            let unique = if index.unique { "unique" } else { "index" };
            line(format!("  {unique} {} ({})", index.name, index.columns.join(", ")));
        }
        for key in table.foreign_keys.iter() {
            let ForeignKey { name, column, foreign_table, foreign_column, on_delete } = key;
            line(format!("  {name}: {column} -> {foreign_table}.{foreign_column} {on_delete:?}"));
        }
        for check in table.checks.iter() {
            line(format!("  check {}: {}", check.name, check.expression));
        }
        if let Some(old) = &table.renamed_from {
            line(format!("  was {old}"));
        }
    }
    text
}
