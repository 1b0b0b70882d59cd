//! Conditions that only follow the renames of their columns. A back end that itself renames columns
//! in conditions keeps them.

use super::change::{AlterTable, Step};
use super::expression::{mentions, with_renamed};
use crate::model::{Check, Column, Index, IndexColumn, Text};
use crate::row_expression::RowExpression;

impl AlterTable {
    /// The checks that are dropped and added only because a column that they mention is renamed,
    /// before and after.
    pub fn renamed_checks(&self) -> Vec<(&Check, &Check)> {
        let dropped = self.steps.iter().filter_map(|step| match step {
            Step::DropCheck(check) => Some(check),
            _ => None,
        });
        let added = self.steps.iter().filter_map(|step| match step {
            Step::AddCheck(check) => Some(check),
            _ => None,
        });
        let is_same = |old: &Check, new: &Check| self.is_renamed(&old.expression, &new.expression);
        let names: Vec<&Text> = self.from.checks.iter().map(|check| &check.name).collect();
        paired(dropped, added.collect(), is_same, |check| &check.name, &names)
    }

    /// The same for indexes with a condition.
    pub fn renamed_indexes(&self) -> Vec<(&Index, &Index)> {
        let dropped = self.steps.iter().filter_map(|step| match step {
            Step::DropIndex(index) => Some(index),
            _ => None,
        });
        let added = self.steps.iter().filter_map(|step| match step {
            Step::AddIndex(index) => Some(index),
            _ => None,
        });
        let names: Vec<&Text> = self.from.indexes.iter().map(|index| &index.name).collect();
        let is_same = |old: &Index, new: &Index| self.is_renamed_index(old, new);
        paired(dropped, added.collect(), is_same, |index| &index.name, &names)
    }

    fn is_renamed_index(&self, old: &Index, new: &Index) -> bool {
        let (Some(before), Some(after)) = (&old.partial, &new.partial) else { return false };
        let keeps_place = |(old, new): (&IndexColumn, &IndexColumn)| {
            let source = self.to.column(&new.name).and_then(|column| self.source_of(column));
            let is_kept = source.is_some_and(|source| source.name == old.name);
            is_kept && old.descending == new.descending
        };
        old.unique == new.unique
            && old.columns.len() == new.columns.len()
            && old.columns.iter().zip(new.columns.iter()).all(keeps_place)
            && before.without_partial == after.without_partial
            && self.is_renamed(&before.condition, &after.condition)
    }

    /// Whether the expression over the old columns becomes the new one by renames alone: every
    /// column that it mentions stays, with its type.
    fn is_renamed(&self, old: &RowExpression, new: &RowExpression) -> bool {
        let renames = self.renamed_columns();
        let stays = |old: &Column| {
            let mut columns = self.to.columns.iter();
            let heir =
                columns.find(|new| self.source_of(new).is_some_and(|it| it.name == old.name));
            heir.is_some_and(|heir| heir.sql_type == old.sql_type)
        };
        let mut mentioned = self.from.columns.iter().filter(|column| mentions(old, &column.name));
        !renames.is_empty() && mentioned.all(stays) && with_renamed(old, &renames) == *new
    }
}

/// Pairs each old item with a new one. A new name must not be one that another item had.
fn paired<'a, T>(
    old: impl Iterator<Item = &'a T>,
    mut new: Vec<&'a T>,
    is_same: impl Fn(&T, &T) -> bool,
    name: impl Fn(&T) -> &Text,
    taken: &[&Text],
) -> Vec<(&'a T, &'a T)> {
    let pair = |old: &'a T| {
        let is_free = |one: &T| name(one) == name(old) || !taken.contains(&name(one));
        let at = new.iter().position(|new| is_same(old, new) && is_free(new))?;
        Some((old, new.remove(at)))
    };
    old.filter_map(pair).collect()
}
