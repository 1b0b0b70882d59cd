//! What was written by hand still works: views, triggers, and the functions that they call.
//!
//! A migration can break it without changing it. MariaDB keeps the text of a view over a column
//! that is renamed, and PostgreSQL the text of a function; nobody notices before it is used.

use std::collections::BTreeSet;

use db_backend::{DbError, Scratch, Trial};
use schema_model::Schema;
use sql_dialect::Dialect;
use sql_dialect::catalog::Catalog;
use sql_text::{SchemaAction, SchemaObject, Statement, StatementKind};

use crate::broken::{Broken, FailedUse, Usage};
use crate::host::{ScratchHost, create};
use crate::rows::{self, Row};

/// What worked in a database, and what did not.
#[derive(Debug, Default)]
pub(crate) struct Uses {
    product: &'static str,
    /// The views and tables.
    places: BTreeSet<String>,
    failures: Vec<FailedUse>,
}

impl Uses {
    /// Selects from every view, and inserts, updates and deletes a row in every table of the
    /// schema, so that its triggers run. In the end, no row has changed. Nothing is done if the
    /// catalogue contains nothing beyond the schema.
    pub(crate) fn of(
        scratch: &mut Scratch,
        schema: &Schema,
        catalog: &Catalog,
    ) -> Result<Self, DbError> {
        let tables = schema.tables.iter().map(|table| table.name.to_string());
        let is_all_declared = catalog.others.as_ref().is_none_or(|others| others.is_empty());
        if is_all_declared {
            return Ok(Self { places: tables.collect(), ..Self::default() });
        }
        let views = scratch.views()?;
        let mut failures = failures_of_tables(scratch, schema)?;
        scratch.trial(|trial| {
            for [name, select] in &views {
                attempt(trial, Usage::Select, name, select, &mut failures);
            }
        })?;
        let places = views.into_iter().map(|[name, _]| name).chain(tables).collect();
        Ok(Self { product: scratch.product(), places, failures })
    }

    /// Whether that failure happens here too. The same error of the same kind of use is the same
    /// failure, since a migration may rename the table.
    pub(crate) fn has(&self, failure: &FailedUse) -> bool {
        let FailedUse { usage, place, error, .. } = failure;
        let mut own = self.failures.iter().filter(|own| own.usage == *usage);
        own.any(|own| own.place == *place || own.error == *error)
    }

    /// What fails here, and neither failed before nor fails in a database that has only this
    /// schema.
    pub(crate) fn broken_since(
        &self,
        before: &Self,
        host: &ScratchHost,
        schema: &Schema,
    ) -> Result<Vec<Broken>, DbError> {
        let mut new: Vec<&FailedUse> =
            self.failures.iter().filter(|failure| !before.has(failure)).collect();
        if new.iter().any(|failure| failure.usage != Usage::Select) {
            // The row itself may be what the schema rejects.
            let declared = failures_as_declared(host, schema)?;
            new.retain(|now| {
                !declared.iter().any(|one| (one.usage, &one.place) == (now.usage, &now.place))
            });
        }
        let broken = |failure: &FailedUse| Broken {
            worked_before: before.places.contains(&failure.place),
            triggers: Vec::new(),
            failure: failure.clone(),
            product: self.product,
        };
        Ok(new.into_iter().map(broken).collect())
    }
}

/// Whether one of these statements creates a trigger or a routine that is not in the catalogue, as
/// it is written.
pub(crate) fn writes_routines(statements: &[Statement], catalog: &Catalog) -> bool {
    let is_known =
        |sql: &str| catalog.others.iter().flatten().any(|(_, definition)| definition == sql);
    statements.iter().any(|statement| match &statement.kind {
        StatementKind::ChangesSchema(change) => {
            matches!(change.action, SchemaAction::Create | SchemaAction::Replace)
                && matches!(change.object, SchemaObject::Trigger | SchemaObject::Routine)
                && !is_known(&statement.sql)
        }
        _ => false,
    })
}

/// The triggers that the first catalogue does not have, or not as they are in the second one.
pub(crate) fn new_triggers(before: &Catalog, after: &Catalog) -> Vec<String> {
    let known = before.others.iter().flatten().collect::<BTreeSet<_>>();
    let others = after.others.iter().flatten().filter(|one| !known.contains(one));
    others.map(|(name, _)| name.clone()).filter(|name| name.starts_with("trigger ")).collect()
}

/// The number of the row that goes through each table. The rows that are in the tables have others.
const NUMBER: u8 = 9;

/// The uses of tables that fail in a database that has only this schema.
fn failures_as_declared(host: &ScratchHost, schema: &Schema) -> Result<Vec<FailedUse>, DbError> {
    let mut scratch = host.scratch()?;
    create(&mut scratch, schema).map_err(|refused| refused.error)?;
    rows::fill(&mut scratch, schema);
    failures_of_tables(&mut scratch, schema)
}

/// The uses of tables that fail in this database.
fn failures_of_tables(scratch: &mut Scratch, schema: &Schema) -> Result<Vec<FailedUse>, DbError> {
    let dialect = scratch.dialect();
    let rows: Vec<Row<'_>> = rows::of_each_table(schema, NUMBER);
    let mut failures = Vec::new();
    scratch.trial(|trial| {
        for row in &rows {
            attempt(trial, Usage::Insert, row.table(), &row.insert(dialect), &mut failures);
        }
        for row in &rows {
            update(trial, row, dialect, &mut failures);
        }
        // Rows that refer to others go first.
        for row in rows.iter().rev() {
            attempt(trial, Usage::Delete, row.table(), &row.delete(dialect), &mut failures);
        }
    })?;
    Ok(failures)
}

/// Gives the row other values, or if these are rejected, its own again.
fn update(
    trial: &mut Trial<'_>,
    row: &Row<'_>,
    dialect: &dyn Dialect,
    failures: &mut Vec<FailedUse>,
) {
    if trial.execute(&row.update(dialect, NUMBER + 1)).is_err() {
        attempt(trial, Usage::Update, row.table(), &row.update(dialect, NUMBER), failures);
    }
}

fn attempt(
    trial: &mut Trial<'_>,
    usage: Usage,
    place: &str,
    sql: &str,
    failures: &mut Vec<FailedUse>,
) {
    if let Err(error) = trial.execute(sql) {
        // What can't be told is not called broken.
        let is_broken = trial.is_broken(sql).unwrap_or(false);
        failures.push(FailedUse { usage, place: place.to_owned(), error, is_broken });
    }
}
