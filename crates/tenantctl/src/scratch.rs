//! The servers that scratch databases can be had on.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use db_backend::{BackendKind, Cancel, Capabilities, ServerUrl};
use migration_folder::Ground;

use crate::cli::ScratchArgs;
use crate::exit::Exit;
use crate::output::{exit_now, print_line};
use crate::usage::usage;

/// Back ends on which nothing can be executed, and why not.
type Missing = Vec<(BackendKind, String)>;

/// Where migrations can be executed, and for each other back end why not.
///
/// # Errors
/// An address that is none, or another back end's.
pub(crate) fn grounds(args: &ScratchArgs, cancel: &Arc<Cancel>) -> Result<(Vec<Ground>, Missing)> {
    let (mut grounds, mut missing) = (Vec::new(), Vec::new());
    for kind in BackendKind::ALL {
        // The folder is for nothing: SQLite's scratch databases are in memory.
        match scratch_server(kind, args, Path::new(""))? {
            Ok(_) if Capabilities::of(kind).embedded => grounds.push(Ground::memory()),
            Ok(server) => grounds.push(Ground::server(server)),
            Err(reason) => missing.push((kind, reason)),
        }
    }
    let grounds = grounds.into_iter().map(|ground| ground.cancelled_by(Arc::clone(cancel)));
    Ok((grounds.collect(), missing))
}

/// Does work on scratch databases. The first Ctrl-C ends it with the next statement, so that they are
/// dropped; the second ends the process.
///
/// # Errors
/// Those of the work, and where there can be no handler for Ctrl-C.
pub(crate) fn interruptible(work: impl FnOnce(&Arc<Cancel>) -> Result<Exit>) -> Result<Exit> {
    let cancel = Arc::new(Cancel::new());
    let asked_of = Arc::clone(&cancel);
    ctrlc::set_handler(move || {
        if asked_of.is_cancelled() {
            exit_now(Exit::Cancelled);
        }
        asked_of.cancel();
    })
    .context("no handler for Ctrl-C")?;
    match work(&cancel) {
        Err(_) if cancel.is_cancelled() => {
            print_line("cancelled: nothing was written, and the scratch databases are dropped");
            Ok(Exit::Cancelled)
        }
        done => done,
    }
}

/// The server for a back end's scratch databases, or why there is none.
///
/// # Errors
/// An address that is none, or another back end's.
pub fn scratch_server(
    kind: BackendKind,
    args: &ScratchArgs,
    folder: &Path,
) -> Result<Result<ServerUrl, String>> {
    if !db_backend::is_compiled_in(kind) {
        return Ok(Err(format!("this build has no {kind}; build with `--features {kind}`")));
    }
    let (url, option) = match kind {
        BackendKind::Sqlite => return Ok(Ok(ServerUrl::folder(folder))),
        BackendKind::Postgres => (&args.postgres_url, "--postgres-url"),
        BackendKind::Mysql => (&args.mysql_url, "--mysql-url"),
    };
    match url {
        None => Ok(Err(format!("no server at hand; name one with {option}"))),
        Some(url) => match url.parse::<ServerUrl>() {
            Ok(url) if url.kind() == kind => Ok(Ok(url)),
            Ok(url) => Err(usage(format!("{option}: {url} is a {} server", url.kind()), None)),
            Err(error) => Err(usage(format!("{option}: {error}"), None)),
        },
    }
}
