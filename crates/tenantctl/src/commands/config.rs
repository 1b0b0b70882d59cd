//! `config`: each setting, its value, and where that comes from.

use std::convert::Infallible;
use std::env;

use anyhow::Result;
use clap::CommandFactory as _;
use db_backend::hide_password;
use serde::Serialize;

use crate::cli::{Cli, ConfigArgs, Format, RegistryArgs};
use crate::exit::Exit;
use crate::invocation::Invocation;
use crate::output::{print_json, print_line, table};
use crate::settings::{FILE, KEYS, Key};

#[derive(Serialize)]
struct Row {
    setting: String,
    value: Option<String>,
    from: &'static str,
}

pub(crate) fn run(invocation: &Invocation<'_>, args: &ConfigArgs) -> Result<Exit> {
    let command = Cli::<Infallible>::command();
    let mut rows: Vec<Row> = KEYS.iter().map(|key| row(invocation, &command, key)).collect();
    rows.extend(invocation.settings.others().filter_map(other));
    match args.format {
        Format::Json => rows.iter().try_for_each(print_json)?,
        Format::Human => {
            let cells = rows.into_iter().map(|row| {
                vec![row.setting, row.value.unwrap_or_else(|| "-".to_owned()), row.from.to_owned()]
            });
            print_line(&table(&["SETTING", "VALUE", "FROM"], cells.collect()));
        }
    }
    Ok(Exit::Success)
}

fn row(invocation: &Invocation<'_>, command: &clap::Command, key: &Key) -> Row {
    let from_environment = || argument(command, key)?.get_env().and_then(env::var_os);
    let (below, from) = if let Some(value) = from_environment() {
        (Some(value.to_string_lossy().into_owned()), "environment")
    } else if let Some(value) = invocation.settings.values.get(key.argument) {
        (Some(value.join(", ")), FILE)
    } else {
        let default = argument(command, key).and_then(|known| known.get_default_values().first());
        (default.map(|value| value.to_string_lossy().into_owned()), "default")
    };
    let said = on_command_line(invocation.registry, key);
    let (value, from) = match said {
        Some(said) if below.as_ref() != Some(&said) => (Some(said), "command line"),
        Some(_) | None => (below, from),
    };
    let value = value.map(|value| if key.is_address() { hide_password(&value) } else { value });
    Row { setting: key.path(), value, from }
}

/// A setting that only the file has. That of one back end is not shown if it is not there.
fn other((setting, value): (String, Option<String>)) -> Option<Row> {
    let is_of_all = setting.matches('.').count() == 1;
    let from = if value.is_some() { FILE } else { "default" };
    (value.is_some() || is_of_all).then_some(Row { setting, value, from })
}

/// What the arguments of this command came to, which the command line decides first.
fn on_command_line(registry: &RegistryArgs, key: &Key) -> Option<String> {
    match key.argument {
        "data_dir" => Some(registry.data_dir.display().to_string()),
        "system_url" => registry.system_url.clone(),
        _ => None,
    }
}

/// The argument of any command that has this key as its default.
fn argument<'c>(command: &'c clap::Command, key: &Key) -> Option<&'c clap::Arg> {
    let own = command.get_arguments().find(|known| known.get_id() == key.argument);
    own.or_else(|| command.get_subcommands().find_map(|sub| argument(sub, key)))
}
