//! A schema as a file: what `schema/<version>.json` holds.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::model::{List, Schema, Table, Text};

/// What a file holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The version that the migration was written after; none for the first one. Files of the
    /// earliest versions do not say.
    pub follows: Option<Text>,
    /// The schema after the migration.
    pub schema: Schema,
}

impl Snapshot {
    /// The snapshot as JSON, indented, with a final newline; equal ones give equal bytes. Renames and
    /// backfills are not part of it, since they are about a change and not about a state.
    pub fn to_json(&self) -> String {
        let file = File { follows: self.follows.clone(), tables: self.schema.tables.clone() };
        let mut text = serde_json::to_string_pretty(&file).expect(
            "only maps with keys that are not text can't be JSON, and a schema has no maps",
        );
        text.push('\n');
        text
    }

    /// Reads what [`to_json`](Self::to_json) wrote.
    ///
    /// # Errors
    /// Where the text is no JSON, or not that of a snapshot, with the line and column of the mistake.
    pub fn from_json(text: &str) -> Result<Self, SnapshotError> {
        let File { follows, tables } = serde_json::from_str(text).map_err(SnapshotError)?;
        Ok(Self { follows, schema: Schema { tables } })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    follows: Option<Text>,
    tables: List<Table>,
}

/// A schema alone as JSON, as in a [`Snapshot`] that follows nothing.
pub fn to_json(schema: &Schema) -> String {
    Snapshot { follows: None, schema: schema.clone() }.to_json()
}

/// The schema of a snapshot's JSON.
///
/// # Errors
/// As [`Snapshot::from_json`].
pub fn from_json(text: &str) -> Result<Schema, SnapshotError> {
    Snapshot::from_json(text).map(|snapshot| snapshot.schema)
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
