//! Loading migrations: stock Diesel folders, and everything that can be wrong with one.

use std::fs;

use db_backend::BackendKind;
use diesel::migration::MigrationSource;
use insta::assert_snapshot;
use tempfile::TempDir;

use super::embedded;
use crate::{
    DEFAULT_SCHEMA, EmbeddedFolder, EmbeddedMigration, Migration, MigrationSet, embedded_sets,
};

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

/// Each migration in a line, or each fault.
fn loaded(files: &[(&str, &str)]) -> String {
    let folder = folder(files);
    match MigrationSet::from_dir(BackendKind::Sqlite, folder.path()) {
        Ok(set) => {
            let rows = set.iter().map(|migration| {
                let refusals = migration.up_refusals.iter().chain(&migration.down_refusals);
                let refusals: Vec<_> = refusals.map(|refusal| format!("\n  {refusal}")).collect();
                format!(
                    "{} {} statements={} down={} transaction={}{}",
                    migration.version,
                    migration.name,
                    migration.up_statements.len(),
                    migration.down.is_some(),
                    migration.run_in_transaction,
                    refusals.concat(),
                )
            });
            rows.collect::<Vec<_>>().join("\n")
        }
        Err(error) => error.to_string().replace(&format!("{}/", folder.path().display()), ""),
    }
}

#[test]
fn a_stock_diesel_folder_is_taken_as_it_is() {
    let files = [
        ("README.md", "about"),
        (".hidden/up.sql", "SELECT 1;"),
        (
            "2026-03-01-120000_add_invoices/up.sql",
            "CREATE TABLE a (id INTEGER);\nCREATE TABLE b (id INTEGER);",
        ),
        ("2026-03-01-120000_add_invoices/down.sql", "DROP TABLE b; DROP TABLE a;"),
        ("00000000000000_diesel_initial_setup/up.sql", "-- Only a comment, as Diesel allows\n"),
        ("2026-03-02-120000_vacuum/up.sql", "VACUUM;"),
        ("2026-03-02-120000_vacuum/metadata.toml", "run_in_transaction = false"),
    ];
    assert_snapshot!(loaded(&files), @r"
    00000000000000 00000000000000_diesel_initial_setup statements=0 down=false transaction=true
    20260301120000 2026-03-01-120000_add_invoices statements=2 down=true transaction=true
    20260302120000 2026-03-02-120000_vacuum statements=1 down=false transaction=false
    ");
}

#[test]
fn metadata_is_parsed_strictly() {
    let with =
        |metadata: &str| loaded(&[("1_a/up.sql", "SELECT 1"), ("1_a/metadata.toml", metadata)]);
    // Diesel's own reader takes these for "no transaction".
    assert_snapshot!(with(""), @"1 1_a statements=1 down=false transaction=true");
    assert_snapshot!(with("# run_in_transaction = false"), @"1 1_a statements=1 down=false transaction=true");
    assert_snapshot!(with("run_in_transactoin = false"), @"1_a/metadata.toml: `run_in_transactoin` looks like a typo of `run_in_transaction`; write `run_in_transaction = true` or `false`");
    assert_snapshot!(with("RUN-IN-TRANSACTION = false"), @"1_a/metadata.toml: `RUN-IN-TRANSACTION` looks like a typo of `run_in_transaction`; write `run_in_transaction = true` or `false`");
    // And these it swallows.
    assert_snapshot!(with("run_in_transaction = \"no\""), @r#"1_a/metadata.toml: `run_in_transaction` is "no", and not a boolean; write `run_in_transaction = true` or `false`"#);
    // What is another program's is not looked at.
    assert_snapshot!(with("owner = \"billing\"\n[lint]\nrun = false"), @"1 1_a statements=1 down=false transaction=true");
    assert!(with("run_in_transaction false").starts_with("1_a/metadata.toml: "));
}

#[test]
fn a_migration_may_name_limits_of_its_own() {
    let with = |metadata: &str| {
        let metadata = format!("run_in_transaction = true\n[tenantctl]\n{metadata}");
        let files = [("1_a/up.sql", "SELECT 1"), ("1_a/metadata.toml", &*metadata)];
        let folder = folder(&files);
        match MigrationSet::from_dir(BackendKind::Sqlite, folder.path()) {
            Ok(set) => set.iter().flat_map(Migration::notes).collect::<Vec<_>>().join("\n"),
            Err(error) => error
                .faults
                .iter()
                .map(|fault| format!("{}; {}", fault.problem, fault.remedy))
                .collect(),
        }
    };
    let files = [
        "",
        "statement_timeout = \"2h\"",
        "statement_timeout = \"none\"\nlock_timeout = \"90s\"",
        "statement_timeout = \"30m\"",
        "lock_timeout = \"none\"",
        "statement_timeout = \"soon\"",
        "statement_timeout = \"0s\"",
        "statement_timeout = 90",
        "statement_timeout = \"99999999999999999999h\"",
        "statment_timeout = \"2h\"",
    ];
    let rows = files.map(|file| format!("{}\n  {}", file.replace('\n', ", "), with(file)));
    assert_snapshot!(rows.join("\n"), @r#"
      
    statement_timeout = "2h"
      migration 1_a: its statements may take 7200 s, as its metadata.toml says
    statement_timeout = "none", lock_timeout = "90s"
      migration 1_a: its statements have no limit, as its metadata.toml says
    migration 1_a: its waits for locks may take 90 s, as its metadata.toml says
    statement_timeout = "30m"
      migration 1_a: its statements may take 1800 s, as its metadata.toml says
    lock_timeout = "none"
      in [tenantctl]: `lock_timeout` can't be "none"; a wait for locks holds up a service; name a limit
    statement_timeout = "soon"
      in [tenantctl]: `soon` is no limit: write a number with `s`, `m` or `h`, as in "90s", or "none"; the keys are `statement_timeout` and `lock_timeout`
    statement_timeout = "0s"
      in [tenantctl]: `0s` is no limit: write a number with `s`, `m` or `h`, as in "90s", or "none"; the keys are `statement_timeout` and `lock_timeout`
    statement_timeout = 90
      in [tenantctl]: invalid type: integer `90`, expected a string; the keys are `statement_timeout` and `lock_timeout`
    statement_timeout = "99999999999999999999h"
      in [tenantctl]: `99999999999999999999h` is no limit: write a number with `s`, `m` or `h`, as in "90s", or "none"; the keys are `statement_timeout` and `lock_timeout`
    statment_timeout = "2h"
      in [tenantctl]: unknown field `statment_timeout`, expected one of `statement_timeout`, `lock_timeout`, `squashes`; the keys are `statement_timeout` and `lock_timeout`
    "#);
    let beside =
        [("1_a/up.sql", "SELECT 1"), ("1_a/metadata.toml", "[tenantctl]\nlock_timeout = \"1s\"")];
    assert_snapshot!(loaded(&beside), @"1_a/metadata.toml: there is no `run_in_transaction` beside [tenantctl]; write `run_in_transaction = true` or `false`, since stock Diesel takes a file without it for `false`");
}

#[test]
fn all_faults_come_at_once_each_with_its_path_and_a_remedy() {
    let long = format!("{}_long/up.sql", "9".repeat(51));
    let files = [
        ("1_a/up.sql", "SELECT 1"),
        ("1_b/up.sql", "SELECT 1"),
        ("3_none/down.sql", "SELECT 1"),
        ("_unnumbered/up.sql", "SELECT 1"),
        (long.as_str(), "SELECT 1"),
    ];
    assert_snapshot!(loaded(&files), @r"
    1_b: has version 1, as `1_a` has; give one of them a new version
    3_none: there is no `up.sql`; add one, or move the folder elsewhere
    999999999999999999999999999999999999999999999999999_long: the version is longer than 50 characters; the history table can't hold it; shorten it
    _unnumbered: the name has no version; name the folder `<version>_<name>`, as in `20260301120000_add_invoices`
    ");
}

/// Only a tenant for which such a migration is pending is blocked.
#[test]
fn what_is_never_applied_is_found_but_refuses_no_folder() {
    let files = [
        ("1_blank/up.sql", " \n"),
        ("2_open/up.sql", "CREATE TABLE a (id INTEGER);\nINSERT INTO a VALUES ('"),
        ("3_leaves/up.sql", "-- Aside\nATTACH 'b.db' AS b;\nCREATE TABLE b.x (id INTEGER);"),
        ("3_leaves/down.sql", "COMMIT"),
    ];
    assert_snapshot!(loaded(&files), @"
    1 1_blank statements=0 down=false transaction=true
      the file is blank
    2 2_open statements=0 down=false transaction=true
      line 2: this quote is never closed
    3 3_leaves statements=2 down=true transaction=true
      line 2 (ATTACH 'b.db' AS b): it leaves the tenant's database
      line 1 (COMMIT): it controls the transaction that also holds the history
    ");
}

#[test]
fn a_file_in_another_encoding_is_named_as_what_it_is() {
    let folder = folder(&[("1_a/down.sql/keep", "")]);
    let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
    let files = [
        utf16("\u{feff}SELECT 1"),
        utf16("SELECT 1"),
        b"SELECT 'caf\xe9'".to_vec(),
        "SELECT 'café\u{2014}'".as_bytes()[..14].to_vec(),
        b"SELECT 'x".iter().chain(&[0xc3, 0xa9, 0xff]).copied().collect(),
    ];
    let found = files.map(|bytes| {
        fs::write(folder.path().join("1_a/up.sql"), bytes).unwrap();
        let set = MigrationSet::from_dir(BackendKind::Sqlite, folder.path()).unwrap();
        let migration = set.iter().next().unwrap();
        // A folder is no file, but whoever only migrates up does not need it.
        assert!(migration.down_refusals[0].to_string().starts_with("the file can't be read: "));
        migration.up_refusals[0].to_string()
    });
    assert_snapshot!(found.join("\n"), @"
    the file is not UTF-8, but UTF-16LE
    the file is not UTF-8, but UTF-16LE
    the file is not UTF-8, but probably Windows-1252 or ISO-8859-1
    the file is not UTF-8
    the file is not UTF-8
    ");
}

#[test]
fn a_missing_folder_is_a_fault() {
    let folder = tempfile::tempdir().unwrap();
    let missing = MigrationSet::from_dir(BackendKind::Sqlite, &folder.path().join("missing"));
    assert!(missing.unwrap_err().to_string().contains("can't be read"));
}

#[test]
fn dashes_do_not_make_two_versions_of_one() {
    let files = [("2026-01_a/up.sql", "SELECT 1"), ("202601_b/up.sql", "SELECT 1")];
    assert_snapshot!(loaded(&files), @"202601_b: has version 202601, as `2026-01_a` has; give one of them a new version");
}

#[test]
fn embedded_folders_are_loaded_by_the_names_of_the_back_ends() {
    const SQLITE: &[EmbeddedMigration] = &[embedded("1_a", "SELECT 1")];
    const BROKEN: &[EmbeddedMigration] = &[embedded("_a", "SELECT 1")];
    let sets = |folders: &[(&'static str, &'static [EmbeddedMigration])]| {
        let folders = folders.iter();
        let folders: Vec<_> = folders
            .map(|&(backend, migrations)| EmbeddedFolder { backend, migrations, squashed: None })
            .collect();
        match embedded_sets(DEFAULT_SCHEMA, &folders) {
            Ok(sets) => format!("{:?}", sets.keys().collect::<Vec<_>>()),
            Err(error) => error.to_string(),
        }
    };
    assert_snapshot!(sets(&[("sqlite", SQLITE), ("mysql", &[])]), @r#"[SetKey { schema: "tenant", kind: Sqlite }, SetKey { schema: "tenant", kind: Mysql }]"#);
    assert_snapshot!(sets(&[("sqlite", BROKEN), ("oracle", SQLITE)]), @r"
    sqlite/_a: the name has no version; name the folder `<version>_<name>`, as in `20260301120000_add_invoices`
    oracle: the name is no back end's; name the folder sqlite, postgres or mysql
    ");
}

#[test]
fn a_checksum_ignores_what_a_checkout_does_to_line_ends() {
    let checksum = |text: &str| crate::checksum(text);
    assert_eq!(checksum("a\r\nb\r\n"), checksum("a\nb\n"));
    assert_ne!(checksum("a\nb"), checksum("a b"));
    assert_ne!(checksum("a\r"), checksum("a\n"));
    // That of `printf 'a\n' | sha256sum`, so that a person can check it.
    assert_snapshot!(checksum("a\r\n"), @"87428fc522803d31065e7bce3cf03fe475096631e5e07bbd7a0fde60c4cf25c7");
}

#[test]
fn stock_diesel_reads_the_same_versions_from_the_set() {
    let folder = folder(&[("2026-01_a/up.sql", "SELECT 1"), ("2026-02_b/up.sql", "SELECT 1")]);
    let own = MigrationSet::from_dir(BackendKind::Sqlite, folder.path()).unwrap();
    let stock = diesel_migrations::FileBasedMigrations::from_path(folder.path()).unwrap();
    assert_eq!(names(&own), names(&stock));
}

fn names(source: &dyn MigrationSource<diesel::sqlite::Sqlite>) -> Vec<(String, String)> {
    let migrations = source.migrations().unwrap();
    let mut names: Vec<_> = migrations
        .iter()
        .map(|migration| (migration.name().version().to_string(), migration.name().to_string()))
        .collect();
    names.sort();
    names
}
