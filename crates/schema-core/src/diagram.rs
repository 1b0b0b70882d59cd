//! Pictures of a schema: tables with their columns, and lines where foreign keys are. Pure.
//!
//! [`mermaid()`] gives text that many a wiki and forge draws by itself; [`svg()`] gives the picture.

mod layout;
mod mermaid;
mod svg;

use crate::model::{Column, ForeignKey, Index, Schema, Table, Text};

pub use mermaid::mermaid;
pub use svg::svg;

/// A foreign key between two tables of a schema, and how many rows it allows at each end.
struct Relation<'a> {
    child: usize,
    parent: usize,
    key: &'a ForeignKey,
    /// Whether a child may have no parent; else it has just one.
    optional: bool,
    /// Whether a parent has one child at most; else there may be any number.
    single: bool,
    /// Whether a child is known by its parent: the key is part of its primary key.
    identifying: bool,
}

/// All of them, in the order of the declaration. A key to a table that isn't there, which only a
/// file written by hand can have, is none.
fn relations(schema: &Schema) -> Vec<Relation<'_>> {
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

/// Whether no two rows have the same values, none of them NULL, in these columns.
fn is_unique(table: &Table, columns: &[Text]) -> bool {
    table.primary_key.iter().all(|name| columns.contains(name))
        || whole_unique(table).any(|index| index.column_names().all(|name| columns.contains(name)))
}

/// What a column is part of.
struct Marks {
    primary: bool,
    foreign: bool,
    /// Whether its values are unique by themselves.
    unique: bool,
}

fn marks(table: &Table, column: &Column) -> Marks {
    let is_alone = |index: &Index| index.column_names().eq([&column.name]);
    Marks {
        primary: table.primary_key.contains(&column.name),
        foreign: table.foreign_keys.iter().any(|key| key.columns.contains(&column.name)),
        unique: whole_unique(table).any(is_alone),
    }
}

fn whole_unique(table: &Table) -> impl Iterator<Item = &Index> {
    table.indexes.iter().filter(|index| index.unique && index.partial.is_none())
}

/// The unique indexes that no mark on one column can tell: of several columns, or of some rows.
fn other_unique(table: &Table) -> impl Iterator<Item = &Index> {
    let is_other = |index: &&Index| index.partial.is_some() || index.columns.len() != 1;
    table.indexes.iter().filter(|index| index.unique).filter(is_other)
}

/// The columns of a unique index, in words.
fn unique_columns(index: &Index) -> String {
    let columns: Vec<&str> = index.column_names().map(|name| &**name).collect();
    let some = if index.partial.is_some() { " of some rows" } else { "" };
    format!("({}){some}", columns.join(", "))
}
