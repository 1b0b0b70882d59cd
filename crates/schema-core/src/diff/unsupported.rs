//! The differences that no migration is generated for.

use super::Unsupported;
use crate::model::{Column, DefaultValue, List, Schema, SqlType, Table, Text};

const BY_HAND: &str = "`new-migration NAME --empty`, then write the SQL by hand";

/// All of them, in the order of `to`.
pub(super) fn find(from: &Schema, to: &Schema) -> Vec<Unsupported> {
    let mut found = Vec::new();
    for table in to.tables.iter() {
        match from.table(&table.name) {
            Some(old) => compare_tables(old, table, &mut found),
            None => check_created(from, table, &mut found),
        }
    }
    check_moved_names(from, to, &mut found);
    found
}

fn check_created(from: &Schema, table: &Table, found: &mut Vec<Unsupported>) {
    if let Some(old) = &table.renamed_from
        && from.table(old).is_some()
    {
        let reason = format!("is the new name of table `{old}`: {BY_HAND}");
        found.push(Unsupported { place: table.name.to_string(), reason });
    }
}

fn compare_tables(old: &Table, new: &Table, found: &mut Vec<Unsupported>) {
    if old.primary_key != new.primary_key {
        let (before, after) = (listed(&old.primary_key), listed(&new.primary_key));
        let reason = format!("primary key changes from ({before}) to ({after}): {BY_HAND}");
        found.push(Unsupported { place: new.name.to_string(), reason });
    }
    for column in new.columns.iter() {
        let reasons = match old.column(&column.name) {
            Some(before) => column_changes(before, column),
            None => added_column(old, column).into_iter().collect(),
        };
        let place = format!("{}.{}", new.name, column.name);
        found
            .extend(reasons.into_iter().map(|reason| Unsupported { place: place.clone(), reason }));
    }
}

fn column_changes(old: &Column, new: &Column) -> Vec<String> {
    let nullability = |column: &Column| if column.nullable { "NULL" } else { "NOT NULL" };
    let numbering = |column: &Column| {
        if column.auto_increment { "auto-increment" } else { "no auto-increment" }
    };
    let changes = [
        change("type", &type_name(old.sql_type), &type_name(new.sql_type)),
        change("nullability", nullability(old), nullability(new)),
        change("default", &default_name(old), &default_name(new)),
        change("numbering", numbering(old), numbering(new)),
    ];
    changes.into_iter().flatten().collect()
}

fn change(what: &str, old: &str, new: &str) -> Option<String> {
    (old != new).then(|| format!("{what} changes from {old} to {new}: {BY_HAND}"))
}

fn added_column(table: &Table, column: &Column) -> Option<String> {
    match &column.renamed_from {
        Some(old) if table.column(old).is_some() => {
            Some(format!("is the new name of column `{old}`: {BY_HAND}"))
        }
        _ if !column.nullable && column.default.is_none() => Some(format!(
            "is new and NOT NULL without a default, so existing rows would have no value: \
             declare a default or make it Nullable, or {BY_HAND}"
        )),
        _ => None,
    }
}

/// PostgreSQL and SQLite have one namespace for the indexes of all tables, and MySQL one for all
/// foreign keys, so a name would have to go from the one table before it can come to the other.
fn check_moved_names(from: &Schema, to: &Schema, found: &mut Vec<Unsupported>) {
    for table in to.tables.iter() {
        for name in constraint_names(table) {
            let owner =
                from.tables.iter().find(|old| constraint_names(old).any(|other| other == name));
            if let Some(old) = owner.filter(|old| old.name != table.name) {
                let reason = format!("`{name}` moves here from table `{}`: {BY_HAND}", old.name);
                found.push(Unsupported { place: table.name.to_string(), reason });
            }
        }
    }
}

fn constraint_names(table: &Table) -> impl Iterator<Item = &Text> {
    let indexes = table.indexes.iter().map(|index| &index.name);
    let foreign_keys = table.foreign_keys.iter().map(|key| &key.name);
    let checks = table.checks.iter().map(|check| &check.name);
    indexes.chain(foreign_keys).chain(checks)
}

fn listed(columns: &List<Text>) -> String {
    columns.join(", ")
}

fn type_name(sql_type: SqlType) -> String {
    match sql_type {
        SqlType::Varchar(length) => format!("Varchar({length})"),
        other => format!("{other:?}"),
    }
}

fn default_name(column: &Column) -> String {
    match &column.default {
        None => "none".to_owned(),
        Some(DefaultValue::Now) => "now".to_owned(),
        Some(DefaultValue::Bool(value)) => value.to_string(),
        Some(DefaultValue::Int(value)) => value.to_string(),
        Some(DefaultValue::Text(value)) => format!("{value:?}"),
    }
}
