//! Many existing databases become tenants at once.

use std::collections::{BTreeMap, HashMap};

use db_backend::{Timeouts, admin};
use globset::GlobBuilder;
use system_db::{NewTenant, Server, Slug, TenantState};

use crate::error::{ImportFault, ManagerError};
use crate::manager::{TenantManager, schema_for};

/// A tenant to register, as a file, a query or a server names it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportRow {
    /// Where it stands, for messages: `line 3`.
    pub place: String,
    /// The slug.
    pub slug: String,
    /// The server's name; `None` for the one that all rows without a name get.
    pub server: Option<String>,
    /// The database's name; `None` for the one that a new tenant would get.
    pub database: Option<String>,
    /// The schema's name; `None` for the one that all rows without a name get.
    pub schema: Option<String>,
    /// Labels to select the tenant by.
    pub labels: BTreeMap<String, String>,
}

/// What an import would register.
#[derive(Debug, Clone)]
pub struct ImportPlan {
    /// The tenants that are not registered yet, each with the name of its server.
    pub new: Vec<(NewTenant, String)>,
    /// Those that are registered already, with the same database.
    pub registered: Vec<Slug>,
}

impl TenantManager {
    /// A row for each database of the server whose name matches the glob. The slug is the name in
    /// lower case, without the text that all matches begin and end with.
    ///
    /// # Errors
    /// [`ManagerError::Pattern`], [`ManagerError::Database`] if the server can't be asked, or what
    /// the registry says.
    pub fn discover(&self, server: &str, pattern: &str) -> Result<Vec<ImportRow>, ManagerError> {
        let glob = GlobBuilder::new(pattern).build().map_err(|error| ManagerError::Pattern {
            pattern: pattern.to_owned(),
            reason: error.kind().to_string(),
        })?;
        let glob = glob.compile_matcher();
        let server = self.registry.server(server)?;
        let names =
            admin::databases(&self.server_url(&server), &Timeouts::default()).map_err(|cause| {
                ManagerError::Database { place: format!("server `{}`", server.name), cause }
            })?;
        let (before, after) = fixed_ends(pattern);
        let rows = names.into_iter().filter(|name| glob.is_match(name)).map(|name| ImportRow {
            place: format!("database {name}"),
            slug: name[before..name.len() - after].to_ascii_lowercase(),
            server: Some(server.name.clone()),
            database: Some(name),
            schema: None,
            labels: BTreeMap::new(),
        });
        Ok(rows.collect())
    }

    /// What an import of these rows would register. `server` and `schema` are those of the rows
    /// that name none; without them, the only one there is. No database is looked at.
    ///
    /// # Errors
    /// [`ManagerError::Import`] with everything that is wrong, or what the registry says.
    pub fn plan_import(
        &self,
        rows: &[ImportRow],
        server: Option<&str>,
        schema: Option<&str>,
    ) -> Result<ImportPlan, ManagerError> {
        let known = Known::read(self)?;
        let mut plan = ImportPlan { new: Vec::new(), registered: Vec::new() };
        let mut faults = Vec::new();
        let mut slugs: HashMap<&str, &str> = HashMap::new();
        let mut databases: HashMap<(i64, String), &str> = HashMap::new();
        for row in rows {
            let mut note = |problem: String| {
                faults.push(ImportFault { place: row.place.clone(), problem });
            };
            if let Some(first) = slugs.insert(&row.slug, &row.place) {
                note(format!("the slug `{}` is also in {first}", row.slug));
                continue;
            }
            let (new, server) = match known.examine(self, row, (server, schema)) {
                Ok(found) => found,
                Err(problems) => {
                    problems.into_iter().for_each(note);
                    continue;
                }
            };
            if let Some(first) = databases.insert((new.server_id, new.database.clone()), &row.place)
            {
                let database = &new.database;
                note(format!("the database `{database}` of server `{server}` is also in {first}"));
            } else if known.is_registered(&new) {
                plan.registered.push(new.slug);
            } else {
                plan.new.push((new, server));
            }
        }
        if faults.is_empty() { Ok(plan) } else { Err(ManagerError::Import(faults)) }
    }

    /// Registers what the plan says, all of it or nothing, as active tenants. Their databases get
    /// their marks on their next run, which refuses those that are another registry's.
    ///
    /// # Errors
    /// What the registry says.
    pub fn import(&self, plan: &ImportPlan) -> Result<(), ManagerError> {
        let new: Vec<NewTenant> = plan.new.iter().map(|(new, _)| new.clone()).collect();
        self.registry.register(&new)?;
        Ok(())
    }
}

/// What the registry has already.
struct Known {
    servers: Vec<Server>,
    /// The database of each slug.
    tenants: HashMap<String, (i64, String)>,
    /// The slug of each database.
    owners: HashMap<(i64, String), Slug>,
}

impl Known {
    fn read(manager: &TenantManager) -> Result<Self, ManagerError> {
        let servers = manager.registry.servers()?;
        let tenants = manager.registry.tenants()?;
        let place = |tenant: &system_db::Tenant| (tenant.server.id, tenant.database.clone());
        Ok(Self {
            servers,
            tenants: tenants.iter().map(|one| (one.slug.to_string(), place(one))).collect(),
            owners: tenants.iter().map(|one| (place(one), one.slug.clone())).collect(),
        })
    }

    /// The tenant that a row names, and its server's name.
    fn examine(
        &self,
        manager: &TenantManager,
        row: &ImportRow,
        (server, schema): (Option<&str>, Option<&str>),
    ) -> Result<(NewTenant, String), Vec<String>> {
        let mut problems = Vec::new();
        let slug = row.slug.parse::<Slug>().map_err(|error| problems.push(error.to_string()));
        let server = self.server(row.server.as_deref().or(server));
        let server = server.map_err(|problem| problems.push(problem));
        let schema = schema_for(&manager.schemas, row.schema.as_deref().or(schema));
        let schema = schema.map_err(|error| problems.push(error.to_string()));
        let (Ok(slug), Ok(server), Ok(schema)) = (slug, server, schema) else {
            return Err(problems);
        };
        let database = row
            .database
            .clone()
            .unwrap_or_else(|| crate::provision::default_database(&server.url, &slug));
        if let Err(error) = manager.server_url(server).database(&database) {
            problems.push(error.to_string());
        }
        let place = (server.id, database.clone());
        match self.tenants.get(slug.as_str()) {
            Some(registered) if *registered != place => {
                problems.push(format!("`{slug}` is registered with another database"));
            }
            Some(_) => {}
            None => {
                if let Some(owner) = self.owners.get(&place) {
                    problems.push(format!("the database `{database}` is that of `{owner}`"));
                }
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let new = NewTenant {
            slug,
            server_id: server.id,
            database,
            schema: schema.to_owned(),
            state: TenantState::Active,
            labels: row.labels.clone(),
        };
        Ok((new, server.name.clone()))
    }

    fn server(&self, name: Option<&str>) -> Result<&Server, String> {
        match (name, self.servers.as_slice()) {
            (Some(name), servers) => {
                let found = servers.iter().find(|server| server.name == name);
                found.ok_or_else(|| format!("there is no server `{name}`"))
            }
            (None, [only]) => Ok(only),
            (None, []) => Err("there is no server".to_owned()),
            (None, _) => Err("no server is named, and there are several".to_owned()),
        }
    }

    fn is_registered(&self, new: &NewTenant) -> bool {
        self.tenants.contains_key(new.slug.as_str())
    }
}

/// How many bytes of each match are the pattern's own text, at its beginning and at its end.
fn fixed_ends(pattern: &str) -> (usize, usize) {
    let is_special = |character: char| "*?[]{}!\\".contains(character);
    let Some(first) = pattern.find(is_special) else { return (0, 0) };
    let last = pattern.rfind(is_special).unwrap_or(first);
    // A special character is one byte long.
    (first, pattern.len() - last - 1)
}

#[cfg(test)]
mod tests {
    use super::fixed_ends;

    #[test]
    fn what_all_matches_begin_and_end_with() {
        let patterns = ["tenant_*", "*.db", "t_*_live", "*", "exact", "t[0-9]x", "{a,b}*"];
        let ends = patterns.map(fixed_ends);
        assert_eq!(ends, [(7, 0), (0, 3), (2, 5), (0, 0), (0, 0), (1, 1), (0, 0)]);
    }
}
