//! What `check` finds in a folder of migrations.

use std::fmt::Write as _;

use migration_folder::{Finding, Replayed, TriedRows};

use super::migration::without_rows;
use crate::hints;
use crate::words::counted;

/// The result of a replay, and what was tried without rows.
pub fn replayed(replayed: &Replayed) -> String {
    match replayed {
        Replayed::Passed(TriedRows { without, empty, one_way }) => {
            let without = without.iter().map(|reason| format!("\n    without rows: {reason}"));
            let without: String = without.collect();
            let one_way = match one_way.as_slice() {
                [] => String::new(),
                names => format!("\n    only up, without a way down: {}", names.join(", ")),
            };
            format!("replayed up, down, and up again{without}{}{one_way}", without_rows(empty))
        }
        Replayed::NotBack(findings) => {
            format!("replayed up; {} in ways down", counted(findings.len(), "finding"))
        }
        Replayed::Stopped(_) => "the replay stopped at a finding".to_owned(),
        Replayed::Skipped => "not replayed: the folder has findings".to_owned(),
    }
}

/// Each finding, with what to do about it.
pub fn findings(findings: &[Finding]) -> String {
    if findings.is_empty() {
        return "no findings\n".to_owned();
    }
    let mut text = String::new();
    for Finding { path, problem, remedy } in findings {
        let remedy = hints::remedy(remedy);
        // Writing to a `String` can't fail.
        let _ = writeln!(text, "\n{path}\n  problem: {problem}\n  remedy:  {remedy}");
    }
    let _ = writeln!(text, "\n{}", counted(findings.len(), "finding"));
    text
}
