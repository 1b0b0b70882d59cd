//! What `new-migration` wrote into a folder of migrations.

use std::error::Error;
use std::fmt::Write as _;

use db_backend::BackendKind;
use migration_folder::{
    Content, EmptyTable, Folder, Moved, Proved, Rebased, RebasedMigration, Rows, Unproven, Written,
};
use schema_model::diff::Hazard;

/// The migration that was written, and why it was not executed on some back ends.
pub fn written(
    folder: &Folder,
    written: &Written,
    not_executed: &[(BackendKind, String)],
) -> String {
    let done = if written.is_again { "generated again" } else { "written" };
    let mut text = format!("migration {} was {done}:\n", written.name);
    list(&mut text, written.files.iter().map(|file| folder.shown(file)));
    if written.content == Content::Blank {
        text.push_str("\nnext: write the SQL for each back end, then run `check --seal`\n");
        return text;
    }
    if !written.hazards.is_empty() {
        text.push_str("\nallowed:\n");
        list(&mut text, written.hazards.iter().map(|hazard| hazard.effect.clone()));
    }
    text.push_str("\nexecuted up, down and up again:\n");
    let proofs = written.proofs.iter();
    let proofs = proofs.map(|(kind, proved)| match proved {
        Proved::Passed { rows, rows_count, empty, failed, failed_down } => {
            let words = in_words(*rows, *rows_count);
            let failed = [("fails on rows", failed), ("down fails on rows", failed_down)]
                .map(failed_on_rows);
            format!("{kind}: {words}{}{}", failed.concat(), without_rows(empty))
        }
        Proved::Failed(cause) => format!("{kind}: not proven: {}", on_one_line(cause)),
    });
    list(&mut text, proofs);
    let kinds = folder.kinds();
    let missing = not_executed.iter().filter(|(kind, _)| kinds.contains(kind));
    list(&mut text, missing.map(|(kind, reason)| format!("{kind}: not executed: {reason}")));
    text.push_str(match written.content {
        Content::Draft => "\nnext: complete the SQL by hand, then run `check --seal`\n",
        Content::Proven | Content::Blank => "\nnext: read the SQL, then run `check`\n",
    });
    text
}

/// A failed proof with its causes.
fn on_one_line(cause: &Unproven) -> String {
    let causes = std::iter::successors(Some(cause as &dyn Error), |error| (*error).source());
    let words =
        causes.map(|error| error.to_string().split_whitespace().collect::<Vec<_>>().join(" "));
    words.collect::<Vec<_>>().join(": ")
}

/// The migrations that were given a new version.
pub fn rebased(folder: &Folder, rebased: &Rebased) -> String {
    let mut text = String::new();
    for RebasedMigration { old_name, name, .. } in &rebased.migrations {
        // Writing to a `String` can't fail.
        let _ = writeln!(text, "migration {old_name} is now {name}:");
    }
    list(&mut text, rebased.files.iter().map(|file| folder.shown(file)));
    text.push('\n');
    for RebasedMigration { name, generated, .. } in &rebased.migrations {
        let whose = match rebased.migrations.len() {
            1 => "its SQL".to_owned(),
            _ => format!("the SQL of {name}"),
        };
        let what = match generated {
            true => "was generated again, and executed up, down and up again",
            false => "was written by hand, and has not changed",
        };
        let _ = writeln!(text, "{whose} {what}");
    }
    text.push_str("\nnext: read the SQL, then run `check`\n");
    text
}

/// The migration that was removed.
pub fn removed(folder: &Folder, removed: &Moved) -> String {
    let mut text = format!("migration {} was removed:\n", removed.old_name);
    list(&mut text, removed.gone.iter().map(|path| folder.shown(&folder.root.join(path))));
    text.push_str("\nnext: `new-migration NAME` generates what the code still declares\n");
    text
}

/// The migration that was given another name.
pub fn renamed(folder: &Folder, renamed: &Moved) -> String {
    if renamed.new.is_empty() {
        return format!("nothing to rename: the migration is called {}\n", renamed.old_name);
    }
    let mut text = format!("migration {} has a new name:\n", renamed.old_name);
    list(&mut text, renamed.new.iter().map(|path| folder.shown(&folder.root.join(path))));
    text
}

/// The tables in which nothing was tried, and why. Empty if every table has rows.
pub fn without_rows(empty: &[EmptyTable]) -> String {
    let of_one = |EmptyTable { table, error }: &EmptyTable| {
        let reason = error.message.split_whitespace().collect::<Vec<_>>().join(" ");
        format!(
            "\n    no rows in `{table}`: {reason}; `#[sample(…)]` on a column gives it values that \
             fit"
        )
    };
    empty.iter().map(of_one).collect()
}

/// What fails on the rows tried, when the rest of that way was tried apart.
fn failed_on_rows((what, failed): (&str, &Vec<Hazard>)) -> String {
    let failed: Vec<String> = failed.iter().map(Hazard::to_string).collect();
    match &*failed {
        [] => String::new(),
        failed => format!(
            "\n    {what}: {}; everything else was tried with rows, apart from it",
            failed.join(", ")
        ),
    }
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
