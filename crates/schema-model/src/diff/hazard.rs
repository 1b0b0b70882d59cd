//! What a migration may lose or fail on.

use std::fmt;

use super::change::{AlterTable, Change, Step};
use super::expression;
use crate::model::{Check, Column, ForeignKey, Index, Table, Text};
use crate::sql_type::{Conversion, conversion};

/// One thing that a migration loses, or that it fails on if existing rows violate it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hazard {
    /// The kind of hazard.
    pub kind: HazardKind,
    /// The place: `table`, `table.column`, or the name of an index or constraint.
    pub place: String,
    /// The effect, as a sentence about the place on one line, such as `column settings.legacy is
    /// dropped, with its values`.
    pub effect: String,
    /// What the author may have meant instead.
    pub hint: Option<String>,
}

/// The kinds of [`Hazard`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HazardKind {
    /// A table is dropped with its rows.
    DropTable,
    /// A column is dropped with its values, or replaced.
    DropColumn,
    /// A column changes to a type that not all of its values may fit.
    Narrow,
    /// NULL is no longer allowed.
    NotNull,
    /// A new primary key.
    PrimaryKey,
    /// A new unique index.
    Unique,
    /// A new check.
    Check,
    /// A new foreign key.
    ForeignKey,
}

impl HazardKind {
    /// The word for it on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::DropTable => "drop-table",
            Self::DropColumn => "drop-column",
            Self::Narrow => "narrow",
            Self::NotNull => "not-null",
            Self::PrimaryKey => "primary-key",
            Self::Unique => "unique",
            Self::Check => "check",
            Self::ForeignKey => "foreign-key",
        }
    }

    /// Whether values are lost for good. Otherwise the migration may fail, and nothing changes.
    pub fn loses_data(self) -> bool {
        match self {
            Self::DropTable | Self::DropColumn => true,
            Self::Narrow | Self::NotNull | Self::PrimaryKey | Self::Unique => false,
            Self::Check | Self::ForeignKey => false,
        }
    }
}

/// The words that allow the hazard, such as `drop-column=settings.legacy`.
impl fmt::Display for Hazard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.kind.name(), self.place)
    }
}

/// All hazards of these changes, in their order.
pub fn hazards(changes: &[Change]) -> Vec<Hazard> {
    let mut found = Vec::new();
    for change in changes {
        match change {
            Change::CreateTable(_) => {}
            Change::DropTable(drop) => found.push(Hazard {
                kind: HazardKind::DropTable,
                place: drop.table.name.to_string(),
                effect: format!("table {} is dropped, with all its rows", drop.table.name),
                hint: looks_like(&drop.table, changes),
            }),
            Change::AlterTable(alter) => found.extend(alter.hazards()),
        }
    }
    found
}

impl AlterTable {
    fn hazards(&self) -> impl Iterator<Item = Hazard> {
        self.hazards_of_steps().chain(self.hazards_of_what_stays())
    }

    fn hazards_of_steps(&self) -> impl Iterator<Item = Hazard> {
        self.steps.iter().filter_map(|step| {
            let (kind, place, effect, hint) = match step {
                Step::DropColumn(column) => self.dropped(column),
                Step::AlterColumn { from, to } => return self.altered(from, to),
                Step::ChangePrimaryKey { to, .. } if !self.is_unique_already(to.iter()) => (
                    HazardKind::PrimaryKey,
                    self.to.name.to_string(),
                    format!("no two rows of {} may share {}", self.to.name, to.join(", ")),
                    None,
                ),
                Step::AddIndex(index)
                    if index.unique
                        && !self.has_only_null(index.column_names())
                        && !self.is_unique_already(index.column_names()) =>
                {
                    return Some(self.unique(index));
                }
                Step::AddCheck(check) if self.is_new_condition(check) => {
                    return Some(self.check(check));
                }
                Step::AddForeignKey(key) if !self.has_only_null(key.columns.iter()) => {
                    let held = self.from.foreign_keys.iter().any(|old| {
                        (&old.columns, &old.foreign_table, &old.foreign_columns)
                            == (&key.columns, &key.foreign_table, &key.foreign_columns)
                    });
                    let is_due = !held || self.fills_one_of(&key.columns);
                    return is_due.then(|| self.foreign_key(key));
                }
                Step::ReleaseForeignKey { to, .. } => {
                    return self.fills_one_of(&to.columns).then(|| self.foreign_key(to));
                }
                Step::DropForeignKey(_)
                | Step::DropCheck(_)
                | Step::DropIndex(_)
                | Step::RenameColumn { .. }
                | Step::AddColumn(_)
                | Step::ChangePrimaryKey { .. }
                | Step::RenameForeignKey { .. }
                | Step::RenameCheck { .. }
                | Step::RenameIndex { .. }
                | Step::AddIndex(_)
                | Step::AddCheck(_)
                | Step::AddForeignKey(_) => return None,
            };
            Some(Hazard { kind, place, effect, hint })
        })
    }

    /// Hazards of unique indexes and checks that stay, if NULLs in their columns get a value.
    fn hazards_of_what_stays(&self) -> impl Iterator<Item = Hazard> {
        let is_filled = |name: &Text| {
            self.steps.iter().any(|step| match step {
                Step::AlterColumn { to, .. } => to.name == *name && self.gets_values(name),
                _ => false,
            })
        };
        let adds = |name: &Text| {
            self.steps.iter().any(|step| match step {
                Step::AddIndex(index) => index.name == *name,
                Step::AddCheck(check) => check.name == *name,
                _ => false,
            })
        };
        let indexes = self.to.indexes.iter().filter(move |index| {
            index.unique && !adds(&index.name) && index.column_names().any(is_filled)
        });
        let checks = self.to.checks.iter().filter(move |check| {
            let mentions = |name| expression::mentions(&check.expression, name);
            let mut columns = self.to.columns.iter().map(|column| &column.name);
            !adds(&check.name) && columns.any(|name| is_filled(name) && mentions(name))
        });
        indexes.map(|index| self.unique(index)).chain(checks.map(|check| self.check(check)))
    }

    fn fills_one_of(&self, names: &[Text]) -> bool {
        names.iter().any(|name| self.gets_values(name))
    }

    /// Whether existing rows get a value in that column from a backfill or a default.
    fn gets_values(&self, name: &str) -> bool {
        let Some(column) = self.to.column(name) else { return false };
        let had_none = match self.source_of(column) {
            None => true,
            Some(from) => from.nullable && !column.nullable,
        };
        had_none && (column.backfill.is_some() || column.default.is_some())
    }

    fn unique(&self, index: &Index) -> Hazard {
        let columns: Vec<&str> = index.column_names().map(|name| &**name).collect();
        Hazard {
            kind: HazardKind::Unique,
            place: index.name.to_string(),
            effect: format!("no two rows of {} may share {}", self.to.name, columns.join(", ")),
            hint: None,
        }
    }

    fn check(&self, check: &Check) -> Hazard {
        Hazard {
            kind: HazardKind::Check,
            place: check.name.to_string(),
            effect: format!(
                "all rows of {} must satisfy {}",
                self.to.name,
                expression::on_one_line(&check.expression)
            ),
            hint: None,
        }
    }

    fn foreign_key(&self, key: &ForeignKey) -> Hazard {
        let (columns, foreign_columns) = (key.columns.join(", "), key.foreign_columns.join(", "));
        Hazard {
            kind: HazardKind::ForeignKey,
            place: key.name.to_string(),
            effect: format!(
                "{columns} of all rows of {} must be in {} ({foreign_columns})",
                self.to.name, key.foreign_table
            ),
            hint: None,
        }
    }

    fn dropped(&self, column: &Column) -> (HazardKind, String, String, Option<String>) {
        let place = format!("{}.{}", self.to.name, column.name);
        let (effect, hint) = match self.to.column(&column.name) {
            Some(new) if new.backfill.is_some() => (
                format!(
                    "column {place} changes from {} to {}: its values are replaced by its backfill",
                    column.sql_type, new.sql_type
                ),
                None,
            ),
            Some(new) => (
                format!(
                    "column {place} changes from {} to {}, and all its values are lost",
                    column.sql_type, new.sql_type
                ),
                Some(
                    "`#[backfill(\"expression\")]` can compute the new values from the old"
                        .to_owned(),
                ),
            ),
            None => {
                let hint = self.added().find(|new| looks_renamed(column, new)).map(|new| {
                    format!(
                        "if it is now `{}`, declare that there: #[renamed_from = \"{}\"]",
                        new.name, column.name
                    )
                });
                (format!("column {place} is dropped, with its values"), hint)
            }
        };
        (HazardKind::DropColumn, place, effect, hint)
    }

    fn altered(&self, from: &Column, to: &Column) -> Option<Hazard> {
        let place = format!("{}.{}", self.to.name, to.name);
        let narrows = from.sql_type != to.sql_type
            && conversion(from.sql_type, to.sql_type) != Some(Conversion::Always);
        let forbids_null = from.nullable
            && !to.nullable
            && to.default.is_none()
            && to.backfill.is_none()
            && !to.auto_increment;
        let (kind, effect) = if narrows {
            let types = format!("from {} to {}", from.sql_type, to.sql_type);
            let nulls = if forbids_null { ", and none may be NULL" } else { "" };
            (
                HazardKind::Narrow,
                format!("column {place} changes {types}, and all values must fit{nulls}"),
            )
        } else if forbids_null {
            (HazardKind::NotNull, format!("column {place} may no longer be NULL in any row"))
        } else {
            return None;
        };
        Some(Hazard { kind, place, effect, hint: None })
    }

    /// The columns that are added.
    fn added(&self) -> impl Iterator<Item = &Column> {
        self.steps.iter().filter_map(|step| match step {
            Step::AddColumn(column) => Some(column),
            _ => None,
        })
    }

    /// Whether one of the columns is NULL in all existing rows, because it is being added.
    fn has_only_null<'a>(&self, mut columns: impl Iterator<Item = &'a Text>) -> bool {
        columns.any(|name| {
            self.added().any(|column| {
                column.name == *name
                    && column.nullable
                    && column.default.is_none()
                    && column.backfill.is_none()
            })
        })
    }

    /// Whether no two existing rows can share these columns: because the database numbers one of
    /// them, or because they contain a former key whose values stay.
    fn is_unique_already<'a>(&self, columns: impl Iterator<Item = &'a Text>) -> bool {
        let columns = columns.filter_map(|name| self.to.column(name));
        let (mut kept, mut is_numbered) = (Vec::new(), false);
        for column in columns {
            match self.source_of(column) {
                Some(source) if !self.gets_values(&column.name) => kept.push(&source.name),
                Some(_) => {}
                None => is_numbered |= column.auto_increment && column.backfill.is_none(),
            }
        }
        let is_kept = |name: &Text| kept.contains(&name);
        let mut uniques =
            self.from.indexes.iter().filter(|index| index.unique && index.partial.is_none());
        is_numbered
            || self.from.primary_key.iter().all(is_kept)
            || uniques.any(|index| index.column_names().all(is_kept))
    }

    /// Whether no former check enforces the condition, allowing for renamed columns.
    fn is_new_condition(&self, check: &Check) -> bool {
        let renames = self.renamed_columns();
        let held = self
            .from
            .checks
            .iter()
            .any(|old| expression::with_renamed(&old.expression, &renames) == check.expression);
        let mentions = |name| expression::mentions(&check.expression, name);
        let replaced = self.steps.iter().any(|step| match step {
            Step::AddColumn(column) => self.replaces(&column.name) && mentions(&column.name),
            _ => false,
        });
        !held || replaced
    }
}

fn looks_renamed(old: &Column, new: &Column) -> bool {
    new.renamed_from.is_none() && old.sql_type == new.sql_type && old.nullable == new.nullable
}

/// A hint if a new table has most of the columns of the dropped one.
fn looks_like(dropped: &Table, changes: &[Change]) -> Option<String> {
    changes.iter().find_map(|change| {
        let Change::CreateTable(created) = change else { return None };
        let columns = dropped.columns.iter();
        let shared = columns.filter(|old| {
            created.table.column(&old.name).is_some_and(|new| new.sql_type == old.sql_type)
        });
        (shared.count() * 2 > dropped.columns.len()).then(|| {
            format!(
                "if it is now `{}`, declare that there: #[renamed_from = \"{}\"]",
                created.table.name, dropped.name
            )
        })
    })
}
