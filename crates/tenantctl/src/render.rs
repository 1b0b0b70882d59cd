//! Plans, reports and findings as text for people. Pure: the caller prints.

mod check;
mod fleet;
mod migration;
mod status;
#[cfg(test)]
mod tests;

pub use check::{findings, replayed};
pub use fleet::{obstacles, participants, plan, report};
pub use migration::{rebased, removed, renamed, written};
pub use status::status;
