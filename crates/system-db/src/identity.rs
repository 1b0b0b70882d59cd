//! Which registry this is.

use std::hash::{BuildHasher as _, RandomState};

use db_backend::{AnyConnection, Mark, dispatch};
use diesel::prelude::*;

use crate::error::RegistryError;
use crate::registry::Registry;
use crate::schema::registry;

/// The key of the only row.
const ONLY_ROW: i32 = 1;

impl Registry {
    /// What tells this registry from all others, except from copies of its system database.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The mark of the database of the tenant with that id.
    pub fn mark(&self, tenant: i64) -> Mark {
        Mark { registry: self.id.clone(), tenant }
    }

    /// Gives this registry an id of its own, so that its tenants are no longer those of the
    /// registry that it is a copy of. Returns the id that it had.
    ///
    /// # Errors
    /// What the system database says.
    pub fn fork(&mut self) -> Result<String, RegistryError> {
        let id = random_id();
        let value = registry::id.eq(id.clone());
        self.transaction(move |connection| {
            let row = registry::table.find(ONLY_ROW);
            dispatch!(connection, c => diesel::update(row).set(value).execute(c))?;
            Ok(())
        })?;
        Ok(std::mem::replace(&mut self.id, id))
    }
}

/// The id of the registry in that system database. One that has none gets one.
pub(crate) fn ensure_id(connection: &mut AnyConnection) -> Result<String, RegistryError> {
    if let Some(id) = find_id(connection)? {
        return Ok(id);
    }
    let id = random_id();
    let values = (registry::number.eq(ONLY_ROW), registry::id.eq(&id));
    let inserted =
        dispatch!(connection, c => diesel::insert_into(registry::table).values(values).execute(c));
    match inserted.map_err(RegistryError::from) {
        Ok(_) => Ok(id),
        // Another process was faster.
        Err(error) if error.is_unique_violation() => find_id(connection)?.ok_or(error),
        Err(error) => Err(error),
    }
}

fn find_id(connection: &mut AnyConnection) -> Result<Option<String>, RegistryError> {
    let row = registry::table.find(ONLY_ROW).select(registry::id);
    Ok(dispatch!(connection, c => row.first(c).optional())?)
}

/// 128 bits in hex.
fn random_id() -> String {
    let [a, b] = [0, 1].map(|half| RandomState::new().hash_one(half));
    format!("{a:016x}{b:016x}")
}
