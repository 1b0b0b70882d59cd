//! Whether a migration is published: what can be known about that here.

use std::fmt;
use std::process::{Command, Stdio};

use anyhow::Result;
use db_backend::Version;
use migration_folder::Folder;

use crate::invocation::{Invocation, Uses, is_missing};
use crate::usage::usage_error;

/// Where a migration was looked for, and is not.
pub(crate) struct Unpublished {
    has_registry: bool,
    branch: Option<String>,
}

/// Refuses a migration that a tenant of the registry has, or that is on the default branch of Git's
/// `origin`. The registry does not know the system database's own migrations.
///
/// # Errors
/// Why it counts as published, or a registry that can't be read.
pub(crate) fn ensure_unpublished(
    invocation: &Invocation<'_>,
    folder: &Folder,
    version: &Version,
    is_system: bool,
) -> Result<Unpublished> {
    let published = |place: &str| {
        let message = format!("{version} is published: {place}");
        usage_error(message, Some("put the change into a new migration: `new-migration NAME`"))
    };
    let tenants = if is_system { None } else { tenants_with(invocation, folder, version)? };
    if let Some([first, others @ ..]) = tenants.as_deref() {
        return Err(published(&match others.len() {
            0 => format!("tenant `{first}` has it"),
            count => format!("tenant `{first}` and {count} more have it"),
        }));
    }
    let branch = default_branch(folder);
    if let Some(branch) = &branch {
        let paths = folder.paths_of(version)?;
        let listing = ["ls-tree", "--name-only", branch, "--"].into_iter();
        let listed = git(folder, listing.chain(paths.iter().map(String::as_str)));
        if listed.is_some_and(|listed| !listed.is_empty()) {
            return Err(published(&format!("it is on {branch}")));
        }
    }
    Ok(Unpublished { has_registry: tenants.is_some(), branch })
}

/// What was looked at, and what only a person can know.
impl fmt::Display for Unpublished {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let branch = self.branch.as_ref().map(|branch| format!("it is not on {branch}"));
        let tenants = self.has_registry.then(|| "no tenant of this registry has it".to_owned());
        let checked: Vec<String> = tenants.into_iter().chain(branch).collect();
        match checked.is_empty() {
            true => f.write_str("there is no registry here that could say who has it")?,
            false => f.write_str(&checked.join(", and "))?,
        }
        f.write_str("; a database elsewhere that has it must be created again")
    }
}

/// The tenants of that schema recorded with that version or a later one; `None` if there is no
/// registry. A folder without code may be any schema's.
fn tenants_with(
    invocation: &Invocation<'_>,
    folder: &Folder,
    version: &Version,
) -> Result<Option<Vec<String>>> {
    let manager = match invocation.open(Uses::default()) {
        Ok(manager) => manager,
        Err(error) if is_missing(&error) && invocation.registry.system_url.is_none() => {
            return Ok(None);
        }
        Err(error) => return Err(error),
    };
    let tenants = manager.registry().tenants()?.into_iter();
    let with = tenants.filter(|tenant| {
        let is_its = !folder.is_coded() || tenant.schema == folder.name;
        is_its && tenant.recorded_version.as_ref() >= Some(version)
    });
    Ok(Some(with.map(|tenant| tenant.slug.to_string()).collect()))
}

/// The default branch of `origin`, such as `origin/main`, if Git knows it here.
fn default_branch(folder: &Folder) -> Option<String> {
    let head = "refs/remotes/origin/HEAD";
    git(folder, ["rev-parse", "--abbrev-ref", "--verify", "--quiet", head])
}

/// What Git prints in the folder; `None` if it fails, or if there is no Git.
fn git<'a>(folder: &Folder, args: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let mut command = Command::new("git");
    command.arg("-C").arg(&folder.root).args(args).stdin(Stdio::null());
    // Nothing is fetched: what is known here is enough.
    let output = command.env("GIT_NO_LAZY_FETCH", "1").output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
