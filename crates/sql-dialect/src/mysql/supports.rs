//! Indexes that only support foreign keys. If no other index supports a key, the server would
//! create one, and drop it by itself once another does. Here, it is created explicitly and named
//! after its key, so that it depends only on the model.

use schema_model::{Table, Text};

use super::indexes::{index, key};
use super::names::Mysql;

use crate::clauses;
use crate::spelling::Spelling;

/// An index that only supports a foreign key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Support {
    name: Text,
    columns: Vec<Text>,
}

/// The supporting indexes of a table: one for each foreign key, unless a declared index or the
/// primary key begins with its columns. A descending index does not count, since not every server
/// uses it.
pub(super) fn supports(table: &Table) -> Vec<Support> {
    let keys = table.foreign_keys.iter().filter(|key| {
        let by_index = table.indexes.iter().filter_map(index).any(|index| {
            let ascending = index.columns.iter().take_while(|column| !column.descending);
            begins_with(ascending.map(|column| &column.name), &key.columns)
        });
        !by_index && !begins_with(table.primary_key.iter(), &key.columns)
    });
    keys.map(|key| Support { name: key.name.clone(), columns: key.columns.to_vec() }).collect()
}

impl Support {
    /// `KEY "name" ("a", "b")`.
    pub(super) fn definition(&self) -> String {
        key(&self.name, false, &clauses::names(&Mysql, &self.columns))
    }
}

/// The actions that lead from the old indexes to the new ones, both with new column names: those
/// that come first in an `ALTER TABLE`, and those that come last. Indexes over a replaced column
/// are created again.
pub(super) fn transition(
    old: &[Support],
    new: &[Support],
    is_replaced: impl Fn(&Text) -> bool,
) -> (Vec<String>, Vec<String>) {
    let stays = |support: &&Support| !support.columns.iter().any(&is_replaced);
    let mut gone: Vec<&Support> =
        old.iter().filter(|old| !stays(old) || !new.contains(old)).collect();
    let come: Vec<&Support> = new.iter().filter(|new| !stays(new) || !old.contains(new)).collect();
    let mut after = Vec::new();
    for new in come {
        let reusable = gone.iter().position(|old| stays(old) && old.columns == new.columns);
        after.push(match reusable.map(|at| gone.remove(at)) {
            Some(old) => rename_index(&old.name, &new.name),
            None => format!("ADD {}", new.definition()),
        });
    }
    (gone.into_iter().map(|old| format!("DROP INDEX {}", Mysql.quote(&old.name))).collect(), after)
}

/// `RENAME INDEX "old" TO "new"`.
pub(super) fn rename_index(old: &str, new: &str) -> String {
    format!("RENAME INDEX {} TO {}", Mysql.quote(old), Mysql.quote(new))
}

fn begins_with<'a>(mut columns: impl Iterator<Item = &'a Text>, first: &[Text]) -> bool {
    first.iter().all(|name| columns.next() == Some(name))
}
