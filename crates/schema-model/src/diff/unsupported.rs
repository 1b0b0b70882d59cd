//! Differences that no migration is generated for.

use super::change::Unsupported;
use super::expression::mentions;
use super::rename::{column_predecessor, is_replaced, predecessor};
use crate::model::{Column, Schema, Table, Text};

/// All such differences, in the order of `to`.
pub(super) fn find(from: &Schema, to: &Schema) -> Vec<Unsupported> {
    let mut found = Vec::new();
    for new in to.tables.iter() {
        if let Some(reason) = taken("table", &new.name, new.renamed_from.as_ref(), |name| {
            from.table(name).is_some() && (name == new.name || to.table(name).is_none())
        }) {
            found.push(Unsupported { place: new.name.to_string(), reason });
        }
        if let Some(old) = predecessor(from, to, new) {
            compare_columns(old, new, &mut found);
        }
    }
    check_moved_names(from, to, &mut found);
    found
}

fn compare_columns(old: &Table, new: &Table, found: &mut Vec<Unsupported>) {
    for column in new.columns.iter() {
        let taken = taken("column", &column.name, column.renamed_from.as_ref(), |name| {
            old.column(name).is_some() && (name == column.name || new.column(name).is_none())
        });
        let source =
            column_predecessor(old, new, column).filter(|source| !is_replaced(source, column));
        let valueless = source.is_none().then(|| without_value(old, new, column)).flatten();
        let place = format!("{}.{}", new.name, column.name);
        let reasons = taken.into_iter().chain(valueless).chain(reads_unsettled(old, new, column));
        found.extend(reasons.map(|reason| Unsupported { place: place.clone(), reason }));
    }
}

/// A rename to a name that another table or column still has. That one would have to be dropped
/// first.
fn taken(
    kind: &str,
    name: &Text,
    renamed_from: Option<&Text>,
    was_there: impl Fn(&str) -> bool,
) -> Option<String> {
    let old = renamed_from?;
    (old != name && was_there(old) && was_there(name)).then(|| {
        format!(
            "is declared as renamed from `{old}`, but a {kind} `{name}` already exists: drop that \
             {kind} in a migration of its own, or remove `renamed_from`"
        )
    })
}

/// A backfill that reads a column that changes in the same migration. Whether it would see the old
/// or the new value would depend on the back end.
fn reads_unsettled(old: &Table, new: &Table, column: &Column) -> Option<String> {
    let backfill = column.backfill.as_ref()?;
    let fills = |source: &Column, new: &Column| {
        source.nullable && !new.nullable && !is_replaced(source, new)
    };
    let own = column_predecessor(old, new, column);
    let is_used = own.is_none_or(|own| is_replaced(own, column) || fills(own, column));
    if !is_used {
        return None;
    }
    let mut read = new.columns.iter().filter(|other| mentions(backfill, &other.name));
    read.find_map(|other| {
        let name = &other.name;
        match column_predecessor(old, new, other) {
            None => Some(format!(
                "has a backfill that reads `{name}`, which is new as well: read only columns that \
                 already exist"
            )),
            Some(source) if other.name != column.name && fills(source, other) => Some(format!(
                "has a backfill that reads `{name}`, whose NULLs get a value in the same migration: \
                 move one of the two to a migration of its own"
            )),
            // A column that is replaced still exists with its old values at that time.
            Some(source)
                if other.name != column.name
                    && source.sql_type != other.sql_type
                    && !is_replaced(source, other) =>
            {
                Some(format!(
                    "has a backfill that reads `{name}`, which changes its type in the same \
                     migration: move one of the two to a migration of its own"
                ))
            }
            Some(_) => None,
        }
    })
}

fn without_value(old: &Table, new: &Table, column: &Column) -> Option<String> {
    let has_value = column.nullable
        || column.auto_increment
        || column.default.is_some()
        || column.backfill.is_some();
    if has_value {
        return None;
    }
    let gone = old.columns.iter().find(|gone| {
        let stays = new.columns.iter().any(|new_column| {
            column_predecessor(old, new, new_column).is_some_and(|source| source.name == gone.name)
        });
        !stays && gone.sql_type == column.sql_type
    });
    let rename = gone.map(|gone| {
        format!(
            "; or, if it is `{0}` under a new name, declare that there: #[renamed_from = \"{0}\"]",
            gone.name
        )
    });
    let what = match column_predecessor(old, new, column) {
        Some(source) => format!(
            "changes from {} to {}, for which there is no conversion, and is NOT NULL",
            source.sql_type, column.sql_type
        ),
        None => "is new and NOT NULL".to_owned(),
    };
    Some(format!(
        "{what}, so existing rows have no value for it: give it a default, or a \
         `#[backfill(\"expression\")]` over the former columns, or make it Nullable{}",
        rename.unwrap_or_default()
    ))
}

/// PostgreSQL and SQLite have one namespace for the indexes of all tables, and MySQL has one for
/// all foreign keys. So a name can't move between tables unless it is dropped from the first one
/// before.
fn check_moved_names(from: &Schema, to: &Schema, found: &mut Vec<Unsupported>) {
    for new in to.tables.iter() {
        let old_name = predecessor(from, to, new).map(|old| &old.name);
        for name in constraint_names(new) {
            let owner =
                from.tables.iter().find(|old| constraint_names(old).any(|other| other == name));
            if let Some(owner) = owner.filter(|owner| Some(&owner.name) != old_name) {
                let reason = format!(
                    "`{name}` moves here from table `{}`: drop it there in a migration of its own",
                    owner.name
                );
                found.push(Unsupported { place: new.name.to_string(), reason });
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
