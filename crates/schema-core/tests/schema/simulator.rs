//! A strict database that has schemas and no rows: it refuses what any of the back ends refuses.

use schema_core::diff::{AlterTable, Change, Step};
use schema_core::model::{ForeignKey, Index, Schema, Table};

/// The schema after the changes, or what a back end would say to one of them.
pub(crate) fn apply(schema: &Schema, changes: &[Change]) -> Result<Schema, String> {
    let mut tables = schema.tables.to_vec();
    for change in changes {
        match change {
            Change::CreateTable(table) => create(&mut tables, table)?,
            Change::DropTable(table) => drop_table(&mut tables, table)?,
            Change::AlterTable(alteration) => alter(&mut tables, alteration)?,
        }
    }
    Ok(Schema { tables: tables.into() })
}

/// The same schema in one order, whatever the order of declaration was, and without former names.
pub(crate) fn sorted(schema: &Schema) -> Schema {
    let mut tables: Vec<Table> = schema.tables.iter().map(sorted_table).collect();
    tables.sort_by(|a, b| a.name.cmp(&b.name));
    Schema { tables: tables.into() }
}

fn sorted_table(table: &Table) -> Table {
    let mut table = table.clone();
    table.renamed_from = None;
    table.columns.to_mut().iter_mut().for_each(|column| column.renamed_from = None);
    table.columns.to_mut().sort_by(|a, b| a.name.cmp(&b.name));
    table.indexes.to_mut().sort_by(|a, b| a.name.cmp(&b.name));
    table.foreign_keys.to_mut().sort_by(|a, b| a.name.cmp(&b.name));
    table.checks.to_mut().sort_by(|a, b| a.name.cmp(&b.name));
    table
}

fn create(tables: &mut Vec<Table>, table: &Table) -> Result<(), String> {
    refuse(tables.iter().any(|other| other.name == table.name), "exists", &table.name)?;
    for name in names(table) {
        refuse(tables.iter().flat_map(names).any(|other| other == name), "name taken", name)?;
    }
    tables.push(table.clone());
    table.foreign_keys.iter().try_for_each(|key| target_must_exist(tables, key))
}

fn drop_table(tables: &mut Vec<Table>, table: &Table) -> Result<(), String> {
    must_be(tables, table)?;
    tables.retain(|other| other.name != table.name);
    tables.iter().flat_map(|other| other.foreign_keys.iter()).try_for_each(|key| {
        refuse(key.foreign_table == table.name, "dropped table is referred to by", &key.name)
    })
}

fn alter(tables: &mut [Table], alteration: &AlterTable) -> Result<(), String> {
    must_be(tables, &alteration.from)?;
    refuse(alteration.steps.is_empty(), "no steps for", &alteration.from.name)?;
    for step in &alteration.steps {
        take(tables, &alteration.from.name, step)?;
    }
    must_be(tables, &alteration.to)
}

fn take(tables: &mut [Table], name: &str, step: &Step) -> Result<(), String> {
    let taken = |name: &str| tables.iter().flat_map(names).any(|other| other == name);
    match step {
        Step::AddIndex(Index { name, .. }) | Step::AddForeignKey(ForeignKey { name, .. }) => {
            refuse(taken(name), "name taken", name)?;
        }
        Step::AddCheck(check) => refuse(taken(&check.name), "name taken", &check.name)?,
        Step::DropColumn(column) => {
            let table = &tables[position(tables, name)?];
            let indexed = table.indexes.iter().any(|index| index.columns.contains(&column.name));
            refuse(indexed, "dropped column is indexed", &column.name)?;
            let refers = table.foreign_keys.iter().any(|key| key.column == column.name);
            refuse(refers, "dropped column refers", &column.name)?;
        }
        Step::AddColumn(column) => {
            refuse(!column.nullable && column.default.is_none(), "no value for", &column.name)?;
        }
        Step::DropForeignKey(_) | Step::DropCheck(_) | Step::DropIndex(_) => {}
    }

    let at = position(tables, name)?;
    let table = &mut tables[at];
    match step {
        Step::DropForeignKey(key) => remove(table.foreign_keys.to_mut(), key)?,
        Step::DropCheck(check) => remove(table.checks.to_mut(), check)?,
        Step::DropIndex(index) => remove(table.indexes.to_mut(), index)?,
        Step::DropColumn(column) => {
            let before = table.columns.len();
            table.columns.to_mut().retain(|other| other.name != column.name);
            refuse(table.columns.len() == before, "no such column", &column.name)?;
        }
        Step::AddColumn(column) => table.columns.to_mut().push(column.clone()),
        Step::AddIndex(index) => table.indexes.to_mut().push(index.clone()),
        Step::AddCheck(check) => table.checks.to_mut().push(check.clone()),
        Step::AddForeignKey(key) => table.foreign_keys.to_mut().push(key.clone()),
    }
    let mut keys = tables.iter().flat_map(|table| table.foreign_keys.iter());
    keys.try_for_each(|key| target_must_exist(tables, key))?;
    match step {
        Step::DropIndex(index) => index_must_be_unused(tables, name, index),
        _ => Ok(()),
    }
}

/// PostgreSQL ties a foreign key to the one unique index that it found when it was added.
fn index_must_be_unused(tables: &[Table], name: &str, index: &Index) -> Result<(), String> {
    let table = &tables[position(tables, name)?];
    let mut keys = tables.iter().flat_map(|table| table.foreign_keys.iter());
    let uses = |key: &ForeignKey| {
        let target = std::slice::from_ref(&key.foreign_column);
        key.foreign_table == name && *index.columns == *target && *table.primary_key != *target
    };
    refuse(index.unique && keys.any(uses), "dropped index is referred to", &index.name)
}

fn target_must_exist(tables: &[Table], key: &ForeignKey) -> Result<(), String> {
    let target = std::slice::from_ref(&key.foreign_column);
    let found = tables.iter().any(|table| {
        let mut indexes = table.indexes.iter();
        table.name == key.foreign_table
            && (*table.primary_key == *target
                || indexes.any(|index| index.unique && *index.columns == *target))
    });
    refuse(!found, "nothing to refer to for", &key.name)
}

fn must_be(tables: &[Table], table: &Table) -> Result<(), String> {
    let found = &tables[position(tables, &table.name)?];
    refuse(
        sorted_table(found) != sorted_table(table),
        "the change is about another shape of",
        &table.name,
    )
}

fn position(tables: &[Table], name: &str) -> Result<usize, String> {
    tables.iter().position(|table| table.name == name).ok_or_else(|| format!("no table {name}"))
}

fn names(table: &Table) -> impl Iterator<Item = &str> {
    let indexes = table.indexes.iter().map(|index| &*index.name);
    let keys = table.foreign_keys.iter().map(|key| &*key.name);
    indexes.chain(keys).chain(table.checks.iter().map(|check| &*check.name))
}

fn remove<T: PartialEq + std::fmt::Debug>(list: &mut Vec<T>, item: &T) -> Result<(), String> {
    let at = list.iter().position(|other| other == item).ok_or_else(|| format!("no {item:?}"))?;
    list.remove(at);
    Ok(())
}

fn refuse(wrong: bool, why: &str, what: &str) -> Result<(), String> {
    if wrong { Err(format!("{why} {what}")) } else { Ok(()) }
}
