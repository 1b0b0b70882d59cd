//! Finishes a half-applied migration by a person's word, with a row in the ledger.

use std::collections::BTreeMap;

use db_backend::{BackendKind, Version};
use serde_json::json;
use system_db::{RunOutcome, Tenant};
use tenant_migrate::{Repair, RepairError, RunOptions, SessionSql, Unfinished};

use crate::error::ManagerError;
use crate::fleet_run::new_run_id;
use crate::manager::TenantManager;

impl TenantManager {
    /// What a run has left of that migration of a tenant, in any state. Writes nothing.
    ///
    /// # Errors
    /// [`ManagerError::Repair`], or what the registry says.
    pub fn unfinished(&self, slug: &str, version: &Version) -> Result<Unfinished, ManagerError> {
        let tenant = self.registry().tenant(&slug.parse()?)?;
        let target = self.target(&tenant)?;
        let run = self.fleet_run(RunOptions::new(new_run_id())).engine;
        run.unfinished(&target, version).map_err(|error| failed(&tenant, error))
    }

    /// Records what is left of that migration, in the tenant's journal and in the ledger. The next
    /// run acts on it. The session begins and ends with that SQL. Returns what the journal said
    /// before.
    ///
    /// # Errors
    /// [`ManagerError::Repair`], or what the registry says.
    pub fn repair(
        &self,
        slug: &str,
        version: &Version,
        repair: Repair,
        session: BTreeMap<BackendKind, SessionSql>,
    ) -> Result<Unfinished, ManagerError> {
        let tenant = self.registry().tenant(&slug.parse()?)?;
        let target = self.target(&tenant)?;
        let options = RunOptions { session, ..RunOptions::new(new_run_id()) };
        let run = self.fleet_run(options).engine;
        let run_id = &run.options.run_id;
        let unfinished = run.unfinished(&target, version);
        let before = unfinished.map_err(|error| failed(&tenant, error))?;
        // Written first, so that nothing is repaired without a trace.
        self.registry().begin_run(run_id, "repair", Some(version), 1)?;
        let repaired = run.repair(&target, version, repair);
        let error = repaired.as_ref().err().map(ToString::to_string);
        let outcome = RunOutcome {
            tenant_id: tenant.id,
            outcome: if error.is_none() { "repaired" } else { "failed" }.to_owned(),
            version: tenant.recorded_version.clone(),
            error: error.clone(),
            detail: json!({ "repair": repair, "before": before, "error": error }),
            duration_ms: 0,
            new_state: None,
        };
        self.registry().record(run_id, &[outcome])?;
        self.registry().finish_run(run_id, i32::from(error.is_some()))?;
        repaired.map(|()| before).map_err(|error| failed(&tenant, error))
    }
}

fn failed(tenant: &Tenant, cause: RepairError) -> ManagerError {
    match cause {
        RepairError::Database(error) => ManagerError::of_tenant(&tenant.slug, error),
        cause => ManagerError::Repair { slug: tenant.slug.clone(), cause },
    }
}
