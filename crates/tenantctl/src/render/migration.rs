//! What `new-migration` wrote into a folder of migrations.

use std::fmt::Write as _;

use db_backend::BackendKind;
use migration_folder::{Folder, Rebased, Rows, Written};

/// The migration that was written, and why it was not executed on some back ends.
pub fn written(
    folder: &Folder,
    written: &Written,
    not_executed: &[(BackendKind, String)],
) -> String {
    let mut text = format!("migration {} was written:\n", written.name);
    list(&mut text, written.files.iter().map(|file| folder.shown(file)));
    if written.is_blank {
        text.push_str("\nnext: write the SQL for each back end, then run `check --seal`\n");
        return text;
    }
    if !written.hazards.is_empty() {
        text.push_str("\nallowed:\n");
        list(&mut text, written.hazards.iter().map(|hazard| hazard.effect.clone()));
    }
    text.push_str("\nexecuted up, down and up again:\n");
    let proofs = written.proofs.iter();
    let proofs = proofs.map(|(kind, rows, count)| format!("{kind}: {}", in_words(*rows, *count)));
    list(&mut text, proofs);
    let missing =
        not_executed.iter().map(|(kind, reason)| format!("{kind}: not executed: {reason}"));
    list(&mut text, missing);
    text.push_str("\nnext: read the SQL, then run `check`\n");
    text
}

/// The migration that was given a new version.
pub fn rebased(folder: &Folder, rebased: &Rebased) -> String {
    let mut text = format!("migration {} is now {}:\n", rebased.old_name, rebased.name);
    list(&mut text, rebased.files.iter().map(|file| folder.shown(file)));
    text.push_str(match rebased.generated {
        true => "\nits SQL was generated again, and executed up, down and up again\n",
        false => "\nits SQL was written by hand, and has not changed\n",
    });
    text.push_str("\nnext: read the SQL, then run `check`\n");
    text
}

fn in_words(rows: Rows, count: usize) -> String {
    match (rows, count) {
        (Rows::Kept, 0) => "without rows, since no table could hold any".to_owned(),
        (Rows::Kept, _) => format!("with {count} rows in the tables"),
        (Rows::UpOnly, _) => format!(
            "up with {count} rows in the tables; down without rows, since it may fail on rows, and \
             did on these"
        ),
        (Rows::None, _) => {
            "without rows, since it may fail on rows, and did on the ones tried".to_owned()
        }
    }
}

fn list(text: &mut String, lines: impl Iterator<Item = String>) {
    for line in lines {
        // Writing to a `String` can't fail.
        let _ = writeln!(text, "  {line}");
    }
}
