//! What can go wrong with the registry.

use db_backend::DbError;
use diesel::result::{DatabaseErrorKind, Error as QueryError};

use crate::model::TenantState;
use crate::slug::Slug;

/// A failure of the registry. Its text never holds a credential.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// The system database can't be reached or created.
    #[error("the system database can't be opened")]
    Open(#[source] DbError),
    /// The system database's own migrations did not come through.
    #[error("the system database can't be brought to its schema: {0}")]
    Schema(String),
    /// No connection became free in time.
    #[error("no connection to the system database")]
    Pool(#[source] r2d2::Error),
    /// A query failed.
    #[error("a query on the system database failed")]
    Query(#[from] QueryError),
    /// A row that this version can't read.
    #[error("the system database has a row that can't be read: {0}")]
    Row(String),
    /// No tenant has that slug.
    #[error("there is no tenant `{0}`")]
    UnknownTenant(Slug),
    /// No server has that name.
    #[error("there is no server `{0}`")]
    UnknownServer(String),
    /// A tenant has that slug already.
    #[error("there is a tenant `{0}` already")]
    TenantExists(Slug),
    /// A server has that name already.
    #[error("there is a server `{0}` already")]
    ServerExists(String),
    /// Another tenant has that database already.
    #[error("database `{database}` of tenant `{slug}` belongs to another tenant of that server")]
    DatabaseTaken {
        /// The tenant that asked for it.
        slug: Slug,
        /// The database.
        database: String,
    },
    /// A state that can't follow on the present one.
    #[error("tenant `{slug}` is {from} and can't become {to}")]
    Transition {
        /// The tenant.
        slug: Slug,
        /// The state it is in.
        from: TenantState,
        /// The state that was asked for.
        to: TenantState,
    },
}

impl RegistryError {
    /// Whether a row was refused because another one has its key already.
    pub(crate) fn is_unique_violation(&self) -> bool {
        matches!(
            self,
            Self::Query(QueryError::DatabaseError(DatabaseErrorKind::UniqueViolation, _))
        )
    }

    /// What to do, where there is something better to say than the message.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Open(_) => Some(
                "is the server up, and does the database exist? it is named by --system-url, \
                 SYSTEM_DATABASE_URL or --data-dir"
                    .to_owned(),
            ),
            Self::UnknownTenant(_) => Some("`tenants list` shows all of them".to_owned()),
            Self::UnknownServer(_) => Some("`servers list` shows all of them".to_owned()),
            Self::Transition { from: TenantState::Provisioning, slug, .. } => {
                Some(format!("finish it with `provision {slug}`"))
            }
            Self::DatabaseTaken { .. } => {
                Some("`tenants list` shows which tenant has which database".to_owned())
            }
            Self::Pool(_) | Self::Query(_) => {
                Some("nothing was lost: run the same command again".to_owned())
            }
            Self::Row(_) | Self::Schema(_) => {
                Some("was the registry written by a newer version?".to_owned())
            }
            Self::TenantExists(_) | Self::ServerExists(_) | Self::Transition { .. } => None,
        }
    }
}
