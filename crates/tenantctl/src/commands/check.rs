//! `check`: everything that can be wrong with the migrations, at once.

use std::process::ExitCode;

use anyhow::Result;
use db_backend::{BackendKind, Scratch, Version};
use migration_folder::{Finding, Replayed, check_files, replay, reseal, seal};

use crate::call::Call;
use crate::cli::CheckArgs;
use crate::output::{EXIT_UNEXPECTED, print_line};
use crate::scratch::{grounds, interruptible};
use crate::workspace;

pub(crate) fn run(call: &Call<'_>, args: &CheckArgs) -> Result<ExitCode> {
    interruptible(|| check(call, args))
}

fn check(call: &Call<'_>, args: &CheckArgs) -> Result<ExitCode> {
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
    let (grounds, missing) = grounds(&args.scratch)?;
    for ground in &grounds {
        for folder in &folders {
            let replayed = replay(folder, ground)?;
            anyhow::ensure!(!Scratch::is_interrupted(), "it was interrupted");
            print_line(&format!("{}, {}: {}", ground.kind(), folder.name, in_words(&replayed)));
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
    Ok(conclude(&findings))
}

fn in_words(replayed: &Replayed) -> String {
    match replayed {
        Replayed::Good => "replayed up, down, and up again".to_owned(),
        Replayed::WithoutRows(reason) => {
            format!(
                "replayed up, down, and up again; without rows, which were in the way: {reason}"
            )
        }
        Replayed::Stopped(_) => "the replay stopped at a finding".to_owned(),
        Replayed::NotBegun => "not replayed: the folder has findings".to_owned(),
    }
}

fn conclude(findings: &[Finding]) -> ExitCode {
    for Finding { path, problem, remedy } in findings {
        print_line(&format!("\n{path}\n  problem: {problem}\n  remedy:  {remedy}"));
    }
    match findings.len() {
        0 => {
            print_line("no findings");
            ExitCode::SUCCESS
        }
        count => {
            let noun = if count == 1 { "finding" } else { "findings" };
            print_line(&format!("\n{count} {noun}"));
            ExitCode::from(EXIT_UNEXPECTED)
        }
    }
}

fn not_replayed(kind: BackendKind, reason: &str) -> Finding {
    Finding {
        path: kind.to_string(),
        problem: format!("not replayed: {reason}"),
        remedy: "under CI=true every back end is replayed; `cargo xtask test` starts the servers"
            .to_owned(),
    }
}

fn is_ci() -> bool {
    std::env::var_os("CI").is_some_and(|value| value == "true")
}
