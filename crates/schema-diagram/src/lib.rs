//! Pictures of a schema: tables with their columns, and lines for foreign keys. Pure.
//!
//! [`mermaid()`] gives text that many wikis and forges draw themselves. [`svg()`] gives an image.
//!
//! Invariant: equal schemas give equal pictures. This crate must never contain I/O, or anything
//! specific to a back end.

mod layout;
mod mermaid;
mod relation;
mod svg;

pub use mermaid::mermaid;
pub use svg::svg;
