//! Names: which ones every back end accepts, and how indexes and constraints are named.

/// The greatest length of a name. This is PostgreSQL's limit (one less than its `NAMEDATALEN`), the
/// smallest of the three; PostgreSQL truncates longer names silently.
pub const NAME_BYTES_MAX: usize = 63;

/// The kinds of things whose names begin with the name of their table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An index that is not unique.
    Index,
    /// A unique index.
    Unique,
    /// A foreign key.
    ForeignKey,
    /// A check.
    Check,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Index, Self::Unique, Self::ForeignKey, Self::Check];

    /// The name of such a thing on that table. The suffix is made from its [columns](suffix_of), or
    /// is declared.
    ///
    /// ```
    /// use schema_model::names::{Kind, suffix_of};
    ///
    /// assert_eq!(Kind::Index.name("notes", &suffix_of(["kind", "at"])), "ix_notes_kind_at");
    /// assert_eq!(Kind::Check.name("notes", "positive"), "ck_notes_positive");
    /// ```
    pub fn name(self, table: &str, suffix: &str) -> String {
        let prefix = match self {
            Self::Index => "ix",
            Self::Unique => "uq",
            Self::ForeignKey => "fk",
            Self::Check => "ck",
        };
        shortened(format!("{prefix}_{table}_{suffix}"))
    }
}

/// The suffix of the name of an index or foreign key over these columns.
pub fn suffix_of<'a>(columns: impl IntoIterator<Item = &'a str>) -> String {
    columns.into_iter().collect::<Vec<_>>().join("_")
}

/// What is wrong with the name of a table or column, if anything.
///
/// ```
/// use schema_model::names::mistake;
///
/// assert_eq!(mistake("line_2"), None);
/// assert!(mistake("2nd line").is_some());
/// ```
pub fn mistake(name: &str) -> Option<String> {
    let mut characters = name.chars();
    let first_is_good = characters.next().is_some_and(|c| c.is_ascii_lowercase() || c == '_');
    let rest_is_good = characters.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if !first_is_good || !rest_is_good {
        // Upper case is not allowed either: SQLite folds it, PostgreSQL does not, and MySQL depends
        // on the file system.
        return Some(format!(
            "`{name}` can't be a name; expected a to z, 0 to 9 and _, beginning with a letter"
        ));
    }
    if name.starts_with('_') {
        return Some(format!(
            "`{name}` begins with `_`, which is reserved for the history and the journal; expected \
             a letter first"
        ));
    }
    if name.starts_with("sqlite_") {
        return Some(format!(
            "`{name}` begins with `sqlite_`, which SQLite reserves; expected another name"
        ));
    }
    if name.len() > NAME_BYTES_MAX {
        let length = name.len();
        return Some(format!("name of {length} bytes; expected at most {NAME_BYTES_MAX}"));
    }
    None
}

/// What is wrong with the name of an index or a constraint that a database has already, if
/// anything. Such names are always quoted, so they may have any letters.
///
/// ```
/// use schema_model::names::kept_mistake;
///
/// assert_eq!(kept_mistake("Invoices.customerId key"), None);
/// assert!(kept_mistake("").is_some());
/// ```
pub fn kept_mistake(name: &str) -> Option<String> {
    let length = name.len();
    if name.is_empty() || name.chars().any(char::is_control) || name.ends_with(' ') {
        return Some(format!("`{}` can't be a name", name.escape_debug()));
    }
    if name.to_lowercase().starts_with("sqlite_") {
        return Some(format!("`{name}` begins with `sqlite_`, which SQLite reserves"));
    }
    (length > NAME_BYTES_MAX)
        .then(|| format!("name of {length} bytes; expected at most {NAME_BYTES_MAX}"))
}

/// An allowed name that looks like this one, if there is one.
///
/// ```
/// use schema_model::names::suggestion;
///
/// assert_eq!(suggestion("lastName").as_deref(), Some("last_name"));
/// assert_eq!(suggestion("42"), None);
/// ```
pub fn suggestion(name: &str) -> Option<String> {
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

/// Truncates a name that is too long, and keeps it distinct with a hash of the whole name.
fn shortened(name: String) -> String {
    const SUFFIX_BYTES: usize = "_12345678".len();
    if name.len() <= NAME_BYTES_MAX {
        return name;
    }
    let hash = fnv1a(name.as_bytes());
    let is_end = |end: &usize| name.is_char_boundary(*end);
    let end = (0..=NAME_BYTES_MAX - SUFFIX_BYTES).rev().find(is_end).unwrap_or_default();
    format!("{}_{hash:08x}", &name[..end])
}

/// FNV-1a. Names must never change, and the standard library's hasher does not promise that.
fn fnv1a(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::{Kind, NAME_BYTES_MAX, mistake, shortened, suffix_of, suggestion};

    #[test]
    fn names_begin_with_the_name_of_the_table() {
        let columns = suffix_of(["kind", "at"]);
        assert_eq!(
            Kind::ALL.map(|kind| kind.name("notes", &columns)),
            ["ix_notes_kind_at", "uq_notes_kind_at", "fk_notes_kind_at", "ck_notes_kind_at"]
        );
        // These are in published migrations. If a name changes, its index seems to be renamed.
        let table = "tables_with_a_name_that_is_nearly_as_long_as_a_name_can_ever";
        let column = "columns_with_a_name_that_is_nearly_as_long_as_a_name_can_ever";
        assert_eq!(
            [
                Kind::Index.name(table, &suffix_of([column, "id"])),
                Kind::Check.name(table, "sane"),
                Kind::Unique.name(
                    "a_table_with_such_a_long_name_that_its_index_must_be_cut",
                    "another_column"
                ),
            ],
            [
                "ix_tables_with_a_name_that_is_nearly_as_long_as_a_name_858498c0",
                "ck_tables_with_a_name_that_is_nearly_as_long_as_a_name_d3a55cac",
                "uq_a_table_with_such_a_long_name_that_its_index_must_b_2be582f2",
            ]
        );
    }

    #[test]
    fn a_long_name_is_truncated_between_characters() {
        let name = Kind::Index.name("notes", &"ü".repeat(30));
        assert_eq!(name, format!("ix_notes_{}_96dac31b", "ü".repeat(22)));
    }

    #[test]
    fn short_names_stay_and_long_ones_end_in_a_hash() {
        let rows = [
            ("ix_notes_body".to_owned(), "ix_notes_body".to_owned()),
            ("a".repeat(63), "a".repeat(63)),
            // The hash must never change: an index would seem to be renamed in every database.
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
    fn a_bad_name_has_a_suggestion_if_possible() {
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
