//! What a run says while it runs, and what it came to. Pure: folds over events.

mod event;
mod exit;
mod millis;
mod outcome;
mod summary;

pub use event::{Event, Sink};
pub use exit::Exit;
pub use outcome::{Counts, Outcome, TenantReport};
pub use summary::{FailureGroup, Report, Slow};
