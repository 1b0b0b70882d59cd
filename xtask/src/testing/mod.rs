//! `test`: runs every test on all three back ends, with throw-away servers.

mod interrupt;
mod mariadb;
mod packages;
mod postgres;
mod run_folder;
mod server;
mod tools;

use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, ExitCode, ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context, bail};
use nix::sys::signal::{Signal, killpg};

use self::interrupt::Interrupt;
use self::run_folder::RunFolder;
use self::server::{Server, process_group, wait_at_most};
use self::tools::Tools;

/// The exit code if packages of servers or clients are missing, and were not installed.
pub(crate) const EXIT_MISSING_PACKAGES: u8 = 6;

/// The exit code after Ctrl-C, or after a request to terminate.
const EXIT_INTERRUPTED: u8 = 130;

/// Long enough for a test to clean up, short enough that nobody reaches for `kill -9`.
const TESTS_STOP_TIMEOUT: Duration = Duration::from_secs(10);

/// The environment variable that makes the tests try as much as one night allows
/// (`tests/any_pair.rs`).
const THOROUGH: &str = "TENANTCTL_THOROUGH";

/// The environment variable with the target folder in which the tests build a workspace of another
/// team (`tests/elsewhere.rs`).
const TARGET: &str = "TENANTCTL_TEST_TARGET";

/// Runs every test on SQLite, PostgreSQL and MariaDB.
///
/// Needs the servers and the client libraries of PostgreSQL and MariaDB. If some are missing, it
/// prints the commands that install them; as root, or with --install, it runs those commands. It
/// starts servers of its own on free ports, and always stops them.
#[derive(Debug, clap::Args)]
pub(crate) struct TestArgs {
    /// Starts the servers, prints their URLs and waits for Ctrl-C, instead of running the tests
    #[arg(long, conflicts_with = "cargo_args")]
    serve: bool,

    /// Installs missing packages, with sudo if this is not root
    #[arg(long)]
    install: bool,

    /// Tries 10,000 random pairs of schemas on SQLite, and 500 on each server, instead of a few
    #[arg(long, conflicts_with = "serve")]
    thorough: bool,

    /// Extra arguments for `cargo test`
    #[arg(last = true, value_name = "CARGO TEST ARGS")]
    cargo_args: Vec<OsString>,
}

/// Runs the command.
///
/// # Errors
/// If a package can't be installed, a server does not start, or `cargo` can't be run. Failing tests
/// are not an error: the exit code is that of `cargo test`.
pub(crate) fn run(args: &TestArgs) -> anyhow::Result<ExitCode> {
    let checkout = Checkout::find()?;
    let Some(tools) = packages::find_or_install(args.install)? else {
        return Ok(ExitCode::from(EXIT_MISSING_PACKAGES));
    };

    let interrupt = Interrupt::listen()?;
    let servers = match Servers::start(&tools, &checkout, &interrupt) {
        Ok(servers) => servers,
        Err(_) if interrupt.wait(Duration::ZERO) => return Ok(ExitCode::from(EXIT_INTERRUPTED)),
        Err(error) => return Err(error),
    };
    let code = if args.serve {
        servers.serve(&checkout, &interrupt);
        EXIT_INTERRUPTED
    } else {
        servers.cargo_test(&checkout, args, &interrupt)?
    };
    drop(servers);
    eprintln!("the servers have stopped");
    Ok(ExitCode::from(code))
}

/// The workspace that `cargo` finds from the working directory.
struct Checkout {
    root: PathBuf,
    target: PathBuf,
}

impl Checkout {
    fn find() -> anyhow::Result<Self> {
        let output = cargo()
            .args(["metadata", "--no-deps", "--format-version=1", "--locked"])
            .stderr(Stdio::inherit())
            .output()
            .context("can't run `cargo metadata`")?;
        if !output.status.success() {
            bail!("`cargo metadata` found no workspace here; run this inside a checkout");
        }
        let metadata: serde_json::Value = serde_json::from_slice(&output.stdout)?;
        let folder = |key: &str| {
            let path = metadata[key].as_str();
            path.map(PathBuf::from)
                .with_context(|| format!("`cargo metadata` does not name the {key}"))
        };
        Ok(Self { root: folder("workspace_root")?, target: folder("target_directory")? })
    }
}

/// The cargo that started this process, or the one in the `PATH`.
fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// One server of each kind. When this is dropped, they stop before their folder is removed.
struct Servers {
    postgres: Server,
    mariadb: Server,
    _run_folder: RunFolder,
}

impl Servers {
    fn start(tools: &Tools, checkout: &Checkout, interrupt: &Interrupt) -> anyhow::Result<Self> {
        let run_folder = RunFolder::create(&checkout.target)?;
        let (postgres, mariadb) = std::thread::scope(|scope| {
            let mariadb = scope.spawn(|| mariadb::start(&tools.mariadb, &run_folder, interrupt));
            let postgres = postgres::start(&tools.postgres, &run_folder, interrupt);
            (postgres, mariadb.join())
        });
        let mariadb = mariadb.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        let servers = Self { postgres: postgres?, mariadb: mariadb?, _run_folder: run_folder };
        for server in servers.each() {
            eprintln!("{server}");
        }
        Ok(servers)
    }

    fn each(&self) -> [&Server; 2] {
        [&self.postgres, &self.mariadb]
    }

    fn serve(&self, checkout: &Checkout, interrupt: &Interrupt) {
        for server in self.each() {
            println!("export {}={}", server.variable, server.url);
        }
        println!("export {TARGET}={}", checkout.target.display());
        eprintln!("Ctrl-C stops the servers");
        while !interrupt.wait(Duration::from_secs(1)) {}
    }

    /// Runs the tests. Returns the exit code.
    fn cargo_test(
        &self,
        checkout: &Checkout,
        args: &TestArgs,
        interrupt: &Interrupt,
    ) -> anyhow::Result<u8> {
        let mut command = cargo();
        command
            .args(["test", "--workspace", "--all-features", "--locked", "--no-fail-fast"])
            .args(&args.cargo_args)
            .env(TARGET, &checkout.target)
            .envs(self.each().map(|server| (server.variable, &server.url)))
            .current_dir(&checkout.root)
            .stdin(Stdio::null())
            // A process group of its own, so that the tests that cargo starts are stopped with it.
            .process_group(0);
        if args.thorough {
            command.env(THOROUGH, "1");
        }
        let mut tests = command.spawn().context("can't run `cargo test`")?;
        loop {
            if let Some(status) = tests.try_wait()? {
                return Ok(exit_code(status));
            }
            if interrupt.wait(Duration::from_millis(100)) {
                eprintln!("stopping the tests");
                stop(&mut tests)?;
                return Ok(EXIT_INTERRUPTED);
            }
        }
    }
}

fn stop(tests: &mut Child) -> anyhow::Result<()> {
    let group = process_group(tests);
    // It may just have ended by itself; then there is nothing to stop.
    let _ = killpg(group, Signal::SIGTERM);
    if !wait_at_most(tests, TESTS_STOP_TIMEOUT)? {
        let _ = killpg(group, Signal::SIGKILL);
        tests.wait()?;
    }
    Ok(())
}

/// Cargo's own exit code, or 1 if a signal ended cargo.
fn exit_code(status: ExitStatus) -> u8 {
    status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1)
}
