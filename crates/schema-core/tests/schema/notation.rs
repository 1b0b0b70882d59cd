//! Schemas in short, for tests: one table a line, such as `notes: id, body?, code*, owner>users`.

use std::borrow::Cow;
use std::fmt::Write;

use schema_core::model::{
    Action, Check, Column, DefaultValue, ForeignKey, Index, IndexColumn, Schema, SqlType, Table,
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
        columns: Cow::Owned(vec![IndexColumn { name: owned(name), descending: false }]),
        unique,
        partial: None,
    };
    table.indexes.to_mut().extend(unique.then(|| index("uq", true)));
    table.indexes.to_mut().extend(indexed.then(|| index("ix", false)));
    table.foreign_keys.to_mut().extend(target.map(|target| {
        let (foreign_table, foreign_column) = target.split_once('.').unwrap_or((target, "id"));
        ForeignKey {
            name: owned(&format!("fk_{owner}_{name}")),
            columns: Cow::Owned(vec![owned(name)]),
            foreign_table: owned(foreign_table),
            foreign_columns: Cow::Owned(vec![owned(foreign_column)]),
            on_delete: Action::NoAction,
            on_update: Action::NoAction,
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
        backfill: None,
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
        table.columns.iter().for_each(|column| line(format!("  {}", described_column(column))));
        table.indexes.iter().for_each(|index| line(format!("  {}", described_index(index))));
        table.foreign_keys.iter().for_each(|key| line(format!("  {}", described_key(key))));
        for check in table.checks.iter() {
            line(format!("  check {}: {}", check.name, check.expression));
        }
        if let Some(old) = &table.renamed_from {
            line(format!("  was {old}"));
        }
    }
    text
}

fn described_column(column: &Column) -> String {
    let mut text = format!("{} {:?}", column.name, column.sql_type);
    if !column.nullable {
        text += " not null";
    }
    if column.auto_increment {
        text += " auto_increment";
    }
    if let Some(default) = &column.default {
        text += &format!(" default {default:?}");
    }
    if let Some(old) = &column.renamed_from {
        text += &format!(" (was {old})");
    }
    if let Some(expression) = &column.backfill {
        text += &format!(" (from {expression})");
    }
    text
}

fn described_index(index: &Index) -> String {
    let kind = if index.unique { "unique" } else { "index" };
    let columns: Vec<String> = index
        .columns
        .iter()
        .map(|column| format!("{}{}", column.name, if column.descending { " desc" } else { "" }))
        .collect();
    let mut text = format!("{kind} {} ({})", index.name, columns.join(", "));
    if let Some(partial) = &index.partial {
        text += &format!(" where {}, elsewhere {:?}", partial.condition, partial.elsewhere);
    }
    text
}

fn described_key(key: &ForeignKey) -> String {
    let ForeignKey { name, columns, foreign_table, foreign_columns, on_delete, on_update } = key;
    let (columns, foreign_columns) = (columns.join(", "), foreign_columns.join(", "));
    let mut text = format!("{name}: ({columns}) -> {foreign_table} ({foreign_columns})");
    for (event, action) in [("delete", on_delete), ("update", on_update)] {
        if *action != Action::NoAction {
            text += &format!(" on {event} {action:?}");
        }
    }
    text
}
