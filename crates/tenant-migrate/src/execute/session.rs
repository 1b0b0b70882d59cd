//! The team's own SQL at the beginning and at the end of a session.

use db_backend::{BackendKind, DbError, Statement, TenantConnection};

use super::run::Run;
use crate::excerpt::excerpt;
use crate::failure::{Failure, FailureKind};

impl Run {
    /// Begins a session that is to write, before its lock.
    pub(super) fn begin_session(
        &self,
        kind: BackendKind,
        connection: &mut dyn TenantConnection,
    ) -> Result<(), Failure> {
        let own = self.options.session.get(&kind);
        own.map_or(Ok(()), |own| prepare(connection, &own.before, "before"))
    }

    /// Ends it, after its lock, or a fresh one if a migration may have changed it.
    pub(super) fn end_session(
        &self,
        kind: BackendKind,
        mut connection: Box<dyn TenantConnection>,
        reconnect: impl FnOnce() -> Result<Box<dyn TenantConnection>, DbError>,
    ) -> Result<(), Failure> {
        let own = self.options.session.get(&kind).filter(|own| !own.after.is_empty());
        let Some(own) = own else { return Ok(()) };
        if connection.session_may_differ() {
            drop(connection);
            connection = reconnect().map_err(Failure::outside)?;
            self.begin_session(kind, &mut *connection)?;
        }
        prepare(&mut *connection, &own.after, "after")
    }
}

fn prepare(
    connection: &mut dyn TenantConnection,
    statements: &[Statement],
    when: &str,
) -> Result<(), Failure> {
    statements.iter().try_for_each(|statement| {
        connection.prepare(statement).map_err(|error| {
            let message = format!("SQL {when} the session (`{}`): {error}", excerpt(statement));
            // A connection that broke says nothing about the statement, and is tried again.
            let kind = if error.kind.is_transient() {
                FailureKind::Database(error.kind)
            } else {
                FailureKind::SessionSql
            };
            Failure::new(kind, message)
        })
    })
}
