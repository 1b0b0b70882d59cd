//! From arguments to tenants.

use std::collections::BTreeMap;

use anyhow::Result;
use system_db::{Slug, Tenant, TenantState};
use tenant_manager::{Placement, Selection, TenantManager};

use crate::cli::{PlaceArgs, SelectArgs};
use crate::usage::usage;

/// The tenants that are selected.
pub(crate) struct Targets {
    /// Those that take part in runs.
    pub(crate) active: Vec<Tenant>,
    /// Those that do not.
    pub(crate) others: Vec<Tenant>,
}

/// The tenants of the registry that the arguments select.
pub(crate) fn targets(manager: &TenantManager, args: &SelectArgs) -> Result<Targets> {
    let (active, others) = selected(manager, args)?
        .into_iter()
        .partition(|tenant| tenant.state == TenantState::Active);
    Ok(Targets { active, others })
}

/// The same, whatever their state is.
pub(crate) fn selected(manager: &TenantManager, args: &SelectArgs) -> Result<Vec<Tenant>> {
    Ok(Selection::new(&args.only, &args.skip)?.apply(manager.registry().tenants()?)?)
}

/// The slugs, or all that is wrong with them at once.
pub(crate) fn slugs(texts: &[String]) -> Result<Vec<Slug>> {
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

/// Where a new tenant belongs.
pub(crate) fn place(args: &PlaceArgs) -> Result<Placement> {
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
