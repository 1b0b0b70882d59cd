//! From arguments to tenants.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use system_db::{Slug, Tenant, TenantState};
use tenant_manager::{Placement, Selection, TenantManager};
use tenant_migrate::Claim;

use crate::cli::{ClaimArgs, PlaceArgs, SchemaArgs, SelectArgs};
use crate::usage::usage_error;

/// The selected tenants.
pub(crate) struct Targets {
    /// Those that take part in runs.
    pub(crate) active: Vec<Tenant>,
    /// Those that do not.
    pub(crate) inactive: Vec<Tenant>,
}

/// The tenants of the registry that the arguments select.
pub(crate) fn targets(
    manager: &TenantManager,
    args: &SelectArgs,
    schema: &SchemaArgs,
) -> Result<Targets> {
    let (active, inactive) = selected(manager, args, schema)?
        .into_iter()
        .partition(|tenant| tenant.state == TenantState::Active);
    Ok(Targets { active, inactive })
}

/// The same tenants in one list, whatever their state is.
pub(crate) fn selected(
    manager: &TenantManager,
    args: &SelectArgs,
    schema: &SchemaArgs,
) -> Result<Vec<Tenant>> {
    let selection = Selection::new(&args.only, &args.skip)?.of_schema(schema.name.as_deref());
    Ok(selection.apply(manager.registry().tenants()?)?)
}

/// Which databases become a tenant's.
pub(crate) const fn claim(args: ClaimArgs) -> Claim {
    if args.take_over { Claim::Any } else { Claim::Unmarked }
}

/// Parses slugs.
///
/// # Errors
/// One error that names every invalid slug.
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
        let hint = "a slug has 1 to 48 characters: a-z, 0-9, `-` and `_`";
        Err(usage_error(wrong.join("\n"), Some(hint)))
    }
}

/// Where a new tenant belongs.
///
/// # Errors
/// If a label is not `NAME=VALUE`, or too long for the registry.
pub(crate) fn placement(args: &PlaceArgs, schema: &SchemaArgs) -> Result<Placement> {
    let labels = args.labels.iter().map(|text| label(text)).collect::<Result<_>>()?;
    Ok(Placement { server: args.server.clone(), schema: schema.name.clone(), labels })
}

/// The labels that changes remove (`NAME-`), and those that they set (`NAME=VALUE`).
///
/// # Errors
/// If a change is neither, or too long for the registry.
pub(crate) fn label_changes(
    changes: &[String],
) -> Result<(BTreeSet<String>, BTreeMap<String, String>)> {
    let (mut removed, mut set) = (BTreeSet::new(), BTreeMap::new());
    for change in changes {
        match change.strip_suffix('-').filter(|name| !name.is_empty() && !name.contains('=')) {
            Some(name) => {
                removed.insert(name.to_owned());
            }
            None => set.extend([label(change)?]),
        }
    }
    Ok((removed, set))
}

/// Parses `NAME=VALUE`.
///
/// # Errors
/// If it is something else, or too long for the registry.
pub(crate) fn label(text: &str) -> Result<(String, String)> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() && name.len() <= 63 && value.len() <= 255 => {
            Ok((name.to_owned(), value.to_owned()))
        }
        _ => {
            let hint = "write NAME=VALUE, with at most 63 bytes for the name and 255 for the value";
            Err(usage_error(format!("`{text}` is not a label"), Some(hint)))
        }
    }
}
