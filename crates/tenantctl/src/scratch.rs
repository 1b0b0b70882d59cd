//! The servers that scratch databases can be had on.

use std::path::Path;

use anyhow::{Context, Result};
use db_backend::{BackendKind, Scratch, ServerUrl};
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
pub(crate) fn grounds(args: &ScratchArgs) -> Result<(Vec<Ground>, Missing)> {
    let (mut grounds, mut missing) = (Vec::new(), Vec::new());
    for kind in BackendKind::ALL {
        // The folder is for nothing: SQLite's scratch databases are in memory.
        match scratch_server(kind, args, Path::new(""))? {
            Ok(_) if db_backend::Capabilities::of(kind).embedded => grounds.push(Ground::Memory),
            Ok(server) => grounds.push(Ground::Server(server)),
            Err(reason) => missing.push((kind, reason)),
        }
    }
    Ok((grounds, missing))
}

/// Does work on scratch databases. The first Ctrl-C ends it with the next statement, so that they are
/// dropped; the second ends the process.
///
/// # Errors
/// Those of the work, and where there can be no handler for Ctrl-C.
pub(crate) fn interruptible(work: impl FnOnce() -> Result<Exit>) -> Result<Exit> {
    ctrlc::set_handler(|| {
        if Scratch::is_interrupted() {
            exit_now(Exit::Cancelled);
        }
        Scratch::interrupt_all();
    })
    .context("no handler for Ctrl-C")?;
    match work() {
        Err(_) if Scratch::is_interrupted() => {
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
    folder: &std::path::Path,
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
