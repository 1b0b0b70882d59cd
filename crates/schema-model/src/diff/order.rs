//! The order in which tables are created, so that foreign keys have something to refer to.

use crate::model::{ForeignKey, Table};

/// Puts referenced tables first, and otherwise keeps the given order. In a cycle some key must
/// refer forward; [`refers_forward`] says which.
pub(super) fn for_creation<'a>(tables: impl Iterator<Item = &'a Table>) -> Vec<&'a Table> {
    let mut remaining: Vec<&Table> = tables.collect();
    let mut ordered = Vec::with_capacity(remaining.len());
    while let Some(&first) = remaining.first() {
        let next = first_to_create(first, &remaining);
        remaining.retain(|table| table.name != next.name);
        ordered.push(next);
    }
    ordered
}

/// Whether the key refers to a table that comes later in the order than its own table.
pub(super) fn refers_forward(ordered: &[&Table], table: &Table, key: &ForeignKey) -> bool {
    let position = |name: &str| ordered.iter().position(|table| table.name == name);
    match (position(&table.name), position(&key.foreign_table)) {
        (Some(own), Some(target)) => own < target,
        (_, None) | (None, _) => false,
    }
}

/// Follows foreign keys from a table until a table has none left to follow, or a cycle closes.
fn first_to_create<'a>(start: &'a Table, remaining: &[&'a Table]) -> &'a Table {
    let mut visited = vec![start];
    let mut current = start;
    while let Some(target) = first_target(current, remaining) {
        if visited.iter().any(|table| table.name == target.name) {
            return target;
        }
        visited.push(target);
        current = target;
    }
    current
}

fn first_target<'a>(table: &Table, remaining: &[&'a Table]) -> Option<&'a Table> {
    let is_target = |other: &&&Table| {
        other.name != table.name
            && table.foreign_keys.iter().any(|key| key.foreign_table == other.name)
    };
    remaining.iter().find(is_target).copied()
}
