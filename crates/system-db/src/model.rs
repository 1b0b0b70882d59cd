//! The registry's nouns.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use db_backend::{ServerUrl, Version};
use serde::{Deserialize, Serialize};

use crate::slug::Slug;

/// A place where tenant databases live.
#[derive(Debug, Clone)]
pub struct Server {
    /// The row's id.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Its address, printed without its password.
    pub url: ServerUrl,
}

/// One customer's database, as the registry knows it.
#[derive(Debug, Clone)]
pub struct Tenant {
    /// The row's id.
    pub id: i64,
    /// Its name.
    pub slug: Slug,
    /// Where its database lives.
    pub server: Server,
    /// The database's name on that server.
    pub database: String,
    /// Which of the program's schemas it has.
    pub schema: String,
    /// Whether it takes part in runs.
    pub state: TenantState,
    /// The version last seen in its own history: a hint.
    pub recorded_version: Option<Version>,
    /// Labels to select it by, in addition to its slug.
    pub labels: BTreeMap<String, String>,
    /// When the row was created.
    pub created_at: DateTime<Utc>,
    /// When its state or version last changed.
    pub updated_at: DateTime<Utc>,
}

/// A tenant to be registered.
#[derive(Debug, Clone)]
pub struct NewTenant {
    /// Its name.
    pub slug: Slug,
    /// The [`Server::id`] of its server.
    pub server_id: i64,
    /// The database's name on that server.
    pub database: String,
    /// Which of the program's schemas it has.
    pub schema: String,
    /// The state it begins in.
    pub state: TenantState,
    /// Labels to select it by, in addition to its slug.
    pub labels: BTreeMap<String, String>,
}

/// Whether a tenant takes part in runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TenantState {
    /// Its database is being made; provisioning it again finishes that.
    Provisioning,
    /// It takes part in runs.
    Active,
    /// It takes no part in runs for now.
    Suspended,
    /// It takes no part in runs for good; its database is kept.
    Archived,
}

impl TenantState {
    /// All states, in the order of a tenant's life.
    pub const ALL: [Self; 4] = [Self::Provisioning, Self::Active, Self::Suspended, Self::Archived];

    /// The name in the registry, and for people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Provisioning => "provisioning",
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Archived => "archived",
        }
    }

    /// Whether a person may take a tenant from this state to that one. A tenant leaves
    /// `provisioning` only by being provisioned, and never returns to it.
    pub const fn may_become(self, next: Self) -> bool {
        !matches!((self, next), (Self::Provisioning, _) | (_, Self::Provisioning))
    }
}

impl fmt::Display for TenantState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for TenantState {
    type Err = UnknownState;

    fn from_str(name: &str) -> Result<Self, UnknownState> {
        Self::ALL
            .into_iter()
            .find(|state| state.name() == name)
            .ok_or_else(|| UnknownState(name.to_owned()))
    }
}

/// A text that is not the name of a state.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown tenant state `{0}`; known are provisioning, active, suspended and archived")]
pub struct UnknownState(String);

/// One run in the ledger.
#[derive(Debug, Clone, Serialize)]
pub struct RunRecord {
    /// A sortable, unique id.
    pub id: String,
    /// The command that ran.
    pub command: String,
    /// The version to reach; `None` is the head of the binary.
    pub goal: Option<Version>,
    /// How many tenants it was for.
    pub targets: i64,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended; `None` while it runs, and after a crash.
    pub finished_at: Option<DateTime<Utc>>,
    /// The number that stands for how it ended.
    pub exit_code: Option<i32>,
}

/// What became of one tenant in one run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunOutcome {
    /// The [`Tenant::id`].
    pub tenant_id: i64,
    /// The outcome's name, such as `migrated`.
    pub outcome: String,
    /// The version that the tenant's own history had at the end, if it could be read.
    pub version: Option<Version>,
    /// The error in one text.
    pub error: Option<String>,
    /// The whole outcome.
    pub detail: serde_json::Value,
    /// How long the tenant took, in milliseconds.
    pub duration_ms: i64,
    /// The state that a tenant which was `provisioning` is in from now on; `None` leaves it.
    pub new_state: Option<TenantState>,
}
