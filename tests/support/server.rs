//! Real servers for the cases, whose addresses are in the environment.

use std::hash::{BuildHasher, RandomState};
use std::io::Write as _;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{LazyLock, Mutex, PoisonError};

use db_backend::admin::Creator;
use db_backend::{BackendKind, Capabilities, DatabaseUrl, ServerUrl, Timeouts, admin};
use tempfile::TempDir;

/// Runs a case on the server of that kind; its snapshots are the same on all of them.
///
/// With [`test_on`](super::cases::test_on), so that each back end has a `#[test]` of its own.
pub fn on_server(kind: BackendKind, case: fn(&TestServer)) {
    let Some(server) = available(kind) else { return };
    insta::allow_duplicates! { case(&server) }
}

/// All servers that are available, for a case that needs them all at once.
pub fn servers() -> Vec<TestServer> {
    BackendKind::ALL.into_iter().filter_map(available).collect()
}

/// The server of that kind, or `None`: a case is skipped if its server is not available.
///
/// # Panics
/// If it is not available under `CI=true`: the run that decides must test every back end. Any other
/// run reports the cases that it skips.
pub fn available(kind: BackendKind) -> Option<TestServer> {
    match find(kind) {
        Ok(server) => Some(server),
        Err(reason) => {
            let line = not_run(kind, &reason);
            assert!(!is_decisive(), "{line}");
            None
        }
    }
}

/// Whether this run must test every back end.
pub fn is_decisive() -> bool {
    std::env::var("CI").is_ok_and(|value| value == "true")
}

/// Reports once that the cases of a back end are not run.
pub fn not_run(kind: BackendKind, reason: &str) -> String {
    static SAID: Mutex<Vec<BackendKind>> = Mutex::new(Vec::new());
    let line = format!("{kind} not run: {reason}");
    let mut said = SAID.lock().unwrap_or_else(PoisonError::into_inner);
    if !said.contains(&kind) {
        said.push(kind);
        // Written directly, since the output of a passing test is not shown.
        writeln!(std::io::stderr(), "{line}").expect("standard error is open");
    }
    line
}

/// The server of that kind, or the reason that it is not available. SQLite always is; `cargo xtask
/// test` starts the others.
pub fn find(kind: BackendKind) -> Result<TestServer, String> {
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

/// A server for a case to use freely; the case's databases are dropped with this value.
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

    /// The flag with which a command has its scratch databases on this server.
    pub fn scratch_flag(&self) -> String {
        match Capabilities::of(self.kind()).embedded {
            true => String::new(),
            false => format!(" --{}-url {}", self.kind(), self.url.expose()),
        }
    }

    /// The name of a database that does not exist yet. If the case creates it, it is dropped at the
    /// end.
    ///
    /// Unique among all cases and processes, because they share a server.
    pub fn fresh_name(&self) -> String {
        static COUNTER: AtomicU32 = AtomicU32::new(0);
        // A process id may be reused, while a database of a killed run still exists.
        let random = RandomState::new().hash_one(std::process::id()) >> 32;
        let name = format!("t{random:08x}_{}", COUNTER.fetch_add(1, Ordering::Relaxed));
        self.drop_at_end(&name);
        name
    }

    /// A new database without tables. It is dropped at the end.
    pub fn fresh_database(&self) -> DatabaseUrl {
        let name = self.fresh_name();
        // A PostgreSQL session is slow to create its first database, and fast after that. So all
        // cases share the sessions.
        static CREATOR: LazyLock<Creator> = LazyLock::new(Creator::default);
        CREATOR
            .create(&self.url, &name, &Timeouts::default())
            .unwrap_or_else(|error| panic!("cannot create a database on {}: {error}", self.url));
        self.url.database(&name).expect("the name is plain")
    }

    /// Drops that database, which the case itself creates, at the end if it exists by then.
    pub fn drop_at_end(&self, name: &str) {
        self.names.lock().expect("no case fails inside").push(name.to_owned());
    }

    /// Drops the databases now, instead of at the end.
    pub fn drop_databases(&self) {
        let names = self.names.lock().map(|mut names| std::mem::take(&mut *names));
        for name in names.unwrap_or_default() {
            // It may never have been created, and a failed case should fail for its own reason.
            let _ = admin::drop_database(&self.url, &name, &Timeouts::default());
        }
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        self.drop_databases();
    }
}
