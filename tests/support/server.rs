//! Real servers for the cases, found by the environment.

use std::hash::{BuildHasher, RandomState};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use db_backend::{BackendKind, DatabaseUrl, ServerUrl, Timeouts, admin};
use tempfile::TempDir;

/// All servers at hand: SQLite always, the others as `cargo xtask test` starts them.
///
/// A case loops over them, so that it is the same on each back end.
pub fn servers() -> Vec<TestServer> {
    BackendKind::ALL.into_iter().filter_map(|kind| at_hand(kind).ok()).collect()
}

/// Runs a case on each of them; its snapshots are the same on all.
pub fn on_each_server(case: impl Fn(&TestServer)) {
    insta::allow_duplicates! {
        for server in servers() {
            case(&server);
        }
    }
}

/// The server of that kind, or why it is not at hand.
pub fn at_hand(kind: BackendKind) -> Result<TestServer, String> {
    if !db_backend::is_compiled_in(kind) {
        return Err(format!("this build is without the feature `{kind}`"));
    }
    let variable = match kind {
        BackendKind::Sqlite => return Ok(TestServer::folder()),
        BackendKind::Postgres => "TENANTCTL_TEST_POSTGRES",
        BackendKind::Mysql => "TENANTCTL_TEST_MYSQL",
    };
    let text = std::env::var(variable)
        .map_err(|_| format!("{variable} is not set; `cargo xtask test` starts a server"))?;
    let url: ServerUrl = text.parse().map_err(|error| format!("{variable}: {error}"))?;
    assert_eq!(url.kind(), kind, "{variable} is the address of another back end");
    Ok(TestServer { url, names: Mutex::default(), _folder: None })
}

/// A server that a case may do anything with; its databases go when it is dropped.
pub struct TestServer {
    url: ServerUrl,
    names: Mutex<Vec<String>>,
    _folder: Option<TempDir>,
}

impl TestServer {
    fn folder() -> Self {
        let folder = tempfile::tempdir().expect("the temporary folder is writable");
        Self {
            url: ServerUrl::folder(folder.path()),
            names: Mutex::default(),
            _folder: Some(folder),
        }
    }

    /// The back end.
    pub fn kind(&self) -> BackendKind {
        self.url.kind()
    }

    /// The address without a database.
    pub fn url(&self) -> &ServerUrl {
        &self.url
    }

    /// The name of a database that does not exist; it is dropped at the end if it does by then.
    ///
    /// Unique over all cases and processes, as they share a server.
    pub fn fresh_name(&self) -> String {
        static COUNTER: AtomicU32 = AtomicU32::new(0);
        // A process id alone may come back, and meet a database that a killed run has left.
        let random = RandomState::new().hash_one(std::process::id()) >> 32;
        let name = format!("t{random:08x}_{}", COUNTER.fetch_add(1, Ordering::Relaxed));
        self.drop_at_end(&name);
        name
    }

    /// A new database without any table; it is dropped at the end.
    pub fn fresh_database(&self) -> DatabaseUrl {
        let name = self.fresh_name();
        admin::create_database(&self.url, &name, &Timeouts::default())
            .unwrap_or_else(|error| panic!("cannot create a database on {}: {error}", self.url));
        self.url.database(&name).expect("the name is plain")
    }

    /// Drops that database at the end, if it exists by then: one that the case itself creates.
    pub fn drop_at_end(&self, name: &str) {
        self.names.lock().expect("no case fails inside").push(name.to_owned());
    }

    /// Drops now what would be dropped at the end.
    pub fn drop_databases(&self) {
        let names = self.names.lock().map(|mut names| std::mem::take(&mut *names));
        for name in names.unwrap_or_default() {
            // It may never have been created, and a case that failed should fail for its own reason.
            let _ = admin::drop_database(&self.url, &name, &Timeouts::default());
        }
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        self.drop_databases();
    }
}
