//! SQLite: changing a table, in place if SQLite supports every step, otherwise by a rebuild.

use schema_model::diff::{AlterTable, Change, Step};
use schema_model::{Column, DefaultValue, ForeignKey};

use super::names::Sqlite;
use super::rebuild::{self, rebuild};
use super::tables::{self, create_table};
use super::types;
use crate::clauses;
use crate::dialect::Piece;
use crate::spelling::Spelling;

/// All renames come first, so that SQLite itself updates every mention: in the foreign keys of
/// other tables, in views and in triggers. Tables are dropped last, so that a backfill can still
/// read them.
pub(super) fn render(changes: &[Change]) -> Vec<Piece> {
    let altered = || {
        changes.iter().filter_map(|change| match change {
            Change::AlterTable(alter) => Some(alter),
            Change::CreateTable(_) | Change::DropTable(_) => None,
        })
    };
    let mut pieces = Vec::new();
    pieces.extend(altered().filter_map(rename_table).map(Piece::Statement));
    pieces.extend(altered().flat_map(rename_columns).map(Piece::Statement));
    for change in changes {
        match change {
            Change::AlterTable(alter) if is_in_place(alter, changes) => {
                pieces.extend(alter_table(alter).into_iter().map(Piece::Statement));
            }
            Change::AlterTable(alter) => pieces.push(rebuild(alter)),
            Change::CreateTable(create) => {
                pieces.extend(create_table(&create.table).into_iter().map(Piece::Statement));
            }
            Change::DropTable(drop) => {
                pieces.push(Piece::Statement(clauses::drop_table(&Sqlite, &drop.table.name)));
            }
        }
    }
    pieces
}

// Renames.

fn rename_table(alter: &AlterTable) -> Option<String> {
    let AlterTable { from, to, .. } = alter;
    let rename = || format!("RENAME TO {}", Sqlite.quote(&to.name));
    (from.name != to.name).then(|| clauses::alter_table(&Sqlite, &from.name, &[rename()]))
}

fn rename_columns(alter: &AlterTable) -> impl Iterator<Item = String> {
    alter.steps.iter().filter_map(|step| match step {
        Step::RenameColumn { from, to } => {
            let (from, to) = (Sqlite.quote(from), Sqlite.quote(to));
            let rename = format!("RENAME COLUMN {from} TO {to}");
            Some(clauses::alter_table(&Sqlite, &alter.to.name, &[rename]))
        }
        _ => None,
    })
}

// In place.

/// Whether SQLite supports every step on the table in place.
fn is_in_place(alter: &AlterTable, changes: &[Change]) -> bool {
    alter.steps.iter().all(|step| match step {
        // Foreign keys refer by name, and the renames have updated them. Their own names are not in
        // the catalogue.
        Step::ReleaseForeignKey { .. } | Step::RenameForeignKey { .. } => true,
        Step::RenameColumn { .. } => true,
        Step::DropIndex(_) | Step::RenameIndex { .. } | Step::AddIndex(_) => true,
        Step::AddColumn(column) => can_be_added(column) && !alter.replaces(&column.name),
        // Everything that uses the column is dropped by then, or is itself a reason to rebuild.
        Step::DropColumn(_) => true,
        Step::AlterColumn { from, to } => rebuild::is_same(from, to),
        Step::AddForeignKey(key) => {
            is_of_added_column(key, alter) && !refers_to_added_column(key, changes)
        }
        Step::DropForeignKey(_)
        | Step::DropCheck(_)
        | Step::ChangePrimaryKey { .. }
        | Step::RenameCheck { .. }
        | Step::AddCheck(_) => false,
    })
}

/// <https://www.sqlite.org/lang_altertable.html#altertabaddcol>
fn can_be_added(column: &Column) -> bool {
    match &column.default {
        None => column.nullable,
        Some(DefaultValue::Now) => false,
        Some(
            DefaultValue::Bool(_)
            | DefaultValue::Int(_)
            | DefaultValue::Decimal(_)
            | DefaultValue::Text(_),
        ) => true,
    }
}

/// Whether the key can be part of the definition of a column that this change adds.
fn is_of_added_column(key: &ForeignKey, alter: &AlterTable) -> bool {
    let [name] = &*key.columns else { return false };
    added_columns(alter).any(|column| {
        // The key would be checked against the backfill before its target is ready.
        column.name == *name && column.default.is_none() && column.backfill.is_none()
    })
}

/// Whether this change also adds the target of the key. The column could not be filled as long as
/// nothing makes the target unique (`foreign key mismatch`).
fn refers_to_added_column(key: &ForeignKey, changes: &[Change]) -> bool {
    changes.iter().any(|change| match change {
        Change::AlterTable(alter) => {
            alter.to.name == key.foreign_table
                && added_columns(alter).any(|column| key.foreign_columns.contains(&column.name))
        }
        Change::CreateTable(_) | Change::DropTable(_) => false,
    })
}

fn added_columns(alter: &AlterTable) -> impl Iterator<Item = &Column> {
    alter.steps.iter().filter_map(|step| match step {
        Step::AddColumn(column) => Some(column),
        _ => None,
    })
}

/// Carries out the steps on a table that already has its new names. Indexes may swap names, so all
/// are dropped before any is created.
fn alter_table(alter: &AlterTable) -> Vec<String> {
    let table = &*alter.to.name;
    let action = |action: String| clauses::alter_table(&Sqlite, table, &[action]);
    let mut sql = Vec::new();
    for step in &alter.steps {
        if let Step::DropIndex(index) | Step::RenameIndex { from: index, .. } = step {
            sql.push(format!("DROP INDEX {}", Sqlite.quote(&index.name)));
        }
    }
    for added in added_columns(alter) {
        sql.push(action(format!("ADD COLUMN {}", added_column(added, alter))));
        sql.extend(added.backfill.as_ref().map(|backfill| {
            let place = format!("{table}.{}", added.name);
            let value = types::backfilled(&place, added, backfill);
            let (table, column) = (Sqlite.quote(table), Sqlite.quote(&added.name));
            format!("UPDATE {table}\n    SET {column} = {value}")
        }));
    }
    for step in &alter.steps {
        if let Step::DropColumn(column) = step {
            sql.push(action(format!("DROP COLUMN {}", Sqlite.quote(&column.name))));
        }
    }
    for step in &alter.steps {
        if let Step::AddIndex(index) | Step::RenameIndex { to: index, .. } = step {
            sql.push(clauses::create_index(&Sqlite, &alter.to, index));
        }
    }
    sql
}

/// The definition of an added column, with its foreign keys: SQLite can't add one to a table later.
fn added_column(added: &Column, alter: &AlterTable) -> String {
    let mut sql = tables::column(added);
    for step in &alter.steps {
        match step {
            Step::AddForeignKey(key) if *key.columns == [added.name.clone()] => {
                let name = Sqlite.quote(&key.name);
                let references = clauses::references(&Sqlite, key);
                sql.push_str(&format!(" CONSTRAINT {name} {references}"));
            }
            _ => {}
        }
    }
    sql
}

// Tables.
