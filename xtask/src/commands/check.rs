//! `check`: everything that can be wrong with the migrations, at once.

use std::process::ExitCode;

use anyhow::{Context, Result};
use db_backend::{BackendKind, ServerUrl};

use crate::cli::{CheckArgs, ScratchArgs};
use crate::folder::{Finding, Project, Replayed, check_layout, check_replay, find_workspace, seal};
use crate::output::{EXIT_UNEXPECTED, print_line, usage};

pub(crate) fn run(args: &CheckArgs) -> Result<ExitCode> {
    let workspace = find_workspace()?;
    let projects = [Project::tenant(&workspace), Project::system(&workspace)];
    if args.seal {
        for project in &projects {
            for path in seal(project)? {
                print_line(&format!("sealed: {}", project.shown(&project.root.join(path))));
            }
        }
    }

    let mut findings = Vec::new();
    for project in &projects {
        findings.extend(check_layout(project)?);
    }
    let folder = tempfile::tempdir().context("no folder for scratch databases")?;
    for kind in BackendKind::ALL {
        match scratch_server(kind, &args.scratch, folder.path())? {
            Ok(server) => {
                for project in &projects {
                    let replayed = check_replay(project, &server)?;
                    print_line(&format!("{kind}, {}: {}", project.name, in_words(&replayed)));
                    if let Replayed::Stopped(finding) = replayed {
                        findings.push(finding);
                    }
                }
            }
            Err(reason) => {
                print_line(&format!("{kind}: not replayed: {reason}"));
                if is_ci() {
                    findings.push(not_replayed(kind, &reason));
                }
            }
        }
    }
    Ok(conclude(&findings))
}

fn in_words(replayed: &Replayed) -> &'static str {
    match replayed {
        Replayed::Good => "replayed up, down, and up again",
        Replayed::Stopped(_) => "the replay stopped at a finding",
        Replayed::NotBegun => "not replayed: the folder has findings",
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

/// The server for a back end's scratch databases, or why there is none.
pub(super) fn scratch_server(
    kind: BackendKind,
    args: &ScratchArgs,
    folder: &std::path::Path,
) -> Result<Result<ServerUrl, String>> {
    if !kind.is_compiled_in() {
        return Ok(Err(format!("this build has no {kind}; build with `--features {kind}`")));
    }
    let (url, option) = match kind {
        BackendKind::Sqlite => return Ok(Ok(ServerUrl::folder(folder))),
        BackendKind::Postgres => (&args.postgres_url, "--postgres-url"),
        BackendKind::Mysql => (&args.mysql_url, "--mysql-url"),
    };
    match url {
        None => Ok(Err(format!("no server at hand; name one with {option}"))),
        Some(url) => match url.parse::<ServerUrl>() {
            Ok(url) if url.kind() == kind => Ok(Ok(url)),
            Ok(url) => Err(usage(format!("{option}: {url} is a {} server", url.kind()), None)),
            Err(error) => Err(usage(format!("{option}: {error}"), None)),
        },
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
