//! The proc macro behind `schema_core::tenant_schema!`; the syntax is documented there.
//!
//! Three passes: `parse` reads the declaration, `check` finds what is wrong with it, `expand` writes the
//! Diesel tables and the model.
//!
//! # Invariants
//!
//! - All mistakes are reported in one build, each at its own place and once, and each says what was
//!   expected. What can't be read is left out, so that it causes no further mistakes.
//! - Nothing is expanded from a declaration with a mistake.
//! - What is expanded is borrowed data: the model of a schema costs nothing before `main`.
//!
//! This crate must never contain facts of a column type or rules for names: those are
//! `schema_model`'s, which also has the values that a declaration can hold. It never depends on Diesel
//! or on `schema_core`, which the expanded code names by their paths, and knows no SQL of a back end.

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
    let tables = parse::tables(input.into(), &mut errors);
    check::check(&tables, &mut errors);
    match errors.into_compile_errors() {
        Some(compile_errors) => compile_errors.into(),
        None => expand::expand(&tables).into(),
    }
}
