//! The events of a run, and its result. Pure: folds over events.

mod cause;
mod ending;
mod event;
mod millis;
mod obstacle;
mod outcome;
mod summary;

pub use ending::Ending;
pub use event::{Event, Sink};
pub use obstacle::{Obstacle, ObstacleGroup};
pub use outcome::{Counts, Outcome, TenantReport};
pub use summary::{FailureGroup, Report, Slow};
