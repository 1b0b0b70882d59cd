//! The author must name everything that a migration may lose.

use schema_model::diff::Hazard;
use sql_text::{Expression, Syntax};

use crate::error::FolderError;

/// What a comment of a migration says if the migration may fail on rows. The headers of generated
/// files contain it.
pub const MAY_FAIL: [&str; 2] = ["fails if rows violate it", "Fails where it is not so"];

/// Whether a comment in the file says that the migration may fail on rows.
pub(crate) fn may_fail_on_rows(text: &str, syntax: Syntax) -> bool {
    let Ok(read) = Expression::read(text, syntax) else { return false };
    read.comments().iter().any(|comment| MAY_FAIL.iter().any(|words| comment.contains(words)))
}

/// Compares the hazards of a migration with what was allowed, such as
/// `drop-column=settings.legacy`, and with those of the migration that it replaces, which were
/// allowed then.
///
/// # Errors
/// The hazards that were not allowed. If all were, something allowed that is not a hazard of the
/// migration.
pub(crate) fn check(
    hazards: &[Hazard],
    replaced: &[Hazard],
    allowed: &[String],
) -> Result<(), FolderError> {
    let names: Vec<String> = hazards.iter().map(ToString::to_string).collect();
    let refused: Vec<Hazard> = hazards
        .iter()
        .zip(&names)
        .filter(|(hazard, name)| !allowed.contains(name) && !replaced.contains(hazard))
        .map(|(hazard, _)| hazard.clone())
        .collect();
    if !refused.is_empty() {
        return Err(FolderError::NotAllowed(refused));
    }
    match allowed.iter().find(|name| !names.contains(name)) {
        Some(name) => Err(FolderError::NothingToAllow(name.clone())),
        None => Ok(()),
    }
}
