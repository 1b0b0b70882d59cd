//! Errors and findings of a folder of migrations.

use migration_folder::{FolderError, MAY_FAIL, Remedy};

use super::advice::Advice;

/// What to do about an error of a folder of migrations.
pub fn folder(error: &FolderError) -> Advice {
    match error {
        FolderError::Name(_) => {
            Advice::usage(Some("use at most 80 of a-z, 0-9 and `_`, such as `add_invoices`"))
        }
        FolderError::Version(_) => Advice::usage(None),
        FolderError::ByHand { version } => Advice::unexpected(Some(&format!(
            "to throw that SQL away, take the migration back with `new-migration --remove \
             {version}`, and generate it with `new-migration NAME`"
        ))),
        FolderError::NothingLeft { version } => {
            Advice::usage(Some(&format!("take it back with `new-migration --remove {version}`")))
        }
        FolderError::NotNewest { newest, .. } => Advice::usage(Some(&format!(
            "put the change into a new migration; or take back the newest one first, with \
             `new-migration --remove {newest}`"
        ))),
        FolderError::NotAllowed(hazards) => {
            let flags: Vec<String> =
                hazards.iter().map(|hazard| format!("--allow {}", shell_word(hazard))).collect();
            Advice::usage(Some(&format!("if this is intended, add {}", flags.join(" "))))
        }
        FolderError::NothingToAllow(_) => {
            Advice::usage(Some("leave it out, or check its spelling"))
        }
        FolderError::Findings { .. } => {
            Advice::unexpected(Some("`check` says what to do about each"))
        }
        FolderError::Unsupported(_) => Advice::unexpected(Some(
            "or write the SQL by hand: `new-migration NAME --empty` creates blank files",
        )),
        FolderError::Unproven { .. } => Advice::unexpected(Some(
            "if an expression in the code fails, fix it; otherwise complete the SQL by hand: \
             `new-migration NAME --draft` writes it as it is, with places for what is missing",
        )),
        FolderError::FewMembers { .. } => {
            Advice::usage(Some("name a later version: those below it are squashed"))
        }
        FolderError::NotSquashed { .. } => Advice::unexpected(Some(
            "squash only what is below the migration that is named, with a lower --below",
        )),
        FolderError::NoFolder(_) => Advice::usage(None),
        FolderError::WhoseSql(_) => Advice::usage(Some(
            "name the back end with --back-end, or with `back_ends` in tenantctl.toml",
        )),
        FolderError::NoCode(_) => {
            Advice::usage(Some("`new-migration NAME --empty` writes blank files for SQL by hand"))
        }
        FolderError::Checksums { .. } => Advice::unexpected(Some(
            "if a merge has left its marks there, remove them, and keep the lines of both sides; \
             otherwise restore the file from version control",
        )),
        FolderError::Snapshot { .. } => {
            Advice::unexpected(Some("restore the file from version control"))
        }
        FolderError::SessionSql { .. } => Advice::unexpected(Some(
            "`session.before` begins the sessions of new tenants too: give it only what works in a \
             database without tables",
        )),
        FolderError::File { .. } | FolderError::Scratch { .. } | FolderError::Replay { .. } => {
            Advice::unexpected(None)
        }
    }
}

/// A word as a shell takes it: a name may have been kept from a database.
fn shell_word(word: impl ToString) -> String {
    let word = word.to_string();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_.=-".contains(c);
    if word.chars().all(is_plain) { word } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

/// What to do about a finding.
pub fn remedy(remedy: &Remedy) -> String {
    match remedy {
        Remedy::Words(words) => words.clone(),
        Remedy::Seal => "when the migration is ready, run `check --seal`".to_owned(),
        Remedy::RestoreOrReseal(version) => format!(
            "restore it, and put the change into a new migration; or, if nobody has run it yet, \
             accept the change with `check --reseal {version}`"
        ),
        Remedy::KeepOneLineOrReseal(version) => format!(
            "keep the line of the published file; or, if nobody has run it yet, accept the file as \
             it is with `check --reseal {version}`"
        ),
        Remedy::RestoreSnapshot => {
            "restore it from version control; it was written by `new-migration`".to_owned()
        }
        Remedy::Generate => "run `new-migration NAME`".to_owned(),
        Remedy::GenerateOrSnapshot(newest) => format!(
            "run `new-migration NAME`; or, if {newest} is not published and its SQL already makes \
             the change, run `new-migration --snapshot`"
        ),
        Remedy::Rebase { version, before } => format!(
            "give a new version to the one that is not published yet: `new-migration --rebase \
             {version}` or `new-migration --rebase {before}`"
        ),
        Remedy::FixUpOrSnapshot => {
            "fix up.sql; or, if it does what the code declares, run `new-migration --snapshot`"
                .to_owned()
        }
        Remedy::FixOrAllow(file) => format!(
            "fix {file}, and run `check` again; or say in a comment of it that it {}, and why",
            MAY_FAIL[0]
        ),
        Remedy::FixOrSeal => {
            "fix it; or, if it is published, accept it as it is with `check --seal`".to_owned()
        }
        Remedy::Squash => {
            "run `squash --below VERSION` again; or remove its folder, and new tenants get each \
             migration"
                .to_owned()
        }
        Remedy::Rewrite(reason) => super::refusal(reason).to_owned(),
        Remedy::Fix(file) => format!("fix {file}, and run `check` again"),
    }
}

#[cfg(test)]
mod tests {
    use super::shell_word;

    #[test]
    fn a_shell_takes_a_hint_as_it_is_meant() {
        let cases = [
            ("drop-column=settings.legacy", "drop-column=settings.legacy"),
            ("check=Note's size", r"'check=Note'\''s size'"),
        ];
        for (word, expected) in cases {
            assert_eq!(shell_word(word), expected);
        }
    }
}
