//! How names and expressions are written.

/// The facts about a back end that every clause needs.
pub trait Spelling {
    /// An identifier in quotes; quotes inside are doubled.
    fn quote(&self, identifier: &str) -> String;

    /// An expression of the schema as this back end reads it. In the schema, names that need quotes
    /// have double quotes, and texts have single quotes.
    fn expression(&self, declared: &str) -> String {
        declared.to_owned()
    }
}
