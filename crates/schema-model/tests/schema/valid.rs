//! What the macro rejects, as far as a random schema could contain it.

use schema_model::names::NAME_BYTES_MAX;
use schema_model::{Action, ForeignKey, Schema, SqlType, Table, Text};
use sql_text::{Expression, Syntax};

/// What not every back end could have.
pub(crate) fn mistakes(schema: &Schema) -> Vec<String> {
    let mut found = Vec::new();
    let tables: Vec<&Text> = schema.tables.iter().map(|table| &table.name).collect();
    twice(&tables, "table", &mut found);
    let mut names = tables;
    for table in schema.tables.iter() {
        names.extend(table.indexes.iter().map(|index| &index.name));
        names.extend(table.foreign_keys.iter().map(|key| &key.name));
        names.extend(table.checks.iter().map(|check| &check.name));
        found.extend(of_columns(table));
        found.extend(of_keys(table));
        found.extend(of_checks(table));
        for key in table.foreign_keys.iter() {
            found.extend(of_foreign_key(schema, table, key));
        }
    }
    twice(&names, "name", &mut found);
    let long = names.iter().filter(|name| name.len() > NAME_BYTES_MAX);
    found.extend(long.map(|name| format!("{name} is too long")));
    found
}

fn twice(names: &[&Text], what: &str, found: &mut Vec<String>) {
    for (at, name) in names.iter().enumerate() {
        if names[..at].contains(name) {
            found.push(format!("{what} {name} exists twice"));
        }
    }
}

fn of_columns(table: &Table) -> Vec<String> {
    let mut found = Vec::new();
    twice(
        &table.columns.iter().map(|column| &column.name).collect::<Vec<_>>(),
        "column",
        &mut found,
    );
    for column in table.columns.iter() {
        let place = format!("{}.{}", table.name, column.name);
        let is_integer = column.sql_type.is_integer();
        let is_whole_key = *table.primary_key == [column.name.clone()];
        let numbered = column.auto_increment;
        let rules = [
            (column.name == table.name, "has the name of its table"),
            (column.nullable && table.primary_key.contains(&column.name), "is a nullable key"),
            (numbered && !(is_whole_key && is_integer), "can't be numbered"),
            (numbered && column.default.is_some(), "is numbered and has a default"),
            (numbered && column.backfill.is_some(), "is numbered and has a backfill"),
        ];
        found.extend(
            rules.iter().filter(|(broken, _)| *broken).map(|(_, why)| format!("{place} {why}")),
        );
    }
    found
}

fn of_keys(table: &Table) -> Vec<String> {
    let primary = (Text::from("the primary key"), table.primary_key.to_vec());
    let indexes = table.indexes.iter();
    let indexes =
        indexes.map(|index| (index.name.clone(), index.column_names().cloned().collect()));
    let mut found = Vec::new();
    for (name, columns) in std::iter::once(primary).chain(indexes) {
        let bytes: Option<u32> =
            columns.iter().map(|name: &Text| table.column(name)?.sql_type.key_bytes()).sum();
        if columns.is_empty() || bytes.is_none_or(|bytes| bytes > SqlType::KEY_BYTES_MAX) {
            found.push(format!("{name} of {} can't be indexed", table.name));
        }
        twice(&columns.iter().collect::<Vec<_>>(), &format!("in {name}, column"), &mut found);
    }
    found
}

fn of_checks(table: &Table) -> Vec<String> {
    let changed = table
        .foreign_keys
        .iter()
        .filter(|key| key.on_update != Action::NoAction || key.on_delete == Action::SetNull);
    let changed: Vec<&Text> = changed.flat_map(|key| key.columns.iter()).collect();
    let mut found = Vec::new();
    for check in table.checks.iter() {
        let Ok(expression) = Expression::read(&check.expression.common, Syntax::Portable) else {
            found.push(format!("{} can't be read", check.name));
            continue;
        };
        let is_about = |name: &str| expression.mentions(name);
        if !table.columns.iter().any(|column| is_about(&column.name)) {
            found.push(format!("{} is about no column", check.name));
        }
        if changed.iter().any(|name| is_about(name)) {
            found.push(format!("{} is about a column that a key may change", check.name));
        }
    }
    found
}

fn of_foreign_key(schema: &Schema, table: &Table, key: &ForeignKey) -> Vec<String> {
    let Some(target) = schema.table(&key.foreign_table) else {
        return vec![format!("{} refers to no table", key.name)];
    };
    let types = |table: &Table, names: &[Text]| -> Vec<Option<SqlType>> {
        names.iter().map(|name| Some(table.column(name)?.sql_type)).collect()
    };
    let own = types(table, &key.columns);
    let nullable = key.columns.iter().all(|name| table.column(name).is_some_and(|c| c.nullable));
    let sets_null = [key.on_delete, key.on_update].contains(&Action::SetNull);
    let itself = table.name == target.name;
    let is_key = target.primary_key == key.foreign_columns
        || target.indexes.iter().any(|index| index.is_key_of(&key.foreign_columns));
    let rules = [
        (own.is_empty() || own.contains(&None), "refers from no column"),
        (own != types(target, &key.foreign_columns), "has other types than what it refers to"),
        (!is_key, "refers to no key"),
        (sets_null && !nullable, "can't set NULL"),
        (itself && key.columns == key.foreign_columns, "refers to itself"),
        (itself && key.on_update != Action::NoAction, "changes its own table"),
    ];
    rules
        .iter()
        .filter(|(broken, _)| *broken)
        .map(|(_, why)| format!("{} {why}", key.name))
        .collect()
}
