//! A schema without some of the changes that lead to it, so that the others can be tried apart.

use super::change::{AlterTable, Change};
use super::hazard::{Hazard, HazardKind};
use crate::model::{Column, ForeignKey, List, Schema, Table};

/// The schema that `changes` lead to, without what these hazards are about. What only makes sense
/// with it, such as a foreign key to a unique, is left out as well.
pub fn without(to: &Schema, changes: &[Change], hazards: &[&Hazard]) -> Schema {
    let mut schema = to.clone();
    for table in schema.tables.to_mut() {
        let alter = changes.iter().find_map(|change| match change {
            Change::AlterTable(alter) if alter.to.name == table.name => Some(alter),
            Change::AlterTable(_) | Change::CreateTable(_) | Change::DropTable(_) => None,
        });
        if let Some(alter) = alter {
            hazards.iter().for_each(|hazard| leave_out(table, alter, hazard));
        }
    }
    let tables = schema.tables.clone();
    for table in schema.tables.to_mut() {
        let columns = table.columns.clone();
        retain(&mut table.foreign_keys, |key| is_possible(key, &columns, &tables));
    }
    schema
}

fn leave_out(table: &mut Table, alter: &AlterTable, hazard: &Hazard) {
    let place = &*hazard.place;
    let column = place.strip_prefix(&*table.name).and_then(|rest| rest.strip_prefix('.'));
    match hazard.kind {
        HazardKind::Check => retain(&mut table.checks, |check| check.name != place),
        HazardKind::Unique => retain(&mut table.indexes, |index| index.name != place),
        HazardKind::ForeignKey => retain(&mut table.foreign_keys, |key| key.name != place),
        HazardKind::NotNull | HazardKind::Narrow => {
            let key = table.primary_key.clone();
            let its = |one: &&mut Column| column == Some(&*one.name);
            for column in table.columns.to_mut().iter_mut().filter(its) {
                let Some(source) = alter.source_of(column) else { continue };
                let keeps_type = source.sql_type == column.sql_type;
                let default = if keeps_type { &column.default } else { &source.default };
                *column = Column {
                    sql_type: source.sql_type,
                    nullable: source.nullable && !key.contains(&column.name),
                    auto_increment: column.auto_increment && source.sql_type.is_integer(),
                    default: default.clone(),
                    ..column.clone()
                };
            }
        }
        HazardKind::PrimaryKey if table.name == place => {
            let heirs = alter.from.primary_key.iter().map(|old| {
                let mut columns = alter.to.columns.iter();
                let is_heir =
                    |one: &&Column| alter.source_of(one).is_some_and(|source| source.name == *old);
                columns.find(is_heir).map(|heir| heir.name.clone())
            });
            if let Some(key) = heirs.collect::<Option<Vec<_>>>() {
                table.primary_key = key.into();
            }
        }
        HazardKind::PrimaryKey | HazardKind::DropTable | HazardKind::DropColumn => {}
    }
}

/// Whether the key still refers to a key, with columns of the same types.
fn is_possible(key: &ForeignKey, columns: &[Column], tables: &[Table]) -> bool {
    let Some(parent) = tables.iter().find(|table| table.name == key.foreign_table) else {
        return false;
    };
    let target = &key.foreign_columns;
    let is_key =
        parent.primary_key == *target || parent.indexes.iter().any(|index| index.is_key_of(target));
    let type_of = |columns: &[Column], name: &str| {
        columns.iter().find(|column| column.name == name).map(|column| column.sql_type)
    };
    let mut pairs = key.columns.iter().zip(target.iter());
    is_key && pairs.all(|(own, other)| type_of(columns, own) == type_of(&parent.columns, other))
}

fn retain<T: Clone>(list: &mut List<T>, keep: impl Fn(&T) -> bool) {
    list.to_mut().retain(keep);
}
