//! The changes between two schemas, in sentences for people.

use super::change::{AlterTable, Change, Step};
use super::expression::on_one_line;
use crate::model::{
    Action, Check, Column, ForeignKey, Index, Partial, Table, Text, WithoutPartial,
};

/// The changes in words: a line for each table, and below it an indented line for each of its
/// changes. Something that is dropped and added under the same name is one change. Something that
/// is dropped only to allow another change, and is the same afterwards, is not listed.
pub fn in_words(changes: &[Change]) -> Vec<String> {
    changes.iter().flat_map(change).collect()
}

fn change(change: &Change) -> Vec<String> {
    match change {
        Change::AlterTable(alter) => {
            let renamed = (alter.from.name != alter.to.name)
                .then(|| format!("is renamed from `{}`", alter.from.name));
            let steps = alter.steps.iter().flat_map(|step| of_step(alter, step));
            let lines: Vec<String> = renamed.into_iter().chain(steps).collect();
            if lines.is_empty() {
                return Vec::new();
            }
            under(format!("table `{}`", alter.to.name), lines)
        }
        Change::CreateTable(create) => {
            under(format!("table `{}` is new", create.table.name), parts(&create.table))
        }
        Change::DropTable(drop) => vec![format!("table `{}` is dropped", drop.table.name)],
    }
}

fn under(heading: String, lines: Vec<String>) -> Vec<String> {
    let lines = lines.into_iter().map(|line| format!("  {line}"));
    std::iter::once(heading).chain(lines).collect()
}

/// Everything that a new table has.
fn parts(table: &Table) -> Vec<String> {
    let columns =
        table.columns.iter().map(|column| format!("column `{}`: {}", column.name, shape(column)));
    let key = format!("primary key {}", list(&table.primary_key));
    let indexes =
        table.indexes.iter().map(|index| format!("index `{}`: {}", index.name, coverage(index)));
    let keys =
        table.foreign_keys.iter().map(|key| format!("foreign key `{}`: {}", key.name, target(key)));
    let checks =
        table.checks.iter().map(|check| format!("check `{}`: {}", check.name, condition(check)));
    columns.chain([key]).chain(indexes).chain(keys).chain(checks).collect()
}

fn of_step(table: &AlterTable, step: &Step) -> Vec<String> {
    match step {
        Step::DropForeignKey(key) => dropped(table, "foreign key", &key.name),
        Step::DropCheck(check) => dropped(table, "check", &check.name),
        Step::DropIndex(index) => dropped(table, "index", &index.name),
        Step::AddForeignKey(key) => new_part(table, step, &target(key)),
        Step::AddCheck(check) => new_part(table, step, &condition(check)),
        Step::AddIndex(index) => new_part(table, step, &coverage(index)),
        Step::ReleaseForeignKey { from, to } if from.name == to.name => Vec::new(),
        Step::ReleaseForeignKey { from, to } | Step::RenameForeignKey { from, to } => {
            vec![renamed("foreign key", &from.name, &to.name)]
        }
        Step::RenameCheck { from, to } => vec![renamed("check", &from.name, &to.name)],
        Step::RenameIndex { from, to } => vec![renamed("index", &from.name, &to.name)],
        Step::RenameColumn { from, to } => vec![renamed("column", from, to)],
        Step::AddColumn(column) => vec![new_column(table, column)],
        Step::AlterColumn { from, to } => altered(from, to),
        Step::DropColumn(column) if table.replaces(&column.name) => Vec::new(),
        Step::DropColumn(column) => vec![format!("column `{}` is dropped", column.name)],
        Step::ChangePrimaryKey { from, to } if from == to => Vec::new(),
        Step::ChangePrimaryKey { from, to } => {
            vec![format!("primary key is now {}; was {}", list(to), list(from))]
        }
    }
}

fn dropped(table: &AlterTable, kind: &str, name: &str) -> Vec<String> {
    let is_added_again = table.steps.iter().filter_map(added).any(|part| part == (kind, name));
    if is_added_again { Vec::new() } else { vec![format!("{kind} `{name}` is dropped")] }
}

fn new_part(table: &AlterTable, step: &Step, new: &str) -> Vec<String> {
    let Some((kind, name)) = added(step) else { return Vec::new() };
    let mut steps = table.steps.iter().filter_map(|step| Some((step, removed(step)?)));
    let old = steps.find(|(_, (old_kind, old_name, _))| (*old_kind, *old_name) == (kind, name));
    match old {
        None => vec![format!("{kind} `{name}` is new: {new}")],
        Some((old_step, (_, _, old))) if old == new => match is_same(old_step, step) {
            // It was only created again because one of its columns was.
            true => Vec::new(),
            false => vec![format!("{kind} `{name}` is written differently: {new}")],
        },
        Some((_, (_, _, old))) => vec![format!("{kind} `{name}` is now {new}; was {old}")],
    }
}

/// The kind and name of the index or constraint that a step adds.
fn added(step: &Step) -> Option<(&'static str, &str)> {
    match step {
        Step::AddForeignKey(key) => Some(("foreign key", &key.name)),
        Step::AddCheck(check) => Some(("check", &check.name)),
        Step::AddIndex(index) => Some(("index", &index.name)),
        _ => None,
    }
}

/// The kind, name and definition of the index or constraint that a step removes.
fn removed(step: &Step) -> Option<(&'static str, &str, String)> {
    match step {
        Step::DropForeignKey(key) => Some(("foreign key", &key.name, target(key))),
        Step::DropCheck(check) => Some(("check", &check.name, condition(check))),
        Step::DropIndex(index) => Some(("index", &index.name, coverage(index))),
        _ => None,
    }
}

/// Whether the second step adds exactly what the first one removes.
fn is_same(removal: &Step, addition: &Step) -> bool {
    match (removal, addition) {
        (Step::DropForeignKey(old), Step::AddForeignKey(new)) => old == new,
        (Step::DropCheck(old), Step::AddCheck(new)) => old == new,
        (Step::DropIndex(old), Step::AddIndex(new)) => old == new,
        _ => false,
    }
}

fn renamed(kind: &str, from: &str, to: &str) -> String {
    format!("{kind} `{to}` is renamed from `{from}`")
}

fn new_column(table: &AlterTable, column: &Column) -> String {
    let name = &column.name;
    let fill = column
        .backfill
        .as_ref()
        .map(|expression| format!("; existing rows get {}", on_one_line(expression)));
    let replaced = table.from.column(name).filter(|_| table.replaces(name));
    let loss = if replaced.is_some() && fill.is_none() { ", without its values" } else { "" };
    let fill = fill.unwrap_or_default();
    match replaced {
        Some(old) => {
            let (old, new) = (shape(old), shape(column));
            format!("column `{name}` is replaced{loss}: {new}; was {old}{fill}")
        }
        None => format!("column `{name}` is new: {}{fill}", shape(column)),
    }
}

/// A line for each difference.
fn altered(from: &Column, to: &Column) -> Vec<String> {
    let sql_type = (from.sql_type != to.sql_type)
        .then(|| format!("changes from {} to {}", from.sql_type, to.sql_type));
    let null = match (from.nullable, to.nullable) {
        (false, true) => Some("may be NULL".to_owned()),
        (true, false) => Some(format!("may no longer be NULL{}", instead_of_null(to))),
        (true, true) | (false, false) => None,
    };
    let numbering = match (from.auto_increment, to.auto_increment) {
        (false, true) => Some("is numbered by the database".to_owned()),
        (true, false) => Some("is no longer numbered by the database".to_owned()),
        (true, true) | (false, false) => None,
    };
    let default = match (&from.default, &to.default) {
        (Some(old), Some(new)) if old != new => Some(format!("default is now {new}; was {old}")),
        (None, Some(new)) => Some(format!("default is now {new}")),
        (Some(old), None) => Some(format!("no longer has a default; was {old}")),
        (Some(_), Some(_)) | (None, None) => None,
    };
    let differences = [sql_type, null, numbering, default].into_iter().flatten();
    differences.map(|difference| format!("column `{}` {difference}", to.name)).collect()
}

fn instead_of_null(column: &Column) -> String {
    let instead = match (&column.backfill, &column.default) {
        (Some(expression), _) => on_one_line(expression),
        (None, Some(default)) => default.to_string(),
        (None, None) => return String::new(),
    };
    format!("; rows where it is NULL get {instead}")
}

/// A column without its name, in the words of the DSL.
fn shape(column: &Column) -> String {
    let sql_type = match column.nullable {
        true => format!("Nullable<{}>", column.sql_type),
        false => column.sql_type.to_string(),
    };
    let numbered = column.auto_increment.then(|| ", numbered by the database".to_owned());
    let default = column.default.as_ref().map(|default| format!(", default {default}"));
    [Some(sql_type), numbered, default].into_iter().flatten().collect()
}

/// The columns and rows that an index covers.
fn coverage(index: &Index) -> String {
    let columns: Vec<String> = index
        .columns
        .iter()
        .map(|column| match column.descending {
            true => format!("{} descending", column.name),
            false => column.name.to_string(),
        })
        .collect();
    let unique = if index.unique { "unique " } else { "" };
    let partial = index.partial.as_ref().map(rows).unwrap_or_default();
    format!("{unique}on {}{partial}", columns.join(", "))
}

fn rows(partial: &Partial) -> String {
    let instead = match partial.without_partial {
        WithoutPartial::FullIndex => "on MySQL and MariaDB over all rows",
        WithoutPartial::NoIndex => "not on MySQL and MariaDB",
    };
    format!(", where {} ({instead})", on_one_line(&partial.condition))
}

/// What a foreign key refers to, and its actions.
fn target(key: &ForeignKey) -> String {
    let on_delete = action("delete", key.on_delete);
    let on_update = action("update", key.on_update);
    let (columns, foreign_columns) = (list(&key.columns), list(&key.foreign_columns));
    format!("{columns} → {} {foreign_columns}{on_delete}{on_update}", key.foreign_table)
}

fn action(event: &str, action: Action) -> String {
    match action {
        Action::NoAction => String::new(),
        Action::Cascade => format!(", on {event} cascade"),
        Action::SetNull => format!(", on {event} set null"),
    }
}

fn condition(check: &Check) -> String {
    on_one_line(&check.expression)
}

fn list(names: &[Text]) -> String {
    format!("({})", names.join(", "))
}
