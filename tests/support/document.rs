//! Documents that show the output of the present program.
//!
//! `TENANTCTL_UPDATE_DOCS=1` writes the current output into them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

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
