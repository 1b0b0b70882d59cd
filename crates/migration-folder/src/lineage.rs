//! The order in which migrations were written. Two branches can each add a migration without
//! knowing of the other.

use db_backend::Version;

use crate::error::FolderError;
use crate::finding::{Finding, Remedy};
use crate::folder::Folder;

/// Reports each snapshot whose recorded predecessor is not the version that now precedes it.
pub(crate) fn check_lineage(folder: &Folder) -> Result<Vec<Finding>, FolderError> {
    let versions = folder.snapshot_versions()?;
    let mut findings = Vec::new();
    for (before, version) in versions.iter().zip(versions.iter().skip(1)) {
        // A snapshot that can't be read has its own finding.
        let Ok(snapshot) = folder.snapshot(version) else { continue };
        let Some(follows) = snapshot.follows.filter(|follows| **follows != *before.0) else {
            continue;
        };
        findings.push(folder.finding(
            &folder.snapshot_path(version),
            crossing(before, version, &follows),
            Remedy::Rebase { version: version.clone(), before: before.clone() },
        ));
    }
    Ok(findings)
}

fn crossing(before: &Version, version: &Version, follows: &str) -> String {
    if follows < before.0.as_str() {
        format!(
            "{version} was written after {follows}, on a branch without {before}, which comes \
             between them now"
        )
    } else {
        format!("{version} was written after {follows}, which does not come before it")
    }
}
