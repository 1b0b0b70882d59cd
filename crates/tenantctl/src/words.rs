//! Words that depend on a number, and texts in lines.

use std::collections::BTreeMap;

/// `1 tenant`, `2 tenants`.
pub(crate) fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// `region=eu plan=pro`.
pub(crate) fn labels(labels: &BTreeMap<String, String>) -> String {
    let labels: Vec<String> =
        labels.iter().map(|(name, value)| format!("{name}={value}")).collect();
    labels.join(" ")
}

/// A cause whose further lines are below the first one, so that none passes for a line of ours.
pub(crate) fn indented(cause: &str) -> String {
    cause.replace('\n', "\n         ")
}
