//! The ledger of runs.

use std::collections::BTreeMap;

use db_backend::{AnyConnection, Version, dispatch};
use diesel::prelude::*;
use schema_core::types::{Json, Timestamp};

use crate::error::RegistryError;
use crate::model::{RunOutcome, RunRecord, TenantState};
use crate::registry::{ROWS_PER_STATEMENT, Registry};
use crate::schema::{run_outcomes, runs, tenants};

impl Registry {
    /// Writes that a run begins.
    ///
    /// # Errors
    /// What the system database says.
    pub fn begin_run(
        &self,
        id: &str,
        command: &str,
        goal: Option<&Version>,
        targets: i64,
    ) -> Result<(), RegistryError> {
        let (id, command, goal) = (id.to_owned(), command.to_owned(), goal.cloned());
        self.transaction(move |connection| {
            let values = (
                runs::id.eq(id),
                runs::command.eq(command),
                runs::goal.eq(goal.map(|version| version.0)),
                runs::targets.eq(targets),
                runs::started_at.eq(Timestamp::now()),
            );
            dispatch!(connection, c => diesel::insert_into(runs::table).values(values).execute(c))?;
            Ok(())
        })
    }

    /// Writes the outcomes of some tenants of a run, and what the registry now knows about them, in
    /// one transaction.
    ///
    /// # Errors
    /// What the system database says.
    pub fn record(&self, run_id: &str, outcomes: &[RunOutcome]) -> Result<(), RegistryError> {
        let (run_id, outcomes) = (run_id.to_owned(), outcomes.to_vec());
        self.transaction(move |connection| {
            for chunk in outcomes.chunks(ROWS_PER_STATEMENT) {
                insert_outcomes(connection, &run_id, chunk)?;
                update_tenants(connection, chunk)?;
            }
            Ok(())
        })
    }

    /// Writes that a run ended.
    ///
    /// # Errors
    /// What the system database says.
    pub fn finish_run(&self, id: &str, exit_code: i32) -> Result<(), RegistryError> {
        let id = id.to_owned();
        self.transaction(move |connection| {
            let values =
                (runs::finished_at.eq(Some(Timestamp::now())), runs::exit_code.eq(Some(exit_code)));
            dispatch!(connection, c => diesel::update(runs::table.find(id)).set(values).execute(c))?;
            Ok(())
        })
    }

    /// The newest runs, newest first.
    ///
    /// # Errors
    /// What the system database says.
    pub fn runs(&self, limit: i64) -> Result<Vec<RunRecord>, RegistryError> {
        type Row = (String, String, Option<String>, i64, Timestamp, Option<Timestamp>, Option<i32>);
        let rows: Vec<Row> = self.work(move |connection| {
            Ok(dispatch!(connection, c => runs::table
                .select(runs::all_columns)
                .order((runs::started_at.desc(), runs::id.desc()))
                .limit(limit)
                .load(c))?)
        })?;
        Ok(rows
            .into_iter()
            .map(|(id, command, goal, targets, started_at, finished_at, exit_code)| RunRecord {
                id,
                command,
                goal: goal.map(Version),
                targets,
                started_at: started_at.into(),
                finished_at: finished_at.map(Into::into),
                exit_code,
            })
            .collect())
    }

    /// The newest outcomes of one tenant, newest first: `(run id, outcome)`.
    ///
    /// # Errors
    /// What the system database says.
    pub fn outcomes_of(
        &self,
        tenant_id: i64,
        limit: i64,
    ) -> Result<Vec<(String, RunOutcome)>, RegistryError> {
        type Row = (String, String, Option<String>, Option<String>, Json, i64);
        let rows: Vec<Row> = self.work(move |connection| {
            Ok(dispatch!(connection, c => run_outcomes::table
                .select((
                    run_outcomes::run_id,
                    run_outcomes::outcome,
                    run_outcomes::version,
                    run_outcomes::error,
                    run_outcomes::detail,
                    run_outcomes::duration_ms,
                ))
                .filter(run_outcomes::tenant_id.eq(tenant_id))
                .order((run_outcomes::finished_at.desc(), run_outcomes::run_id.desc()))
                .limit(limit)
                .load(c))?)
        })?;
        Ok(rows
            .into_iter()
            .map(|(run_id, outcome, version, error, detail, duration_ms)| {
                let outcome = RunOutcome {
                    tenant_id,
                    outcome,
                    version: version.map(Version),
                    error,
                    detail: detail.0,
                    duration_ms,
                    new_state: None,
                };
                (run_id, outcome)
            })
            .collect())
    }
}

fn insert_outcomes(
    connection: &mut AnyConnection,
    run_id: &str,
    outcomes: &[RunOutcome],
) -> Result<(), RegistryError> {
    let finished_at = Timestamp::now();
    let rows: Vec<_> = outcomes
        .iter()
        .map(|outcome| {
            (
                run_outcomes::run_id.eq(run_id),
                run_outcomes::tenant_id.eq(outcome.tenant_id),
                run_outcomes::outcome.eq(&outcome.outcome),
                run_outcomes::version
                    .eq(outcome.version.as_ref().map(|version| version.0.as_str())),
                run_outcomes::error.eq(outcome.error.as_deref()),
                run_outcomes::detail.eq(Json(outcome.detail.clone())),
                run_outcomes::duration_ms.eq(outcome.duration_ms),
                run_outcomes::finished_at.eq(finished_at),
            )
        })
        .collect();
    dispatch!(connection, c => diesel::insert_into(run_outcomes::table).values(&rows).execute(c))?;
    Ok(())
}

/// One statement for each version and each new state, since nearly all tenants share theirs.
fn update_tenants(
    connection: &mut AnyConnection,
    outcomes: &[RunOutcome],
) -> Result<(), RegistryError> {
    let mut by_version: BTreeMap<&str, Vec<i64>> = BTreeMap::new();
    let mut by_state: BTreeMap<TenantState, Vec<i64>> = BTreeMap::new();
    for outcome in outcomes {
        if let Some(version) = &outcome.version {
            by_version.entry(&version.0).or_default().push(outcome.tenant_id);
        }
        if let Some(state) = outcome.new_state {
            by_state.entry(state).or_default().push(outcome.tenant_id);
        }
    }
    let now = Timestamp::now();
    for (version, ids) in by_version {
        // A tenant whose version and state have not changed is not written again.
        let rows = tenants::table
            .filter(tenants::id.eq_any(&ids))
            .filter(tenants::recorded_version.is_null().or(tenants::recorded_version.ne(version)));
        let values = (tenants::recorded_version.eq(version), tenants::updated_at.eq(now));
        dispatch!(connection, c => diesel::update(rows).set(values).execute(c))?;
    }
    for (state, ids) in by_state {
        // A tenant that a person has suspended or archived meanwhile keeps that state.
        let rows = tenants::table
            .filter(tenants::id.eq_any(&ids))
            .filter(tenants::state.eq(TenantState::Provisioning.name()));
        let values = (tenants::state.eq(state.name()), tenants::updated_at.eq(now));
        dispatch!(connection, c => diesel::update(rows).set(values).execute(c))?;
    }
    Ok(())
}
