//! The events of a run.

use std::sync::Arc;
use std::time::Duration;

use db_backend::{DbErrorKind, Version};
use serde::{Deserialize, Serialize};

use super::millis;
use super::outcome::{Counts, TenantReport};

/// Takes the events of a run, from several threads at once.
pub type Sink = Arc<dyn Fn(Event) + Send + Sync>;

/// One thing that happened. As JSON it is one line, with its tenant if it has one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The first event.
    RunStarted {
        /// The run.
        run_id: String,
        /// How many tenants it has.
        tenants: usize,
    },
    /// A tenant is started.
    TenantStarted {
        /// The tenant.
        tenant: String,
        /// Its server.
        server: String,
    },
    /// A migration was committed.
    MigrationApplied {
        /// The tenant.
        tenant: String,
        /// The migration's version.
        version: Version,
        /// The name of its folder.
        name: String,
        /// How many statements it has.
        statements: u32,
        /// How long they took.
        #[serde(rename = "duration_ms", with = "millis")]
        duration: Duration,
    },
    /// Something that a person should know, although it stops nothing by itself.
    Noted {
        /// The tenant; `None` if it is about all of them.
        tenant: Option<String>,
        /// What.
        note: String,
    },
    /// A transient failure is retried.
    Retrying {
        /// The tenant.
        tenant: String,
        /// The attempt that failed, from 1.
        attempt: u32,
        /// The wait before the next.
        #[serde(rename = "wait_ms", with = "millis")]
        wait: Duration,
        /// What kind of failure it was.
        kind: DbErrorKind,
        /// The message, without credentials.
        message: String,
    },
    /// A hook failed that is called after a tenant. Its outcome stays what it is.
    HookFailed {
        /// The tenant.
        tenant: String,
        /// What failed.
        message: String,
    },
    /// A tenant has its outcome.
    TenantFinished(TenantReport),
    /// The last event.
    RunFinished {
        /// The run.
        run_id: String,
        /// How many tenants had which outcome.
        counts: Counts,
        /// How long the run took.
        #[serde(rename = "duration_ms", with = "millis")]
        duration: Duration,
    },
}
