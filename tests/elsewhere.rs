//! A workspace of another team, in a folder outside this one: what `init` writes is compiled and
//! used, with this checkout's crates.

use std::ffi::OsString;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::support::cli::Cli;
use crate::support::server::is_decisive;

/// The target folder to build in, so that nothing is built twice. `cargo xtask test` sets it.
const TARGET: &str = "TENANTCTL_TEST_TARGET";

/// The workspace, and Cargo's settings for it.
struct Workspace {
    cli: Cli,
    target: OsString,
}

impl Workspace {
    /// What `init` writes, or `None` if nothing is to be built in this run.
    fn written() -> Option<Self> {
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
        Some(Self { cli, target })
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
    let Some(workspace) = Workspace::written() else { return };

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
