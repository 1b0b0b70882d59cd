//! Embeds a folder of migrations at build time, as Rust source.
//!
//! # Invariants
//!
//! - The files are embedded as they are, byte for byte.
//! - Cargo rebuilds when one changes.
//!
//! This crate must never contain a check of migrations, nor Diesel.
//!
//! A crate that embeds migrations calls [`embed`] in its `build.rs`, and includes the result:
//!
//! ```text
//! include!(concat!(env!("OUT_DIR"), "/migrations.rs"));
//!
//! let sets = tenant_migrate::embedded_sets(EMBEDDED)?;
//! ```

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// The folders below the root, one for each back end.
const BACKENDS: [&str; 3] = ["sqlite", "postgres", "mysql"];

/// Writes `$OUT_DIR/migrations.rs`, which defines
/// `pub(crate) static EMBEDDED: &[tenant_migrate::EmbeddedFolder]` from the folders `sqlite`,
/// `postgres` and `mysql` below `root`. A relative `root` begins at the including crate.
///
/// Files are taken as they are. `tenant_migrate::embedded_sets` reports what is wrong with them.
///
/// # Panics
/// If it is not called by a build script, or if a file or folder can't be read.
pub fn embed(root: &str) {
    let root = Path::new(&variable("CARGO_MANIFEST_DIR")).join(root);
    let output = Path::new(&variable("OUT_DIR")).join("migrations.rs");
    // Cargo then watches all files below the folder. Diesel's own macro does not ask for this, so a
    // change that touches only SQL does not rebuild anything.
    tell_cargo(&format!("rerun-if-changed={}", root.display()));
    let written = source(&root).and_then(|text| fs::write(output, text));
    written.unwrap_or_else(|error| panic!("can't embed {}: {error}", root.display()));
}

fn variable(name: &str) -> String {
    env::var(name).unwrap_or_else(|_| panic!("{name} is not set: call this from a build script"))
}

#[expect(clippy::print_stdout, reason = "the way in which a build script talks to Cargo")]
fn tell_cargo(instruction: &str) {
    println!("cargo::{instruction}");
}

/// The source that defines `EMBEDDED`.
fn source(root: &Path) -> io::Result<String> {
    let mut text = String::from(
        "/// The migrations of each back end, as they were at build time.\n\
         pub(crate) static EMBEDDED: &[::tenant_migrate::EmbeddedFolder] = &[\n",
    );
    for backend in BACKENDS {
        let migrations = migrations(&root.join(backend))?;
        line(&mut text, 1, "::tenant_migrate::EmbeddedFolder {");
        line(&mut text, 2, &format!("backend: {backend:?},"));
        line(&mut text, 2, "migrations: &[");
        for (name, path) in migrations {
            line(&mut text, 3, "::tenant_migrate::EmbeddedMigration {");
            line(&mut text, 4, &format!("directory: {name:?},"));
            line(&mut text, 4, &format!("up: {},", include(&path.join("up.sql"))));
            line(&mut text, 4, &format!("down: {},", include_optional(&path.join("down.sql"))));
            let metadata = include_optional(&path.join("metadata.toml"));
            line(&mut text, 4, &format!("metadata: {metadata},"));
            line(&mut text, 3, "},");
        }
        line(&mut text, 2, "],");
        line(&mut text, 1, "},");
    }
    text.push_str("];\n");
    Ok(text)
}

/// Name and path of each migration in the folder, ascending; none if there is no folder.
fn migrations(folder: &Path) -> io::Result<Vec<(String, PathBuf)>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut migrations = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() && !name.starts_with('.') {
            migrations.push((name, path));
        }
    }
    migrations.sort();
    Ok(migrations)
}

fn include(path: &Path) -> String {
    format!("include_str!({:?})", path.display().to_string())
}

fn include_optional(path: &Path) -> String {
    if path.exists() { format!("Some({})", include(path)) } else { "None".to_owned() }
}

fn line(text: &mut String, depth: usize, line: &str) {
    // Writing to a `String` can't fail.
    let _ = writeln!(text, "{:width$}{line}", "", width = depth * 4);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_source_includes_what_is_there_in_ascending_order() {
        let root = env::temp_dir().join(format!("migration-embed-{}", std::process::id()));
        let file = |path: &str| {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "SELECT 1;").unwrap();
        };
        file("sqlite/2_b/up.sql");
        file("sqlite/1_a/up.sql");
        file("sqlite/1_a/down.sql");
        file("sqlite/1_a/metadata.toml");
        file("sqlite/.hidden/up.sql");
        file("sqlite/README.md");

        let text = source(&root).unwrap().replace(&root.display().to_string(), "ROOT");
        fs::remove_dir_all(&root).unwrap();
        assert_eq!(text, EXPECTED);
    }

    const EXPECTED: &str = r#"/// The migrations of each back end, as they were at build time.
pub(crate) static EMBEDDED: &[::tenant_migrate::EmbeddedFolder] = &[
    ::tenant_migrate::EmbeddedFolder {
        backend: "sqlite",
        migrations: &[
            ::tenant_migrate::EmbeddedMigration {
                directory: "1_a",
                up: include_str!("ROOT/sqlite/1_a/up.sql"),
                down: Some(include_str!("ROOT/sqlite/1_a/down.sql")),
                metadata: Some(include_str!("ROOT/sqlite/1_a/metadata.toml")),
            },
            ::tenant_migrate::EmbeddedMigration {
                directory: "2_b",
                up: include_str!("ROOT/sqlite/2_b/up.sql"),
                down: None,
                metadata: None,
            },
        ],
    },
    ::tenant_migrate::EmbeddedFolder {
        backend: "postgres",
        migrations: &[
        ],
    },
    ::tenant_migrate::EmbeddedFolder {
        backend: "mysql",
        migrations: &[
        ],
    },
];
"#;
}
