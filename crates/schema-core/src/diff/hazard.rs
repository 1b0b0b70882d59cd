//! What a migration may lose, or fail on.

use std::fmt;

use super::{AlterTable, Change, Conversion, Step, conversion};
use crate::model::{Column, Table, Text};

/// One thing that a migration loses, or that it fails on if the rows are against it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hazard {
    /// What kind of thing.
    pub kind: HazardKind,
    /// Which one: `table`, `table.column`, or the name of an index or constraint.
    pub place: String,
    /// What it does, as a sentence about the place, such as `column settings.legacy goes, with its
    /// values`.
    pub effect: String,
    /// What else may have been meant.
    pub hint: Option<String>,
}

/// The kinds of [`Hazard`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HazardKind {
    /// A table goes with its rows.
    DropTable,
    /// A column goes with its values, or is replaced.
    DropColumn,
    /// A column changes to a type that not all of its values fit in.
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

    /// Whether values are lost for good; otherwise the migration fails and nothing changes.
    pub fn loses(self) -> bool {
        match self {
            Self::DropTable | Self::DropColumn => true,
            Self::Narrow | Self::NotNull | Self::PrimaryKey | Self::Unique => false,
            Self::Check | Self::ForeignKey => false,
        }
    }
}

/// `drop-column=settings.legacy`, by which it is allowed.
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
                effect: format!("table {} goes, with all its rows", drop.table.name),
                hint: looks_like(&drop.table, changes),
            }),
            Change::AlterTable(alter) => found.extend(alter.hazards()),
        }
    }
    found
}

impl AlterTable {
    fn hazards(&self) -> impl Iterator<Item = Hazard> {
        self.steps.iter().filter_map(|step| {
            let (kind, place, effect, hint) = match step {
                Step::DropColumn(column) => self.dropped(column),
                Step::AlterColumn { from, to } => return self.altered(from, to),
                Step::ChangePrimaryKey { to, .. } => (
                    HazardKind::PrimaryKey,
                    self.to.name.to_string(),
                    format!("no two rows of {} may share {}", self.to.name, to.join(", ")),
                    None,
                ),
                Step::AddIndex(index)
                    if index.unique && !self.has_only_null(index.column_names()) =>
                {
                    let columns: Vec<&str> = index.column_names().map(|name| &**name).collect();
                    let effect =
                        format!("no two rows of {} may share {}", self.to.name, columns.join(", "));
                    (HazardKind::Unique, index.name.to_string(), effect, None)
                }
                Step::AddCheck(check) if self.is_new_condition(&check.expression) => (
                    HazardKind::Check,
                    check.name.to_string(),
                    format!("all rows of {} must satisfy {}", self.to.name, check.expression),
                    None,
                ),
                Step::AddForeignKey(key) if !self.has_only_null(key.columns.iter()) => {
                    let held = self.from.foreign_keys.iter().any(|old| {
                        (&old.columns, &old.foreign_table, &old.foreign_columns)
                            == (&key.columns, &key.foreign_table, &key.foreign_columns)
                    });
                    if held {
                        return None;
                    }
                    let effect = format!(
                        "{} of all rows of {} must be in {} ({})",
                        key.columns.join(", "),
                        self.to.name,
                        key.foreign_table,
                        key.foreign_columns.join(", ")
                    );
                    (HazardKind::ForeignKey, key.name.to_string(), effect, None)
                }
                Step::DropForeignKey(_)
                | Step::ReleaseForeignKey { .. }
                | Step::DropCheck(_)
                | Step::DropIndex(_)
                | Step::RenameColumn { .. }
                | Step::AddColumn(_)
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
                    "column {place} changes from {} to {}, which no value survives",
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
                        "if it is now `{}`, say so there: #[renamed_from = \"{}\"]",
                        new.name, column.name
                    )
                });
                (format!("column {place} goes, with its values"), hint)
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
            let nulls = if forbids_null { ", nor may any be NULL" } else { "" };
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

    /// Whether one of the columns is NULL in all rows that are there, since it is only just added.
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

    /// Whether no check held it before, under the columns' former names.
    fn is_new_condition(&self, expression: &str) -> bool {
        let renames: Vec<(&str, &str)> = self
            .steps
            .iter()
            .filter_map(|step| match step {
                Step::RenameColumn { from, to } => Some((&**from, &**to)),
                _ => None,
            })
            .collect();
        let held =
            self.from.checks.iter().any(|old| {
                super::expression::with_renamed(&old.expression, &renames) == expression
            });
        let replaced = self.steps.iter().any(|step| match step {
            Step::AddColumn(column) => {
                self.replaces(&column.name) && super::expression::mentions(expression, &column.name)
            }
            _ => false,
        });
        !held || replaced
    }
}

fn looks_renamed(old: &Column, new: &Column) -> bool {
    new.renamed_from.is_none() && old.sql_type == new.sql_type && old.nullable == new.nullable
}

/// A new table that has most of the columns of one that goes.
fn looks_like(dropped: &Table, changes: &[Change]) -> Option<String> {
    changes.iter().find_map(|change| {
        let Change::CreateTable(created) = change else { return None };
        let columns = dropped.columns.iter();
        let shared = columns.filter(|old| {
            created.table.column(&old.name).is_some_and(|new| new.sql_type == old.sql_type)
        });
        (shared.count() * 2 > dropped.columns.len()).then(|| {
            format!(
                "if it is now `{}`, say so there: #[renamed_from = \"{}\"]",
                created.table.name, dropped.name
            )
        })
    })
}
