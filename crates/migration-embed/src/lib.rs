//! Embeds a folder of migrations at build time.
//!
//! # Invariants
//!
//! - The files are embedded as they are, byte for byte.
//! - Cargo builds again when one of them changes. A migration that is added without a change of
//!   `CHECKSUMS` is noticed only with a build script, which says
//!   `cargo::rerun-if-changed=FOLDER`.
//!
//! This crate must never contain a check of migrations, nor Diesel.

mod folder;

use std::env;
use std::path::{Path, PathBuf};

use proc_macro::TokenStream;
use syn::parse::{Parse, ParseStream};
use syn::{LitStr, Token, parse_macro_input};

use crate::folder::embedded;

/// The migrations of a folder, as a `&'static [EmbeddedFolder]`.
///
/// `folders!(::tenant_migrate, "../migrations")`: the crate that has the types `EmbeddedFolder` and
/// `EmbeddedMigration`, and the folder, relative to the crate that calls. The folder has a stock
/// Diesel folder for each back end (`sqlite`, `postgres` or `postgresql`, `mysql`), or is one, for
/// whichever back end a database has.
///
/// It is a compile error if a folder can't be read. `tenant_migrate::embedded_sets` reports what is
/// wrong with the files.
#[proc_macro]
pub fn folders(input: TokenStream) -> TokenStream {
    let Input { types, folder } = parse_macro_input!(input as Input);
    embedded(&types, &beside_manifest(&folder.value()))
        .unwrap_or_else(|problem| syn::Error::new(folder.span(), problem).into_compile_error())
        .into()
}

struct Input {
    types: syn::Path,
    folder: LitStr,
}

impl Parse for Input {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let types = input.parse()?;
        input.parse::<Token![,]>()?;
        let folder = input.parse()?;
        input.parse::<Option<Token![,]>>()?;
        Ok(Self { types, folder })
    }
}

/// The folder, from the crate that is being compiled.
fn beside_manifest(folder: &str) -> PathBuf {
    let manifest = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default();
    Path::new(&manifest).join(folder)
}
