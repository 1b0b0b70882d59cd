//! What can go wrong before a tenant's outcome, beside it, or instead of it.

use std::fmt;
use std::path::PathBuf;

use db_backend::{BackendKind, DbError};
use system_db::{InvalidSlug, RegistryError, Slug, TenantState};
use tenant_migrate::{
    Blocker, ClaimError, LoadError, Outcome, RepairError, SetKey, TenantReport, UnknownGoal,
};

/// A failure of a call on [`TenantManager`](crate::TenantManager). Its text never holds a
/// credential.
#[derive(Debug, thiserror::Error)]
pub enum ManagerError {
    /// The registry failed, or does not know what was asked for.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// A text that can't be a slug.
    #[error(transparent)]
    Slug(#[from] InvalidSlug),
    /// A pattern that can't be read.
    #[error("`{pattern}` is no pattern: {reason}")]
    Pattern {
        /// The pattern.
        pattern: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Patterns that no tenant matches.
    #[error("no tenant matches {}", .0.join(", "))]
    NoMatch(Vec<String>),
    /// The migrations are not valid.
    #[error("the migrations can't be used")]
    Migrations(#[from] LoadError),
    /// A version that no migration has.
    #[error(transparent)]
    Goal(#[from] UnknownGoal),
    /// There are no migrations of a schema for a back end.
    #[error("there are no migrations for {0}")]
    NoMigrations(SetKey),
    /// There are several schemas, and none was named.
    #[error("there are several schemas: {}", .0.join(", "))]
    AmbiguousSchema(Vec<String>),
    /// There is no schema of that name.
    #[error("there is no schema `{name}`, only {}", .known.join(", "))]
    UnknownSchema {
        /// The name.
        name: String,
        /// The schemas that there are.
        known: Vec<String>,
    },
    /// The tenant has another schema.
    #[error("tenant `{slug}` has the schema `{actual}`, not `{asked}`")]
    WrongSchema {
        /// The tenant.
        slug: Slug,
        /// The one that it has.
        actual: String,
        /// The one that was asked for.
        asked: String,
    },
    /// There are several servers, and none was named.
    #[error("there are several servers: {}", .0.join(", "))]
    AmbiguousServer(Vec<String>),
    /// The tenant has its database on another server.
    #[error("tenant `{slug}` is on server `{actual}`, not on `{asked}`")]
    WrongServer {
        /// The tenant.
        slug: Slug,
        /// Where it is.
        actual: String,
        /// Where it was asked for.
        asked: String,
    },
    /// A server can't become one of another back end.
    #[error("server `{server}` is {actual}, and the new address is that of {asked}")]
    OtherBackend {
        /// The server.
        server: String,
        /// Its back end.
        actual: BackendKind,
        /// That of the new address.
        asked: BackendKind,
    },
    /// The databases of tenants are not at a server's new address.
    #[error("server `{server}` keeps its address: {}", not_there(.missing))]
    NotThere {
        /// The server.
        server: String,
        /// The tenants, each with what is wrong at the new address. Not empty.
        missing: Vec<(String, String)>,
    },
    /// The tenant is in a state that does not allow this.
    #[error("tenant `{slug}` is {state}")]
    State {
        /// The tenant.
        slug: Slug,
        /// The state it is in.
        state: TenantState,
    },
    /// The data folder can't be created.
    #[error("the data folder {folder} can't be made")]
    DataDir {
        /// The folder.
        folder: String,
        /// What the system says.
        #[source]
        cause: std::io::Error,
    },
    /// A server or a tenant's database can't be used.
    #[error("{place} can't be used")]
    Database {
        /// Which one: ``tenant `acme` `` or ``server `eu-1` ``.
        place: String,
        /// What it says.
        #[source]
        cause: DbError,
    },
    /// The ledger could not be opened for a run, which was therefore not begun.
    #[error("the run was not begun, and nothing was done to any tenant's database")]
    NotBegun(#[source] RegistryError),
    /// A run is finished, and not all of it is in the ledger.
    #[error("{}", unrecorded(.tenants, .missing))]
    Ledger {
        /// How many tenants the run had.
        tenants: usize,
        /// The tenants whose outcomes are not recorded; empty if only the run's end is not.
        missing: Vec<String>,
        /// What the system database says.
        #[source]
        cause: RegistryError,
    },
    /// The database may not become the tenant's.
    #[error("tenant `{slug}`: {blocker}")]
    NotOurs {
        /// The tenant.
        slug: Slug,
        /// Why.
        blocker: Blocker,
    },
    /// Two folders have the migrations of one back end.
    #[error("both {} and {} hold migrations for {kind}", .first.display(), .second.display())]
    TwoFolders {
        /// The back end.
        kind: BackendKind,
        /// The first.
        first: PathBuf,
        /// The second.
        second: PathBuf,
    },
    /// Rows that can't be imported; none of them was.
    #[error("nothing was registered:\n{}", lines(.0))]
    Import(Vec<ImportFault>),
    /// A half-applied migration could not be repaired.
    #[error("tenant `{slug}` can't be repaired")]
    Repair {
        /// The tenant.
        slug: Slug,
        /// Why.
        #[source]
        cause: RepairError,
    },
    /// One tenant's migration was blocked or failed.
    #[error("tenant `{}`: {}", .0.slug, describe(&.0.outcome))]
    Tenant(Box<TenantReport>),
}

/// What is wrong with a row of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportFault {
    /// Where it stands.
    pub place: String,
    /// What is wrong.
    pub problem: String,
}

impl fmt::Display for ImportFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.problem)
    }
}

impl ManagerError {
    /// What a tenant's database says.
    pub(crate) fn of_tenant(slug: &Slug, cause: DbError) -> Self {
        Self::Database { place: format!("tenant `{slug}`"), cause }
    }

    /// Why a tenant did not get a database that exists.
    pub(crate) fn of_claim(slug: &Slug, error: ClaimError) -> Self {
        match error {
            ClaimError::Refused(blocker) => Self::NotOurs { slug: slug.clone(), blocker },
            ClaimError::Database(cause) => Self::of_tenant(slug, cause),
        }
    }
}

fn not_there(missing: &[(String, String)]) -> String {
    let words = |(slug, reason): &(String, String)| format!("tenant `{slug}`: {reason}");
    match missing {
        [] => String::new(),
        [only] => words(only),
        [first, rest @ ..] => format!("{}, and {} more", words(first), rest.len()),
    }
}

fn unrecorded(tenants: &usize, missing: &[String]) -> String {
    match missing {
        [] => format!(
            "the outcomes of all tenants ({tenants}) are recorded, but not that the run has ended"
        ),
        [first, ..] => format!(
            "the outcomes of {} of {tenants} tenants are not recorded, such as that of `{first}`",
            missing.len()
        ),
    }
}

fn describe(outcome: &Outcome) -> String {
    outcome.reason().unwrap_or_else(|| outcome.name().replace('_', " "))
}

fn lines(faults: &[ImportFault]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}
