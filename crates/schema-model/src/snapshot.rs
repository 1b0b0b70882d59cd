//! A schema as a file: the content of `schema/<version>.json`.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::model::{List, Schema, Table, Text};

/// The content of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The version that preceded the migration when it was written; `None` for the first one. The
    /// earliest files do not record it.
    pub follows: Option<Text>,
    /// The schema after the migration.
    pub schema: Schema,
    /// Tables that no code declares, since it can't: they are written by hand, and stay as they
    /// are.
    pub by_hand: List<Text>,
}

impl Snapshot {
    /// The snapshot as indented JSON with a final newline. Equal snapshots give equal bytes.
    /// Renames and backfills are left out, because they describe a change and not a state.
    pub fn to_json(&self) -> String {
        let file = File {
            follows: self.follows.clone(),
            by_hand: self.by_hand.clone(),
            tables: self.schema.tables.clone(),
        };
        let mut text = serde_json::to_string_pretty(&file).expect(
            "only a map whose keys are not text fails to become JSON, and a schema has no maps",
        );
        text.push('\n');
        text
    }

    /// Reads what [`to_json`](Self::to_json) wrote.
    ///
    /// # Errors
    /// If the text is not JSON or not a snapshot. The source has the line and column.
    pub fn from_json(text: &str) -> Result<Self, SnapshotError> {
        let File { follows, by_hand, tables } =
            serde_json::from_str(text).map_err(SnapshotError)?;
        Ok(Self { follows, schema: Schema { tables, ..Schema::EMPTY }, by_hand })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    follows: Option<Text>,
    #[serde(default, skip_serializing_if = "<[Text]>::is_empty")]
    by_hand: List<Text>,
    tables: List<Table>,
}

/// The schema as the JSON of a [`Snapshot`] that follows nothing.
pub fn to_json(schema: &Schema) -> String {
    Snapshot { follows: None, schema: schema.clone(), by_hand: List::default() }.to_json()
}

/// The schema of a snapshot's JSON.
///
/// # Errors
/// The same as [`Snapshot::from_json`].
pub fn from_json(text: &str) -> Result<Schema, SnapshotError> {
    Snapshot::from_json(text).map(|snapshot| snapshot.schema)
}

/// An error for a text that is not the JSON of a schema.
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
