//! `bench`: milliseconds per tenant, compared with a floor: the least that the same work costs on
//! this machine at the same moment.

mod contender;
mod floor;
mod generation;
mod ours;
mod rounds;

use std::os::unix::process::CommandExt as _;
use std::process::{Command, ExitCode};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use db_backend::{BackendKind, ServerUrl};
use tempfile::TempDir;
use tenant_manager::{Config, TenantManager};
use tenant_migrate::{Cancel, JOBS_DEFAULT, Limits, PER_SERVER_DEFAULT, SetKey};
use tenantctl::interrupt::drain_on_ctrl_c;
use tenantctl::output::{eprint_line, print_line, table};
use tenantctl::scratch::scratch_server;
use tenantctl::{Exit, ScratchArgs};

use self::contender::Subject;
use self::rounds::{Case, Timing};

/// Measures milliseconds per tenant, and a floor in the same run
///
/// The floor is the least that the same work costs: one connection and one batch for each tenant. A
/// debug build first makes a release build, and measures that. All scratch databases are dropped
/// again.
#[derive(Debug, clap::Args)]
pub(crate) struct BenchArgs {
    /// How many tenants each fleet has
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..), default_value_t = 200)]
    tenants: u16,
    /// How many rounds; the result is their median
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..), default_value_t = 5)]
    rounds: u16,
    /// Only this back end; can be given several times
    #[arg(long = "backend", value_name = "NAME")]
    backends: Vec<BackendKind>,
    /// How many tenants to work on at the same time, in total
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..), default_value_t = limit(JOBS_DEFAULT))]
    jobs: u16,
    /// How many tenants to work on at the same time, on each server
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..), default_value_t = limit(PER_SERVER_DEFAULT))]
    per_server: u16,
    /// Measures this build, even if it is a debug build
    #[arg(long)]
    here: bool,
    #[command(flatten)]
    scratch: ScratchArgs,
}

fn limit(default: usize) -> u16 {
    u16::try_from(default).unwrap_or(u16::MAX)
}

pub(crate) fn run(args: &BenchArgs) -> Result<ExitCode> {
    if cfg!(debug_assertions) && !args.here {
        return Err(run_release_build());
    }
    if cfg!(debug_assertions) {
        print_line(
            "debug build: the ratios mean little; leave out --here to measure a release build",
        );
    }
    let cancel = drain_on_ctrl_c()?;
    match measure_all(args, &cancel) {
        Err(_) if cancel.is_cancelled() => {
            print_line("cancelled; the scratch databases are dropped");
            Ok(Exit::Cancelled.into())
        }
        Err(error) => Err(error),
        Ok(()) => Ok(ExitCode::SUCCESS),
    }
}

/// Runs the same command line in a release build with the same back ends. Returns only if that
/// can't be started.
fn run_release_build() -> anyhow::Error {
    let features = BackendKind::ALL.into_iter().filter(|kind| db_backend::is_compiled_in(*kind));
    let features: Vec<&str> = features.map(BackendKind::name).collect();
    let error = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["run", "--release", "--package", "xtask", "--no-default-features", "--features"])
        .arg(features.join(","))
        .arg("--")
        .args(std::env::args_os().skip(1))
        .exec();
    anyhow::Error::new(error).context("can't run `cargo` for a release build")
}

fn measure_all(args: &BenchArgs, cancel: &Arc<Cancel>) -> Result<()> {
    let folder = scratch_folder()?;
    let manager = TenantManager::open_or_create(&Config::embedded(folder.path()))?;
    let mut rows = Vec::new();
    let mut notes = Vec::new();
    let is_wanted = |kind: &BackendKind| args.backends.is_empty() || args.backends.contains(kind);
    for kind in BackendKind::ALL.into_iter().filter(is_wanted) {
        let server = match scratch_server(kind, &args.scratch, folder.path())? {
            Ok(server) => server,
            Err(reason) => {
                notes.push(format!("{kind}: not measured: {reason}"));
                continue;
            }
        };
        let subject = subject(args, &manager, server, &folder, cancel)?;
        let medians = rounds::measure(&subject, args.rounds, |round| {
            eprint_line(&format!("{kind}: round {round} of {}", args.rounds));
        })?;
        rows.extend(medians.into_iter().map(|median| row(kind, median, args.tenants)));
        notes.push(format!(
            "{kind}: {} tenants at a time; its floor: {}",
            subject.concurrency(),
            floor::description(kind)
        ));
    }
    if is_wanted(&BackendKind::Sqlite) && db_backend::is_compiled_in(BackendKind::Sqlite) {
        eprint_line("sqlite: generating migrations");
        notes.extend(generation(args.rounds)?);
    }
    print_line(&format!("{} tenants, median of {} rounds\n", args.tenants, args.rounds));
    if !rows.is_empty() {
        print_line(&format!("{}\n", table(&HEADER, rows)));
    }
    print_line(&notes.join("\n"));
    Ok(())
}

fn subject<'a>(
    args: &BenchArgs,
    manager: &'a TenantManager,
    server: ServerUrl,
    folder: &'a TempDir,
    cancel: &'a Arc<Cancel>,
) -> Result<Subject<'a>> {
    let kind = server.kind();
    let set = manager.migrations().get(&SetKey::of(kind)).context("there are no migrations")?;
    ensure!(set.len() >= 2, "there must be two migrations for {kind}, so that one can be pending");
    Ok(Subject {
        server,
        migrations: set.iter().as_slice(),
        folder: folder.path(),
        tenants: args.tenants,
        limits: Limits { jobs: args.jobs.into(), per_server: args.per_server.into() },
        cancel,
    })
}

/// How long `new-migration` takes for a large schema: one line for each case.
fn generation(rounds: u16) -> Result<Vec<String>> {
    let millis = |time: Duration| time.as_secs_f64() * 1_000.0;
    let line = |case: generation::Case| {
        let generation::Timing { ours, floor } = generation::measure(case, rounds)?;
        Ok(format!(
            "sqlite: a migration that {} of {} tables is generated and proven in {:.0} ms; its floor, \
             executing its SQL up, down and up again: {:.0} ms, ratio {:.2}",
            case.name(),
            generation::TABLES,
            millis(ours),
            millis(floor),
            millis(ours) / millis(floor)
        ))
    };
    generation::Case::ALL.into_iter().map(line).collect()
}

/// A folder next to this program, so that it is on the disk of the build: `/tmp` may be in memory.
fn scratch_folder() -> Result<TempDir> {
    let program = std::env::current_exe().context("this program has no path")?;
    let build = program.parent().context("this program's path has no folder")?;
    let folder = tempfile::Builder::new().prefix("bench-").tempdir_in(build);
    folder.context("no folder for scratch databases")
}

const HEADER: [&str; 7] =
    ["back end", "case", "ms/tenant", "floor", "ratio", "total ms", "floor's total"];

fn row(kind: BackendKind, (case, timing): (Case, Timing), tenants: u16) -> Vec<String> {
    let millis = |total: Duration| total.as_secs_f64() * 1_000.0;
    let each = |total: Duration| millis(total) / f64::from(tenants);
    vec![
        kind.to_string(),
        case.name().to_owned(),
        format!("{:.3}", each(timing.ours)),
        format!("{:.3}", each(timing.floor)),
        format!("{:.2}", millis(timing.ours) / millis(timing.floor)),
        format!("{:.1}", millis(timing.ours)),
        format!("{:.1}", millis(timing.floor)),
    ]
}
