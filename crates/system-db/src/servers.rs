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
        let inserted = self.transaction(|connection| {
            let values = (
                servers::name.eq(name),
                servers::backend.eq(url.kind().name()),
                servers::url.eq(url.expose()),
            );
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

    /// All servers, by name.
    ///
    /// # Errors
    /// What the system database says.
    pub fn servers(&self) -> Result<Vec<Server>, RegistryError> {
        let mut connection = self.connection()?;
        let rows: Vec<ServerRow> = dispatch!(&mut *connection, c => servers::table
            .select(ServerRow::as_select())
            .order(servers::name)
            .load(c))?;
        rows.into_iter().map(Server::try_from).collect()
    }

    /// The server of that name.
    ///
    /// # Errors
    /// [`RegistryError::UnknownServer`], or what the system database says.
    pub fn server(&self, name: &str) -> Result<Server, RegistryError> {
        let mut connection = self.connection()?;
        let row: Option<ServerRow> = dispatch!(&mut *connection, c => servers::table
            .select(ServerRow::as_select())
            .filter(servers::name.eq(name))
            .first(c)
            .optional())?;
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
