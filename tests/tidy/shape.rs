//! How large files are, and what each crate says of itself.

use std::collections::BTreeMap;

use regex::Regex;

use super::circles::code;
use super::{Source, lines, read, rust_files};

/// As wide as code.
const COMMENT_WIDTH_MAX: usize = 100;
/// A file that outgrows it needs a name for its second half.
const FILE_LINES_MAX: usize = 400;
/// Of the whole project, without its tests.
const ROOM_PERCENT_MAX: usize = 20;

#[test]
fn comments_are_no_wider_than_code() {
    let is_wide = |line: &str| {
        let is_comment = line.trim_start().starts_with("//");
        // An address can't be broken.
        is_comment && line.chars().count() > COMMENT_WIDTH_MAX && !line.contains("https://")
    };
    assert_eq!(lines(&rust_files(), is_wide), "");
}

#[test]
fn files_are_short_enough_to_read() {
    let sources = rust_files();
    let long = sources.iter().filter(|source| source.text.lines().count() > FILE_LINES_MAX);
    let long: Vec<&str> = long.map(|source| source.path.as_str()).collect();
    assert_eq!(long, Vec::<&str>::new());
}

#[test]
fn no_room_is_the_house() {
    let mut rooms: BTreeMap<String, usize> = BTreeMap::new();
    for source in rust_files().iter().filter(|source| !source.is_test()) {
        *rooms.entry(source.room().to_owned()).or_default() += source.text.lines().count();
    }
    let house: usize = rooms.values().sum();
    rooms.retain(|_, lines| *lines * 100 > house * ROOM_PERCENT_MAX);
    assert_eq!(rooms, BTreeMap::new(), "of {house} lines in all");
}

#[test]
fn each_crate_says_what_holds_in_it_and_what_it_must_never_contain() {
    let mut silent = Vec::new();
    for source in rust_files().iter().filter(|source| source.path.ends_with("/src/lib.rs")) {
        let doc: String = source.text.lines().take_while(|line| line.starts_with("//!")).collect();
        let words = doc.replace("//!", " ");
        for said in ["nvariant", "must never contain"] {
            if !words.contains(said) {
                silent.push(format!("{}: {said}", source.path));
            }
        }
    }
    assert_eq!(silent.join("\n"), "");
}

#[test]
fn each_suppression_and_each_ban_has_a_reason() {
    let suppression = Regex::new(r"(?s)#!?\[(?:allow|expect)\((.*?)\)\]").expect("a pattern");
    let mut found = Vec::new();
    for source in rust_files().iter().filter(|source| !source.path.contains("/tidy/")) {
        for suppressed in suppression.captures_iter(&source.text) {
            if !suppressed[1].contains("reason = ") && !suppressed[1].contains("missing_docs") {
                found.push(format!("{}: {}", source.path, &suppressed[1]));
            }
            if suppressed[1].contains("too_many_arguments") {
                found.push(format!("{}: a function of six or more parameters", source.path));
            }
        }
    }
    let bans = read("clippy.toml");
    let unreasoned =
        bans.lines().filter(|line| line.contains("path = ") && !line.contains("reason"));
    found.extend(unreasoned.map(ToOwned::to_owned));
    assert!(bans.contains("too-many-arguments-threshold = 5"), "six parameters are too many");
    assert_eq!(found.join("\n"), "");
}

/// The names of these types are nothing else's, so that a file that has one in its code is a file
/// that has to know of the type.
#[test]
fn a_column_type_is_at_most_six_source_files() {
    let sources = rust_files();
    for name in ["SmallInt", "Double", "UtcTimestamp", "JsonDoc", "Uuid", "Numeric"] {
        let word = Regex::new(&format!(r"\b{name}\b")).expect("a pattern");
        let knows = |source: &&Source| {
            // A schema that is declared uses types, and has nothing to say of them.
            let declares = source.text.contains("tenant_schema! {");
            let is_library = source.path.starts_with("crates/") && source.path.contains("/src/");
            is_library && !declares && !source.is_test() && word.is_match(&code(&source.text))
        };
        let files: Vec<&str> =
            sources.iter().filter(knows).map(|source| source.path.as_str()).collect();
        assert!((4..=6).contains(&files.len()), "{name} is in {files:#?}");
    }
}
