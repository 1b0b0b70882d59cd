//! A database that exists for a while.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};

use crate::admin;
use crate::connection::{Access, Timeouts};
use crate::driver::AnyConnection;
use crate::error::DbError;
use crate::url::{DatabaseUrl, ServerUrl};
use crate::watch::watched;

/// A database with a name that no other one has. Dropping the value drops it on its server.
#[derive(Debug)]
pub struct ScratchDatabase {
    server: ServerUrl,
    name: String,
    url: DatabaseUrl,
    is_dropped: bool,
}

impl ScratchDatabase {
    /// Creates it, empty.
    ///
    /// # Errors
    /// The reason that it can't be created.
    pub fn create(server: &ServerUrl) -> Result<Self, DbError> {
        // Random, since runs on several machines may share a server.
        let name = format!("tenantctl_scratch_{:016x}", RandomState::new().build_hasher().finish());
        let url = server.database(&name)?;
        admin::create_database(server, &name, &Timeouts::default())?;
        Ok(Self { server: server.clone(), name, url, is_dropped: false })
    }

    /// Creates it with what its tables get from it on that server, as
    /// [`TenantConnection::table_defaults`](crate::TenantConnection::table_defaults) has it.
    ///
    /// # Errors
    /// The reason that it can't be created.
    pub fn create_with(server: &ServerUrl, defaults: Option<&str>) -> Result<Self, DbError> {
        let database = Self::create(server)?;
        if let Some(defaults) = defaults {
            let quoted = server.kind().dialect().quote(&database.name);
            let (url, sql) = (database.url.clone(), format!("ALTER DATABASE {quoted} {defaults}"));
            watched(move |watch| {
                let timeouts = Timeouts::default();
                watch.call(Some(timeouts.own_statement() + timeouts.grace), || {
                    AnyConnection::establish(&url, Access::ReadWrite, &timeouts)?.execute(&sql)
                })
            })?;
        }
        Ok(database)
    }

    /// Its address.
    pub const fn url(&self) -> &DatabaseUrl {
        &self.url
    }

    /// Drops it on its server.
    ///
    /// # Errors
    /// The reason that it can't be dropped. Dropping the value does the same, but reports no error.
    pub fn close(mut self) -> Result<(), DbError> {
        self.drop_now()
    }

    fn drop_now(&mut self) -> Result<(), DbError> {
        if std::mem::replace(&mut self.is_dropped, true) {
            return Ok(());
        }
        admin::drop_database(&self.server, &self.name, &Timeouts::default())
    }
}

impl Drop for ScratchDatabase {
    fn drop(&mut self) {
        // `close` reports the error.
        let _ = self.drop_now();
    }
}
