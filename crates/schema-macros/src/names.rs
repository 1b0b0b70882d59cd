//! Names in SQL: which are allowed, and what indexes and constraints are called.

use syn::Ident;
use syn::ext::IdentExt;

use crate::declared::{Check, ForeignKey, Index, Table};
use crate::words::rust_name;

/// PostgreSQL's limit, the smallest of the three; it cuts longer names silently.
const NAME_BYTES_MAX: usize = 63;

/// The name in SQL: `r#type` is `type`.
pub(crate) fn sql_name(ident: &Ident) -> String {
    ident.unraw().to_string()
}

pub(crate) fn index_name(table: &Table, index: &Index) -> String {
    let prefix = if index.unique { "uq" } else { "ix" };
    generated(prefix, table, index.name.as_ref(), index.column_names())
}

pub(crate) fn foreign_key_name(table: &Table, key: &ForeignKey) -> String {
    generated("fk", table, key.name.as_ref(), key.columns.iter())
}

pub(crate) fn check_name(table: &Table, check: &Check) -> String {
    generated("ck", table, Some(&check.name), std::iter::empty())
}

fn generated<'a>(
    prefix: &str,
    table: &Table,
    own: Option<&Ident>,
    columns: impl Iterator<Item = &'a Ident>,
) -> String {
    let end = match own {
        Some(name) => sql_name(name),
        None => columns.map(sql_name).collect::<Vec<_>>().join("_"),
    };
    shortened(format!("{prefix}_{}_{end}", sql_name(&table.name)))
}

/// What is wrong with a name, if anything, and which would do.
pub(crate) fn ident_mistake(ident: &Ident) -> Option<String> {
    let name = sql_name(ident);
    let message = mistake(&name)?;
    Some(match suggestion(&name) {
        Some(better) => format!("{message}, such as `{}`", rust_name(&better, ident.span())),
        None => message,
    })
}

/// The same of a name that is written as a text.
pub(crate) fn text_mistake(name: &str) -> Option<String> {
    let message = mistake(name)?;
    Some(match suggestion(name) {
        Some(better) => format!("{message}, such as `{better}`"),
        None => message,
    })
}

fn mistake(name: &str) -> Option<String> {
    let mut characters = name.chars();
    let first_is_good = characters.next().is_some_and(|c| c.is_ascii_lowercase() || c == '_');
    let rest_is_good = characters.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if !first_is_good || !rest_is_good {
        // Upper case too: SQLite folds it, PostgreSQL does not, and MySQL asks the file system.
        return Some(format!(
            "`{name}` can't be a name; expected a to z, 0 to 9 and _, beginning with a letter"
        ));
    }
    if name.starts_with('_') {
        return Some(format!(
            "`{name}` begins with `_`, as the history and the journal do; expected a letter first"
        ));
    }
    if name.starts_with("sqlite_") {
        return Some(format!(
            "`{name}` begins with `sqlite_`, which SQLite keeps for itself; expected another name"
        ));
    }
    if name.len() > NAME_BYTES_MAX {
        let length = name.len();
        return Some(format!("name of {length} bytes; expected at most {NAME_BYTES_MAX}"));
    }
    None
}

/// A name that is allowed and looks like this one, if there is one.
fn suggestion(name: &str) -> Option<String> {
    let mut fit = String::with_capacity(name.len());
    let mut after_lower_case = false;
    for character in name.chars() {
        if character.is_ascii_uppercase() && after_lower_case {
            fit.push('_');
        }
        after_lower_case = character.is_ascii_lowercase() || character.is_ascii_digit();
        let is_fit = character.is_ascii_alphanumeric() || character == '_';
        fit.push(if is_fit { character.to_ascii_lowercase() } else { '_' });
    }
    let begins_well = |c: char| c.is_ascii_lowercase();
    let mut fit = fit.trim_start_matches(|c| !begins_well(c));
    while let Some(rest) = fit.strip_prefix("sqlite_") {
        fit = rest.trim_start_matches(|c| !begins_well(c));
    }
    let fit = shortened(fit.to_owned());
    mistake(&fit).is_none().then_some(fit)
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
    use super::{NAME_BYTES_MAX, mistake, shortened, suggestion};

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

    #[test]
    fn a_bad_name_has_a_good_one_beside_it_where_that_can_be() {
        let long = "A".repeat(64);
        let rows = [
            ("Notes", Some("notes")),
            ("lastName", Some("last_name")),
            ("Line2Total", Some("line2_total")),
            ("URL", Some("url")),
            ("größe", Some("gr__e")),
            ("a b", Some("a_b")),
            ("1a", Some("a")),
            ("__a", Some("a")),
            ("sqlite_a", Some("a")),
            ("SQLite_sqlite_a", Some("a")),
            (&long, Some("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa_d96f0f85")),
            ("", None),
            ("_", None),
            ("42", None),
            ("sqlite_", None),
            ("名前", None),
        ];
        for (bad, expected) in rows {
            assert_eq!(suggestion(bad).as_deref(), expected, "{bad}");
        }
    }
}
