//! `servers`: the servers that host tenant databases.

use anyhow::{Context, Result};
use db_backend::{ServerUrl, Timeouts, admin};
use serde::Serialize;
use system_db::Server;

use crate::cli::{Format, ServersCommand};
use crate::exit::Exit;
use crate::invocation::Invocation;
use crate::output::{print_json, print_line, table};
use crate::usage::usage_error;

/// The most bytes that the registry's column holds.
const NAME_MAX: usize = 63;

pub(crate) fn run(invocation: &Invocation<'_>, command: &ServersCommand) -> Result<Exit> {
    match command {
        ServersCommand::Add { name, url } => {
            let url = address(url)?;
            if name.is_empty() || name.len() > NAME_MAX || name.contains(char::is_control) {
                let message = "a server's name must have 1 to 63 bytes, and no control characters";
                return Err(usage_error(message, None));
            }
            admin::ping(&url, &Timeouts::default())
                .with_context(|| format!("server `{name}` at {url} can't be used"))?;
            let manager = invocation.open_or_create(None)?;
            let server = manager.registry().add_server(name, &url)?;
            print_line(&format!("server `{}` is registered: {}", server.name, server.url));
        }
        ServersCommand::List { format } => {
            list(&invocation.open(None)?.registry().servers()?, *format)?;
        }
    }
    Ok(Exit::Success)
}

/// The server's address. A folder is stored as an absolute path, since later commands may run in
/// another working directory.
fn address(text: &str) -> Result<ServerUrl> {
    let url: ServerUrl = text
        .parse()
        .map_err(|error| usage_error(format!("the server's address: {error}"), None))?;
    match url.path() {
        Some(folder) => Ok(ServerUrl::folder(
            std::path::absolute(folder).context("the working directory can't be read")?,
        )),
        None => Ok(url),
    }
}

#[derive(Serialize)]
struct Row {
    server: String,
    backend: String,
    url: String,
}

fn list(servers: &[Server], format: Format) -> Result<()> {
    let rows: Vec<Row> = servers
        .iter()
        .map(|server| Row {
            server: server.name.clone(),
            backend: server.url.kind().to_string(),
            url: server.url.to_string(),
        })
        .collect();
    match format {
        Format::Json => rows.iter().try_for_each(print_json)?,
        Format::Human if rows.is_empty() => {
            print_line("no servers; the first `provision` registers the embedded one");
        }
        Format::Human => {
            let rows = rows.into_iter().map(|row| vec![row.server, row.backend, row.url]).collect();
            print_line(&table(&["SERVER", "BACKEND", "ADDRESS"], rows));
        }
    }
    Ok(())
}
