//! `servers`: the servers that host tenant databases.

use anyhow::{Context, Result};
use db_backend::{ServerUrl, Timeouts, admin};
use serde::Serialize;
use system_db::Server;
use tenant_manager::new_run_id;
use tenant_migrate::RunOptions;

use super::fleet_run::apply_limits;
use crate::cli::{AddressArgs, Format, ServersCommand};
use crate::exit::Exit;
use crate::interrupt::drain_on_ctrl_c;
use crate::invocation::{Invocation, Uses};
use crate::output::{print_json, print_line, table};
use crate::passwords::read_password;
use crate::usage::usage_error;

/// The most bytes that the registry's column holds.
const NAME_MAX: usize = 63;

pub(crate) fn run(invocation: &Invocation<'_>, command: &ServersCommand) -> Result<Exit> {
    match command {
        ServersCommand::Add { name, address: args } => {
            let url = address(args)?;
            if name.is_empty() || name.len() > NAME_MAX || name.contains(char::is_control) {
                let message = "a server's name must have 1 to 63 bytes, and no control characters";
                return Err(usage_error(message, None));
            }
            admin::ping(&url, &Timeouts::default())
                .with_context(|| format!("server `{name}` at {url} can't be used"))?;
            let manager = invocation.open_or_create(Uses::default())?;
            let server = manager.registry().add_server(name, &url)?;
            print_line(&format!("server `{}` is registered: {}", server.name, server.url));
        }
        ServersCommand::SetUrl { name, address: args, limits } => {
            let url = address(args)?;
            let mut options = RunOptions::new(new_run_id());
            apply_limits(&mut options, limits);
            let cancel = drain_on_ctrl_c()?;
            let uses = Uses { limits: Some(limits), ..Uses::default() };
            let manager = invocation.open(uses)?;
            admin::ping(&url, &options.timeouts)
                .with_context(|| format!("server `{name}` at {url} can't be used"))?;
            let server = manager.set_server_url(name, &url, options, &cancel)?;
            print_line(&format!("server `{}` is now at {}", server.name, server.url));
        }
        ServersCommand::Remove { name } => {
            invocation.open(Uses::default())?.registry().remove_server(name)?;
            print_line(&format!("server `{name}` is removed"));
        }
        ServersCommand::List { format } => {
            list(&invocation.open(Uses::default())?.registry().servers()?, *format)?;
        }
    }
    Ok(Exit::Success)
}

/// The server's address. A folder is stored as an absolute path, since later commands may run in
/// another working directory.
fn address(args: &AddressArgs) -> Result<ServerUrl> {
    let wrong = |error| usage_error(format!("the server's address: {error}"), None);
    let mut url: ServerUrl = args.url.parse().map_err(wrong)?;
    if args.password_stdin {
        url = url.with_password(&read_password()?).map_err(wrong)?;
    }
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
