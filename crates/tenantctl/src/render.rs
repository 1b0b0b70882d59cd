//! What was planned, done and found, as text for people. Pure: the caller prints.

mod check;
mod fleet;
mod migration;
mod status;
#[cfg(test)]
mod tests;

pub use check::{findings, replayed};
pub use fleet::{plan, report, taking_part};
pub use migration::{rebased, written};
pub use status::status;
