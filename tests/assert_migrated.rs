//! `assert_migrated!`, as a team uses it in its own tests.

use std::borrow::Cow;
use std::fs;
use std::panic::catch_unwind;
use std::path::Path;

use insta::assert_snapshot;
use migration_folder::{Folder, seal};
use schema_model::snapshot::Snapshot;

mod ahead {
    schema_core::tenant_schema! {
        settings (key) {
            #[max_length = 255]
            key -> Varchar,
            value -> JsonDoc,
            #[default(now)]
            updated_at -> UtcTimestamp,
            note -> Nullable<Text>,
        }
        /// New.
        orders (id) {
            #[auto_increment]
            id -> BigInt,
        }
    }
}

#[test]
fn this_workspace_is_migrated() {
    tenantctl::assert_migrated!(&schema_core::tenant::SCHEMA, "../../migrations_tenant");
    tenantctl::assert_migrated!(&system_db::schema::SCHEMA, "../system-db/migrations");
}

/// The message of the panic.
fn message(assertion: impl FnOnce() + std::panic::UnwindSafe) -> String {
    let panic = catch_unwind(assertion).expect_err("it panics");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).display().to_string();
    let message = panic.downcast::<String>().expect("a text");
    message.replace(&root, "CRATE")
}

#[test]
fn code_that_is_ahead_of_its_migrations() {
    let message = message(|| {
        tenantctl::assert_migrated!(&ahead::SCHEMA, "../../migrations_tenant");
    });
    assert_snapshot!(message, @"
    the schema is not migrated

    migrations_tenant/schema/20261123154738.json
      problem: the code declares what no migration makes: table `settings`: column `note` is new: Nullable<Text>; table `orders` is new; table `activity_log` is dropped
      remedy:  run `new-migration NAME`; or, if 20261123154738 is not published and its SQL already makes the change, run `new-migration --snapshot`

    1 finding
    ");
}

#[test]
fn no_folder_and_a_folder_without_migrations() {
    let missing = message(|| tenantctl::assert_migrated!(&ahead::SCHEMA, "../nowhere"));
    let empty = tempfile::tempdir().unwrap();
    let folder = empty.path().join("migrations_tenant");
    fs::create_dir(&folder).unwrap();
    let path = folder.to_str().unwrap().to_owned();
    let nothing = message(move || tenantctl::__assert_migrated(&ahead::SCHEMA, &path));
    fs::write(folder.join("CHECKSUMS"), "no line\n").unwrap();
    let path = folder.to_str().unwrap().to_owned();
    let broken = message(move || tenantctl::__assert_migrated(&ahead::SCHEMA, &path));
    assert_snapshot!([missing, nothing, broken].join("\n"), @"
    the schema is not migrated

    there is no folder CRATE/../nowhere

    the schema is not migrated

    migrations_tenant
      problem: no migration makes what the code declares
      remedy:  run `new-migration NAME`

    1 finding

    the schema is not migrated

    migrations_tenant/CHECKSUMS line 1: expected a checksum, two spaces and a path

    hint: if a merge has left its marks there, remove them, and keep the lines of both sides; otherwise restore the file from version control
    ");
}

/// A stock folder is the one of the schema's only back end, with its snapshots in `.schema`.
#[test]
fn a_stock_folder_is_that_of_the_only_back_end() {
    mod notes {
        schema_core::tenant_schema! {
            back_ends = [sqlite];
            notes (id) {
                id -> BigInt,
            }
        }
    }
    let root = tempfile::tempdir().unwrap();
    let write = |path: &str, text: String| {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("20260101000000_notes/up.sql", "CREATE TABLE notes (id BIGINT PRIMARY KEY);".to_owned());
    write("20260101000000_notes/down.sql", "DROP TABLE notes;".to_owned());
    let schema = notes::SCHEMA.clone();
    let snapshot = Snapshot { follows: None, schema, by_hand: Cow::default() };
    write(".schema/20260101000000.json", snapshot.to_json());
    let folder = Folder::new("tenant", root.path().to_owned(), Cow::Borrowed(&notes::SCHEMA));
    seal(&folder.of_back_end(None).unwrap(), true, &[]).unwrap();
    tenantctl::__assert_migrated(&notes::SCHEMA, root.path().to_str().unwrap());
}
