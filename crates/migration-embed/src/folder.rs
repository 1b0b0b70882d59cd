//! From a folder to the expression that holds its migrations.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use proc_macro2::TokenStream;
use quote::quote;

/// The back ends, and the names of their folders.
const BACKENDS: [(&str, &[&str]); 3] =
    [("sqlite", &["sqlite"]), ("postgres", &["postgres", "postgresql"]), ("mysql", &["mysql"])];

/// The expression, or what keeps the folder from being embedded.
pub(crate) fn embedded(types: &syn::Path, root: &Path) -> Result<TokenStream, String> {
    if !root.is_dir() {
        return Err(format!("there is no folder {}", root.display()));
    }
    let mut own = Vec::new();
    for (backend, names) in BACKENDS {
        let mut folders = names.iter().map(|name| root.join(name)).filter(|path| path.is_dir());
        let folder = folders.next();
        if let (Some(folder), Some(second)) = (&folder, folders.next()) {
            let (folder, second) = (folder.display(), second.display());
            return Err(format!("{folder} and {second} are for the same back end; merge them"));
        }
        own.push((backend, folder));
    }
    let is_shared = own.iter().all(|(_, folder)| folder.is_none());
    let mut folders = Vec::new();
    for (backend, own) in own {
        let own = own.or_else(|| is_shared.then(|| root.to_owned()));
        let (migrations, squashed) = match own {
            Some(own) => (migrations(types, &own)?, squashed(types, &squashed_folder(root, &own))?),
            None => (Vec::new(), quote!(::core::option::Option::None)),
        };
        folders.push(quote!(#types::EmbeddedFolder {
            backend: #backend, migrations: &[#(#migrations),*], squashed: #squashed
        }));
    }
    let watched = watched(&root.join("CHECKSUMS"));
    Ok(quote!({ #watched const FOLDERS: &[#types::EmbeddedFolder] = &[#(#folders),*]; FOLDERS }))
}

/// The folder of the squashed migration that belongs to a folder of migrations.
fn squashed_folder(root: &Path, own: &Path) -> PathBuf {
    match own.file_name().filter(|_| own != root) {
        Some(name) => root.join("squashed").join(name),
        None => root.join(".squashed"),
    }
}

/// The squashed migration in its folder, if there is one.
fn squashed(types: &syn::Path, folder: &Path) -> Result<TokenStream, String> {
    if !folder.is_dir() {
        return Ok(quote!(::core::option::Option::None));
    }
    match migrations(types, folder)?.as_slice() {
        [] => Ok(quote!(::core::option::Option::None)),
        [one] => Ok(quote!(::core::option::Option::Some(#one))),
        more => Err(format!(
            "there are {} squashed migrations in {}; keep the one that is right",
            more.len(),
            folder.display()
        )),
    }
}

/// Makes Cargo build again if the file changes: each sealed migration has its lines in it.
fn watched(file: &Path) -> TokenStream {
    if !file.is_file() {
        return TokenStream::new();
    }
    let file = text_of(file);
    quote!(const _: &str = #file;)
}

/// The migrations of one back end, ascending by name.
fn migrations(types: &syn::Path, folder: &Path) -> Result<Vec<TokenStream>, String> {
    let paths = subfolders(folder)
        .map_err(|error| format!("{} can't be read: {error}", folder.display()))?;
    let migration = |(name, path): (String, PathBuf)| {
        if !path.join("up.sql").is_file() {
            return Err(format!("there is no `up.sql` in {}", path.display()));
        }
        let up = text_of(&path.join("up.sql"));
        let down = optional_text_of(&path.join("down.sql"));
        let metadata = optional_text_of(&path.join("metadata.toml"));
        Ok(quote!(#types::EmbeddedMigration {
            directory: #name, up: #up, down: #down, metadata: #metadata
        }))
    };
    paths.into_iter().map(migration).collect()
}

/// Name and path of each folder in the folder, without hidden ones.
fn subfolders(folder: &Path) -> io::Result<Vec<(String, PathBuf)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() && !name.starts_with('.') {
            found.push((name, path));
        }
    }
    found.sort();
    Ok(found)
}

fn text_of(file: &Path) -> TokenStream {
    let file = file.display().to_string();
    quote!(::core::include_str!(#file))
}

fn optional_text_of(file: &Path) -> TokenStream {
    if !file.is_file() {
        return quote!(::core::option::Option::None);
    }
    let text = text_of(file);
    quote!(::core::option::Option::Some(#text))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is embedded of a folder with those files, in fewer words.
    fn of(files: &[&str]) -> String {
        let root = tempfile::tempdir().unwrap();
        for file in files {
            let path = root.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "SELECT 1;").unwrap();
        }
        let text = match embedded(&syn::parse_quote!(m), root.path()) {
            Ok(tokens) => tokens.to_string(),
            Err(error) => error,
        };
        let place = root.path().display().to_string();
        let long = [
            " ",
            "m::Embedded",
            "::core::option::Option::",
            "::core::",
            "include_str!",
            "backend:",
        ];
        let text = text.replace(&place, "ROOT");
        let is_code = text.starts_with('{');
        if is_code { long.iter().fold(text, |text, long| text.replace(long, "")) } else { text }
    }

    #[test]
    fn each_back_end_has_its_own_folder_or_all_have_the_same() {
        let one = |path: &str| {
            let name = path.rsplit('/').nth(1).unwrap();
            format!("Migration{{directory:{name:?},up:(\"ROOT/{path}\"),down:None,metadata:None}}")
        };
        let (a, b, shared) =
            (one("sqlite/1_a/up.sql"), one("sqlite/2_b/up.sql"), one("1_a/up.sql"));
        let postgres = one("postgresql/1_a/up.sql");
        let folders = |migrations: [&str; 3]| {
            let [sqlite, postgres, mysql] = migrations;
            format!(
                "constFOLDERS:&[Folder]=&[Folder{{\"sqlite\",migrations:&[{sqlite}],squashed:None}},\
                 Folder{{\"postgres\",migrations:&[{postgres}],squashed:None}},\
                 Folder{{\"mysql\",migrations:&[{mysql}],squashed:None}}];FOLDERS"
            )
        };
        let in_order =
            ["sqlite/2_b/up.sql", "sqlite/1_a/up.sql", "sqlite/.x/up.sql", "sqlite/README"];
        let cases = [
            (&in_order[..], folders([&format!("{a},{b}"), "", ""])),
            (&["postgresql/1_a/up.sql"], folders(["", &postgres, ""])),
            (&["1_a/up.sql"], folders([&shared; 3])),
            (&["CHECKSUMS"], format!("const_:&str=(\"ROOT/CHECKSUMS\");{}", folders([""; 3]))),
        ];
        for (files, expected) in cases {
            assert_eq!(of(files), format!("{{{expected}}}"), "{files:?}");
        }
    }

    #[test]
    fn all_files_of_a_migration_are_embedded() {
        let text = of(&["1_a/up.sql", "1_a/down.sql", "1_a/metadata.toml"]);
        let files = "up:(\"ROOT/1_a/up.sql\"),down:Some((\"ROOT/1_a/down.sql\")),\
                     metadata:Some((\"ROOT/1_a/metadata.toml\"))";
        assert!(text.contains(files), "{text}");
    }

    #[test]
    fn a_squashed_migration_is_embedded_beside_those_that_it_stands_for() {
        let cases = [
            &["sqlite/1_a/up.sql", "squashed/sqlite/1_b/up.sql"][..],
            &["1_a/up.sql", ".squashed/1_b/up.sql"],
        ];
        for files in cases {
            let squashed = format!(
                "squashed:Some(Migration{{directory:\"1_b\",up:(\"ROOT/{}\"),down:None,\
                 metadata:None}})",
                files[1]
            );
            assert!(of(files).contains(&squashed), "{}", of(files));
        }
    }

    #[test]
    fn what_can_not_be_embedded_is_an_error() {
        let cases = [
            (
                &["postgres/1_a/up.sql", "postgresql/2_b/up.sql"][..],
                "ROOT/postgres and ROOT/postgresql are for the same back end; merge them",
            ),
            (&["sqlite/1_a/down.sql"], "there is no `up.sql` in ROOT/sqlite/1_a"),
            (
                &["1_a/up.sql", ".squashed/1_b/up.sql", ".squashed/1_c/up.sql"],
                "there are 2 squashed migrations in ROOT/.squashed; keep the one that is right",
            ),
        ];
        for (files, expected) in cases {
            assert_eq!(of(files), expected, "{files:?}");
        }
    }
}
