//! `check`: everything that can be wrong with the migrations, at once.

use std::sync::Arc;

use anyhow::Result;
use db_backend::{BackendKind, Cancel, Version};
use migration_folder::{Finding, Replayed, check_files, replay, reseal, seal};

use crate::call::Call;
use crate::cli::CheckArgs;
use crate::exit::Exit;
use crate::output::{print, print_line};
use crate::render;
use crate::scratch::{grounds, interruptible};
use crate::workspace;

pub(crate) fn run(call: &Call<'_>, args: &CheckArgs) -> Result<Exit> {
    interruptible(|cancel| check(call, args, cancel))
}

fn check(call: &Call<'_>, args: &CheckArgs, cancel: &Arc<Cancel>) -> Result<Exit> {
    let folders = workspace::folders(call.project)?;
    for version in &args.reseal {
        // Versions are times, so that one is hardly ever in both folders; the tenants' comes first.
        let version = Version(version.clone());
        let is_its = |folder: &&migration_folder::Folder| {
            folder.snapshot_versions().is_ok_and(|versions| versions.contains(&version))
        };
        let folder = folders.iter().find(is_its).unwrap_or(&folders[0]);
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
    let (grounds, missing) = grounds(&args.scratch, cancel)?;
    for ground in &grounds {
        for folder in &folders {
            let replayed = replay(folder, ground)?;
            anyhow::ensure!(!cancel.is_cancelled(), "it was cancelled");
            print_line(&format!(
                "{}, {}: {}",
                ground.kind(),
                folder.name,
                render::replayed(&replayed)
            ));
            if let Replayed::Stopped(finding) = replayed {
                findings.push(finding);
            }
        }
    }
    for (kind, reason) in missing {
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
        remedy: "under CI=true every back end is replayed; `cargo xtask test` starts the servers"
            .into(),
    }
}

fn is_ci() -> bool {
    std::env::var_os("CI").is_some_and(|value| value == "true")
}
