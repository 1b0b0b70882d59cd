//! The Rust names of tables and columns.

/// Words that no table or column can have as its Rust name. Beside Rust's own there are a few that
/// `table!` uses.
const RESERVED: [&str; 56] = [
    "Self",
    "abstract",
    "alignof",
    "as",
    "become",
    "bool",
    "box",
    "break",
    "columns",
    "const",
    "continue",
    "crate",
    "do",
    "else",
    "enum",
    "extern",
    "false",
    "final",
    "fn",
    "for",
    "if",
    "impl",
    "in",
    "is_nullable",
    "let",
    "loop",
    "macro",
    "match",
    "mod",
    "move",
    "mut",
    "offsetof",
    "override",
    "priv",
    "proc",
    "pub",
    "pure",
    "ref",
    "return",
    "self",
    "sizeof",
    "static",
    "struct",
    "super",
    "table",
    "trait",
    "true",
    "type",
    "typeof",
    "unsafe",
    "unsized",
    "use",
    "virtual",
    "where",
    "while",
    "yield",
];

/// The Rust name of a table.
pub(crate) fn table_name(sql_name: &str) -> String {
    if is_reserved(sql_name) { format!("{sql_name}_") } else { mapped(sql_name) }
}

/// The Rust name of a column in the table with that Rust name.
pub(crate) fn column_name(sql_name: &str, table: &str) -> String {
    if sql_name == table { format!("{sql_name}_") } else { table_name(sql_name) }
}

/// A column where only reserved words get another name.
pub(crate) fn without_reserved(sql_name: &str) -> String {
    if is_reserved(sql_name) { format!("{sql_name}_") } else { sql_name.to_owned() }
}

/// Whether an underscore has to follow it. A name that ends in one is never reserved.
fn is_reserved(name: &str) -> bool {
    RESERVED.contains(&name) || (name.starts_with("__") && !name.ends_with('_'))
}

/// A name with an underscore in place of everything that no Rust name has.
fn mapped(sql_name: &str) -> String {
    let is_plain = |character: char| character.is_ascii_alphanumeric() || character == '_';
    if sql_name.chars().all(is_plain) {
        return sql_name.to_owned();
    }
    let mut name = String::with_capacity(sql_name.len());
    for character in sql_name.chars() {
        let character = if character.is_ascii_alphanumeric() { character } else { '_' };
        if character != '_' || !name.ends_with('_') {
            name.push(character);
        }
    }
    name
}

/// A Rust literal for that text.
pub(crate) fn rust_string(text: &str) -> String {
    if !text.contains('"') {
        return format!("\"{text}\"");
    }
    let hashes = "#".repeat(text.matches('#').count() + 1);
    format!("r{hashes}\"{text}\"{hashes}")
}

#[cfg(test)]
mod tests {
    use super::{column_name, table_name};

    #[test]
    fn names_become_rust() {
        let rows = [
            ("users", "users"),
            ("type", "type_"),
            ("is_nullable", "is_nullable_"),
            ("__own", "__own_"),
            ("__own_", "__own_"),
            ("user-has::complex>>>role", "user_has_complex_role"),
            ("a__b c", "a_b_c"),
            ("a__b", "a__b"),
            ("größe", "gr_e"),
        ];
        for (sql_name, rust_name) in rows {
            assert_eq!(table_name(sql_name), rust_name);
        }
        assert_eq!(column_name("users", "users"), "users_");
        assert_eq!(column_name("id", "users"), "id");
    }
}
