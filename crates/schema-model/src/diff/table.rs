//! The steps between two shapes of one table.

use super::change::{AlterTable, Step};
use super::expression::{mentions, with_renamed};
use super::rename::{column_predecessor, is_replaced};
use crate::model::{Check, Column, ForeignKey, Index, Schema, Table, Text};
use crate::row_expression::RowExpression;

/// The change from `old` to `new`; `None` if they do not differ. `base` is `old` under new names
/// and one of the tables of `before`; `new` is one of the tables of `after`.
pub(super) fn alteration(
    old: &Table,
    base: &Table,
    new: &Table,
    before: &Schema,
    after: &Schema,
) -> Option<AlterTable> {
    let comparison = Comparison { old, base, new, before, after };
    let steps = comparison.steps();
    let renamed = old.name != new.name;
    (renamed || !steps.is_empty()).then(|| AlterTable { from: old.clone(), to: new.clone(), steps })
}

/// Whether the target of a foreign key (in new names) changes: the columns that it refers to, or
/// the key that makes them unique.
pub(super) fn target_is_touched(key: &ForeignKey, before: &Schema, after: &Schema) -> bool {
    let tables = (before.table(&key.foreign_table), after.table(&key.foreign_table));
    let (Some(base), Some(new)) = tables else { return false };
    let target = &key.foreign_columns;
    let unique = |table: &Table| {
        let indexes = table.indexes.iter().filter(|index| index.is_key_of(target)).count();
        (table.primary_key == *target, indexes)
    };
    let is_key = |index: &&Index| index.is_key_of(target);
    let mut keys = new.indexes.iter().filter(is_key);
    let is_recreated = keys.any(|key| {
        let same_name = base.indexes.iter().find(|index| index.name == key.name);
        same_name.is_some_and(|index| !is_key(&index))
    });
    unique(base) != unique(new)
        || is_recreated
        || target.iter().any(|name| is_touched(base.column(name), new.column(name)))
}

/// Whether a column changes in a way that a foreign key on it blocks.
fn is_touched(base: Option<&Column>, new: Option<&Column>) -> bool {
    let shape = |column: &Column| (column.sql_type, column.nullable, column.auto_increment);
    base.map(shape) != new.map(shape)
}

struct Comparison<'a> {
    old: &'a Table,
    base: &'a Table,
    new: &'a Table,
    before: &'a Schema,
    after: &'a Schema,
}

impl Comparison<'_> {
    fn steps(&self) -> Vec<Step> {
        let mut steps = self.foreign_keys();
        steps.extend(self.checks());
        steps.extend(self.indexes());
        steps.extend(self.columns());
        steps.extend(self.primary_key());
        // The sort is stable, so the steps of one kind stay in the order of declaration.
        steps.sort_by_key(position);
        steps
    }

    fn foreign_keys(&self) -> Vec<Step> {
        let (old, new) = (&self.base.foreign_keys, &self.new.foreign_keys);
        let same = |base: &ForeignKey, new: &ForeignKey| {
            ForeignKey { name: new.name.clone(), ..base.clone() } == *new
        };
        let pairs = paired(old, new, same, |key| &key.name);
        let mut steps = Vec::new();
        for pair in pairs {
            match pair {
                (Some(base), Some(new)) => {
                    let from = self.original_key(base);
                    if self.releases(base) {
                        steps.push(Step::ReleaseForeignKey { from, to: new.clone() });
                    } else if takes_over(base, new, old, |key| &key.name) {
                        steps.push(Step::DropForeignKey(from));
                        steps.push(Step::AddForeignKey(new.clone()));
                    } else if base.name != new.name {
                        steps.push(Step::RenameForeignKey { from, to: new.clone() });
                    }
                }
                (Some(base), None) => steps.push(Step::DropForeignKey(self.original_key(base))),
                (None, Some(new)) => steps.push(Step::AddForeignKey(new.clone())),
                (None, None) => {}
            }
        }
        steps
    }

    fn releases(&self, key: &ForeignKey) -> bool {
        let own = |name: &Text| is_touched(self.base.column(name), self.new.column(name));
        key.columns.iter().any(own) || target_is_touched(key, self.before, self.after)
    }

    /// The key under its old names.
    fn original_key(&self, base: &ForeignKey) -> ForeignKey {
        let mut keys = self.old.foreign_keys.iter();
        keys.find(|key| key.name == base.name).unwrap_or(base).clone()
    }

    fn checks(&self) -> Vec<Step> {
        let renames = self.renames();
        let same =
            |base: &Check, new: &Check| with_renamed(&base.expression, &renames) == new.expression;
        let mut steps = Vec::new();
        for pair in paired(&self.base.checks, &self.new.checks, same, |check| &check.name) {
            match pair {
                (Some(base), Some(new))
                    if self.mentions_changed(&base.expression)
                        || takes_over(base, new, &self.base.checks, |check| &check.name) =>
                {
                    steps.push(Step::DropCheck(base.clone()));
                    steps.push(Step::AddCheck(new.clone()));
                }
                (Some(base), Some(new)) if base.name != new.name => {
                    steps.push(Step::RenameCheck { from: base.clone(), to: new.clone() });
                }
                (Some(_), Some(_)) | (None, None) => {}
                (Some(base), None) => steps.push(Step::DropCheck(base.clone())),
                (None, Some(new)) => steps.push(Step::AddCheck(new.clone())),
            }
        }
        steps
    }

    fn indexes(&self) -> Vec<Step> {
        let renames = self.renames();
        let same = |base: &Index, new: &Index| {
            let mut base = Index { name: new.name.clone(), ..base.clone() };
            if let Some(partial) = &mut base.partial {
                partial.condition = with_renamed(&partial.condition, &renames);
            }
            base == *new
        };
        let mut steps = Vec::new();
        for pair in paired(&self.base.indexes, &self.new.indexes, same, |index| &index.name) {
            match pair {
                (Some(base), Some(new))
                    if self.recreates(base)
                        || takes_over(base, new, &self.base.indexes, |index| &index.name) =>
                {
                    steps.push(Step::DropIndex(self.original_index(base)));
                    steps.push(Step::AddIndex(new.clone()));
                }
                (Some(base), Some(new)) if base.name != new.name => {
                    let from = self.original_index(base);
                    steps.push(Step::RenameIndex { from, to: new.clone() });
                }
                (Some(_), Some(_)) | (None, None) => {}
                (Some(base), None) => steps.push(Step::DropIndex(self.original_index(base))),
                (None, Some(new)) => steps.push(Step::AddIndex(new.clone())),
            }
        }
        steps
    }

    fn recreates(&self, index: &Index) -> bool {
        let replaced = |name| match (self.base.column(name), self.new.column(name)) {
            (Some(base), Some(new)) => is_replaced(base, new),
            _ => false,
        };
        let mut condition = index.partial.iter().map(|partial| &partial.condition);
        index.column_names().any(|name| replaced(name))
            || condition.any(|condition| self.mentions_changed(condition))
    }

    fn original_index(&self, base: &Index) -> Index {
        self.old.indexes.iter().find(|index| index.name == base.name).unwrap_or(base).clone()
    }

    /// Whether an expression over the old table mentions a column that is renamed, replaced, or
    /// changes its type.
    fn mentions_changed(&self, expression: &RowExpression) -> bool {
        self.old.columns.iter().zip(self.base.columns.iter()).any(|(old, base)| {
            let new_type = self.new.column(&base.name).map(|new| new.sql_type);
            (old.name != base.name || new_type != Some(base.sql_type))
                && mentions(expression, &old.name)
        })
    }

    /// The old and new name of each renamed column.
    fn renames(&self) -> Vec<(&str, &str)> {
        let pairs = self.old.columns.iter().zip(self.base.columns.iter());
        pairs
            .filter(|(old, base)| old.name != base.name)
            .map(|(old, base)| (&*old.name, &*base.name))
            .collect()
    }

    fn columns(&self) -> Vec<Step> {
        let mut steps = Vec::new();
        for new in self.new.columns.iter() {
            match column_predecessor(self.old, self.new, new) {
                None => steps.push(Step::AddColumn(new.clone())),
                Some(old) if is_replaced(old, new) => {
                    if old.name == new.name {
                        steps.push(Step::DropColumn(old.clone()));
                    }
                    steps.push(Step::AddColumn(new.clone()));
                }
                Some(old) => {
                    if old.name != new.name {
                        let (from, to) = (old.name.clone(), new.name.clone());
                        steps.push(Step::RenameColumn { from, to });
                    }
                    if is_touched(Some(old), Some(new)) || old.default != new.default {
                        steps.push(Step::AlterColumn { from: old.clone(), to: new.clone() });
                    }
                }
            }
        }
        let gone = self.base.columns.iter().zip(self.old.columns.iter());
        let gone = gone.filter(|(base, _)| self.new.column(&base.name).is_none());
        steps.extend(gone.map(|(_, old)| Step::DropColumn(old.clone())));
        steps
    }

    fn primary_key(&self) -> Option<Step> {
        let replaced = |name: &Text| match (self.base.column(name), self.new.column(name)) {
            (Some(base), Some(new)) => is_replaced(base, new),
            _ => false,
        };
        let (from, to) = (self.base.primary_key.clone(), self.new.primary_key.clone());
        let changes = from != to || to.iter().any(replaced);
        changes.then_some(Step::ChangePrimaryKey { from, to })
    }
}

/// Whether one gets the name that another one had, which may be renamed too. It is then dropped and
/// added.
fn takes_over<T>(base: &T, new: &T, all: &[T], name: impl Fn(&T) -> &Text) -> bool {
    name(base) != name(new) && all.iter().any(|other| name(other) == name(new))
}

/// Pairs the items that have the same content. Of several with the same content, those with the
/// same name are paired first. Items that are only in `new` come last.
fn paired<'a, T>(
    old: &'a [T],
    new: &'a [T],
    same: impl Fn(&T, &T) -> bool,
    name: impl Fn(&T) -> &Text,
) -> Vec<(Option<&'a T>, Option<&'a T>)> {
    let mut remaining: Vec<&T> = new.iter().collect();
    let mut pairs: Vec<(Option<&T>, Option<&T>)> =
        old.iter().map(|item| (Some(item), None)).collect();
    for by_name in [true, false] {
        for (item, heir) in &mut pairs {
            let Some(item) = *item else { continue };
            let is_heir = |other: &&T| same(item, other) && (!by_name || name(item) == name(other));
            if heir.is_none()
                && let Some(at) = remaining.iter().position(is_heir)
            {
                *heir = Some(remaining.remove(at));
            }
        }
    }
    pairs.extend(remaining.into_iter().map(|item| (None, Some(item))));
    pairs
}

/// The position of a step among the others.
fn position(step: &Step) -> u8 {
    match step {
        Step::DropForeignKey(_) => 0,
        Step::ReleaseForeignKey { .. } => 1,
        Step::DropCheck(_) => 2,
        Step::DropIndex(_) => 3,
        Step::RenameColumn { .. } => 4,
        Step::AddColumn(_) => 5,
        Step::AlterColumn { .. } => 6,
        Step::DropColumn(_) => 7,
        Step::ChangePrimaryKey { .. } => 8,
        Step::RenameForeignKey { .. } => 9,
        Step::RenameCheck { .. } => 10,
        Step::RenameIndex { .. } => 11,
        Step::AddIndex(_) => 12,
        Step::AddCheck(_) => 13,
        Step::AddForeignKey(_) => 14,
    }
}
