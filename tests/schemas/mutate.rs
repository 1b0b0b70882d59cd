//! Changes of a schema between two of its versions, one at a time.

use proptest::prelude::*;
use schema_model::diff::conversion;
use schema_model::{Action, Schema, SqlType, Table, Text};

use super::expressions::renamed;
use super::plan::{self, CheckPlan, ColumnPlan, IndexPlan, KeyPlan, TablePlan};
use super::repair::{check_name, foreign_key_name, index_name};
use super::{owned, pick};

/// A change in the table with that number.
#[derive(Debug, Clone)]
pub(crate) struct Mutation {
    table: u8,
    kind: Kind,
}

/// Numbers choose from the table's columns, indexes and so on at the time of the change.
#[derive(Debug, Clone)]
enum Kind {
    AddColumn(ColumnPlan, u8),
    DropColumn(u8),
    RenameColumn(u8, u8),
    /// Changes the type of this column, or of all columns that foreign keys connect to it.
    ChangeType(u8, TypeChange, bool),
    ToggleNullability(u8),
    ChangeDefault(u8, Option<u8>),
    ToggleNumbering,
    ChangePrimaryKey(Vec<u8>),
    AddIndex(IndexPlan),
    DropIndex(u8),
    /// Changes whether the index is unique, which rows it covers, or the order of a column.
    AlterIndex(u8, u8),
    AddCheck(CheckPlan),
    DropCheck(u8),
    AlterCheck(u8, CheckPlan),
    AddForeignKey(KeyPlan),
    DropForeignKey(u8),
    AlterForeignKey(u8, Action, Action),
    /// Gives an index, a foreign key or a check (by the first number) that word as its name, or a
    /// name made from its columns. If another one already has that name, the two swap names.
    Name(u8, u8, Option<u8>),
    RenameTable(u8),
    DropTable,
    CreateTable(TablePlan),
    /// Reverses the order of declaration, which makes no difference.
    Reverse,
}

#[derive(Debug, Clone)]
enum TypeChange {
    /// To that type, whatever happens to the values.
    To(SqlType),
    /// To a type that the values can be converted to.
    Along(u8),
}

pub(crate) fn mutation() -> impl Strategy<Value = Mutation> {
    let number = any::<u8>;
    let to = prop_oneof![
        3 => number().prop_map(TypeChange::Along),
        1 => plan::sql_type().prop_map(TypeChange::To),
    ];
    let columns = prop_oneof![
        3 => (plan::column(), number()).prop_map(|(column, at)| Kind::AddColumn(column, at)),
        2 => number().prop_map(Kind::DropColumn),
        3 => any::<(u8, u8)>().prop_map(|(column, name)| Kind::RenameColumn(column, name)),
        4 => (number(), to, any::<bool>())
            .prop_map(|(column, to, tied)| Kind::ChangeType(column, to, tied)),
        2 => number().prop_map(Kind::ToggleNullability),
        1 => any::<(u8, Option<u8>)>()
            .prop_map(|(column, default)| Kind::ChangeDefault(column, default)),
        1 => Just(Kind::ToggleNumbering),
        2 => prop::collection::vec(number(), 1..=3).prop_map(Kind::ChangePrimaryKey),
    ];
    let constraints = prop_oneof![
        2 => plan::index().prop_map(Kind::AddIndex),
        1 => number().prop_map(Kind::DropIndex),
        2 => any::<(u8, u8)>().prop_map(|(index, what)| Kind::AlterIndex(index, what)),
        1 => plan::check().prop_map(Kind::AddCheck),
        1 => number().prop_map(Kind::DropCheck),
        1 => (number(), plan::check()).prop_map(|(check, plan)| Kind::AlterCheck(check, plan)),
        2 => plan::foreign_key().prop_map(Kind::AddForeignKey),
        1 => number().prop_map(Kind::DropForeignKey),
        2 => any::<(u8, u8, Option<u8>)>()
            .prop_map(|(kind, which, word)| Kind::Name(kind, which, word)),
        1 => (number(), plan::action(), plan::action())
            .prop_map(|(key, delete, update)| Kind::AlterForeignKey(key, delete, update)),
    ];
    let tables = prop_oneof![
        2 => number().prop_map(Kind::RenameTable),
        1 => Just(Kind::DropTable),
        1 => plan::table().prop_map(Kind::CreateTable),
        1 => Just(Kind::Reverse),
    ];
    let kind = prop_oneof![5 => columns, 3 => constraints, 2 => tables];
    (number(), kind).prop_map(|(table, kind)| Mutation { table, kind })
}

/// The caller must repair the schema afterwards.
pub(crate) fn apply(schema: &mut Schema, mutation: &Mutation) {
    if let Kind::CreateTable(plan) = &mutation.kind {
        schema.tables.to_mut().extend(plan::made_table(plan));
        return;
    }
    let count = schema.tables.len();
    let Some(at) = usize::from(mutation.table).checked_rem(count) else { return };
    match &mutation.kind {
        Kind::RenameTable(name) => rename_table(schema, at, *name),
        Kind::DropTable => {
            schema.tables.to_mut().remove(at);
        }
        Kind::Reverse => schema.tables.to_mut().reverse(),
        Kind::RenameColumn(column, name) => rename_column(schema, at, *column, *name),
        Kind::ChangeType(column, to, tied) => change_type(schema, at, *column, to, *tied),
        Kind::AddForeignKey(plan) => {
            let own = schema.tables[at].name.clone();
            plan::add_foreign_key(schema, &own, plan);
        }
        kind => alter(&mut schema.tables.to_mut()[at], kind),
    }
}

fn alter(table: &mut Table, kind: &Kind) {
    match kind {
        Kind::AddColumn(plan, at) => {
            let at = usize::from(*at) % (table.columns.len() + 1);
            if let Some(column) = plan::made_column(plan)
                && table.column(&column.name).is_none()
            {
                table.columns.to_mut().insert(at, column);
            }
        }
        Kind::DropColumn(column) => remove(table.columns.to_mut(), *column),
        Kind::ToggleNullability(column) => {
            if let Some(column) = nth(table.columns.to_mut(), *column) {
                column.nullable = !column.nullable;
            }
        }
        Kind::ChangeDefault(column, default) => {
            if let Some(column) = nth(table.columns.to_mut(), *column) {
                column.default = default.and_then(|number| plan::default(column.sql_type, number));
            }
        }
        Kind::ToggleNumbering => {
            let key = table.primary_key[0].clone();
            let columns = table.columns.to_mut().iter_mut();
            for column in columns.filter(|column| column.name == key) {
                column.auto_increment = !column.auto_increment;
            }
        }
        Kind::ChangePrimaryKey(numbers) => {
            let names = numbers.iter().filter_map(|&number| pick(&table.columns, number));
            table.primary_key = names.map(|column| column.name.clone()).collect();
        }
        Kind::AddIndex(plan) => plan::add_index(table, plan),
        Kind::DropIndex(index) => remove(table.indexes.to_mut(), *index),
        Kind::AlterIndex(index, what) => {
            let Some(index) = nth(table.indexes.to_mut(), *index) else { return };
            match what % 3 {
                0 => index.unique = !index.unique,
                1 => index.partial = None,
                _ => {
                    let columns = index.columns.to_mut().iter_mut().take(1);
                    columns.for_each(|column| column.descending = !column.descending);
                }
            }
        }
        Kind::AddCheck(plan) => plan::add_check(table, plan),
        Kind::DropCheck(check) => remove(table.checks.to_mut(), *check),
        Kind::AlterCheck(check, plan) => {
            let Some(name) = pick(&table.checks, *check).map(|check| check.name.clone()) else {
                return;
            };
            remove(table.checks.to_mut(), *check);
            let before = table.checks.len();
            plan::add_check(table, plan);
            table
                .checks
                .to_mut()
                .iter_mut()
                .skip(before)
                .for_each(|check| check.name = name.clone());
        }
        Kind::Name(kind, which, word) => {
            let word = word.and_then(|number| pick(&plan::WORDS, number)).copied();
            let owner = table.name.clone();
            match kind % 3 {
                0 => {
                    let new = pick(&table.indexes, *which).map(|one| index_name(&owner, one, word));
                    let names = table.indexes.to_mut().iter_mut().map(|index| &mut index.name);
                    rename(names.collect(), *which, new);
                }
                1 => {
                    let keys = table.foreign_keys.to_mut();
                    let new = pick(keys, *which).map(|one| foreign_key_name(&owner, one, word));
                    rename(keys.iter_mut().map(|key| &mut key.name).collect(), *which, new);
                }
                _ => {
                    let new = word.map(|word| check_name(&owner, word));
                    let names = table.checks.to_mut().iter_mut().map(|check| &mut check.name);
                    rename(names.collect(), *which, new);
                }
            }
        }
        Kind::DropForeignKey(key) => remove(table.foreign_keys.to_mut(), *key),
        Kind::AlterForeignKey(key, on_delete, on_update) => {
            if let Some(key) = nth(table.foreign_keys.to_mut(), *key) {
                (key.on_delete, key.on_update) = (*on_delete, *on_update);
            }
        }
        Kind::AddForeignKey(_)
        | Kind::RenameColumn(..)
        | Kind::ChangeType(..)
        | Kind::RenameTable(_)
        | Kind::DropTable
        | Kind::CreateTable(_)
        | Kind::Reverse => {}
    }
}

fn rename(mut names: Vec<&mut Text>, which: u8, new: Option<String>) {
    let Some(new) = new.map(Text::from) else { return };
    let Some(at) = usize::from(which).checked_rem(names.len()) else { return };
    let old = std::mem::replace(names[at], new.clone());
    for (other, name) in names.iter_mut().enumerate() {
        if other != at && **name == new {
            **name = old.clone();
        }
    }
}

fn rename_table(schema: &mut Schema, at: usize, number: u8) {
    let free: Vec<&str> =
        plan::TABLES.into_iter().filter(|name| schema.table(name).is_none()).collect();
    let old = schema.tables[at].name.clone();
    let Some(new) = pick(&free, number).map(|name| owned(name)) else { return };
    for table in schema.tables.to_mut() {
        if table.name == old {
            table.renamed_from.get_or_insert(old.clone());
            table.name = new.clone();
        }
        let keys = table.foreign_keys.to_mut().iter_mut();
        keys.filter(|key| key.foreign_table == old).for_each(|key| key.foreign_table = new.clone());
    }
}

fn rename_column(schema: &mut Schema, at: usize, column: u8, number: u8) {
    let table = &schema.tables[at];
    let is_free = |name: &&str| table.column(name).is_none() && table.name != *name;
    let free: Vec<&str> = plan::COLUMNS.into_iter().filter(is_free).collect();
    let owner = table.name.clone();
    let old = pick(&table.columns, column).map(|column| column.name.clone());
    let (Some(old), Some(new)) = (old, pick(&free, number).map(|name| owned(name))) else { return };
    let rename = |name: &mut Text| {
        if *name == old {
            *name = new.clone();
        }
    };
    for table in schema.tables.to_mut() {
        for key in table.foreign_keys.to_mut() {
            if key.foreign_table == owner {
                key.foreign_columns.to_mut().iter_mut().for_each(rename);
            }
            if table.name == owner {
                key.columns.to_mut().iter_mut().for_each(rename);
            }
        }
    }
    let table = &mut schema.tables.to_mut()[at];
    for column in table.columns.to_mut().iter_mut().filter(|column| column.name == old) {
        column.renamed_from.get_or_insert(old.clone());
        column.name = new.clone();
    }
    table.primary_key.to_mut().iter_mut().for_each(rename);
    for index in table.indexes.to_mut() {
        index.columns.to_mut().iter_mut().for_each(|column| rename(&mut column.name));
        if let Some(partial) = &mut index.partial {
            partial.condition = renamed(&partial.condition.common, &old, &new).into();
        }
    }
    for check in table.checks.to_mut() {
        check.expression = renamed(&check.expression.common, &old, &new).into();
    }
}

fn change_type(schema: &mut Schema, at: usize, column: u8, change: &TypeChange, tied: bool) {
    let table = &schema.tables[at];
    let Some(column) = pick(&table.columns, column) else { return };
    let old = column.sql_type;
    let new = match change {
        TypeChange::To(sql_type) => Some(*sql_type),
        TypeChange::Along(number) => {
            let types = plan::types_with(&[64, 300, 2]).into_iter();
            let fitting: Vec<SqlType> =
                types.filter(|new| conversion(old, *new).is_some()).collect();
            pick(&fitting, *number).copied()
        }
    };
    let Some(new) = new else { return };
    let mut places = vec![(table.name.clone(), column.name.clone())];
    while tied && let Some(more) = tied_to(schema, &places) {
        places.push(more);
    }
    for (table, name) in places {
        let mut tables = schema.tables.to_mut().iter_mut();
        let Some(table) = tables.find(|other| other.name == table) else { continue };
        let mut columns = table.columns.to_mut().iter_mut();
        let Some(column) = columns.find(|other| other.name == name) else { continue };
        column.sql_type = new;
        // A default of the new type, if the old one makes no sense for it.
        if column.default.is_some() && !(old.is_integer() && new.is_integer()) {
            column.default = plan::default(new, 0);
        }
    }
}

/// A column that a foreign key connects to one of these.
fn tied_to(schema: &Schema, places: &[(Text, Text)]) -> Option<(Text, Text)> {
    let pairs = schema.tables.iter().flat_map(|table| {
        table.foreign_keys.iter().flat_map(|key| {
            let own = key.columns.iter().map(|name| (table.name.clone(), name.clone()));
            let target = |name: &Text| (key.foreign_table.clone(), name.clone());
            own.zip(key.foreign_columns.iter().map(target))
        })
    });
    let either_way = pairs.flat_map(|(own, target)| [(own.clone(), target.clone()), (target, own)]);
    either_way
        .filter(|(one, other)| places.contains(one) && !places.contains(other))
        .map(|(_, other)| other)
        .next()
}

fn nth<T>(list: &mut [T], number: u8) -> Option<&mut T> {
    let at = usize::from(number).checked_rem(list.len())?;
    list.get_mut(at)
}

fn remove<T>(list: &mut Vec<T>, number: u8) {
    if let Some(at) = usize::from(number).checked_rem(list.len()) {
        list.remove(at);
    }
}
