//! SQLite files that are damaged, locked or otherwise unusable.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use db_backend::{Access, AnyConnection, BackendKind, DatabaseUrl, Timeouts};
use insta::assert_snapshot;

use crate::support::fleet::Fleet;
use crate::support::server::available;

/// The offset of an SQLite file's write version: more than 2 makes the file read-only, for root
/// too.
const WRITE_VERSION: usize = 18;

/// A case: a change to the file before the run, which returns a value to keep until the run ends.
type Harm = fn(&Fleet<'_>, &Path) -> Option<AnyConnection>;

const HARMS: [(&str, Harm); 9] = [
    ("missing", |_, file| {
        fs::remove_file(file).unwrap();
        None
    }),
    ("empty", |_, file| {
        fs::write(file, "").unwrap();
        None
    }),
    ("truncated in its header", |_, file| {
        truncate(file, 60);
        None
    }),
    ("truncated in its tables", |_, file| {
        truncate(file, 2 * 4096);
        None
    }),
    ("read-only", |_, file| {
        let mut bytes = fs::read(file).unwrap();
        bytes[WRITE_VERSION] = 3;
        fs::write(file, bytes).unwrap();
        None
    }),
    ("not SQLite", |_, file| {
        fs::write(file, "name,value\n".repeat(1_000)).unwrap();
        None
    }),
    ("a folder", |_, file| {
        fs::remove_file(file).unwrap();
        fs::create_dir(file).unwrap();
        None
    }),
    ("locked for writing", |fleet, _| Some(holding(fleet, "BEGIN IMMEDIATE"))),
    ("locked for all", |fleet, _| Some(holding(fleet, "BEGIN EXCLUSIVE"))),
];

fn truncate(file: &Path, length: u64) {
    fs::OpenOptions::new().write(true).open(file).unwrap().set_len(length).unwrap();
}

fn holding(fleet: &Fleet<'_>, begin: &str) -> AnyConnection {
    let mut connection = fleet.open("acme");
    connection.execute(begin).unwrap();
    connection
}

#[test]
fn each_unusable_file_is_explained_and_harms_no_other_tenant() {
    let Some(server) = available(BackendKind::Sqlite) else { return };
    let mut shown = String::new();
    for (what, harm) in HARMS {
        let fleet = Fleet::new(&server);
        fleet.succeed("provision @acme @beta --to 20261123154648");
        let file = fleet.file("acme");
        let held = harm(&fleet, &file);

        let observed = fleet.run("migrate-all --dry-run --only acme --lock-timeout 0.2");
        let outcome = fleet.run("migrate-all --lock-timeout 0.2");
        drop(held);
        assert_eq!(outcome.code, Some(4), "{what}: {outcome}");
        assert_eq!(fleet.history("beta").len(), 2, "{what}");
        assert!(what == "missing" || file.exists(), "{what}: the file stays");
        let start = outcome.stdout.find("error:").expect("it is explained");
        shown += &format!(
            "== {what} (dry run: {})\n{}",
            observed.code.unwrap_or_default(),
            &outcome.stdout[start..]
        );
    }
    assert_snapshot!(shown, @r#"
    == missing (dry run: 4)
    error: tenant `acme`: database missing
      cause: [FOLDER]/tenants/acme.db: No such file or directory (os error 2)
    hint: restore the database, or archive the tenant if it is gone for good
    == empty (dry run: 4)
    error: tenant `acme`: recorded at version 20261123154648, but its migration history is empty
    hint: was the database replaced or restored empty? restore a backup of version 20261123154648 or older; if the tenant is meant to start over, provision a new one
    == truncated in its header (dry run: 4)
    error: tenant `acme`: database damaged
      cause: database disk image is malformed
    hint: restore the database from a backup
    == truncated in its tables (dry run: 4)
    error: tenant `acme`: database damaged
      cause: database disk image is malformed
    hint: restore the database from a backup
    == read-only (dry run: 3)
    error: tenant `acme`: migration 20261123154738_create_activity_log failed
      at:    statement 1 of 3 (line 1: CREATE TABLE "activity_log" ( "id" INTEGER PRIMARY KEY AUTOI…)
      cause: attempt to write a readonly database
      state: rolled back
    hint: make the database writable; if it is a standby, use its primary
    == not SQLite (dry run: 4)
    error: tenant `acme`: database damaged
      cause: file is not a database
    hint: restore the database from a backup
    == a folder (dry run: 4)
    error: tenant `acme`: database damaged
      cause: [FOLDER]/tenants/acme.db is a folder, not a database
    hint: restore the database from a backup
    == locked for writing (dry run: 3)
    error: tenant `acme`: lock timeout
      cause: another session held the migration lock for longer than [TIME]
    hint: another session holds the lock; run again when it has ended, or raise --lock-timeout
    == locked for all (dry run: 4)
    error: tenant `acme`: lock timeout
      cause: database is locked
    hint: another session holds the lock; run again when it has ended, or raise --lock-timeout
    "#);
}

#[test]
fn only_the_owner_may_read_what_is_created() {
    let Some(server) = available(BackendKind::Sqlite) else { return };
    let fleet = Fleet::new(&server);
    fleet.write("m/1_one/up.sql", "CREATE TABLE one (id INTEGER);");
    fleet.write("m/1_one/metadata.toml", "run_in_transaction = false");
    fleet.succeed("provision acme --data-dir new/data --migrations m");
    let system = fleet.cli.folder().join("new/data/system.db");
    // While it is open, SQLite keeps files beside it.
    let _open = AnyConnection::establish(
        &DatabaseUrl::file(&system),
        Access::ReadWrite,
        &Timeouts::default(),
    )
    .and_then(|mut system| system.execute("BEGIN IMMEDIATE; COMMIT").map(|()| system))
    .unwrap();
    let mut modes = Vec::new();
    collect_modes(&fleet.cli.folder().join("new"), "new", &mut modes);
    modes.sort();
    assert_snapshot!(modes.join("\n"), @"
    new 700
    new/data 700
    new/data/system.db 600
    new/data/system.db-shm 600
    new/data/system.db-wal 600
    new/data/tenants 700
    new/data/tenants/acme.db 600
    new/data/tenants/acme.db.migrate-lock 600
    ");
}

fn collect_modes(path: &Path, shown: &str, modes: &mut Vec<String>) {
    let mode = fs::metadata(path).unwrap().permissions().mode() & 0o777;
    modes.push(format!("{shown} {mode:o}"));
    for entry in path.read_dir().into_iter().flatten().map(Result::unwrap) {
        let name = entry.file_name().display().to_string();
        collect_modes(&entry.path(), &format!("{shown}/{name}"), modes);
    }
}
