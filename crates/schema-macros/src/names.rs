//! Names in SQL: which are allowed, and what indexes and constraints are called.

use syn::Ident;
use syn::ext::IdentExt;

use crate::parse::{Check, Column, Index, Table};

/// PostgreSQL's limit, the smallest of the three; it cuts longer names silently.
pub(crate) const NAME_BYTES_MAX: usize = 63;

/// The name in SQL: `r#type` is `type`.
pub(crate) fn sql_name(ident: &Ident) -> String {
    ident.unraw().to_string()
}

pub(crate) fn index_name(table: &Table, index: &Index) -> String {
    let columns: Vec<String> = index.columns.iter().map(sql_name).collect();
    let prefix = if index.unique { "uq" } else { "ix" };
    shortened(format!("{prefix}_{}_{}", sql_name(&table.name), columns.join("_")))
}

pub(crate) fn foreign_key_name(table: &Table, column: &Column) -> String {
    shortened(format!("fk_{}_{}", sql_name(&table.name), sql_name(&column.name)))
}

pub(crate) fn check_name(table: &Table, check: &Check) -> String {
    shortened(format!("ck_{}_{}", sql_name(&table.name), sql_name(&check.name)))
}

/// What is wrong with a name, if anything.
pub(crate) fn mistake(name: &str) -> Option<String> {
    let mut characters = name.chars();
    let first_is_good = characters.next().is_some_and(|c| c.is_ascii_lowercase() || c == '_');
    let rest_is_good = characters.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if !first_is_good || !rest_is_good {
        // Upper case too: SQLite folds it, PostgreSQL does not, and MySQL asks the file system.
        return Some(format!(
            "`{name}` can't be a name; expected a to z, 0 to 9 and _, beginning with a letter"
        ));
    }
    if name.len() > NAME_BYTES_MAX {
        let length = name.len();
        return Some(format!("name of {length} bytes; expected at most {NAME_BYTES_MAX}"));
    }
    if name.starts_with('_') {
        return Some(format!(
            "`{name}` begins with `_`; expected a letter: history and journal tables begin with `__`"
        ));
    }
    if name.starts_with("sqlite_") {
        return Some(format!("`{name}` begins with `sqlite_`, which SQLite keeps for itself"));
    }
    None
}

/// Cuts a name that is too long, and makes it distinct again by a hash of the whole.
fn shortened(name: String) -> String {
    const SUFFIX_BYTES: usize = "_12345678".len();
    if name.len() <= NAME_BYTES_MAX {
        return name;
    }
    let hash = fnv1a(name.as_bytes());
    // All of ASCII, so any byte is a boundary: other names are refused before.
    let kept: String = name.chars().take(NAME_BYTES_MAX - SUFFIX_BYTES).collect();
    format!("{kept}_{hash:08x}")
}

/// FNV-1a: the names must stay the same for ever, which the standard library's hasher does not promise.
fn fnv1a(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::{NAME_BYTES_MAX, mistake, shortened};

    #[test]
    fn short_names_stay_and_long_ones_end_in_a_hash() {
        let rows = [
            ("ix_notes_body".to_owned(), "ix_notes_body".to_owned()),
            ("a".repeat(63), "a".repeat(63)),
            // The hash must never change: an index would seem renamed in every database.
            ("a".repeat(64), format!("{}_d96f0f85", "a".repeat(54))),
            (format!("{}b", "a".repeat(63)), format!("{}_d66f0acc", "a".repeat(54))),
        ];
        for (name, expected) in rows {
            let short = shortened(name);
            assert_eq!(short, expected);
            assert!(short.len() <= NAME_BYTES_MAX);
        }
    }

    #[test]
    fn names_are_lower_case_ascii() {
        let good = ["a", "notes", "a1", "line_2", "sqlite", "end_"];
        assert!(good.into_iter().all(|name| mistake(name).is_none()));
        let bad =
            ["", "1a", "Notes", "größe", "a-b", "a b", "a.b", "_a", "__a", "sqlite_a", "a\"b"];
        assert!(bad.into_iter().all(|name| mistake(name).is_some()));
    }
}
