//! A schema as a file: what `schema/<version>.json` holds.

use std::fmt;

use crate::model::Schema;

/// The schema as JSON, indented, with a final newline; equal schemas give equal bytes. Renames are
/// not part of it, since they are about a change and not about a state.
pub fn to_json(schema: &Schema) -> String {
    let mut text = serde_json::to_string_pretty(schema)
        .expect("only maps with keys that are not text can't be JSON, and a schema has no maps");
    text.push('\n');
    text
}

/// Reads what [`to_json`] wrote.
///
/// # Errors
/// Where the text is no JSON, or not that of a schema, with the line and column of the mistake.
pub fn from_json(text: &str) -> Result<Schema, SnapshotError> {
    serde_json::from_str(text).map_err(SnapshotError)
}

/// A text that is not the JSON of a schema.
#[derive(Debug)]
pub struct SnapshotError(serde_json::Error);

impl fmt::Display for SnapshotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a schema snapshot")
    }
}

impl std::error::Error for SnapshotError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}
