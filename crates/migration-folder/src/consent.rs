//! The author must name everything that a migration may lose.

use schema_model::diff::Hazard;

use crate::error::FolderError;

/// Compares the hazards of a migration with what was allowed, such as
/// `drop-column=settings.legacy`.
///
/// # Errors
/// The hazards that were not allowed. If all were, something allowed that is not a hazard of the
/// migration.
pub(crate) fn check(hazards: &[Hazard], allowed: &[String]) -> Result<(), FolderError> {
    let names: Vec<String> = hazards.iter().map(ToString::to_string).collect();
    let refused: Vec<Hazard> = hazards
        .iter()
        .zip(&names)
        .filter(|(_, name)| !allowed.contains(name))
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
