//! How names and expressions are written.

use schema_model::{Column, Instead, RowExpression, Text};

/// The facts about a back end that every clause needs.
pub trait Spelling {
    /// An identifier in quotes; quotes inside are doubled.
    fn quote(&self, identifier: &str) -> String;

    /// An expression over these columns as this back end reads it: its own, or the common one.
    fn expression(&self, declared: &RowExpression, columns: &[Column]) -> String {
        match self.instead(&declared.instead) {
            Some(own) => own.to_string(),
            None => self.common(&declared.common, columns),
        }
    }

    /// A common expression as this back end reads it. In the schema, names that need quotes have
    /// double quotes, texts have single quotes without escapes, and texts are compared by their
    /// characters, including case and spaces at the end.
    fn common(&self, declared: &str, _columns: &[Column]) -> String {
        declared.to_owned()
    }

    /// What this back end has instead of a common expression, in its own SQL.
    fn instead<'i>(&self, instead: &'i Instead) -> Option<&'i Text>;
}
