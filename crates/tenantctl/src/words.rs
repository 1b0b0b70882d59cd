//! Words that depend on a number.

/// `1 tenant`, `2 tenants`.
pub(crate) fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
