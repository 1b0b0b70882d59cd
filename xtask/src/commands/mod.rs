//! One file for each command: from its arguments to an exit code.

pub(crate) mod bench;
pub(crate) mod check;
pub(crate) mod demo;
pub(crate) mod diagram;
pub(crate) mod migrate_all;
pub(crate) mod new_migration;
pub(crate) mod provision;
mod run;
pub(crate) mod schema;
mod scratch;
pub(crate) mod servers;
pub(crate) mod status;
pub(crate) mod tenants;
mod watch;

use std::collections::BTreeMap;

use anyhow::Result;
use db_backend::DatabaseUrl;
use system_db::Slug;
use tenant_manager::{Config, Placement, Selection, TenantManager};

use crate::cli::{MigrationsArgs, PlaceArgs, RegistryArgs, SelectArgs};
use crate::output::usage;

/// Opens the registry that the arguments name.
fn open(registry: &RegistryArgs, migrations: Option<&MigrationsArgs>) -> Result<TenantManager> {
    let system = match &registry.system_url {
        Some(url) => Some(
            url.parse::<DatabaseUrl>()
                .map_err(|error| usage(format!("the system database's address: {error}"), None))?,
        ),
        None => None,
    };
    let migrations = migrations.and_then(|args| args.migrations.clone());
    Ok(TenantManager::open(&Config { data_dir: registry.data_dir.clone(), system, migrations })?)
}

fn selection(args: &SelectArgs) -> Result<Selection> {
    Ok(Selection::new(&args.only, &args.skip)?)
}

/// The slugs, or all that is wrong with them at once.
fn slugs(texts: &[String]) -> Result<Vec<Slug>> {
    let mut slugs = Vec::new();
    let mut wrong = Vec::new();
    for text in texts {
        match text.parse::<Slug>() {
            Ok(slug) => slugs.push(slug),
            Err(error) => wrong.push(error.to_string()),
        }
    }
    if wrong.is_empty() {
        Ok(slugs)
    } else {
        Err(usage(wrong.join("\n"), Some("a slug is 1 to 48 of a-z, 0-9, `-` and `_`")))
    }
}

fn place(args: &PlaceArgs) -> Result<Placement> {
    let mut labels = BTreeMap::new();
    for label in &args.labels {
        let (name, value) = match label.split_once('=') {
            Some((name, value)) if !name.is_empty() && name.len() <= 63 && value.len() <= 255 => {
                (name, value)
            }
            _ => return Err(usage(format!("`{label}` is no label"), Some("write NAME=VALUE"))),
        };
        labels.insert(name.to_owned(), value.to_owned());
    }
    Ok(Placement { server: args.server.clone(), labels })
}
