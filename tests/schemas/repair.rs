//! Turns a schema into one that the DSL accepts: what does not fit is removed or changed.

use std::borrow::Cow;
use std::slice;

use schema_model::names::{Kind, suffix_of};
use schema_model::{
    Action, BackEnds, Column, DefaultValue, ForeignKey, Index, Schema, SqlType, Table, Text,
    WithoutPartial,
};

use super::expressions::{columns_of, conditions, terms};
use super::owned;
use super::plan::{TABLES, WORDS};

/// The greatest number of columns of a table.
pub(crate) const COLUMNS_MAX: usize = 8;

/// Removes and changes as little as possible. A valid schema stays as it is.
pub(crate) fn repair(schema: &mut Schema) {
    let mut names: Vec<Text> = Vec::new();
    schema.tables.to_mut().retain(|table| is_first(&mut names, &table.name));
    for table in schema.tables.to_mut() {
        repair_columns(table);
        repair_primary_key(table);
        for column in table.columns.to_mut() {
            column.auto_increment &=
                *table.primary_key == [column.name.clone()] && column.sql_type.is_integer();
            column.nullable &= !table.primary_key.contains(&column.name);
            let fits = |default: &DefaultValue| fits(default, column.sql_type);
            column.default = column.default.take().filter(fits).filter(|_| !column.auto_increment);
        }
        repair_indexes(table);
    }
    let tables = schema.tables.clone();
    for table in schema.tables.to_mut() {
        repair_foreign_keys(table, &tables);
        repair_checks(table);
        table.foreign_keys.to_mut().iter_mut().for_each(|key| {
            key.name = foreign_key_name(&table.name, key, word_of(&key.name)).into();
        });
    }
    let mut names: Vec<Text> = Vec::new();
    for table in schema.tables.to_mut() {
        table.foreign_keys.to_mut().retain(|key| is_first(&mut names, &key.name));
    }
}

fn is_first(names: &mut Vec<Text>, name: &Text) -> bool {
    let first = !names.contains(name);
    if first {
        names.push(name.clone());
    }
    first
}

fn repair_columns(table: &mut Table) {
    let mut names = vec![table.name.clone()];
    table.columns.to_mut().retain(|column| is_first(&mut names, &column.name));
    table.columns.to_mut().truncate(COLUMNS_MAX);
}

/// A key needs more than Bool columns, because three rows could not have distinct values.
fn repair_primary_key(table: &mut Table) {
    let mut names = Vec::new();
    let columns = table.columns.clone();
    let column = |name: &Text| columns.iter().find(|column| column.name == *name);
    table.primary_key.to_mut().retain(|name| {
        column(name).is_some_and(|column| column.sql_type.key_bytes().is_some())
            && is_first(&mut names, name)
    });
    if is_key(table, &table.primary_key, true) {
        return;
    }
    let fitting = columns.iter().find(|column| is_key(table, slice::from_ref(&column.name), true));
    let name = fitting.map_or_else(|| owned("id"), |column| column.name.clone());
    if fitting.is_none() {
        table.columns.to_mut().retain(|column| column.name != "id");
        table.columns.to_mut().truncate(COLUMNS_MAX - 1);
        // Existing rows get a number each.
        table.columns.to_mut().insert(0, Column::new("id", SqlType::BigInt).auto_increment());
    }
    table.primary_key = Cow::Owned(vec![name]);
}

/// Whether a key or an index can have these columns.
fn is_key(table: &Table, names: &[Text], unique: bool) -> bool {
    let columns: Option<Vec<&Column>> = names.iter().map(|name| table.column(name)).collect();
    let Some(columns) = columns.filter(|columns| !columns.is_empty()) else { return false };
    let bytes: Option<u32> = columns.iter().map(|column| column.sql_type.key_bytes()).sum();
    let has_room = !unique || columns.iter().any(|column| column.sql_type != SqlType::Bool);
    let distinct = (1..names.len()).all(|at| !names[..at].contains(&names[at]));
    bytes.is_some_and(|bytes| bytes <= SqlType::KEY_BYTES_MAX) && has_room && distinct
}

fn fits(default: &DefaultValue, sql_type: SqlType) -> bool {
    let is_exact = match default {
        // Not every integer beyond this has a distinct Double, and back ends print them
        // differently.
        DefaultValue::Int(value) => sql_type.is_integer() || value.unsigned_abs() <= 1 << 53,
        DefaultValue::Now
        | DefaultValue::Bool(_)
        | DefaultValue::Decimal(_)
        | DefaultValue::Text(_) => true,
    };
    is_exact && default.check(sql_type, BackEnds::ALL).is_ok()
}

fn repair_indexes(table: &mut Table) {
    let mut indexes = std::mem::take(table.indexes.to_mut());
    indexes.retain(|index| {
        let names: Vec<Text> = index.column_names().cloned().collect();
        let condition = index.partial.as_ref().map(|partial| &*partial.condition.common);
        is_key(table, &names, index.unique)
            && condition.is_none_or(|text| columns_of(table, text, conditions).is_some())
    });
    for index in &mut indexes {
        if let Some(partial) = index.partial.as_mut().filter(|_| index.unique) {
            partial.without_partial = WithoutPartial::NoIndex;
        }
        index.name = index_name(&table.name, index, word_of(&index.name)).into();
    }
    let mut names = Vec::new();
    indexes.retain(|index| is_first(&mut names, &index.name));
    table.indexes = Cow::Owned(indexes);
}

fn repair_foreign_keys(table: &mut Table, tables: &[Table]) {
    let columns = table.columns.clone();
    let column = |name: &Text| columns.iter().find(|column| column.name == *name);
    let own = table.name.clone();
    let keys = table.foreign_keys.to_mut();
    keys.retain(|key| leads_somewhere(key, &own, &column, tables));
    for key in keys {
        let nullable = key.columns.iter().all(|name| column(name).is_some_and(|c| c.nullable));
        for action in [&mut key.on_delete, &mut key.on_update] {
            if *action == Action::SetNull && !nullable {
                *action = Action::NoAction;
            }
        }
        if key.foreign_table == own || may_copy_null(key, &column, tables) {
            key.on_update = Action::NoAction;
        }
    }
}

/// Whether an update of the target could copy NULL into a column that can't be NULL.
fn may_copy_null<'a>(
    key: &ForeignKey,
    column: &impl Fn(&Text) -> Option<&'a Column>,
    tables: &[Table],
) -> bool {
    let target = tables.iter().find(|table| table.name == key.foreign_table);
    let other = |name: &Text| target.and_then(|target| target.column(name));
    key.on_update == Action::Cascade
        && key.columns.iter().zip(key.foreign_columns.iter()).any(|(own, foreign)| {
            column(own).is_some_and(|own| !own.nullable)
                && other(foreign).is_some_and(|other| other.nullable)
        })
}

fn leads_somewhere<'a>(
    key: &ForeignKey,
    own: &Text,
    column: &impl Fn(&Text) -> Option<&'a Column>,
    tables: &[Table],
) -> bool {
    let Some(target) = tables.iter().find(|table| table.name == key.foreign_table) else {
        return false;
    };
    let unique = target.primary_key == key.foreign_columns
        || target.indexes.iter().any(|index| index.is_key_of(&key.foreign_columns));
    let equal = key.columns.iter().zip(key.foreign_columns.iter()).all(|(own, other)| {
        match (column(own), target.column(other)) {
            (Some(own), Some(other)) => own.sql_type == other.sql_type,
            (None, _) | (_, None) => false,
        }
    });
    let mut names = Vec::new();
    let distinct = key.columns.iter().all(|name| is_first(&mut names, name));
    let itself = key.foreign_table == *own && key.columns == key.foreign_columns;
    unique && equal && distinct && !itself && key.columns.len() == key.foreign_columns.len()
}

fn repair_checks(table: &mut Table) {
    let mut checks = std::mem::take(table.checks.to_mut());
    checks.retain(|check| {
        let columns = columns_of(table, &check.expression.common, terms);
        columns.is_some_and(|columns| columns.iter().all(|column| !is_changed(table, column)))
    });
    for check in &mut checks {
        let word = word_of(&check.name).unwrap_or(WORDS[0]);
        check.name = check_name(&table.name, word).into();
    }
    let mut names = Vec::new();
    checks.retain(|check| is_first(&mut names, &check.name));
    table.checks = Cow::Owned(checks);
}

/// Whether a foreign key may change the column. MySQL allows no check on such a column.
fn is_changed(table: &Table, column: &Column) -> bool {
    table.foreign_keys.iter().any(|key| {
        let changes = key.on_update != Action::NoAction || key.on_delete == Action::SetNull;
        changes && key.columns.contains(&column.name)
    })
}

/// The name of an index with that word, or with its columns.
pub(crate) fn index_name(table: &str, index: &Index, word: Option<&str>) -> String {
    let kind = if index.unique { Kind::Unique } else { Kind::Index };
    let columns = || suffix_of(index.column_names().map(|name| &**name));
    word.map_or_else(|| kind.name(table, &columns()), |word| own_name(kind, table, word))
}

pub(crate) fn foreign_key_name(table: &str, key: &ForeignKey, word: Option<&str>) -> String {
    let columns = || suffix_of(key.columns.iter().map(|name| &**name));
    let kind = Kind::ForeignKey;
    word.map_or_else(|| kind.name(table, &columns()), |word| own_name(kind, table, word))
}

pub(crate) fn check_name(table: &str, word: &str) -> String {
    own_name(Kind::Check, table, word)
}

/// A name with that word: with the last one, a whole name that no generated one is like.
fn own_name(kind: Kind, table: &str, word: &str) -> String {
    let name = kind.name(table, word);
    let is_whole = word == WORDS[WORDS.len() - 1];
    if is_whole { format!("{}`s \"Own\".", &name[..name.len().min(50)]) } else { name }
}

/// The word in the name of an index or constraint, whatever the current name of its table is.
pub(crate) fn word_of(name: &str) -> Option<&'static str> {
    let gives =
        |table: &str, word: &str| Kind::ALL.iter().any(|kind| own_name(*kind, table, word) == name);
    WORDS.into_iter().find(|word| TABLES.iter().any(|table| gives(table, word)))
}
