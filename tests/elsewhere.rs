//! A workspace of another team, in a folder outside this one: what `init` writes is compiled and
//! used, with this checkout's crates.

use std::ffi::OsString;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use db_backend::{Access, AnyConnection, DatabaseUrl, Timeouts, dispatch};
use diesel_migrations::{FileBasedMigrations, MigrationHarness};

use crate::adopting;
use crate::support::cli::Cli;
use crate::support::document::{Said, compare_with_document};
use crate::support::server::is_decisive;

/// The target folder to build in, so that nothing is built twice. `cargo xtask test` sets it.
const TARGET: &str = "TENANTCTL_TEST_TARGET";

/// The workspace, and Cargo's settings for it.
struct Workspace {
    cli: Cli,
    target: OsString,
}

impl Workspace {
    /// What `init` writes, for a team of that name; `None` if nothing is to be built in this run.
    fn written(name: &str) -> Option<Self> {
        let Some(target) = std::env::var_os(TARGET) else {
            assert!(!is_decisive(), "under CI=true another workspace must be built: set {TARGET}");
            let line = "another workspace not built: only `cargo xtask test` does that";
            // Written directly, since the output of a passing test is not shown.
            writeln!(std::io::stderr(), "{line}").expect("standard error is open");
            return None;
        };
        let cli = Cli::new();
        let checkout = checkout();
        let crates = checkout.join("crates");
        let written = cli.run_args(&["init", "--crates", crates.to_str().unwrap()]);
        assert_eq!(written.code, Some(0), "{written}");
        fs::copy(checkout.join("Cargo.lock"), cli.folder().join("Cargo.lock")).unwrap();
        let workspace = Self { cli, target };
        // In a target folder, packages of workspaces that have the same name are the same.
        let (package, schema) = (format!("xtask-of-{name}"), format!("schema-of-{name}"));
        workspace.edit("crates/schema/Cargo.toml", "\"schema\"", &format!("{schema:?}"));
        let dependency = "schema = { path = \"crates/schema\"";
        let renamed = format!("{dependency}, package = {schema:?}");
        workspace.edit("Cargo.toml", dependency, &renamed);
        workspace.edit("xtask/Cargo.toml", "\"xtask\"", &format!("{package:?}"));
        workspace.edit(".cargo/config.toml", "--package xtask", &format!("--package {package}"));
        Some(workspace)
    }

    fn path(&self, path: &str) -> PathBuf {
        self.cli.folder().join(path)
    }

    /// Replaces a text in a file.
    fn edit(&self, path: &str, from: &str, to: &str) {
        let path = self.path(path);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{from} is not in {text}");
        fs::write(path, text.replace(from, to)).unwrap();
    }

    fn cargo(&self, args: &str) -> Output {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        command.args(args.split_whitespace()).current_dir(self.cli.folder());
        for (name, _) in std::env::vars_os() {
            // What Cargo and the servers of this run say is not meant for another workspace.
            let name_text = name.to_string_lossy();
            if name_text.starts_with("CARGO_") || name_text.starts_with("TENANTCTL_") {
                command.env_remove(&name);
            }
        }
        command.env("CARGO_TARGET_DIR", &self.target).env("CARGO_NET_OFFLINE", "true");
        command.env_remove("CI").env_remove("RUSTFLAGS").output().expect("cargo can be run")
    }

    /// The output of `cargo xtask` with those arguments, which must end with that exit code.
    fn xtask(&self, args: &str, code: i32) -> String {
        let outcome = self.cli.outcome(&self.cargo(&format!("xtask {args}")));
        assert_eq!(outcome.code, Some(code), "{args}: {outcome}");
        outcome.to_string()
    }

    /// The version of the only tenant.
    fn tenant(&self) -> String {
        let output = self.cargo("xtask tenants show acme --format json");
        let tenant: serde_json::Value = serde_json::from_slice(&output.stdout).expect("one object");
        tenant["tenant"]["version"].as_str().unwrap_or("none").to_owned()
    }

    fn newest(&self) -> String {
        let names = fs::read_dir(self.path("migrations_tenant/sqlite")).unwrap();
        let name = names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).max();
        name.unwrap().split('_').next().unwrap().to_owned()
    }
}

fn checkout() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

#[test]
fn another_teams_workspace_is_migrated_by_its_own_xtask() {
    let Some(workspace) = Workspace::written("one") else { return };

    // A schema without a migration.
    let text = workspace.xtask("check", 1);
    assert!(text.contains("no migration makes what the code declares"), "{text}");

    workspace.xtask("new-migration create_tables", 0);
    workspace.xtask("check", 0);
    workspace.xtask("provision acme", 0);
    assert_eq!(workspace.tenant(), workspace.newest());
    let first = workspace.newest();

    // The second migration is in the program that the next command builds.
    let column = "value -> JsonDoc,";
    let added = "value -> JsonDoc,\n        #[max_length = 40]\n        note -> Nullable<Varchar>,";
    workspace.edit("crates/schema/src/lib.rs", column, added);
    workspace.xtask("new-migration add_note", 0);
    assert_ne!(workspace.newest(), first);
    workspace.xtask("migrate-all --dry-run", 3);
    workspace.xtask("migrate-all", 0);
    assert_eq!(workspace.tenant(), workspace.newest());
    workspace.xtask("check", 0);

    // So is one that is in no other file yet.
    workspace.xtask("new-migration by_hand --empty", 0);
    let version = workspace.newest();
    let file = |name: &str| format!("migrations_tenant/sqlite/{version}_by_hand/{name}");
    fs::write(workspace.path(&file("up.sql")), "UPDATE settings SET note = 'kept';").unwrap();
    workspace.xtask("migrate-all", 0);
    assert_eq!(workspace.tenant(), version);

    // Without the build script, Cargo does not see a folder that is added, but the program does.
    fs::remove_file(workspace.path("xtask/build.rs")).unwrap();
    workspace.xtask("status", 0);
    let late = workspace.path("migrations_tenant/sqlite/20990101000000_late");
    fs::create_dir(&late).unwrap();
    fs::write(late.join("up.sql"), "UPDATE settings SET note = 'late';").unwrap();
    let text = workspace.xtask("migrate-all", 2);
    assert!(text.contains("has changed since this program was built"), "{text}");
    assert!(text.contains("+ sqlite/20990101000000_late"), "{text}");
    assert_eq!(workspace.tenant(), version);
}

/// A second schema beside that of `init`.
const ARCHIVE: &str = "
pub mod archive {
    schema_core::tenant_schema! {
        documents (id) {
            #[auto_increment]
            id -> BigInt,
            body -> Text,
        }
    }
}
";

#[test]
fn each_tenant_has_one_of_several_schemas() {
    let Some(workspace) = Workspace::written("several") else { return };
    let file = workspace.path("crates/schema/src/lib.rs");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text + ARCHIVE).unwrap();
    fs::create_dir(workspace.path("migrations_archive")).unwrap();
    fs::write(
        workspace.path("xtask/src/main.rs"),
        r#"fn main() -> std::process::ExitCode {
            use tenantctl::{Project, migrations};
            Project::schema("customers", &schema::SCHEMA, migrations!("../migrations_tenant"))
                .schema("archive", &schema::archive::SCHEMA, migrations!("../migrations_archive"))
                .run()
        }"#,
    )
    .unwrap();
    workspace.edit(
        "xtask/build.rs",
        "}\n",
        "    println!(\"cargo::rerun-if-changed=../migrations_archive\");\n}\n",
    );

    let text = workspace.xtask("new-migration first", 2);
    assert!(text.contains("there are several schemas: customers, archive"), "{text}");
    workspace.xtask("new-migration first --schema customers", 0);
    workspace.xtask("new-migration first --schema archive", 0);
    workspace.xtask("check", 0);

    let text = workspace.xtask("provision acme", 2);
    assert!(text.contains("name one with --schema"), "{text}");
    workspace.xtask("provision acme --schema customers", 0);
    workspace.xtask("provision acme-papers old-papers --schema archive", 0);
    let text = workspace.xtask("provision acme --schema archive", 2);
    assert!(text.contains("has the schema `customers`, not `archive`"), "{text}");

    // Each has its own tables, and is migrated by its own migrations.
    workspace.edit(
        "crates/schema/src/lib.rs",
        "body -> Text,",
        "body -> Text,\nyear -> Nullable<Integer>,",
    );
    workspace.xtask("new-migration add_year --schema archive", 0);
    let text = workspace.xtask("migrate-all --dry-run", 3);
    assert!(text.contains("3 tenants: 2 to migrate, 1 up to date"), "{text}");
    workspace.xtask("migrate-all", 0);
    let text = workspace.xtask("migrate-all --to 20200101 --only acme", 2);
    assert!(text.contains("there are several schemas"), "{text}");
    let text = workspace.xtask("status --verify", 0);
    assert!(text.contains("every active tenant is at head"), "{text}");
    assert!(text.contains("head for archive/sqlite: "), "{text}");
    let text = workspace.xtask("tenants list --schema archive --format json", 0);
    assert_eq!(text.matches("\"schema\":\"archive\"").count(), 2, "{text}");
    assert!(!text.contains("\"tenant\":\"acme\""), "{text}");

    // A program without one of the schemas leaves its tenants alone, and says so.
    fs::write(
        workspace.path("xtask/src/main.rs"),
        r#"fn main() -> std::process::ExitCode {
            use tenantctl::{Project, migrations};
            Project::schema("customers", &schema::SCHEMA, migrations!("../migrations_tenant")).run()
        }"#,
    )
    .unwrap();
    let text = workspace.xtask("migrate-all", 4);
    assert!(text.contains("there are no migrations for archive/sqlite"), "{text}");
    workspace.xtask("migrate-all --schema customers", 0);
}

/// The last part of `docs/ADOPTING.md`, with the output shown there: the schema of a stock project
/// becomes code.
#[test]
fn a_stock_project_generates_its_next_migration() {
    let Some(workspace) = Workspace::written("adopting") else { return };
    let root = workspace.cli.folder();
    fs::remove_dir_all(root.join("migrations_tenant")).unwrap();
    adopting::write_project(root);
    adopting::create_databases(root);
    for file in ["xtask/src/main.rs", "xtask/build.rs"] {
        workspace.edit(file, "../migrations_tenant", "../migrations");
    }
    workspace.xtask("servers add data sqlite:data", 0);
    workspace.xtask("tenants import --match *.db", 0);

    let mut said = Said::default();
    let import = "schema import --migrations migrations --back-end sqlite \
                  --out crates/schema/src/lib.rs";
    said.add("import", &format!("tenantctl {import}"), &workspace.cli.run(import), 0);
    let code = fs::read_to_string(root.join("crates/schema/src/lib.rs")).unwrap();
    said.0.insert("import-code", code);

    let mut xtask = |block, args: &str, code| {
        let outcome = workspace.cli.outcome(&workspace.cargo(&format!("xtask {args}")));
        said.add(block, &format!("cargo xtask {args}"), &outcome, code);
    };
    xtask("seal", "check --seal", 0);
    xtask("seal", "new-migration nothing", 0);
    workspace.edit(
        "crates/schema/src/lib.rs",
        "email -> Text,",
        "email -> Text,\n        #[max_length = 40]\n        phone -> Nullable<Varchar>,",
    );
    xtask("generate", "new-migration add_phone", 0);
    xtask("generate", "check", 1);
    xtask("generate", "schema print --back-end sqlite --out src/schema.rs", 0);
    xtask("generate", "check", 0);
    xtask("generate", "migrate-all", 0);
    compare_with_document("ADOPTING.md", &said.0);

    // Stock Diesel agrees that nothing is pending.
    let migrations = FileBasedMigrations::from_path(root.join("migrations")).unwrap();
    let database = DatabaseUrl::file(root.join("data/customer_01.db"));
    let mut connection =
        AnyConnection::establish(&database, Access::ReadWrite, &Timeouts::default()).unwrap();
    let pending = dispatch!(&mut connection, c => c.has_pending_migration(migrations));
    assert!(!pending.unwrap());
}
