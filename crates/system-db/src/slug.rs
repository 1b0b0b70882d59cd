//! Slugs: names that can't leave their place.

use std::fmt;
use std::str::FromStr;

/// A tenant's name: 1 to 48 of `a-z`, `0-9`, `-` and `_`, beginning and ending with a letter or
/// digit.
///
/// Nothing in it means anything to a file system, to SQL, or to a URL; with `tenant_` before it, it
/// is still a database name on every back end (63 bytes on PostgreSQL).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Slug(String);

/// The longest slug, in bytes.
pub const SLUG_MAX: usize = 48;

impl Slug {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Slug {
    type Err = InvalidSlug;

    fn from_str(text: &str) -> Result<Self, InvalidSlug> {
        let reason = if text.is_empty() {
            "it is empty"
        } else if text.len() > SLUG_MAX {
            "it is longer than 48 characters"
        } else if !text.bytes().all(is_slug_byte) {
            "only a-z, 0-9, `-` and `_` may stand in it"
        } else if !is_edge(text.as_bytes()[0]) || !is_edge(text.as_bytes()[text.len() - 1]) {
            "it must begin and end with a letter or a digit"
        } else {
            return Ok(Self(text.to_owned()));
        };
        Err(InvalidSlug { shown: shown(text), reason })
    }
}

fn is_slug_byte(byte: u8) -> bool {
    is_edge(byte) || matches!(byte, b'-' | b'_')
}

fn is_edge(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit()
}

/// At most 60 characters, all escaped except ASCII and letters: nothing that harms a terminal or
/// changes the direction of the text around it.
fn shown(text: &str) -> String {
    let mut shown = String::new();
    for character in text.chars().take(60) {
        if matches!(character, ' '..='~') || character.is_alphanumeric() {
            shown.push(character);
        } else {
            shown.extend(character.escape_default());
        }
    }
    if text.chars().nth(60).is_some() {
        shown.push('…');
    }
    shown
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// A text that can't be a slug.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{shown}` can't be a tenant's slug: {reason}")]
pub struct InvalidSlug {
    shown: String,
    reason: &'static str,
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use db_backend::ServerUrl;
    use proptest::prelude::*;

    use super::*;

    fn verdict(text: &str) -> String {
        match text.parse::<Slug>() {
            Ok(slug) => format!("ok {slug}"),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn slugs_are_told_from_other_texts() {
        let texts = [
            "acme", "a", "a-1_b", "", "-a", "a_", "Acme", "a b", "../etc", "a/b", "a\"b", "a'b",
            "a;b", "a\0b", "ümlaut", "a=b", "*",
        ];
        let verdicts: Vec<String> = texts.into_iter().map(verdict).collect();
        insta::assert_snapshot!(verdicts.join("\n"), @r#"
        ok acme
        ok a
        ok a-1_b
        `` can't be a tenant's slug: it is empty
        `-a` can't be a tenant's slug: it must begin and end with a letter or a digit
        `a_` can't be a tenant's slug: it must begin and end with a letter or a digit
        `Acme` can't be a tenant's slug: only a-z, 0-9, `-` and `_` may stand in it
        `a b` can't be a tenant's slug: only a-z, 0-9, `-` and `_` may stand in it
        `../etc` can't be a tenant's slug: only a-z, 0-9, `-` and `_` may stand in it
        `a/b` can't be a tenant's slug: only a-z, 0-9, `-` and `_` may stand in it
        `a"b` can't be a tenant's slug: only a-z, 0-9, `-` and `_` may stand in it
        `a'b` can't be a tenant's slug: only a-z, 0-9, `-` and `_` may stand in it
        `a;b` can't be a tenant's slug: only a-z, 0-9, `-` and `_` may stand in it
        `a\u{0}b` can't be a tenant's slug: only a-z, 0-9, `-` and `_` may stand in it
        `ümlaut` can't be a tenant's slug: only a-z, 0-9, `-` and `_` may stand in it
        `a=b` can't be a tenant's slug: only a-z, 0-9, `-` and `_` may stand in it
        `*` can't be a tenant's slug: only a-z, 0-9, `-` and `_` may stand in it
        "#);
        assert!(verdict(&"x".repeat(48)).starts_with("ok"));
        assert!(verdict(&"x".repeat(49)).contains("longer than 48"));
        assert!(verdict(&"x".repeat(300)).len() < 200);
    }

    proptest! {
        /// Promise 12: whatever is a slug can't leave its folder, and needs no quoting anywhere.
        #[test]
        fn a_slug_never_leaves_its_folder_or_its_quoting(text in "[a-z0-9_./\\\\\"'`$%\u{0}-\u{20}é-]{1,52}") {
            if let Ok(slug) = text.parse::<Slug>() {
                let folder = Path::new("/fleet");
                let database = ServerUrl::folder(folder).database(&format!("{slug}.db"));
                let path = database.expect("a slug makes a file's name").path().map(Path::to_owned);
                prop_assert_eq!(path, Some(folder.join(format!("{slug}.db"))));
                prop_assert!(slug.as_str().bytes().all(is_slug_byte));
            }
        }
    }
}
