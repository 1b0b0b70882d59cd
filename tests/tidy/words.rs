//! English that a native speaker reads once, and names with one meaning.

use regex::Regex;

use super::{Source, lines, read, rust_files};

/// What not to write, and what to write instead.
const WORDS: [(&str, &str); 7] = [
    (r"\banew\b", "again, or new"),
    (r"\bat hand\b", "available"),
    (r"\bmend(s|ed|ing)?\b", "fix"),
    (r"\bbut for\b", "except"),
    (r"\b(is|are) none( of| that|[.,;:])", "is no …"),
    (r"\b(is|are) against\b", "violates, or is rejected by"),
    (r"\bbefalls?\b", "happens to"),
];

#[test]
fn the_english_is_plain() {
    let mut sources = rust_files();
    sources.retain(|source| !source.path.ends_with("tidy/words.rs"));
    for path in DOCUMENTS {
        sources.push(Source { path: path.to_owned(), text: read(path) });
    }
    let mut found = String::new();
    for (word, meant) in WORDS {
        let word = Regex::new(word).expect("a pattern");
        let wrong = lines(&sources, |line| word.is_match(line));
        if !wrong.is_empty() {
            found.push_str(&format!("write `{meant}`:\n{wrong}\n"));
        }
    }
    assert_eq!(found, "");
}

const DOCUMENTS: [&str; 6] = [
    "README.md",
    "CHANGELOG.md",
    "docs/ARCHITECTURE.md",
    "docs/CHANGING_THE_SCHEMA.md",
    "docs/LIBRARY.md",
    "docs/OPERATIONS.md",
];

#[test]
fn one_thing_is_called_session() {
    let session = Regex::new(r"(struct|enum|trait) Session\b").expect("a pattern");
    let sources = rust_files();
    let found = lines(&sources, |line| session.is_match(line) && !line.contains("Regex"));
    assert_eq!(found.lines().count(), 1, "{found}");
}
