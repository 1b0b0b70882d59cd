//! From a slug to an active tenant.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use db_backend::admin::Creator;
use db_backend::{Access, ServerUrl};
use system_db::{NewTenant, Server, Slug, Tenant, TenantState};
use tenant_migrate::{Claim, Run, RunOptions, TenantReport, crash};

use crate::create::CreatingConnector;
use crate::error::ManagerError;
use crate::fleet_run::{FinishedRun, FleetRun, Purpose, new_run_id};
use crate::manager::{TenantManager, open_marked, schema_for};

/// Where new tenants belong.
#[derive(Debug, Clone, Default)]
pub struct Placement {
    /// The server's name; `None` for the only one there is, or the embedded one.
    pub server: Option<String>,
    /// The schema's name; `None` for the only one there is.
    pub schema: Option<String>,
    /// Labels to select the tenants by, in addition to their slugs.
    pub labels: BTreeMap<String, String>,
}

/// What a provisioning did.
#[derive(Debug)]
pub struct Provisioned {
    /// Tenants that were already active; they were not touched.
    pub active_before: Vec<Slug>,
    /// The run of all others; `None` if there were no others.
    pub run: Option<FinishedRun>,
}

impl TenantManager {
    /// Creates a tenant's database on the default server, migrates it to head and marks it active;
    /// does nothing to a tenant that is active already, and finishes one that was interrupted.
    ///
    /// # Errors
    /// As [`FleetRun::provision`]; [`ManagerError::Tenant`] if its migration was blocked or failed,
    /// and this can be called again.
    pub fn provision(&self, slug: &str) -> Result<Option<TenantReport>, ManagerError> {
        let slug: Slug = slug.parse()?;
        let mut tenants = self.registered(&[slug], &Placement::default())?;
        tenants.retain(|tenant| tenant.state == TenantState::Provisioning);
        if tenants.is_empty() {
            return Ok(None);
        }
        self.one_outcome(|run| run.create_all(&tenants)).map(Some)
    }

    /// Registers an existing database as an active tenant, and gives it the tenant's mark. If a
    /// provisioning of the tenant was refused this database, the tenant becomes active. `claim`
    /// says which databases may be had.
    ///
    /// # Errors
    /// [`system_db::RegistryError::TenantExists`], [`ManagerError::NotOurs`],
    /// [`ManagerError::Database`] if it can't be read or marked, or what the registry says.
    pub fn adopt(
        &self,
        slug: &Slug,
        database: &str,
        placement: &Placement,
        claim: Claim,
    ) -> Result<Tenant, ManagerError> {
        let schema = schema_for(&self.schemas, placement.schema.as_deref())?;
        let server = self.server_for(placement.server.as_deref(), schema)?;
        let exists = || system_db::RegistryError::TenantExists(slug.clone());
        let is_begun = |tenant: &Tenant| is_provisioning_of(tenant, &server, database);
        let begun = self.registry.find_tenant(slug)?;
        if begun.as_ref().is_some_and(|tenant| !is_begun(tenant)) {
            return Err(exists().into());
        }
        // Looked at first, so that a database that is refused leaves nothing in the registry.
        let (_, mark) = self
            .server_url(&server)
            .database(database)
            .and_then(|url| open_marked(url, Access::ReadOnly))
            .map_err(|error| ManagerError::of_tenant(slug, error))?;
        if claim != Claim::Any
            && let Some(blocker) = self.other_owner(begun.as_ref(), mark)
        {
            return Err(ManagerError::NotOurs { slug: slug.clone(), blocker });
        }
        let wanted = NewTenant {
            slug: slug.clone(),
            server_id: server.id,
            database: database.to_owned(),
            schema: schema.to_owned(),
            state: TenantState::Provisioning,
            labels: placement.labels.clone(),
        };
        let tenant = match begun {
            Some(tenant) => tenant,
            None => self.registry.register(&[wanted])?.remove(0),
        };
        if !is_begun(&tenant) {
            return Err(exists().into());
        }
        let mut options = RunOptions::new(new_run_id());
        options.policy.claim = claim;
        self.fleet_run(options)
            .engine
            .claim(&self.target(&tenant)?)
            .map_err(|error| ManagerError::of_claim(slug, error))?;
        self.registry.finish_provisioning(slug)?;
        Ok(self.registry.tenant(slug)?)
    }

    /// The tenants' rows; missing ones are created.
    fn registered(
        &self,
        slugs: &[Slug],
        placement: &Placement,
    ) -> Result<Vec<Tenant>, ManagerError> {
        let unique: BTreeSet<&Slug> = slugs.iter().collect();
        let unique: Vec<&Slug> = unique.into_iter().collect();
        for tenant in self.registry.find_tenants(&unique)? {
            check_existing(&tenant, placement)?;
        }
        let schema = schema_for(&self.schemas, placement.schema.as_deref())?;
        let server = self.server_for(placement.server.as_deref(), schema)?;
        let wanted: Vec<NewTenant> = unique
            .into_iter()
            .map(|slug| NewTenant {
                slug: slug.clone(),
                server_id: server.id,
                database: default_database(&server.url, slug),
                schema: schema.to_owned(),
                state: TenantState::Provisioning,
                labels: placement.labels.clone(),
            })
            .collect();
        Ok(self.registry.register(&wanted)?)
    }
}

impl FleetRun<'_> {
    /// Creates the databases of those tenants, migrates them to the goal and marks them active.
    ///
    /// The registry rows come first, as `provisioning`, so that a crash at any point is finished by
    /// the same call.
    ///
    /// # Errors
    /// [`ManagerError::State`] if one of them is suspended or archived,
    /// [`ManagerError::WrongServer`], [`ManagerError::AmbiguousServer`], or what the registry says.
    /// Nothing is done to any of them then.
    pub fn provision(
        &self,
        slugs: &[Slug],
        placement: &Placement,
    ) -> Result<Provisioned, ManagerError> {
        let tenants = self.manager.registered(slugs, placement)?;
        crash::point("after-register");
        let (active, provisioning): (Vec<Tenant>, Vec<Tenant>) =
            tenants.into_iter().partition(|tenant| tenant.state == TenantState::Active);

        let run = match provisioning.as_slice() {
            [] => None,
            tenants => Some(self.create_all(tenants)?),
        };
        Ok(Provisioned { active_before: active.into_iter().map(|t| t.slug).collect(), run })
    }

    fn create_all(&self, tenants: &[Tenant]) -> Result<FinishedRun, ManagerError> {
        let mut databases = HashMap::new();
        for tenant in tenants {
            let server = self.manager.server_url(&tenant.server);
            let database = server
                .database(&tenant.database)
                .map_err(|error| ManagerError::of_tenant(&tenant.slug, error))?;
            databases.insert(database, (server, tenant.database.clone()));
        }
        let connector = CreatingConnector { databases, creator: Creator::default() };
        let mut options = (*self.engine.options).clone();
        if options.policy.claim == Claim::Unmarked {
            // A new tenant has no database from before there were marks.
            options.policy.claim = Claim::Empty;
        }
        let (connector, options) = (Arc::new(connector), Arc::new(options));
        let engine = Run { connector, options, ..self.engine.clone() };
        FleetRun { engine, ..*self }.migrate_with_ledger(Purpose::Provision, tenants)
    }
}

fn is_provisioning_of(tenant: &Tenant, server: &Server, database: &str) -> bool {
    tenant.state == TenantState::Provisioning
        && tenant.server.id == server.id
        && tenant.database == database
}

/// Whether an existing tenant may be provisioned (again).
fn check_existing(tenant: &Tenant, placement: &Placement) -> Result<(), ManagerError> {
    let slug = tenant.slug.clone();
    if matches!(tenant.state, TenantState::Suspended | TenantState::Archived) {
        return Err(ManagerError::State { slug, state: tenant.state });
    }
    match (&placement.server, &placement.schema) {
        (Some(asked), _) if *asked != tenant.server.name => Err(ManagerError::WrongServer {
            slug,
            actual: tenant.server.name.clone(),
            asked: asked.clone(),
        }),
        (_, Some(asked)) if *asked != tenant.schema => Err(ManagerError::WrongSchema {
            slug,
            actual: tenant.schema.clone(),
            asked: asked.clone(),
        }),
        _ => Ok(()),
    }
}

/// The name of a new tenant's database.
pub(crate) fn default_database(server: &ServerUrl, slug: &Slug) -> String {
    if db_backend::Capabilities::of(server.kind()).embedded {
        format!("{slug}.db")
    } else {
        format!("tenant_{slug}")
    }
}
