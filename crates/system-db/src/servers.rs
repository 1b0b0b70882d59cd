//! The servers that tenants' databases live on.

use db_backend::{ServerUrl, dispatch};
use diesel::prelude::*;

use crate::error::RegistryError;
use crate::model::Server;
use crate::registry::Registry;
use crate::schema::servers;

#[derive(Queryable, Selectable)]
#[diesel(table_name = servers)]
pub(crate) struct ServerRow {
    id: i64,
    name: String,
    url: String,
}

impl Registry {
    /// Registers a server.
    ///
    /// # Errors
    /// [`RegistryError::ServerExists`], or what the system database says.
    pub fn add_server(&self, name: &str, url: &ServerUrl) -> Result<Server, RegistryError> {
        let values = (
            servers::name.eq(name.to_owned()),
            servers::backend.eq(url.kind().name()),
            servers::url.eq(url.expose().to_owned()),
        );
        let inserted = self.transaction(move |connection| {
            dispatch!(connection, c => diesel::insert_into(servers::table).values(values).execute(c))?;
            Ok(())
        });
        match inserted {
            Err(error) if error.is_unique_violation() => {
                Err(RegistryError::ServerExists(name.to_owned()))
            }
            Err(error) => Err(error),
            Ok(()) => self.server(name),
        }
    }

    /// Changes the address of a server.
    ///
    /// # Errors
    /// [`RegistryError::UnknownServer`], or what the system database says.
    pub fn set_server_url(&self, name: &str, url: &ServerUrl) -> Result<Server, RegistryError> {
        let row = servers::table.filter(servers::name.eq(name.to_owned()));
        let value = servers::url.eq(url.expose().to_owned());
        self.transaction(move |connection| {
            dispatch!(connection, c => diesel::update(row).set(value).execute(c))?;
            Ok(())
        })?;
        self.server(name)
    }

    /// Removes a server that has no tenants.
    ///
    /// # Errors
    /// [`RegistryError::UnknownServer`], [`RegistryError::ServerInUse`], or what the system
    /// database says.
    pub fn remove_server(&self, name: &str) -> Result<(), RegistryError> {
        let id = self.server(name)?.id;
        let removed = self.transaction(move |connection| {
            let row = servers::table.find(id);
            dispatch!(connection, c => diesel::delete(row).execute(c))?;
            Ok(())
        });
        // The foreign key decides, so that a tenant added meanwhile is not left without its server.
        match removed {
            Err(error) if error.is_foreign_key_violation() => {
                let mut tenants = self.tenants()?;
                tenants.retain(|tenant| tenant.server.id == id);
                let Some(first) = tenants.first() else { return Err(error) };
                Err(RegistryError::ServerInUse {
                    server: name.to_owned(),
                    tenants: tenants.len(),
                    example: first.slug.clone(),
                })
            }
            other => other,
        }
    }

    /// All servers, by name.
    ///
    /// # Errors
    /// What the system database says.
    pub fn servers(&self) -> Result<Vec<Server>, RegistryError> {
        let rows: Vec<ServerRow> = self.work(|connection| {
            Ok(dispatch!(connection, c => servers::table
                .select(ServerRow::as_select())
                .order(servers::name)
                .load(c))?)
        })?;
        rows.into_iter().map(Server::try_from).collect()
    }

    /// The server of that name.
    ///
    /// # Errors
    /// [`RegistryError::UnknownServer`], or what the system database says.
    pub fn server(&self, name: &str) -> Result<Server, RegistryError> {
        let named = servers::name.eq(name.to_owned());
        let row: Option<ServerRow> = self.work(move |connection| {
            Ok(dispatch!(connection, c => servers::table
                .select(ServerRow::as_select())
                .filter(named)
                .first(c)
                .optional())?)
        })?;
        row.ok_or_else(|| RegistryError::UnknownServer(name.to_owned()))?.try_into()
    }
}

impl TryFrom<ServerRow> for Server {
    type Error = RegistryError;

    fn try_from(ServerRow { id, name, url }: ServerRow) -> Result<Self, RegistryError> {
        let url = url.parse().map_err(RegistryError::row(format!("server `{name}`")))?;
        Ok(Self { id, name, url })
    }
}
