//! `check`: finds everything that is wrong with the migrations, and reports it together.

use std::sync::Arc;

use anyhow::Result;
use db_backend::{BackendKind, Cancel, Version};
use migration_folder::{
    Finding, Folder, Replayed, ScratchHost, check_files, check_schema_rs, check_squashed,
    check_version, is_in_the_way, replay, seal,
};

use crate::cli::CheckArgs;
use crate::exit::Exit;
use crate::invocation::Invocation;
use crate::output::{print, print_line};
use crate::render;
use crate::scratch::{hosts, interruptible};
use crate::workspace;

pub(crate) fn run(invocation: &Invocation<'_>, args: &CheckArgs) -> Result<Exit> {
    let when_cancelled = "cancelled; the scratch databases are dropped";
    interruptible(when_cancelled, |cancel| check(invocation, args, cancel))
}

fn check(invocation: &Invocation<'_>, args: &CheckArgs, cancel: &Arc<Cancel>) -> Result<Exit> {
    let folders = match &args.migrations {
        Some(folder) => vec![workspace::without_code(folder, &args.scratch)?],
        None => workspace::folders(invocation, &args.scratch.back_ends)?,
    };
    let changed = versions_by_folder(&folders, &args.reseal)?;
    let mut checked: Vec<Vec<Finding>> = Vec::new();
    for folder in &folders {
        checked.push(check_files(folder)?);
    }
    let is_needed = |kind: &BackendKind| folders.iter().any(|folder| folder.kinds().contains(kind));
    let kinds: Vec<BackendKind> = BackendKind::ALL.into_iter().filter(is_needed).collect();
    let (hosts, unavailable) = hosts(invocation.settings, &args.scratch, &kinds, cancel)?;
    for host in &hosts {
        let with_findings = folders.iter().zip(&mut checked);
        let kind = host.kind();
        for (folder, findings) in with_findings.filter(|(folder, _)| folder.kinds().contains(&kind))
        {
            let replayed = replay(folder, host)?;
            anyhow::ensure!(!cancel.is_cancelled(), "cancelled");
            print_line(&format!(
                "{}, {}: {}",
                host.kind(),
                folder.name,
                render::replayed(&replayed)
            ));
            match replayed {
                Replayed::Stopped(finding) => findings.push(finding),
                Replayed::NotBack(not_back) => findings.extend(not_back),
                Replayed::Passed(_) | Replayed::Skipped => {}
            }
            findings.extend(check_squashed(folder, host)?);
        }
    }
    let mut findings = Vec::new();
    for ((folder, its), changed) in folders.iter().zip(checked).zip(changed) {
        findings.extend(sealed(folder, its, args.seal, &changed)?);
    }
    for (kind, reason) in unavailable {
        print_line(&format!("{kind}: not replayed: {reason}"));
        if is_ci() {
            findings.push(not_replayed(kind, &reason));
        }
    }
    for folder in &folders {
        findings.extend(schema_rs_findings(folder, &hosts)?);
        anyhow::ensure!(!cancel.is_cancelled(), "cancelled");
    }
    print(&render::findings(&findings));
    Ok(if findings.is_empty() { Exit::Success } else { Exit::Unexpected })
}

/// What differs between the migrations and the team's own `schema.rs`, if `diesel.toml` names one.
fn schema_rs_findings(folder: &Folder, hosts: &[ScratchHost]) -> Result<Vec<Finding>> {
    let Some(toml) = workspace::diesel_toml(folder)? else { return Ok(Vec::new()) };
    let mut findings = Vec::new();
    for options in toml.schemas.values() {
        let Some(file) = &options.file else { continue };
        let kinds = folder.kinds();
        let mut by_host = Vec::new();
        for host in hosts.iter().filter(|host| kinds.contains(&host.kind())) {
            let found = check_schema_rs(folder, host, options, file)?;
            by_host.extend(found.map(|found| (host.kind(), found)));
        }
        // With migrations for several back ends, the file is that of one of them.
        let Some((kind, nearest)) = by_host.into_iter().min_by_key(|(_, found)| found.len()) else {
            print_line(&format!("{}: not compared with any database", folder.shown(file)));
            continue;
        };
        if nearest.is_empty() {
            print_line(&format!("{kind}: the migrations lead to {}", folder.shown(file)));
        }
        findings.extend(nearest);
    }
    Ok(findings)
}

/// The versions to seal again, for each of the folders.
fn versions_by_folder(folders: &[Folder], reseal: &[String]) -> Result<Vec<Vec<Version>>> {
    let mut by_folder = vec![Vec::new(); folders.len()];
    for version in reseal {
        // Versions are times, so one is hardly ever in both folders. The tenants' comes first.
        let version = workspace::version(version);
        let has_version = |folder: &Folder| {
            folder.snapshot_versions().is_ok_and(|versions| versions.contains(&version))
        };
        let at = folders.iter().position(has_version).unwrap_or(0);
        check_version(&folders[at], &version)?;
        by_folder[at].push(version);
    }
    Ok(by_folder)
}

/// Seals what was asked for, unless findings are in the way. Returns the findings that remain.
fn sealed(
    folder: &Folder,
    findings: Vec<Finding>,
    new: bool,
    changed: &[Version],
) -> Result<Vec<Finding>> {
    if !new && changed.is_empty() {
        return Ok(findings);
    }
    if findings.iter().any(|finding| is_in_the_way(finding, changed)) {
        print_line(&format!("{}: nothing was sealed, since there are findings", folder.name));
        return Ok(findings);
    }
    for path in seal(folder, new, changed)? {
        print_line(&format!("sealed: {}", folder.shown(&folder.root.join(path))));
    }
    // Checked again, since only some of them are resolved.
    Ok(check_files(folder)?)
}

fn not_replayed(kind: BackendKind, reason: &str) -> Finding {
    Finding {
        path: kind.to_string(),
        problem: format!("not replayed: {reason}"),
        remedy: "make this back end available: with CI=true, every back end must be replayed"
            .into(),
    }
}

fn is_ci() -> bool {
    std::env::var_os("CI").is_some_and(|value| value == "true")
}
