//! The proc macro behind `schema_core::tenant_schema!`; the syntax is documented there.
//!
//! There are three passes: `parse` reads the declaration, `check` finds what is wrong with it, and
//! `expand` writes the Diesel tables and the model.
//!
//! # Invariants
//!
//! - All mistakes are reported in one build, each once and at its own place, and each message says
//!   what was expected. Parts that can't be read are left out, so that they cause no further
//!   errors.
//! - A declaration with a mistake expands to nothing.
//! - A declaration expands to borrowed data, so the model of a schema costs nothing before `main`.
//!
//! This crate must never contain facts about a column type or rules for names: those belong to
//! `schema_model`, which also has the values that a declaration can hold. It never depends on
//! Diesel or on `schema_core`, whose paths only the expanded code uses. It knows no SQL of a back
//! end, and `sql_text` reads the expressions.

mod attributes;
mod check;
mod declared;
mod errors;
mod expand;
mod names;
mod parse;
mod syntax;

use proc_macro::TokenStream;

use crate::errors::Errors;

/// Declares a schema: Diesel tables to query with, and a `SCHEMA` model for the tools.
///
/// See the documentation of `schema_core` for the syntax and an example.
#[proc_macro]
pub fn tenant_schema(input: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let mut schema = parse::schema(input.into(), &mut errors);
    check::check(&schema, &mut errors);
    check::keep_own(&mut schema);
    match errors.into_compile_errors() {
        Some(compile_errors) => compile_errors.into(),
        None => expand::expand(&schema).into(),
    }
}
