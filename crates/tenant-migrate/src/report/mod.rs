//! The events of a run, and its result. Pure: folds over events.

mod ending;
mod event;
mod millis;
mod outcome;
mod summary;

pub use ending::Ending;
pub use event::{Event, Sink};
pub use outcome::{Counts, Outcome, TenantReport};
pub use summary::{FailureGroup, Report, Slow};
