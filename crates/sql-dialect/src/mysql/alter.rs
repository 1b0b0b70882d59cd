//! MySQL and MariaDB: changing a table. Each statement commits by itself and takes effect as a
//! whole, so there are as few as possible: one `ALTER TABLE` if no row is changed, otherwise one
//! before the rows change and one after.

use schema_model::diff::{AlterTable, Step};
use schema_model::{Column, Index, IndexColumn, Table, Text};

use super::guards;
use super::indexes::{self, index_key};
use super::names::{self, Mysql};
use super::supports::{Support, rename_index, supports, transition};
use super::tables::{self, fill};
use super::types;
use crate::clauses;
use crate::spelling::Spelling;

/// Everything except foreign keys, and [`guards::guards`], which come first.
pub(super) fn alter_table(alter: &AlterTable) -> Vec<String> {
    let fills = Fills::of(alter);
    let change = Alteration { alter, base: in_new_names(alter), fills: &fills };
    let mut stages = Stages::default();
    for step in &alter.steps {
        change.place(step, &mut stages);
    }
    change.place_supports(&mut stages);
    stages.statements(&alter.to.name, fills.statements(alter))
}

/// The actions of up to three `ALTER TABLE`.
#[derive(Default)]
struct Stages {
    /// Checks that are dropped.
    checks: Vec<String>,
    /// Renames, in a statement of their own: a column of a foreign key can't be renamed by a
    /// statement that rewrites the table.
    renames: Vec<String>,
    /// Parts that must be added or dropped before rows change.
    first: Actions,
    last: Actions,
}

/// The actions of one `ALTER TABLE`. Their order matters only to the reader: the server carries
/// them out together.
#[derive(Default)]
struct Actions {
    index_drops: Vec<String>,
    drops: Vec<String>,
    others: Vec<String>,
}

impl Stages {
    fn statements(mut self, table: &str, rows: Vec<String>) -> Vec<String> {
        // Checks may mention renamed columns, and may reject the new values of the rows.
        let checks = match (self.renames.is_empty(), rows.is_empty()) {
            (false, _) => &mut self.renames,
            (true, false) => &mut self.first.drops,
            (true, true) => &mut self.last.drops,
        };
        checks.splice(0..0, self.checks);
        let alter = |actions: Vec<String>| {
            (!actions.is_empty()).then(|| clauses::alter_table(&Mysql, table, &actions))
        };
        let first = alter(self.renames).into_iter().chain(alter(self.first.all()));
        first.chain(rows).chain(alter(self.last.all())).collect()
    }
}

impl Actions {
    fn all(self) -> Vec<String> {
        [self.index_drops, self.drops, self.others].concat()
    }
}

/// The values that rows get in statements of their own.
struct Fills<'a> {
    /// Added columns.
    added: Vec<&'a Column>,
    /// Columns in which NULL is replaced, and whether each changes its type first.
    altered: Vec<(&'a Column, bool)>,
}

impl<'a> Fills<'a> {
    fn of(alter: &'a AlterTable) -> Self {
        let mut fills = Self { added: Vec::new(), altered: Vec::new() };
        for step in &alter.steps {
            match step {
                Step::AddColumn(column) if column.backfill.is_some() => fills.added.push(column),
                Step::AlterColumn { from, to } if has_fill(alter, from, to) => {
                    fills.altered.push((to, from.sql_type != to.sql_type));
                }
                _ => {}
            }
        }
        fills
    }

    fn is_empty(&self) -> bool {
        self.added.is_empty() && self.altered.is_empty()
    }

    fn adds(&self, column: &Column) -> bool {
        self.added.iter().any(|added| added.name == column.name)
    }

    /// Whether the column changes its type before the rows change.
    fn retypes(&self, name: &str) -> bool {
        self.altered.iter().any(|(column, retyped)| column.name == name && *retyped)
    }

    fn statements(&self, alter: &AlterTable) -> Vec<String> {
        let table = Mysql.quote(&alter.to.name);
        let mut sql = Vec::new();
        let values = self.added.iter().filter_map(|column| {
            let name = Mysql.quote(&first_name(alter, column));
            Some(format!("{name} = {}", fill(alter, column)?))
        });
        let values = values.collect::<Vec<_>>().join(",\n        ");
        if !values.is_empty() {
            sql.push(format!("UPDATE {table}\n    SET {values}"));
        }
        for (column, _) in &self.altered {
            let name = Mysql.quote(&column.name);
            sql.push(match fill(alter, column) {
                Some(value) => {
                    format!("UPDATE {table}\n    SET {name} = {value}\n    WHERE {name} IS NULL")
                }
                None => numbers(alter, column),
            });
        }
        let numbered = self.added.iter().chain(self.altered.iter().map(|(column, _)| column));
        let zero_guard =
            |column: &&Column| guards::zero_guard(&alter.to.name, &first_name(alter, column));
        sql.extend(
            numbered
                .filter(|column| column.auto_increment && fill(alter, column).is_some())
                .map(zero_guard),
        );
        sql
    }
}

/// Whether NULL is replaced, and there is a value to replace it with.
fn has_fill(alter: &AlterTable, from: &Column, to: &Column) -> bool {
    from.nullable && !to.nullable && (fill(alter, to).is_some() || to.auto_increment)
}

/// Gives numbers after the greatest existing one. The server would begin with 1.
fn numbers(alter: &AlterTable, column: &Column) -> String {
    let (table, name) = (Mysql.quote(&alter.to.name), Mysql.quote(&column.name));
    let key = clauses::names(&Mysql, &in_new_names(alter).primary_key);
    format!(
        "UPDATE {table}\n    JOIN (\n        \
         SELECT {key},\n            \
         row_number() OVER (ORDER BY {key})\n                \
         + (SELECT greatest(coalesce(max({name}), 0), 0) FROM {table}) AS __new_number\n        \
         FROM {table}\n        WHERE {name} IS NULL\n    ) AS __numbered USING ({key})\n    \
         SET {table}.{name} = __numbered.__new_number"
    )
}

struct Alteration<'a> {
    alter: &'a AlterTable,
    /// The existing table, with its columns under their new names.
    base: Table,
    fills: &'a Fills<'a>,
}

impl Alteration<'_> {
    fn place(&self, step: &Step, stages: &mut Stages) {
        let quote = |name: &Text| Mysql.quote(name);
        match step {
            Step::DropCheck(check) => {
                stages.checks.push(format!("DROP CONSTRAINT {}", quote(&check.name)));
            }
            Step::DropIndex(index) if self.stays_as_it_is(&index.name) => {}
            Step::DropIndex(index) => {
                if indexes::index(index).is_some() {
                    let stage = if self.is_dropped_first(index) {
                        &mut stages.first
                    } else {
                        &mut stages.last
                    };
                    stage.index_drops.push(format!("DROP INDEX {}", quote(&index.name)));
                }
            }
            Step::RenameColumn { from, to } => self.place_renamed(from, to, stages),
            Step::AddColumn(column) => self.place_added(column, stages),
            Step::AlterColumn { to, .. } => {
                if self.fills.retypes(&to.name) {
                    stages.first.others.push(modify(&without_values(to)));
                }
                stages.last.others.push(modify(to));
            }
            Step::DropColumn(column) => {
                stages.last.drops.push(format!("DROP COLUMN {}", quote(&column.name)));
            }
            Step::ChangePrimaryKey { to, .. } => {
                stages.last.drops.push("DROP PRIMARY KEY".to_owned());
                let key = clauses::names(&Mysql, to);
                stages.last.others.push(format!("ADD PRIMARY KEY ({key})"));
            }
            Step::RenameCheck { from, to } => {
                stages.last.drops.push(format!("DROP CONSTRAINT {}", quote(&from.name)));
                stages
                    .last
                    .others
                    .push(format!("ADD {}", clauses::check(&Mysql, &self.alter.to, to)));
            }
            Step::RenameIndex { from, to } => {
                if indexes::index(to).is_some() {
                    stages.last.others.push(rename_index(&from.name, &to.name));
                }
            }
            Step::AddIndex(index) if self.stays_as_it_is(&index.name) => {}
            Step::AddIndex(index) => {
                let index = indexes::index(index);
                let add = |index: &Index| format!("ADD {}", index_key(index));
                stages.last.others.extend(index.as_ref().map(add));
            }
            Step::AddCheck(check) => {
                stages
                    .last
                    .others
                    .push(format!("ADD {}", clauses::check(&Mysql, &self.alter.to, check)));
            }
            Step::DropForeignKey(_)
            | Step::ReleaseForeignKey { .. }
            | Step::RenameForeignKey { .. }
            | Step::AddForeignKey(_) => {}
        }
    }

    fn place_renamed(&self, from: &Text, to: &Text, stages: &mut Stages) {
        let steps = &self.alter.steps;
        let is_altered = steps
            .iter()
            .any(|step| matches!(step, Step::AlterColumn { to: new, .. } if new.name == *to));
        match self.alter.to.column(to) {
            // MariaDB would keep the old name of the check that it creates for the type.
            Some(column) if types::has_own_check(column.sql_type) && !is_altered => {
                let stage =
                    if self.fills.is_empty() { &mut stages.last } else { &mut stages.first };
                let definition = tables::column(column);
                stage.others.push(format!("CHANGE COLUMN {} {definition}", Mysql.quote(from)));
            }
            Some(_) | None => {
                let (from, to) = (Mysql.quote(from), Mysql.quote(to));
                stages.renames.push(format!("RENAME COLUMN {from} TO {to}"));
            }
        }
    }

    fn place_added(&self, column: &Column, stages: &mut Stages) {
        if !self.fills.adds(column) {
            stages.last.others.push(format!("ADD COLUMN {}", tables::column(column)));
            return;
        }
        let added = Column { name: first_name(self.alter, column), ..without_values(column) };
        stages.first.others.push(format!("ADD COLUMN {}", tables::column(&added)));
        if added.name != column.name {
            let (name, definition) = (Mysql.quote(&added.name), tables::column(column));
            stages.last.others.push(format!("CHANGE COLUMN {name} {definition}"));
        } else if added != *column {
            stages.last.others.push(modify(column));
        }
    }

    /// Whether a dropped index must be gone before rows change: it may reject new values, or a new
    /// type can't be indexed.
    fn is_dropped_first(&self, index: &Index) -> bool {
        let names = || index.column_names().map(|name| new_name(self.alter, name));
        !self.fills.is_empty() && (index.unique || names().any(|name| self.fills.retypes(name)))
    }

    /// Whether the index of that name is dropped and added only because it changes on other back
    /// ends, so that it can stay here.
    fn stays_as_it_is(&self, name: &str) -> bool {
        let steps = &self.alter.steps;
        let goes = |step: &Step| matches!(step, Step::DropIndex(index) if index.name == name);
        let comes = |step: &Step| matches!(step, Step::AddIndex(index) if index.name == name);
        let find = |table: &Table| {
            table.indexes.iter().find(|index| index.name == name).and_then(indexes::index)
        };
        let (old, new) = (find(&self.base), find(&self.alter.to));
        steps.iter().any(goes)
            && steps.iter().any(comes)
            && old == new
            && !old.iter().flat_map(Index::column_names).any(|name| self.is_replaced(name))
    }

    fn is_replaced(&self, column: &Text) -> bool {
        self.alter.replaces(column)
    }

    /// Ensures that each remaining foreign key has a supporting index after each statement.
    fn place_supports(&self, stages: &mut Stages) {
        let (old, new) = (supports(&self.base), supports(&self.alter.to));
        let is_replaced = |name: &Text| self.is_replaced(name);
        let between = if self.fills.is_empty() { old.clone() } else { self.supports_between() };
        // Columns are replaced only by the last statement.
        let (drops, adds) = transition(&old, &between, |_| false);
        stages.first.index_drops.splice(0..0, drops);
        stages.first.others.extend(adds);
        let (drops, adds) = transition(&between, &new, is_replaced);
        stages.last.index_drops.splice(0..0, drops);
        stages.last.others.extend(adds);
    }

    /// The supporting indexes that exist while rows change.
    fn supports_between(&self) -> Vec<Support> {
        let mut between = self.base.clone();
        let is_dropped = |name: &Text| {
            self.alter
                .steps
                .iter()
                .any(|step| matches!(step, Step::DropForeignKey(key) if key.name == *name))
        };
        between.foreign_keys.to_mut().retain(|key| !is_dropped(&key.name));
        let dropped_first = |index: &Index| {
            !self.stays_as_it_is(&index.name)
                && self.alter.steps.iter().any(|step| {
                    matches!(step, Step::DropIndex(dropped)
                        if dropped.name == index.name && self.is_dropped_first(dropped))
                })
        };
        between.indexes.to_mut().retain(|index| !dropped_first(index));
        supports(&between)
    }
}

/// The column as it is defined while some rows may have no value.
fn without_values(column: &Column) -> Column {
    Column { nullable: true, auto_increment: false, ..column.clone() }
}

fn modify(column: &Column) -> String {
    format!("MODIFY COLUMN {}", tables::column(column))
}

/// The name of an added column until the column that it replaces is dropped.
fn first_name(alter: &AlterTable, column: &Column) -> Text {
    if !alter.replaces(&column.name) {
        return column.name.clone();
    }
    names::temporary(&column.name).into()
}

fn new_name<'a>(alter: &'a AlterTable, name: &'a Text) -> &'a Text {
    let mut renames = alter.steps.iter().filter_map(|step| match step {
        Step::RenameColumn { from, to } => Some((from, to)),
        _ => None,
    });
    renames.find(|(from, _)| *from == name).map_or(name, |(_, to)| to)
}

/// The existing table, with the new names of its columns wherever the table itself mentions them.
fn in_new_names(alter: &AlterTable) -> Table {
    let rename = |name: &mut Text| *name = new_name(alter, name).clone();
    let mut table = alter.from.clone();
    table.columns.to_mut().iter_mut().for_each(|column| rename(&mut column.name));
    table.primary_key.to_mut().iter_mut().for_each(rename);
    for index in table.indexes.to_mut() {
        index
            .columns
            .to_mut()
            .iter_mut()
            .for_each(|column: &mut IndexColumn| rename(&mut column.name));
    }
    for key in table.foreign_keys.to_mut() {
        key.columns.to_mut().iter_mut().for_each(rename);
    }
    table
}
