//! Documents that show the output of the present program.
//!
//! `TENANTCTL_UPDATE_DOCS=1` writes the current output into them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use regex::Regex;

use crate::support::cli::Outcome;

/// The commands and what they said, by the block of the document.
#[derive(Default)]
pub struct Said(pub BTreeMap<&'static str, String>);

impl Said {
    /// Adds a command to a block. It must have ended with that exit code.
    pub fn add(&mut self, block: &'static str, command: &str, outcome: &Outcome, code: i32) {
        assert_eq!(outcome.code, Some(code), "{command}: {outcome}");
        let text = self.0.entry(block).or_default();
        let gap = if text.is_empty() { "" } else { "\n" };
        // Which tenants were slow differs from run to run.
        let lines = outcome.stdout.lines().filter(|line| !line.starts_with("slowest: "));
        let lines: Vec<&str> = lines.collect();
        let shown = command.replace("*.db", "'*.db'");
        let shown = format!("{gap}$ {shown}\n{}\n", lines.join("\n").trim_end());
        *text += &PRESENT.replace_all(&shown, "20300101120000");
    }
}

/// The version of a migration that was written just now; those of the examples are older.
static PRESENT: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\b20(2[5-9]|[3-9]\d)\d{10}").expect("a valid pattern"));

/// Each block of the document is preceded by a comment with its name.
pub fn compare_with_document(name: &str, said: &BTreeMap<&str, String>) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name);
    let path: PathBuf = path.canonicalize().unwrap();
    let document = fs::read_to_string(&path).unwrap();
    let mut stale = Vec::new();
    for (block, said) in said {
        let mark = format!("<!-- checked: {block} -->\n");
        // Output that does not interest the reader has no block.
        let Some(start) = document.find(&mark) else {
            assert_eq!(*block, "start", "the document has no block `{block}`");
            continue;
        };
        let fence = start + mark.len();
        let begin = fence + document[fence..].find('\n').expect("the fence is a line") + 1;
        let end = begin + document[begin..].find("```").expect("the block ends");
        if document[begin..end] != **said {
            stale.push((begin..end, said));
        }
    }
    if std::env::var_os("TENANTCTL_UPDATE_DOCS").is_none() {
        for (range, said) in stale {
            assert_eq!(document[range], **said, "a block of the document");
        }
        return;
    }
    let mut updated = document.clone();
    stale.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
    for (range, said) in stale {
        updated.replace_range(range, said);
    }
    fs::write(path, updated).unwrap();
}
