//! The servers that scratch databases can be had on.

use std::path::Path;

use anyhow::Result;
use db_backend::{BackendKind, ServerUrl};
use migration_folder::Ground;

use crate::cli::ScratchArgs;
use crate::output::usage;

/// Back ends on which nothing can be executed, and why not.
type Missing = Vec<(BackendKind, String)>;

/// Where migrations can be executed, and for each other back end why not.
///
/// # Errors
/// An address that is none, or another back end's.
pub(super) fn grounds(args: &ScratchArgs) -> Result<(Vec<Ground>, Missing)> {
    let (mut grounds, mut missing) = (Vec::new(), Vec::new());
    for kind in BackendKind::ALL {
        // The folder is for nothing: SQLite's scratch databases are in memory.
        match scratch_server(kind, args, Path::new(""))? {
            Ok(_) if kind.dialect().capabilities().embedded => grounds.push(Ground::Memory),
            Ok(server) => grounds.push(Ground::Server(server)),
            Err(reason) => missing.push((kind, reason)),
        }
    }
    Ok((grounds, missing))
}

/// The server for a back end's scratch databases, or why there is none.
pub(super) fn scratch_server(
    kind: BackendKind,
    args: &ScratchArgs,
    folder: &std::path::Path,
) -> Result<Result<ServerUrl, String>> {
    if !kind.is_compiled_in() {
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
