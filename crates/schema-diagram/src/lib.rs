//! Pictures of a schema: tables with their columns, and lines where foreign keys are. Pure.
//!
//! [`mermaid()`] gives text that many a wiki and forge draws by itself; [`svg()`] gives the picture.
//!
//! Invariant: equal schemas give equal pictures. This crate must never contain I/O, nor anything of a
//! back end.

mod layout;
mod mermaid;
mod relation;
mod svg;

pub use mermaid::mermaid;
pub use svg::svg;
