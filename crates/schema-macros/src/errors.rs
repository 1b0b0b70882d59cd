//! All mistakes in one declaration, each at its own span.

use std::fmt::Display;

use proc_macro2::{Span, TokenStream};

#[derive(Default)]
pub(crate) struct Errors(Vec<syn::Error>);

impl Errors {
    pub(crate) fn add(&mut self, span: Span, message: impl Display) {
        self.0.push(syn::Error::new(span, message));
    }

    pub(crate) fn push(&mut self, error: syn::Error) {
        self.0.push(error);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value, or `None` after adding the error.
    pub(crate) fn ok<T>(&mut self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|error| self.push(error)).ok()
    }

    /// The errors for the compiler, from top to bottom and without duplicates. This works only
    /// inside a macro's expansion, where spans have lines.
    pub(crate) fn into_compile_errors(mut self) -> Option<TokenStream> {
        let place = |error: &syn::Error| {
            let start = error.span().unwrap().start();
            (start.line(), start.column())
        };
        self.0.sort_by_key(place);
        self.0.dedup_by(|a, b| place(a) == place(b) && a.to_string() == b.to_string());
        let all = self.0.into_iter().reduce(|mut all, error| {
            all.combine(error);
            all
        })?;
        Some(all.into_compile_error())
    }
}
