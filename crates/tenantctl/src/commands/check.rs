//! `check`: finds everything that is wrong with the migrations, and reports it together.

use std::sync::Arc;

use anyhow::Result;
use db_backend::{BackendKind, Cancel, Version};
use migration_folder::{Finding, Replayed, check_files, replay, reseal, seal};

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
    let folders = workspace::folders(invocation.project)?;
    for version in &args.reseal {
        // Versions are times, so one is hardly ever in both folders. The tenants' comes first.
        let version = Version(version.clone());
        let has_version = |folder: &&migration_folder::Folder| {
            folder.snapshot_versions().is_ok_and(|versions| versions.contains(&version))
        };
        let folder = folders.iter().find(has_version).unwrap_or(&folders[0]);
        for path in reseal(folder, &version)? {
            print_line(&format!("sealed: {}", folder.shown(&folder.root.join(path))));
        }
    }
    if args.seal {
        for folder in &folders {
            for path in seal(folder)? {
                print_line(&format!("sealed: {}", folder.shown(&folder.root.join(path))));
            }
        }
    }

    let mut findings = Vec::new();
    for folder in &folders {
        findings.extend(check_files(folder)?);
    }
    let (hosts, unavailable) = hosts(&args.scratch, cancel)?;
    for host in &hosts {
        for folder in &folders {
            let replayed = replay(folder, host)?;
            anyhow::ensure!(!cancel.is_cancelled(), "cancelled");
            print_line(&format!(
                "{}, {}: {}",
                host.kind(),
                folder.name,
                render::replayed(&replayed)
            ));
            if let Replayed::Stopped(finding) = replayed {
                findings.push(finding);
            }
        }
    }
    for (kind, reason) in unavailable {
        print_line(&format!("{kind}: not replayed: {reason}"));
        if is_ci() {
            findings.push(not_replayed(kind, &reason));
        }
    }
    print(&render::findings(&findings));
    Ok(if findings.is_empty() { Exit::Success } else { Exit::Unexpected })
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
