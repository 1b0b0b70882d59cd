//! A database that exists for a while.

use std::collections::BTreeSet;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::admin;
use crate::connection::{Access, Timeouts};
use crate::driver::AnyConnection;
use crate::error::DbError;
use crate::url::{DatabaseUrl, ServerUrl};
use crate::watch::watched;

/// What the name of each scratch database begins with. The time of its creation follows.
const PREFIX: &str = "tenantctl_scratch_";

/// A scratch database without a session that is older than this was left by a process that was
/// killed. Far longer than work on one goes on without a session, or clocks differ.
const ABANDONED_AFTER: Duration = Duration::from_secs(60 * 60);

/// A database with a name that no other one has. Dropping the value drops it on its server. Those
/// that killed processes have left there are dropped before the first one is created.
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
        drop_abandoned(server);
        // Random, since runs on several machines may share a server.
        let random = RandomState::new().build_hasher().finish();
        let name = format!("{PREFIX}{:08x}_{random:016x}", now().as_secs());
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

/// Drops what killed processes have left on that server, once in each process. Whatever is in the
/// way is left to the next one.
fn drop_abandoned(server: &ServerUrl) {
    static SEEN: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    let is_first = SEEN.lock().unwrap_or_else(PoisonError::into_inner).insert(server.to_string());
    if is_first {
        let before = now().saturating_sub(ABANDONED_AFTER);
        let is_old = move |name: &str| created_at(name).is_some_and(|time| time < before);
        let _ = admin::drop_unused(server, is_old, &Timeouts::default());
    }
}

/// When the scratch database of that name was created.
fn created_at(name: &str) -> Option<Duration> {
    let (seconds, _) = name.strip_prefix(PREFIX)?.split_once('_')?;
    u64::from_str_radix(seconds, 16).ok().map(Duration::from_secs)
}

fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}
