//! What can go wrong with the registry.

use std::error::Error;
use std::io;

use db_backend::DbError;
use diesel::result::{DatabaseErrorKind, Error as QueryError};

use crate::model::TenantState;
use crate::slug::Slug;

/// A failure of the registry. Its text never holds a credential.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// There is no system database at that place.
    #[error("there is no system database at {place}")]
    Missing {
        /// Its path, or its address without the password.
        place: String,
        /// What is missing.
        #[source]
        cause: DbError,
    },
    /// The system database can't be reached or created.
    #[error("the system database can't be opened")]
    Open(#[source] DbError),
    /// The system database's own migrations failed.
    #[error("the system database can't be brought to its schema")]
    Schema(#[source] Box<dyn Error + Send + Sync>),
    /// A query got no answer, or there was no thread for it.
    #[error("the system database does not answer")]
    Unanswered(#[from] DbError),
    /// No connection became free in time.
    #[error("no connection to the system database")]
    Pool(#[source] r2d2::Error),
    /// No thread can be started for the connections.
    #[error("the system has no thread left for the system database")]
    Threads(#[source] io::Error),
    /// A query failed.
    #[error("a query on the system database failed")]
    Query(#[from] QueryError),
    /// A row that this version can't read.
    #[error("the system database has a row that can't be read: {row}")]
    Row {
        /// Which one: ``server `eu-1` `` or `tenant 7`.
        row: String,
        /// What is wrong with it.
        #[source]
        cause: Box<dyn Error + Send + Sync>,
    },
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
    /// Tenants have their databases on that server.
    #[error("server `{server}` has tenants: {tenants}, such as `{example}`")]
    ServerInUse {
        /// The server.
        server: String,
        /// How many there are.
        tenants: usize,
        /// The first of them.
        example: Slug,
    },
    /// Another tenant has that database already.
    #[error("database `{database}` of tenant `{slug}` belongs to another tenant of that server")]
    DatabaseTaken {
        /// The tenant that asked for it.
        slug: Slug,
        /// The database.
        database: String,
    },
    /// A state that can't follow the present one.
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
    /// A row that can't be read, and what is wrong with it.
    pub(crate) fn row<E: Error + Send + Sync + 'static>(row: String) -> impl FnOnce(E) -> Self {
        |cause| Self::Row { row, cause: Box::new(cause) }
    }

    /// Whether a row was rejected because another row already has its key.
    pub(crate) fn is_unique_violation(&self) -> bool {
        matches!(
            self,
            Self::Query(QueryError::DatabaseError(DatabaseErrorKind::UniqueViolation, _))
        )
    }

    /// Whether a row was kept because another row refers to it.
    pub(crate) fn is_foreign_key_violation(&self) -> bool {
        matches!(
            self,
            Self::Query(QueryError::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _))
        )
    }
}
