//! PostgreSQL: changing a table.

use schema_model::Column;
use schema_model::diff::{AlterTable, Step};

use super::names::{self, Postgres};
use super::tables;
use super::types::{self, column_type};
use crate::clauses;
use crate::spelling::Spelling;

/// Carries out the steps on a table that already has its new name. Nothing refers to the parts that
/// change.
///
/// PostgreSQL itself renames columns in checks and in the conditions of indexes, so these stay if
/// they only follow a rename.
///
/// PostgreSQL orders the actions of one `ALTER TABLE`: it first drops, then changes types, then
/// adds columns, and finally adds constraints. So all actions between two other statements are
/// combined into one statement, which rewrites the table only once.
pub(super) fn alter_table(alter: &AlterTable) -> Vec<String> {
    let mut script = Script { table: &alter.to.name, actions: Vec::new(), statements: Vec::new() };
    script.drop_and_rename(alter);
    script.drop_obstacles(alter);
    script.change_columns(alter);
    script.fill_columns(alter);
    script.finish_columns(alter);
    script.add_constraints(alter);
    script.continue_numbering(alter);
    let kept = alter.renamed_indexes();
    for step in &alter.steps {
        if let Step::AddIndex(index) = step
            && !kept.iter().any(|(_, new)| *new == index)
        {
            script.statement(clauses::create_index(&Postgres, &alter.to, index));
        }
    }
    script.flush();
    script.statements
}

/// The statements on one table, and the actions that will form the next one.
struct Script<'a> {
    table: &'a str,
    actions: Vec<String>,
    statements: Vec<String>,
}

impl Script<'_> {
    /// Drops indexes, and renames columns and indexes. Everything after this uses the new names.
    fn drop_and_rename(&mut self, alter: &AlterTable) {
        let quote = |name: &str| Postgres.quote(name);
        let kept = alter.renamed_indexes();
        for step in &alter.steps {
            if let Step::DropIndex(index) = step
                && !kept.iter().any(|(old, _)| *old == index)
            {
                self.statement(format!("DROP INDEX {}", quote(&index.name)));
            }
        }
        let renamed = alter.steps.iter().filter_map(|step| match step {
            Step::RenameIndex { from, to } => Some((from, to)),
            _ => None,
        });
        for (from, to) in renamed.chain(kept).filter(|(from, to)| from.name != to.name) {
            let (from, to) = (quote(&from.name), quote(&to.name));
            self.statement(format!("ALTER INDEX {from} RENAME TO {to}"));
        }
        for step in &alter.steps {
            if let Step::RenameColumn { from, to } = step {
                self.rename("COLUMN", from, to);
            }
        }
    }

    /// Drops the constraints and properties that would reject a new type, or NULL.
    fn drop_obstacles(&mut self, alter: &AlterTable) {
        let kept = alter.renamed_checks();
        for step in &alter.steps {
            if let Step::DropCheck(check) = step
                && !kept.iter().any(|(old, _)| *old == check)
            {
                self.action(format!("DROP CONSTRAINT {}", Postgres.quote(&check.name)));
            }
        }
        if alter.steps.iter().any(|step| matches!(step, Step::ChangePrimaryKey { .. })) {
            let name = names::primary_key(self.table);
            self.action(format!("DROP CONSTRAINT {}", Postgres.quote(&name)));
        }
        let mut identity_is_in_the_way = false;
        for (from, to) in altered(alter) {
            if from.auto_increment && !to.auto_increment {
                self.alter_column(&to.name, "DROP IDENTITY");
                identity_is_in_the_way |= from.sql_type != to.sql_type;
            }
            if !from.nullable && to.nullable {
                self.alter_column(&to.name, "DROP NOT NULL");
            }
        }
        // Otherwise, the type of the column's sequence would be changed before it is dropped.
        if identity_is_in_the_way {
            self.flush();
        }
    }

    /// Adds columns, and changes types and defaults.
    fn change_columns(&mut self, alter: &AlterTable) {
        for (from, to) in altered(alter) {
            let retyped = from.sql_type != to.sql_type;
            // PostgreSQL would cast the default to the new type. The result may differ from the
            // same default declared with that type.
            if from.default.is_some() && (retyped || to.default.is_none()) {
                self.alter_column(&to.name, "DROP DEFAULT");
            }
            if retyped {
                let using = types::converted(self.table, from, to);
                let using = using.map(|value| format!(" USING {value}")).unwrap_or_default();
                let sql_type = column_type(to.sql_type);
                self.alter_column(&to.name, &format!("TYPE {sql_type}{using}"));
            }
            if let Some(default) = &to.default
                && (retyped || from.default != to.default)
            {
                self.alter_column(
                    &to.name,
                    &format!("SET DEFAULT {}", types::default(to.sql_type, default)),
                );
            }
        }
        for added in added(alter) {
            if added.column.backfill.is_some() {
                let unfilled = Column {
                    name: added.first_name.into(),
                    nullable: true,
                    auto_increment: false,
                    ..added.column.clone()
                };
                self.action(format!("ADD COLUMN {}", tables::column(&unfilled)));
            } else if !added.replaces {
                self.action(format!("ADD COLUMN {}", tables::column(added.column)));
            }
        }
    }

    /// Gives the existing rows their values, while the columns that will be dropped still exist.
    fn fill_columns(&mut self, alter: &AlterTable) {
        let table = Postgres.quote(self.table);
        // One statement fills all columns, so that no backfill reads a value of another one.
        let filled = added(alter).filter_map(|added| {
            added.column.backfill.as_ref()?;
            let value = fill(added.column)?;
            Some(format!("{} = {value}", Postgres.quote(&added.first_name)))
        });
        let filled: Vec<String> = filled.collect();
        if !filled.is_empty() {
            self.statement(format!("UPDATE {table}\n    SET {}", filled.join(",\n        ")));
        }
        for column in newly_not_null(alter) {
            let name = Postgres.quote(&column.name);
            if let Some(value) = fill(column) {
                self.statement(format!(
                    "UPDATE {table}\n    SET {name} = {value}\n    WHERE {name} IS NULL"
                ));
            } else if column.auto_increment {
                self.statement(format!(
                    "UPDATE {table}\n    SET {name} = numbered.number\n    FROM (\n        \
                     SELECT ctid AS place, row_number() OVER () + \
                     (SELECT greatest(max({name}), 0) FROM {table}) AS number\n        \
                     FROM {table} WHERE {name} IS NULL\n    ) AS numbered\n    \
                     WHERE {table}.ctid = numbered.place"
                ));
            }
        }
    }

    /// Drops columns, and sets the properties that require every row to have a value.
    fn finish_columns(&mut self, alter: &AlterTable) {
        for step in &alter.steps {
            if let Step::DropColumn(column) = step {
                self.action(format!("DROP COLUMN {}", Postgres.quote(&column.name)));
            }
        }
        for column in newly_not_null(alter) {
            self.alter_column(&column.name, "SET NOT NULL");
        }
        for added in added(alter) {
            if added.column.backfill.is_none() {
                if added.replaces {
                    self.action(format!("ADD COLUMN {}", tables::column(added.column)));
                }
            } else if !added.column.nullable {
                self.alter_column(&added.first_name, "SET NOT NULL");
            }
        }
        for added in added(alter) {
            if added.first_name != added.column.name {
                self.rename("COLUMN", &added.first_name, &added.column.name);
            }
        }
        for column in newly_numbered(alter) {
            self.alter_column(&column.name, "ADD GENERATED BY DEFAULT AS IDENTITY");
        }
    }

    /// Adds and renames constraints.
    fn add_constraints(&mut self, alter: &AlterTable) {
        for step in &alter.steps {
            match step {
                Step::RenameForeignKey { from, to } => {
                    self.rename("CONSTRAINT", &from.name, &to.name);
                }
                Step::RenameCheck { from, to } => {
                    self.rename("CONSTRAINT", &from.name, &to.name);
                }
                _ => {}
            }
        }
        let kept = alter.renamed_checks();
        for (from, to) in kept.iter().filter(|(from, to)| from.name != to.name) {
            self.rename("CONSTRAINT", &from.name, &to.name);
        }
        for step in &alter.steps {
            match step {
                Step::ChangePrimaryKey { .. } => {
                    self.action(format!("ADD {}", clauses::primary_key(&Postgres, &alter.to)));
                }
                Step::AddCheck(check) if !kept.iter().any(|(_, new)| *new == check) => {
                    self.action(format!("ADD {}", clauses::check(&Postgres, &alter.to, check)));
                }
                _ => {}
            }
        }
    }

    /// Continues a newly numbered column after its greatest number.
    fn continue_numbering(&mut self, alter: &AlterTable) {
        let table = Postgres.quote(self.table);
        for column in newly_numbered(alter) {
            let name = Postgres.quote(&column.name);
            self.statement(format!(
                "SELECT setval(pg_get_serial_sequence({}, {}), greatest(max({name}), 1), \
                 coalesce(max({name}) > 0, false))\n    FROM {table}",
                clauses::literal(&table),
                clauses::literal(&column.name),
            ));
        }
    }

    fn alter_column(&mut self, column: &str, action: &str) {
        self.action(format!("ALTER COLUMN {} {action}", Postgres.quote(column)));
    }

    /// A rename can't be combined with another action.
    fn rename(&mut self, kind: &str, from: &str, to: &str) {
        let (from, to) = (Postgres.quote(from), Postgres.quote(to));
        let action = format!("RENAME {kind} {from} TO {to}");
        self.statement(clauses::alter_table(&Postgres, self.table, &[action]));
    }

    fn action(&mut self, action: String) {
        self.actions.push(action);
    }

    fn statement(&mut self, statement: String) {
        self.flush();
        self.statements.push(statement);
    }

    fn flush(&mut self) {
        if !self.actions.is_empty() {
            let statement = clauses::alter_table(&Postgres, self.table, &self.actions);
            self.statements.push(statement);
            self.actions.clear();
        }
    }
}

/// The value for rows that have no value in a column that needs one.
fn fill(column: &Column) -> Option<String> {
    match &column.backfill {
        Some(backfill) => {
            let backfill = Postgres.expression(backfill, &[]);
            Some(types::backfilled(column.sql_type, &backfill))
        }
        None => column.default.as_ref().map(|value| types::default(column.sql_type, value)),
    }
}

/// A column that is added.
struct Added<'a> {
    column: &'a Column,
    /// Whether it replaces a column of the same name, whose values a backfill can still read.
    replaces: bool,
    /// Its name until that column is dropped.
    first_name: String,
}

fn added(alter: &AlterTable) -> impl Iterator<Item = Added<'_>> {
    alter.steps.iter().filter_map(|step| {
        let Step::AddColumn(column) = step else { return None };
        let replaces = alter.replaces(&column.name);
        let first_name = match &column.backfill {
            Some(_) if replaces => names::temporary(&column.name),
            Some(_) | None => column.name.to_string(),
        };
        Some(Added { column, replaces, first_name })
    })
}

/// The altered columns, before and after.
fn altered(alter: &AlterTable) -> impl Iterator<Item = (&Column, &Column)> {
    alter.steps.iter().filter_map(|step| match step {
        Step::AlterColumn { from, to } => Some((from, to)),
        _ => None,
    })
}

/// The columns that allowed NULL and no longer do.
fn newly_not_null(alter: &AlterTable) -> impl Iterator<Item = &Column> {
    altered(alter).filter(|(from, to)| from.nullable && !to.nullable).map(|(_, to)| to)
}

/// The columns that already have values and are numbered by the database from now on.
fn newly_numbered(alter: &AlterTable) -> impl Iterator<Item = &Column> {
    let altered = altered(alter).filter(|(from, to)| !from.auto_increment && to.auto_increment);
    let added = added(alter).map(|added| added.column);
    let added = added.filter(|column| column.auto_increment && column.backfill.is_some());
    altered.map(|(_, to)| to).chain(added)
}
