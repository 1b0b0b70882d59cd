//! Scratch databases: the servers that have them, and commands that work on them.

use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use db_backend::{BackendKind, Cancel, Capabilities, ServerUrl};
use migration_folder::ScratchHost;

use crate::cli::ScratchArgs;
use crate::exit::Exit;
use crate::interrupt::cancel_on_ctrl_c;
use crate::output::print_line;
use crate::settings::{FILE, Settings};
use crate::usage::usage_error;

/// Back ends on which nothing can be executed, each with the reason.
type Unavailable = Vec<(BackendKind, String)>;

/// Where the migrations of these back ends can be executed, and the reason for each back end on
/// which they can't. Sessions begin there as those of tenants do.
///
/// # Errors
/// If an address is invalid, or belongs to another back end; and SQL for sessions that is wrong, or
/// fails in a new database.
pub(crate) fn hosts(
    settings: &Settings,
    args: &ScratchArgs,
    kinds: &[BackendKind],
    cancel: &Arc<Cancel>,
) -> Result<(Vec<ScratchHost>, Unavailable)> {
    let sessions = settings.session.sql(FILE, kinds.iter().copied())?;
    let (mut hosts, mut unavailable) = (Vec::new(), Vec::new());
    let is_wanted = |kind: &BackendKind| {
        kinds.contains(kind) && (args.back_ends.is_empty() || args.back_ends.contains(kind))
    };
    for kind in BackendKind::ALL.into_iter().filter(is_wanted) {
        // No folder is needed, since the scratch databases of SQLite are in memory.
        match scratch_server(kind, args, Path::new(""))? {
            Ok(_) if Capabilities::of(kind).embedded => hosts.push(ScratchHost::memory()),
            Ok(server) => hosts.push(ScratchHost::server(server)),
            Err(reason) => unavailable.push((kind, reason)),
        }
    }
    let hosts = hosts.into_iter().map(|host| {
        let host = host.cancelled_by(Arc::clone(cancel));
        match sessions.get(&host.kind()) {
            Some(session) => host.with_session(session),
            None => Ok(host),
        }
    });
    Ok((hosts.collect::<Result<_, _>>()?, unavailable))
}

/// Works on scratch databases. The first Ctrl-C ends the work before its next statement, so that
/// the scratch databases are dropped, and prints `when_cancelled`. The second one ends the process.
///
/// # Errors
/// The errors of the work, or that the process can't listen for Ctrl-C.
pub(crate) fn interruptible(
    when_cancelled: &str,
    work: impl FnOnce(&Arc<Cancel>) -> Result<Exit>,
) -> Result<Exit> {
    // No customer's rows are in a scratch database, and a name may be what an error is about.
    db_backend::show_values();
    let cancel = cancel_on_ctrl_c()?;
    match work(&cancel) {
        Err(_) if cancel.is_cancelled() => {
            print_line(when_cancelled);
            Ok(Exit::Cancelled)
        }
        done => done,
    }
}

/// The server for a back end's scratch databases, or the reason why there is no such server.
///
/// # Errors
/// If the address is invalid, or belongs to another back end.
pub fn scratch_server(
    kind: BackendKind,
    args: &ScratchArgs,
    folder: &Path,
) -> Result<Result<ServerUrl, String>> {
    if !db_backend::is_compiled_in(kind) {
        let reason = format!("this build does not support {kind}; build with `--features {kind}`");
        return Ok(Err(reason));
    }
    let (url, option) = match kind {
        BackendKind::Sqlite => return Ok(Ok(ServerUrl::folder(folder))),
        BackendKind::Postgres => (&args.postgres_url, "--postgres-url"),
        BackendKind::Mysql => (&args.mysql_url, "--mysql-url"),
    };
    match url {
        None => Ok(Err(format!("no server was given; name one with {option}"))),
        Some(url) => match url.parse::<ServerUrl>() {
            Ok(url) if url.kind() == kind => Ok(Ok(url)),
            Ok(url) => {
                let message = format!("{option}: {url} is the address of a {} server", url.kind());
                Err(usage_error(message, None))
            }
            Err(error) => Err(usage_error(format!("{option}: {error}"), None)),
        },
    }
}
