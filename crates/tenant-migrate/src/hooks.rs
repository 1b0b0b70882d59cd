//! What others do around the work on each tenant.

use crate::report::TenantReport;
use crate::target::Target;

/// Is called on the thread of each tenant of a run, on several threads at the same time. Whoever
/// implements it keeps to limits of its own.
pub trait TenantHooks: Send + Sync {
    /// Called before anything is done to the tenant.
    ///
    /// # Errors
    /// Why nothing is to be done to it, in words.
    fn before(&self, target: &Target) -> Result<(), String>;

    /// Called when the tenant has its outcome, except if its database gave no answer.
    ///
    /// # Errors
    /// What failed, in words. The outcome stays what it is, and the failure counts.
    fn after(&self, report: &TenantReport) -> Result<(), String>;
}
