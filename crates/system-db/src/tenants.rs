//! The tenants of the registry.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use db_backend::{AnyConnection, Version, dispatch};
use diesel::prelude::*;
use schema_core::types::Timestamp;

use crate::error::RegistryError;
use crate::model::{NewTenant, Tenant, TenantState};
use crate::registry::{ROWS_PER_STATEMENT, Registry};
use crate::schema::{servers, tenant_labels, tenants};
use crate::servers::ServerRow;
use crate::slug::Slug;

#[derive(Queryable, Selectable)]
#[diesel(table_name = tenants)]
struct TenantRow {
    id: i64,
    slug: String,
    database: String,
    schema_name: String,
    state: String,
    recorded_version: Option<String>,
    created_at: Timestamp,
    updated_at: Timestamp,
    #[diesel(embed)]
    server: ServerRow,
}

impl Registry {
    /// Registers those tenants whose slug is not taken, all in one transaction, and returns all of
    /// them as they are registered now, in the order given.
    ///
    /// # Errors
    /// [`RegistryError::DatabaseTaken`] if another tenant has the database (nothing is registered
    /// then), or what the system database says.
    pub fn register(&self, wanted: &[NewTenant]) -> Result<Vec<Tenant>, RegistryError> {
        let inserted = match self.insert_missing(wanted) {
            // Another process was faster with one of them; the second look finds its row.
            Err(error) if error.is_unique_violation() => self.insert_missing(wanted),
            other => other,
        };
        match inserted {
            Err(error) if error.is_unique_violation() => Err(self.taken(wanted)?.unwrap_or(error)),
            Err(error) => Err(error),
            Ok(()) => {
                let slugs: Vec<&Slug> = wanted.iter().map(|tenant| &tenant.slug).collect();
                self.tenants_named(&slugs)
            }
        }
    }

    fn insert_missing(&self, wanted: &[NewTenant]) -> Result<(), RegistryError> {
        let wanted = wanted.to_vec();
        self.transaction(move |connection| {
            for chunk in wanted.chunks(ROWS_PER_STATEMENT) {
                let slugs: Vec<&str> = chunk.iter().map(|tenant| tenant.slug.as_str()).collect();
                let taken = ids(connection, &slugs)?;
                let missing: Vec<&NewTenant> = chunk
                    .iter()
                    .filter(|tenant| !taken.contains_key(tenant.slug.as_str()))
                    .collect();
                insert(connection, &missing)?;
            }
            Ok(())
        })
    }

    /// The first of the wanted databases that another tenant has.
    fn taken(&self, wanted: &[NewTenant]) -> Result<Option<RegistryError>, RegistryError> {
        let owners: HashMap<(i64, String), Slug> = self
            .tenants()?
            .into_iter()
            .map(|tenant| ((tenant.server.id, tenant.database), tenant.slug))
            .collect();
        Ok(wanted.iter().find_map(|tenant| {
            let owner = owners.get(&(tenant.server_id, tenant.database.clone()))?;
            (*owner != tenant.slug).then(|| RegistryError::DatabaseTaken {
                slug: tenant.slug.clone(),
                database: tenant.database.clone(),
            })
        }))
    }

    /// All tenants, by slug.
    ///
    /// # Errors
    /// What the system database says.
    pub fn tenants(&self) -> Result<Vec<Tenant>, RegistryError> {
        self.work(|connection| {
            let rows = dispatch!(connection, c => tenants::table
                .inner_join(servers::table)
                .select(TenantRow::as_select())
                .order(tenants::slug)
                .load(c))?;
            let labels = dispatch!(connection, c => tenant_labels::table
                .select((tenant_labels::tenant_id, tenant_labels::name, tenant_labels::value))
                .load(c))?;
            assemble(rows, labels)
        })
    }

    /// The tenants of these slugs, in the order given.
    ///
    /// # Errors
    /// [`RegistryError::UnknownTenant`] for the first that does not exist, or what the system
    /// database says.
    fn tenants_named(&self, slugs: &[&Slug]) -> Result<Vec<Tenant>, RegistryError> {
        let found = self.find_tenants(slugs)?;
        let found: HashMap<Slug, Tenant> =
            found.into_iter().map(|tenant| (tenant.slug.clone(), tenant)).collect();
        let named = |slug: &&Slug| found.get(*slug).cloned();
        slugs
            .iter()
            .map(|slug| named(slug).ok_or_else(|| RegistryError::UnknownTenant((*slug).clone())))
            .collect()
    }

    /// The tenants that exist, of these slugs.
    ///
    /// # Errors
    /// What the system database says.
    pub fn find_tenants(&self, slugs: &[&Slug]) -> Result<Vec<Tenant>, RegistryError> {
        let slugs: Vec<String> = slugs.iter().map(ToString::to_string).collect();
        self.work(move |connection| {
            let mut found = Vec::new();
            for chunk in slugs.chunks(ROWS_PER_STATEMENT) {
                let rows = dispatch!(connection, c => tenants::table
                    .inner_join(servers::table)
                    .select(TenantRow::as_select())
                    .filter(tenants::slug.eq_any(chunk))
                    .load(c))?;
                let labels = dispatch!(connection, c => tenant_labels::table
                    .inner_join(tenants::table)
                    .select((tenant_labels::tenant_id, tenant_labels::name, tenant_labels::value))
                    .filter(tenants::slug.eq_any(chunk))
                    .load(c))?;
                found.extend(assemble(rows, labels)?);
            }
            Ok(found)
        })
    }

    /// The tenant of that slug.
    ///
    /// # Errors
    /// [`RegistryError::UnknownTenant`], or what the system database says.
    pub fn tenant(&self, slug: &Slug) -> Result<Tenant, RegistryError> {
        self.find_tenant(slug)?.ok_or_else(|| RegistryError::UnknownTenant(slug.clone()))
    }

    /// The tenant of that slug, if there is one.
    ///
    /// # Errors
    /// What the system database says.
    pub fn find_tenant(&self, slug: &Slug) -> Result<Option<Tenant>, RegistryError> {
        Ok(self.find_tenants(&[slug])?.pop())
    }

    /// Changes labels of a tenant: first those names lose their labels, then these labels are set.
    ///
    /// # Errors
    /// [`RegistryError::UnknownTenant`], or what the system database says.
    pub fn change_labels(
        &self,
        slug: &Slug,
        removed: &BTreeSet<String>,
        set: &BTreeMap<String, String>,
    ) -> Result<Tenant, RegistryError> {
        let id = self.tenant(slug)?.id;
        let (removed, set) = (removed.clone(), set.clone());
        self.transaction(move |connection| {
            let names: Vec<&String> = removed.iter().chain(set.keys()).collect();
            let replaced = tenant_labels::table
                .filter(tenant_labels::tenant_id.eq(id))
                .filter(tenant_labels::name.eq_any(&names));
            dispatch!(connection, c => diesel::delete(replaced).execute(c))?;
            insert_labels(connection, set.iter().map(|label| (id, label)))
        })?;
        self.tenant(slug)
    }

    /// The tenants that are suspended or archived, by id.
    ///
    /// # Errors
    /// What the system database says.
    pub fn withdrawn(&self) -> Result<HashMap<i64, TenantState>, RegistryError> {
        const WITHDRAWN: [TenantState; 2] = [TenantState::Suspended, TenantState::Archived];
        let rows: Vec<(i64, String)> = self.work(|connection| {
            Ok(dispatch!(connection, c => tenants::table
                .select((tenants::id, tenants::state))
                .filter(tenants::state.eq_any(WITHDRAWN.map(TenantState::name)))
                .load(c))?)
        })?;
        rows.into_iter()
            .map(|(id, state)| {
                Ok((id, state.parse().map_err(RegistryError::row(format!("tenant {id}")))?))
            })
            .collect()
    }

    /// Makes a tenant active if it is `provisioning`; leaves one in another state as it is.
    ///
    /// # Errors
    /// What the system database says.
    pub fn finish_provisioning(&self, slug: &Slug) -> Result<(), RegistryError> {
        self.change_state(slug, TenantState::Provisioning, TenantState::Active).map(drop)
    }

    /// Takes a tenant to another state and returns the state it was in.
    ///
    /// # Errors
    /// [`RegistryError::UnknownTenant`], [`RegistryError::Transition`], or what the system database
    /// says.
    pub fn set_state(&self, slug: &Slug, to: TenantState) -> Result<TenantState, RegistryError> {
        let from = self.tenant(slug)?.state;
        if !from.may_become(to) {
            return Err(RegistryError::Transition { slug: slug.clone(), from, to });
        }
        match self.change_state(slug, from, to)? {
            0 => Err(RegistryError::Transition {
                slug: slug.clone(),
                from: self.tenant(slug)?.state,
                to,
            }),
            _ => Ok(from),
        }
    }

    /// The old state is in the filter, so that a change made meanwhile is not overwritten.
    fn change_state(
        &self,
        slug: &Slug,
        from: TenantState,
        to: TenantState,
    ) -> Result<usize, RegistryError> {
        let slug = slug.to_string();
        self.transaction(move |connection| {
            let row = tenants::table
                .filter(tenants::slug.eq(slug))
                .filter(tenants::state.eq(from.name()));
            let values = (tenants::state.eq(to.name()), tenants::updated_at.eq(Timestamp::now()));
            Ok(dispatch!(connection, c => diesel::update(row).set(values).execute(c))?)
        })
    }
}

fn ids(
    connection: &mut AnyConnection,
    slugs: &[&str],
) -> Result<HashMap<String, i64>, RegistryError> {
    let rows: Vec<(String, i64)> = dispatch!(connection, c => tenants::table
        .select((tenants::slug, tenants::id))
        .filter(tenants::slug.eq_any(slugs))
        .load(c))?;
    Ok(rows.into_iter().collect())
}

fn insert<'n>(connection: &mut AnyConnection, new: &[&'n NewTenant]) -> Result<(), RegistryError> {
    if new.is_empty() {
        return Ok(());
    }
    let rows: Vec<_> = new
        .iter()
        .map(|tenant| {
            (
                tenants::slug.eq(tenant.slug.as_str()),
                tenants::server_id.eq(tenant.server_id),
                tenants::database.eq(&tenant.database),
                tenants::schema_name.eq(&tenant.schema),
                tenants::state.eq(tenant.state.name()),
            )
        })
        .collect();
    dispatch!(connection, c => diesel::insert_into(tenants::table).values(&rows).execute(c))?;

    let labelled = new.iter().filter(|tenant| !tenant.labels.is_empty());
    let slugs: Vec<&str> = labelled.map(|tenant| tenant.slug.as_str()).collect();
    let ids = ids(connection, &slugs)?;
    let labels_of = |tenant: &&'n NewTenant| {
        let id = ids.get(tenant.slug.as_str()).copied();
        id.into_iter().flat_map(|id| tenant.labels.iter().map(move |label| (id, label)))
    };
    insert_labels(connection, new.iter().flat_map(labels_of))
}

fn insert_labels<'a>(
    connection: &mut AnyConnection,
    labels: impl Iterator<Item = (i64, (&'a String, &'a String))>,
) -> Result<(), RegistryError> {
    let rows: Vec<_> = labels
        .map(|(id, (name, value))| {
            (
                tenant_labels::tenant_id.eq(id),
                tenant_labels::name.eq(name),
                tenant_labels::value.eq(value),
            )
        })
        .collect();
    if !rows.is_empty() {
        dispatch!(connection, c => diesel::insert_into(tenant_labels::table).values(&rows).execute(c))?;
    }
    Ok(())
}

fn assemble(
    rows: Vec<TenantRow>,
    labels: Vec<(i64, String, String)>,
) -> Result<Vec<Tenant>, RegistryError> {
    let mut labels_by_tenant: HashMap<i64, BTreeMap<String, String>> = HashMap::new();
    for (tenant_id, name, value) in labels {
        labels_by_tenant.entry(tenant_id).or_default().insert(name, value);
    }
    rows.into_iter()
        .map(|row| {
            let TenantRow { id, slug, database, schema_name, state, recorded_version, .. } = row;
            Ok(Tenant {
                id,
                slug: slug.parse().map_err(RegistryError::row(format!("tenant {id}")))?,
                server: row.server.try_into()?,
                database,
                schema: schema_name,
                state: state.parse().map_err(RegistryError::row(format!("tenant {id}")))?,
                recorded_version: recorded_version.map(Version),
                labels: labels_by_tenant.remove(&id).unwrap_or_default(),
                created_at: row.created_at.into(),
                updated_at: row.updated_at.into(),
            })
        })
        .collect()
}
