//! The proc macro behind `schema_core::tenant_schema!`; the syntax is documented there.
//!
//! Three passes: `parse` reads the declaration, `check` finds what is wrong with it,
//! `expand` writes the Diesel tables and the model. The first two go on after a mistake, so that
//! one build reports them all.

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
