use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use insta::assert_snapshot;
use nix::sys::stat::Mode;
use nix::unistd::mkfifo;
use sql_text::{Statement, Syntax};
use tempfile::TempDir;

use crate::admin::{self, Created};
use crate::connection::{Access, Connector, ExecutionMode, TenantConnection, Timeouts, Version};
use crate::driver::AnyConnection;
use crate::error::{DbError, DbErrorKind};
use crate::session::DieselConnector;
use crate::url::{DatabaseUrl, ServerUrl};

const LIMITS: Timeouts = Timeouts {
    connect: Duration::from_secs(1),
    lock: Duration::from_millis(50),
    statement: Duration::from_secs(60),
    grace: Duration::from_secs(5),
};

fn statement(sql: &str) -> Statement {
    Statement::unplaced(sql, Syntax::Sqlite)
}

struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("the temporary folder is writable"))
    }

    fn file(&self, name: &str) -> DatabaseUrl {
        DatabaseUrl::file(self.0.path().join(name))
    }

    /// A file in which that SQL was run.
    fn database(&self, name: &str, sql: &str) -> DatabaseUrl {
        let file = self.file(name);
        fs::write(path(&file), "").expect("the folder is writable");
        raw(&file).execute(sql).expect("the SQL is right");
        file
    }

    /// Every file and its bytes.
    fn content(&self) -> BTreeMap<String, Vec<u8>> {
        let entries = fs::read_dir(self.0.path()).expect("the folder is there");
        entries
            .map(|entry| entry.expect("the folder can be read").path())
            .map(|file| (file.display().to_string(), fs::read(&file).expect("it can be read")))
            .collect()
    }
}

fn path(file: &DatabaseUrl) -> &Path {
    file.path().expect("it is a file")
}

fn raw(file: &DatabaseUrl) -> AnyConnection {
    AnyConnection::establish(file, Access::ReadWrite, &LIMITS).expect("it can be opened")
}

fn open(file: &DatabaseUrl, access: Access) -> Result<Box<dyn TenantConnection>, DbError> {
    DieselConnector.connect(file, access, &LIMITS)
}

/// A history as stock Diesel leaves it.
const HISTORY: &str = "CREATE TABLE __diesel_schema_migrations (version VARCHAR(50) PRIMARY KEY NOT \
    NULL, run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP); \
    INSERT INTO __diesel_schema_migrations (version) VALUES ('1'); CREATE TABLE t (a INTEGER);";

#[test]
fn observing_leaves_every_byte_as_it_was() {
    let folder = Folder::new();
    let files = [
        folder.database("empty.db", ""),
        folder.database("diesel.db", HISTORY),
        folder.database("wal.db", &format!("PRAGMA journal_mode = WAL; {HISTORY}")),
    ];
    let before = folder.content();
    for file in &files {
        let mut session = open(file, Access::ReadOnly).expect("it can be opened");
        session.history().expect("it can be read");
        session.fingerprint().expect("it can be read");
        session.add_to_history(&Version("2".to_owned())).expect_err("it is read-only");
    }
    let mut after = folder.content();
    // SQLite leaves files beside a database in WAL mode that it needs for reading; they contain no
    // data.
    after.retain(|file, bytes| {
        !(file.ends_with("-shm") || file.ends_with("-wal") && bytes.is_empty())
    });
    assert!(before == after, "{:?} became {:?}", before.keys(), after.keys());
}

#[test]
fn what_a_killed_writer_left_half_done_is_rolled_back_to_be_observed() {
    let folder = Folder::new();
    let file = folder.database("busy.db", HISTORY);
    let mut writer = raw(&file);
    writer
        .execute(
            "PRAGMA cache_size = 1; BEGIN IMMEDIATE; \
             UPDATE __diesel_schema_migrations SET version = 'half done'; \
             WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 5000) \
             INSERT INTO t SELECT i FROM n;",
        )
        .expect("the SQL is right");
    // The copy has the journal of a writer that no longer exists.
    let copy = folder.file("killed.db");
    for suffix in ["", "-journal"] {
        fs::copy(
            super::files::beside(path(&file), suffix),
            super::files::beside(path(&copy), suffix),
        )
        .expect("the writer has written both");
    }
    let mut session = open(&copy, Access::ReadOnly).expect("it can be opened");
    let history = session.history().expect("it can be read");
    assert_eq!(history.applied, Some(vec![Version("1".to_owned())]));
    let error = session.execute(&statement("DELETE FROM t")).expect_err("it is read-only");
    assert_eq!(error.kind, DbErrorKind::ReadOnly);
}

#[test]
fn file_names_may_hold_what_means_something_in_an_address() {
    let folder = Folder::new();
    for name in ["a?mode=memory.db", "a#b.db", "100%41.db", "a b&c=d.db", "é'\".db", ":x.db"] {
        let file = folder.database(name, "CREATE TABLE t (a INTEGER)");
        let history = open(&file, Access::ReadOnly).and_then(|mut session| session.history());
        assert!(history.expect("it can be read").has_tables, "{name}");
    }
    assert_eq!(folder.content().len(), 6, "{:?}", folder.content().keys());
}

#[test]
fn files_that_are_no_tenants() {
    let folder = Folder::new();
    let whole = folder.database("whole.db", HISTORY);
    let bytes = fs::read(path(&whole)).expect("it can be read");
    let cases: [(&str, &[u8]); 3] = [
        ("truncated.db", &bytes[..bytes.len() / 2]),
        ("cut in the header.db", &bytes[..50]),
        (
            "text.db",
            b"This is not a database, and long enough to have been one's header.".as_slice(),
        ),
    ];
    for (name, bytes) in cases {
        fs::write(path(&folder.file(name)), bytes).expect("the folder is writable");
    }
    fs::create_dir(path(&folder.file("folder.db"))).expect("the folder is writable");
    mkfifo(path(&folder.file("pipe.db")), Mode::S_IRWXU).expect("the folder is writable");

    let names = ["missing.db", "no/folder.db", "whole.db/below.db", "folder.db", "pipe.db"]
        .into_iter()
        .chain(cases.map(|case| case.0));
    let rows: Vec<String> = names
        .flat_map(|name| [Access::ReadOnly, Access::ReadWrite].map(|access| (name, access)))
        .map(|(name, access)| {
            let error = open(&folder.file(name), access)
                .and_then(|mut session| session.history())
                .expect_err("it is no tenant");
            let message = error.message.replace(&folder.0.path().display().to_string(), "…");
            format!("{name} ({access:?}): {:?}: {message}", error.kind)
        })
        .collect();
    assert_snapshot!(rows.join("\n"), @"
    missing.db (ReadOnly): Missing: …/missing.db: No such file or directory (os error 2)
    missing.db (ReadWrite): Missing: …/missing.db: No such file or directory (os error 2)
    no/folder.db (ReadOnly): Missing: …/no/folder.db: No such file or directory (os error 2)
    no/folder.db (ReadWrite): Missing: …/no/folder.db: No such file or directory (os error 2)
    whole.db/below.db (ReadOnly): Missing: …/whole.db/below.db: Not a directory (os error 20)
    whole.db/below.db (ReadWrite): Missing: …/whole.db/below.db: Not a directory (os error 20)
    folder.db (ReadOnly): Corrupt: …/folder.db is a folder, not a database
    folder.db (ReadWrite): Corrupt: …/folder.db is a folder, not a database
    pipe.db (ReadOnly): Corrupt: …/pipe.db is a pipe or a device, not a database
    pipe.db (ReadWrite): Corrupt: …/pipe.db is a pipe or a device, not a database
    truncated.db (ReadOnly): Corrupt: database disk image is malformed
    truncated.db (ReadWrite): Corrupt: database disk image is malformed
    cut in the header.db (ReadOnly): Corrupt: database disk image is malformed
    cut in the header.db (ReadWrite): Corrupt: database disk image is malformed
    text.db (ReadOnly): Corrupt: file is not a database
    text.db (ReadWrite): Corrupt: file is not a database
    ");
}

#[test]
fn a_file_that_another_process_holds() {
    let folder = Folder::new();
    let file = folder.database("held.db", HISTORY);
    let mut holder = raw(&file);
    holder.execute("BEGIN EXCLUSIVE").expect("it is free");
    let mut session = open(&file, Access::ReadWrite).expect("it can be opened");
    let read = session.history().expect_err("it is held");
    let lock = session.lock(ExecutionMode::Transactional).expect_err("it is held");
    assert_eq!((read.kind, lock.kind), (DbErrorKind::LockTimeout, DbErrorKind::LockTimeout));
    assert_snapshot!(lock, @"another session held the migration lock for longer than 50ms");

    holder.execute("ROLLBACK").expect("it is in a transaction");
    session.lock(ExecutionMode::Transactional).expect("it is free again");
}

#[test]
fn a_rebuild_suspends_foreign_keys_and_checks_them() {
    let folder = Folder::new();
    let file = folder.database(
        "keys.db",
        "CREATE TABLE parent (id INTEGER PRIMARY KEY); INSERT INTO parent VALUES (1), (2); \
         CREATE TABLE child (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES parent (id) ON DELETE CASCADE); \
         INSERT INTO child VALUES (1, 1), (2, 2);",
    );
    let rebuild = |kept: &str| {
        [
            "CREATE TABLE __new_parent (id INTEGER PRIMARY KEY, name TEXT)".to_owned(),
            format!("INSERT INTO __new_parent (id) SELECT id FROM parent {kept}"),
            "DROP TABLE parent".to_owned(),
            "PRAGMA legacy_alter_table = ON".to_owned(),
            "ALTER TABLE __new_parent RENAME TO parent".to_owned(),
        ]
    };
    let mut session = open(&file, Access::ReadWrite).expect("it can be opened");
    let mut outcome = |kept: &str| {
        session.lock(ExecutionMode::TransactionalRebuild)?;
        for sql in rebuild(kept) {
            session.execute(&statement(&sql))?;
        }
        let unlocked = session.unlock();
        if unlocked.is_err() {
            session.rollback()?;
        }
        // Foreign keys are enforced again afterwards, whatever the result.
        let orphan = session
            .execute(&statement("INSERT INTO child VALUES (3, 3)"))
            .expect_err("no such parent");
        assert_eq!(orphan.message, "FOREIGN KEY constraint failed");
        unlocked
    };
    assert_snapshot!(outcome("WHERE id = 1").expect_err("a parent is missing"), @"foreign keys are violated: row 2 of child refers to no row of parent");
    outcome("").expect("all parents are there");
    let children = raw(&file).text("SELECT CAST(count(*) AS TEXT) FROM child", &[]);
    assert_eq!(children, Ok(Some("2".to_owned())));
}

#[test]
fn only_a_journalled_migration_leaves_a_lock_file() {
    let folder = Folder::new();
    let file = folder.database("a.db", HISTORY);
    let link = folder.file("link.db");
    for (mode, files) in [
        (ExecutionMode::Transactional, 1),
        (ExecutionMode::TransactionalRebuild, 1),
        (ExecutionMode::Journalled, 2),
        (ExecutionMode::Transactional, 2),
    ] {
        let mut session = open(&file, Access::ReadWrite).expect("it can be opened");
        session.lock(mode).expect("it is free");
        session.unlock().expect("it can be released");
        assert_eq!(folder.content().len(), files, "{mode:?}");
    }

    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(path(&file), path(&link)).expect("the folder is writable");
        let mut one = open(&file, Access::ReadWrite).expect("it can be opened");
        let mut other = open(&link, Access::ReadWrite).expect("it can be opened");
        one.lock(ExecutionMode::Journalled).expect("it is free");
        let error = other.lock(ExecutionMode::Transactional).expect_err("it is the same database");
        assert_eq!(error.kind, DbErrorKind::LockTimeout);
    }
}

#[test]
fn databases_are_created_once_and_dropped_whole() {
    let folder = Folder::new();
    let server = ServerUrl::folder(folder.0.path().join("not yet"));
    admin::ping(&server, &LIMITS).expect_err("the folder is missing");

    let create = || admin::create_database(&server, "a3/acme.db", &LIMITS);
    let created = std::thread::scope(|scope| {
        let racing = [scope.spawn(create), scope.spawn(create), scope.spawn(create)];
        racing.map(|thread| thread.join().expect("it does not panic").expect("it can be created"))
    });
    let new = created.iter().filter(|created| **created == Created::New).count();
    assert_eq!(new, 1);
    admin::ping(&server, &LIMITS).expect("the folder is there");

    let file = server.database("a3/acme.db").expect("the name is plain");
    raw(&file).execute(&format!("PRAGMA journal_mode = WAL; {HISTORY}")).expect("it is right");
    let mut session = open(&file, Access::ReadWrite).expect("it can be opened");
    session.lock(ExecutionMode::Journalled).expect("it is free");
    assert_eq!(admin::create_database(&server, "a3/acme.db", &LIMITS), Ok(Created::Existed));
    drop(session);

    assert_eq!(admin::database_exists(&server, "a3/acme.db", &LIMITS), Ok(true));
    for _ in 0..2 {
        admin::drop_database(&server, "a3/acme.db", &LIMITS).expect("it can be dropped");
    }
    assert_eq!(admin::database_exists(&server, "a3/acme.db", &LIMITS), Ok(false));
    let left = fs::read_dir(path(&file).parent().expect("it has a folder")).expect("it is there");
    assert_eq!(left.count(), 0);
}
