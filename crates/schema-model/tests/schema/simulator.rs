//! A database that has schemas and no rows, and takes each change literally: what is dropped must
//! exist, and what is added must not.

use std::fmt::Debug;

use schema_model::diff::{Change, Step};
use schema_model::{Column, Schema, Table, Text};

/// Each back end decides on its own order. This is a simple one that works: renames come
/// before foreign keys are added, since a released key may get the name of a renamed one.
#[derive(Clone, Copy, PartialEq)]
enum Phase {
    Removals,
    Columns,
    Additions,
    ForeignKeys,
}

/// The schema after the changes, or the first thing that differs from what a change expects.
pub(crate) fn apply(schema: &Schema, changes: &[Change]) -> Result<Schema, String> {
    let mut tables = sorted(schema).tables.into_owned();
    for phase in [Phase::Removals, Phase::Columns, Phase::Additions, Phase::ForeignKeys] {
        if phase == Phase::Columns {
            rename(&mut tables, changes)?;
        }
        for change in changes {
            take(&mut tables, change, phase)?;
        }
    }
    let all: Vec<&Text> = tables.iter().flat_map(names).collect();
    match all.iter().enumerate().find(|(at, name)| all[..*at].contains(name)) {
        Some((_, name)) => Err(format!("two are named {name}")),
        None => Ok(Schema::new(tables)),
    }
}

/// The same schema in a fixed order, and without renames and backfills.
pub(crate) fn sorted(schema: &Schema) -> Schema {
    let mut tables: Vec<Table> = schema.tables.iter().map(sorted_table).collect();
    tables.sort_by(|a, b| a.name.cmp(&b.name));
    Schema::new(tables)
}

fn sorted_table(table: &Table) -> Table {
    let mut table = table.clone();
    table.renamed_from = None;
    table.columns.to_mut().iter_mut().for_each(|column| *column = state(column));
    table.columns.to_mut().sort_by(|a, b| a.name.cmp(&b.name));
    table.indexes.to_mut().sort_by(|a, b| a.name.cmp(&b.name));
    table.foreign_keys.to_mut().sort_by(|a, b| a.name.cmp(&b.name));
    table.checks.to_mut().sort_by(|a, b| a.name.cmp(&b.name));
    table
}

fn state(column: &Column) -> Column {
    Column { renamed_from: None, backfill: None, ..column.clone() }
}

fn names(table: &Table) -> impl Iterator<Item = &Text> {
    let indexes = table.indexes.iter().map(|index| &index.name);
    let keys = table.foreign_keys.iter().map(|key| &key.name);
    indexes.chain(keys).chain(table.checks.iter().map(|check| &check.name))
}

/// Renames tables and columns everywhere except in expressions.
fn rename(tables: &mut [Table], changes: &[Change]) -> Result<(), String> {
    for change in changes {
        let Change::AlterTable(alter) = change else { continue };
        let (old, new) = (&alter.from.name, &alter.to.name);
        refuse(old != new && find(tables, new).is_ok(), "a table is there already:", new)?;
        find(tables, old)?.name = new.clone();
        let rename = |name: &mut Text| {
            if name == old {
                *name = new.clone();
            }
        };
        let keys = tables.iter_mut().flat_map(|table| table.foreign_keys.to_mut());
        keys.for_each(|key| rename(&mut key.foreign_table));
        for step in &alter.steps {
            if let Step::RenameColumn { from, to } = step {
                rename_column(tables, new, from, to)?;
            }
        }
    }
    Ok(())
}

fn rename_column(tables: &mut [Table], owner: &Text, old: &Text, new: &Text) -> Result<(), String> {
    let rename = |name: &mut Text| {
        if name == old {
            *name = new.clone();
        }
    };
    for table in tables.iter_mut() {
        for key in table.foreign_keys.to_mut() {
            if key.foreign_table == *owner {
                key.foreign_columns.to_mut().iter_mut().for_each(rename);
            }
        }
    }
    let table = find(tables, owner)?;
    refuse(table.column(new).is_some(), "a column is there already:", new)?;
    refuse(table.column(old).is_none(), "no column", old)?;
    table.columns.to_mut().iter_mut().for_each(|column| rename(&mut column.name));
    table.primary_key.to_mut().iter_mut().for_each(rename);
    let indexes = table.indexes.to_mut().iter_mut();
    indexes.flat_map(|index| index.columns.to_mut()).for_each(|column| rename(&mut column.name));
    table.foreign_keys.to_mut().iter_mut().flat_map(|key| key.columns.to_mut()).for_each(rename);
    Ok(())
}

fn take(tables: &mut Vec<Table>, change: &Change, phase: Phase) -> Result<(), String> {
    match (change, phase) {
        (Change::DropTable(drop), Phase::Removals) => {
            let keys = find(tables, &drop.table.name)?.foreign_keys.to_mut();
            drop.early_keys.iter().try_for_each(|key| remove(keys, key))
        }
        (Change::DropTable(drop), Phase::Additions) => {
            tables.retain(|table| table.name != drop.table.name);
            let mut keys = tables.iter().flat_map(|table| table.foreign_keys.iter());
            let user = keys.find(|key| key.foreign_table == drop.table.name);
            user.map_or(Ok(()), |key| Err(format!("{} refers to what is dropped", key.name)))
        }
        (Change::CreateTable(create), Phase::Additions) => {
            let mut table = create.table.clone();
            refuse(find(tables, &table.name).is_ok(), "a table is there already:", &table.name)?;
            let late = &create.late_keys;
            late.iter().try_for_each(|key| remove(table.foreign_keys.to_mut(), key))?;
            let targets: Vec<Text> =
                table.foreign_keys.iter().map(|key| key.foreign_table.clone()).collect();
            tables.push(table);
            targets.iter().try_for_each(|target| find(tables, target).map(|_| ()))
        }
        (Change::CreateTable(create), Phase::ForeignKeys) => {
            let table = find(tables, &create.table.name)?;
            table.foreign_keys.to_mut().extend(create.late_keys.iter().cloned());
            Ok(())
        }
        (Change::AlterTable(alter), phase) => {
            refuse(
                alter.steps.is_empty() && alter.from.name == alter.to.name,
                "nothing changes in",
                &alter.from.name,
            )?;
            let is_early = phase == Phase::Removals;
            let name = if is_early { &alter.from.name } else { &alter.to.name };
            let table = find(tables, name)?;
            alter.steps.iter().try_for_each(|step| step_in(table, step, phase))
        }
        (Change::DropTable(_) | Change::CreateTable(_), _) => Ok(()),
    }
}

fn step_in(table: &mut Table, step: &Step, phase: Phase) -> Result<(), String> {
    let Table { columns, primary_key, indexes, foreign_keys, checks, .. } = table;
    match (phase, step) {
        (Phase::Removals, Step::DropForeignKey(key)) => remove(foreign_keys.to_mut(), key),
        (Phase::Removals, Step::ReleaseForeignKey { from, .. }) => {
            remove(foreign_keys.to_mut(), from)
        }
        (Phase::Removals, Step::DropCheck(check)) => remove(checks.to_mut(), check),
        (Phase::Removals, Step::DropIndex(index)) => remove(indexes.to_mut(), index),
        (Phase::Columns, Step::AddColumn(column)) => {
            columns.to_mut().push(state(column));
            Ok(())
        }
        (Phase::Columns, Step::AlterColumn { from, to }) => {
            remove(columns.to_mut(), &Column { name: to.name.clone(), ..state(from) })?;
            columns.to_mut().push(state(to));
            Ok(())
        }
        (Phase::Columns, Step::DropColumn(column)) => remove(columns.to_mut(), &state(column)),
        (Phase::Columns, Step::ChangePrimaryKey { from, to }) => {
            let differs = from != primary_key;
            *primary_key = to.clone();
            refuse(differs, "another primary key in", &table.name)
        }
        (Phase::Additions, Step::RenameCheck { from, to }) => {
            rename_one(checks.to_mut(), &from.name, &to.name, |check| &mut check.name)
        }
        (Phase::Additions, Step::RenameIndex { from, to }) => {
            rename_one(indexes.to_mut(), &from.name, &to.name, |index| &mut index.name)
        }
        (Phase::Additions, Step::AddIndex(index)) => {
            add(indexes.to_mut(), index, |index| &index.name)
        }
        (Phase::Additions, Step::AddCheck(check)) => {
            add(checks.to_mut(), check, |check| &check.name)
        }
        (Phase::Additions, Step::RenameForeignKey { from, to }) => {
            rename_one(foreign_keys.to_mut(), &from.name, &to.name, |key| &mut key.name)
        }
        (
            Phase::ForeignKeys,
            Step::AddForeignKey(key) | Step::ReleaseForeignKey { to: key, .. },
        ) => add(foreign_keys.to_mut(), key, |key| &key.name),
        _ => Ok(()),
    }
}

fn find<'a>(tables: &'a mut [Table], name: &str) -> Result<&'a mut Table, String> {
    tables.iter_mut().find(|table| table.name == name).ok_or_else(|| format!("no table {name}"))
}

fn remove<T: PartialEq + Debug>(list: &mut Vec<T>, item: &T) -> Result<(), String> {
    let at = list.iter().position(|other| other == item).ok_or_else(|| format!("no {item:?}"))?;
    list.remove(at);
    Ok(())
}

fn add<T: Clone>(list: &mut Vec<T>, item: &T, name: fn(&T) -> &Text) -> Result<(), String> {
    refuse(list.iter().any(|other| name(other) == name(item)), "is there already:", name(item))?;
    list.push(item.clone());
    Ok(())
}

fn rename_one<T>(
    list: &mut [T],
    old: &Text,
    new: &Text,
    name: fn(&mut T) -> &mut Text,
) -> Result<(), String> {
    refuse(list.iter_mut().any(|item| name(item) == new), "is there already:", new)?;
    let found = list.iter_mut().map(name).find(|name| *name == old);
    *found.ok_or_else(|| format!("no {old}"))? = new.clone();
    Ok(())
}

fn refuse(wrong: bool, why: &str, what: &str) -> Result<(), String> {
    if wrong { Err(format!("{why} {what}")) } else { Ok(()) }
}
