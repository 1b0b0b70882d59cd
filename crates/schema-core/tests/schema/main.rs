//! Schemas as code, and the values in their columns.

mod dsl;
mod many;
#[expect(dead_code, reason = "the tests of the model also read this notation")]
#[path = "../../../schema-model/tests/schema/notation.rs"]
mod notation;
mod types;
