//! `test`: every test on all three back ends, against throw-away servers of our own.

mod interrupt;
mod mariadb;
mod packages;
mod place;
mod postgres;
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
use self::place::Place;
use self::server::{Server, process_group, wait_at_most};
use self::tools::Tools;

/// Exit code where server or client packages are missing, and were not installed.
pub(crate) const EXIT_MISSING_PACKAGES: u8 = 6;

/// Exit code after Ctrl-C or a request to terminate.
const EXIT_INTERRUPTED: u8 = 130;

/// Enough for a test to tidy up after itself, short enough that nobody reaches for `kill -9`.
const TESTS_STOP_TIMEOUT: Duration = Duration::from_secs(10);

/// What tells the tests to try as much as a night can (`tests/any_pair.rs`).
const THOROUGH: &str = "TENANTCTL_THOROUGH";

/// Runs every test on SQLite, PostgreSQL and MariaDB.
///
/// Needs the servers and client libraries of PostgreSQL and MariaDB. Where some are missing, it says which
/// packages they are in and which command installs them; as root, or with --install, it runs that command.
/// Starts servers of its own on free ports, and stops them in every case.
#[derive(Debug, clap::Args)]
pub(crate) struct TestArgs {
    /// Starts the servers, prints their URLs, and waits for Ctrl-C instead of running the tests
    #[arg(long, conflicts_with = "cargo_args")]
    serve: bool,

    /// Installs packages that are missing, with sudo where this is not root
    #[arg(long)]
    install: bool,

    /// Tries 10,000 random pairs of schemas on SQLite and 500 on each server, instead of a few
    #[arg(long, conflicts_with = "serve")]
    thorough: bool,

    /// Further arguments for `cargo test`
    #[arg(last = true, value_name = "CARGO TEST ARGS")]
    cargo_args: Vec<OsString>,
}

/// Runs the command.
///
/// # Errors
/// Where a package can't be installed, a server does not start, or `cargo` can't be run. Failing
/// tests are no error: the exit code is that of `cargo test`.
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
        servers.serve(&interrupt);
        EXIT_INTERRUPTED
    } else {
        servers.cargo_test(&checkout, args, &interrupt)?
    };
    drop(servers);
    eprintln!("the servers are stopped");
    Ok(ExitCode::from(code))
}

/// The workspace that `cargo` finds from here.
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
            .context("cannot run `cargo metadata`")?;
        if !output.status.success() {
            bail!("`cargo metadata` found no workspace here; run this inside a checkout");
        }
        let metadata: serde_json::Value = serde_json::from_slice(&output.stdout)?;
        let folder = |key: &str| {
            let path = metadata[key].as_str();
            path.map(PathBuf::from).with_context(|| format!("`cargo metadata` names no {key}"))
        };
        Ok(Self { root: folder("workspace_root")?, target: folder("target_directory")? })
    }
}

/// The cargo that runs us, or the one in the path.
fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// One server of each kind. They stop when this is dropped, before their folder is removed.
struct Servers {
    postgres: Server,
    mariadb: Server,
    _place: Place,
}

impl Servers {
    fn start(tools: &Tools, checkout: &Checkout, interrupt: &Interrupt) -> anyhow::Result<Self> {
        let place = Place::create(&checkout.target)?;
        let (postgres, mariadb) = std::thread::scope(|scope| {
            let mariadb = scope.spawn(|| mariadb::start(&tools.mariadb, &place, interrupt));
            let postgres = postgres::start(&tools.postgres, &place, interrupt);
            (postgres, mariadb.join())
        });
        let mariadb = mariadb.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        let servers = Self { postgres: postgres?, mariadb: mariadb?, _place: place };
        for server in servers.each() {
            eprintln!("{server}");
        }
        Ok(servers)
    }

    fn each(&self) -> [&Server; 2] {
        [&self.postgres, &self.mariadb]
    }

    fn serve(&self, interrupt: &Interrupt) {
        for server in self.each() {
            println!("export {}={}", server.variable, server.url);
        }
        eprintln!("Ctrl-C stops the servers");
        while !interrupt.wait(Duration::from_secs(1)) {}
    }

    /// Runs the tests; the result is the exit code.
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
            .envs(self.each().map(|server| (server.variable, &server.url)))
            .current_dir(&checkout.root)
            .stdin(Stdio::null())
            // A group of its own, so that a stop reaches the tests that cargo started as well.
            .process_group(0);
        if args.thorough {
            command.env(THOROUGH, "1");
        }
        let mut tests = command.spawn().context("cannot run `cargo test`")?;
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
    // It may have ended by itself in this moment, and then there is nothing to stop.
    let _ = killpg(group, Signal::SIGTERM);
    if !wait_at_most(tests, TESTS_STOP_TIMEOUT)? {
        let _ = killpg(group, Signal::SIGKILL);
        tests.wait()?;
    }
    Ok(())
}

/// Cargo's own code; 1 where a signal ended it.
fn exit_code(status: ExitStatus) -> u8 {
    status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1)
}
