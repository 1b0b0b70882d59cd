//! The keys in a picture: the relations between tables, and the marks on columns.

use schema_model::{Column, ForeignKey, Index, Schema, Table, Text};

/// A foreign key between two tables of a schema, and how many rows it allows at each end.
pub(crate) struct Relation<'a> {
    pub(crate) child: usize,
    pub(crate) parent: usize,
    pub(crate) key: &'a ForeignKey,
    /// Whether a child may have no parent. Otherwise it has exactly one.
    pub(crate) optional: bool,
    /// Whether a parent has at most one child. Otherwise it may have any number.
    pub(crate) single: bool,
    /// Whether the parent identifies the child: the key is part of the child's primary key.
    pub(crate) identifying: bool,
}

/// All relations, in the order of the declaration. A key to a missing table, which only a file
/// written by hand can have, is left out.
pub(crate) fn relations(schema: &Schema) -> Vec<Relation<'_>> {
    let mut relations = Vec::new();
    for (child, table) in schema.tables.iter().enumerate() {
        for key in table.foreign_keys.iter() {
            let mut tables = schema.tables.iter();
            let Some(parent) = tables.position(|parent| parent.name == key.foreign_table) else {
                continue;
            };
            let may_be_null = |name| table.column(name).is_some_and(|column| column.nullable);
            relations.push(Relation {
                child,
                parent,
                key,
                optional: key.columns.iter().any(|name| may_be_null(name)),
                single: is_unique(table, &key.columns),
                identifying: key.columns.iter().all(|name| table.primary_key.contains(name)),
            });
        }
    }
    relations
}

/// Whether no two rows can have the same values in these columns, apart from NULL.
pub(crate) fn is_unique(table: &Table, columns: &[Text]) -> bool {
    table.primary_key.iter().all(|name| columns.contains(name))
        || whole_unique(table).any(|index| index.column_names().all(|name| columns.contains(name)))
}

/// The keys that a column is part of.
pub(crate) struct Marks {
    pub(crate) primary: bool,
    pub(crate) foreign: bool,
    /// Whether its values are unique by themselves.
    pub(crate) unique: bool,
}

pub(crate) fn marks(table: &Table, column: &Column) -> Marks {
    let is_only_column = |index: &Index| index.column_names().eq([&column.name]);
    Marks {
        primary: table.primary_key.contains(&column.name),
        foreign: table.foreign_keys.iter().any(|key| key.columns.contains(&column.name)),
        unique: whole_unique(table).any(is_only_column),
    }
}

pub(crate) fn whole_unique(table: &Table) -> impl Iterator<Item = &Index> {
    table.indexes.iter().filter(|index| index.unique && index.partial.is_none())
}

/// The unique indexes that a mark on one column can't express: over several columns, or some rows.
pub(crate) fn other_unique(table: &Table) -> impl Iterator<Item = &Index> {
    let is_other = |index: &&Index| index.partial.is_some() || index.columns.len() != 1;
    table.indexes.iter().filter(|index| index.unique).filter(is_other)
}

/// The columns of a unique index in words.
pub(crate) fn unique_columns(index: &Index) -> String {
    let columns: Vec<&str> = index.column_names().map(|name| &**name).collect();
    let some = if index.partial.is_some() { " of some rows" } else { "" };
    format!("({}){some}", columns.join(", "))
}
