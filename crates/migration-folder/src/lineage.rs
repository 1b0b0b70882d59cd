//! The order in which migrations were written. Two branches can each add migrations without knowing
//! of the other.

use std::collections::BTreeMap;

use db_backend::Version;

use crate::error::FolderError;
use crate::finding::{Finding, Remedy};
use crate::folder::Folder;

/// Reports each branch that was written without another one which is in the folder too: the first
/// migration of the branch whose first migration has the higher version.
pub(crate) fn check_lineage(folder: &Folder) -> Result<Vec<Finding>, FolderError> {
    let versions = folder.snapshot_versions()?;
    // Version → the newest one so far that was written directly after it.
    let mut followed: BTreeMap<Version, &Version> = BTreeMap::new();
    let mut findings = Vec::new();
    for (before, version) in versions.iter().zip(versions.iter().skip(1)) {
        let follows = predecessor(folder, version).unwrap_or_else(|| before.clone());
        let other = followed.insert(follows.clone(), version);
        let is_before = follows < *version && versions.binary_search(&follows).is_ok();
        let (problem, before) = match other {
            Some(other) => {
                let problem = format!(
                    "{version} was written after {follows}, on a branch without {other}, which \
                     comes between them now"
                );
                (problem, other)
            }
            None if !is_before => {
                let problem =
                    format!("{version} was written after {follows}, which does not come before it");
                (problem, before)
            }
            // The next one of a branch, or of the only one.
            None => continue,
        };
        findings.push(folder.finding(
            &folder.snapshot_path(version),
            problem,
            Remedy::Rebase { version: version.clone(), before: before.clone() },
        ));
    }
    Ok(findings)
}

/// The version after which that one was written. A snapshot that can't be read has its own finding,
/// and the first ones did not record this.
pub(crate) fn predecessor(folder: &Folder, version: &Version) -> Option<Version> {
    let follows = folder.snapshot(version).ok()?.follows?;
    Some(Version(follows.into_owned()))
}
