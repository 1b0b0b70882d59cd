//! What a run says while it runs, and what it came to. Pure: folds over events.

mod ending;
mod event;
mod millis;
mod outcome;
mod summary;

pub use ending::Ending;
pub use event::{Event, Sink};
pub use outcome::{Counts, Outcome, TenantReport};
pub use summary::{FailureGroup, Report, Slow};
