//! Giving a server another address.

use std::sync::Arc;

use db_backend::{Cancel, ServerUrl};
use system_db::{Server, Tenant, TenantState};
use tenant_migrate::{Observation, RunOptions};

use crate::error::ManagerError;
use crate::manager::TenantManager;

impl TenantManager {
    /// Gives a server another address, after reading its tenants' databases there: each must be
    /// readable, be no other tenant's, and have the version that the registry recorded. Tenants
    /// that are archived, or not provisioned yet, need no database.
    ///
    /// # Errors
    /// [`ManagerError::OtherBackend`], [`ManagerError::NotThere`], or what the registry says.
    /// Nothing is changed then.
    pub fn set_server_url(
        &self,
        name: &str,
        url: &ServerUrl,
        options: RunOptions,
        cancel: &Arc<Cancel>,
    ) -> Result<Server, ManagerError> {
        let server = self.registry.server(name)?;
        if url.kind() != server.url.kind() {
            return Err(ManagerError::OtherBackend {
                server: server.name,
                actual: server.url.kind(),
                asked: url.kind(),
            });
        }
        let moved = Server { url: url.clone(), ..server };
        let mut tenants = self.registry.tenants()?;
        tenants.retain(|tenant| tenant.server.id == moved.id && has_database(tenant));
        for tenant in &mut tenants {
            tenant.server = moved.clone();
        }
        let observed = self.fleet_run(options).cancelled_by(cancel).observe(&tenants)?;
        let missing: Vec<(String, String)> = observed
            .iter()
            .filter_map(|tenant| Some((tenant.slug.clone(), why_not_the_same(tenant)?)))
            .collect();
        if !missing.is_empty() {
            return Err(ManagerError::NotThere { server: moved.name, missing });
        }
        Ok(self.registry.set_server_url(name, url)?)
    }
}

const fn has_database(tenant: &Tenant) -> bool {
    match tenant.state {
        TenantState::Active | TenantState::Suspended => true,
        TenantState::Provisioning | TenantState::Archived => false,
    }
}

/// Why what was read is not the tenant's database; `None` if nothing speaks against it.
fn why_not_the_same(observation: &Observation) -> Option<String> {
    let history = match &observation.history {
        Err(failure) => return Some(format!("{}: {}", failure.kind.describe(), failure.message)),
        Ok(history) => history,
    };
    if history.mark.is_some() && history.mark != observation.record.mark {
        return Some("the database there is another tenant's".to_owned());
    }
    let recorded = observation.record.version.as_ref()?;
    let has_it = history.applied.as_ref().is_some_and(|applied| applied.contains(recorded));
    (!has_it).then(|| format!("its database there does not have version {recorded}"))
}
