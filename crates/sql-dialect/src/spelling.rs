//! How names and expressions are written.

/// What every clause needs to know about a back end.
pub trait Spelling {
    /// An identifier in quotes; quotes inside are doubled.
    fn quote(&self, identifier: &str) -> String;

    /// An expression of the schema as this back end reads it. There, names that need quotes have
    /// double ones, and texts have single ones.
    fn expression(&self, declared: &str) -> String {
        declared.to_owned()
    }
}
