//! What changes between two schemas. Pure.
//!
//! [`diff`] says what changes, table by table. A back end decides how it gets there, and in which
//! order. [`hazards`] names what may lose data or fail on existing rows, [`in_words`] describes the
//! changes in sentences, [`undone`] gives the schema that leads back, and [`merged`] that of two
//! branches.

mod apart;
mod change;
mod compare;
mod expression;
mod hazard;
mod merge;
mod order;
mod rename;
mod renamed;
mod table;
mod undo;
mod unsupported;
mod words;

pub use apart::without;
pub use change::{AlterTable, Change, CreateTable, DropTable, Step, Unsupported};
pub use compare::{compare, diff};
pub use hazard::{Hazard, HazardKind, hazards};
pub use merge::merged;
pub use undo::undone;
pub use words::in_words;

pub use crate::sql_type::{Conversion, conversion};
