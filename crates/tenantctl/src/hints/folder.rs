//! Errors and findings of a folder of migrations.

use migration_folder::{FolderError, Remedy};

use super::advice::Advice;

/// Errors of a folder of migrations.
pub fn folder(error: &FolderError) -> Advice {
    match error {
        FolderError::Name(_) => {
            Advice::usage(Some("use a-z, 0-9 and `_`, at most 80, such as `add_invoices`"))
        }
        FolderError::Version(_) => Advice::usage(None),
        FolderError::NotAllowed(hazards) => {
            let flags: Vec<String> =
                hazards.iter().map(|hazard| format!("--allow {hazard}")).collect();
            Advice::usage(Some(&format!("if it is meant, say so: {}", flags.join(" "))))
        }
        FolderError::NothingToAllow(_) => {
            Advice::usage(Some("leave it out, or look at its spelling"))
        }
        FolderError::Findings { .. } => {
            Advice::unexpected(Some("`cargo xtask check` says what to do about each"))
        }
        FolderError::Unsupported(_) => {
            Advice::unexpected(Some("or `new-migration NAME --empty`, and write the SQL by hand"))
        }
        FolderError::Unproven { .. } => Advice::unexpected(Some(
            "mend the expression, if it is one of the code that fails; else `new-migration NAME \
             --empty` writes blank files, for SQL by hand",
        )),
        FolderError::Checksums { .. } | FolderError::Snapshot { .. } => {
            Advice::unexpected(Some("restore the file"))
        }
        FolderError::File { .. } | FolderError::Scratch { .. } => Advice::unexpected(None),
    }
}

/// What to do about a finding.
pub fn remedy(remedy: &Remedy) -> String {
    match remedy {
        Remedy::Words(words) => words.clone(),
        Remedy::Seal => "when the migration is ready, run `check --seal`".to_owned(),
        Remedy::RestoreOrReseal(version) => format!(
            "restore it, and put the change into a new migration; or, if nobody has run it yet, \
             `check --reseal {version}`"
        ),
        Remedy::RestoreSnapshot => "restore it; `new-migration` writes it".to_owned(),
        Remedy::GenerateOrSnapshot(newest) => format!(
            "run `new-migration NAME`; or, if the SQL of {newest} is not published and does it \
             already, `new-migration --snapshot`"
        ),
        Remedy::Rebase { version, before } => format!(
            "give the one that is not published yet a new version: `new-migration --rebase \
             {version}`, or {before}"
        ),
        Remedy::FixUpOrSnapshot => {
            "mend up.sql; or, if it does what the code declares, `new-migration --snapshot`"
                .to_owned()
        }
        Remedy::GenerateOrFix => {
            "run `new-migration NAME`, or mend the migration that was written by hand".to_owned()
        }
        Remedy::Fix(file) => format!("mend {file}, and try it again with `check`"),
    }
}
