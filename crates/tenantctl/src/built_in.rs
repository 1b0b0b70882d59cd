//! Whether a folder of migrations is the one whose migrations are in this program.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;

use anyhow::Result;
use db_backend::BackendKind;
use tenant_migrate::{EmbeddedFolder, own_folders, version_of};

use crate::project::Migrations;
use crate::usage::usage_error;

/// Refuses to work with migrations that are older than their folder, as long as this machine still
/// has it: a program that does not know the newest migration would call every tenant current.
///
/// # Errors
/// What was added to the folder, or removed from it, since this program was built.
pub(crate) fn check_is_current(migrations: &Migrations) -> Result<()> {
    let Some(folder) = migrations.built_from.map(Path::new) else { return Ok(()) };
    // Elsewhere than on the machine that built it, a program has only what is in it.
    let Ok(on_disk) = on_disk(folder) else { return Ok(()) };
    let built_in = built_in(migrations.embedded);
    let added = on_disk.difference(&built_in).map(|name| format!("+ {name}"));
    let removed = built_in.difference(&on_disk).map(|name| format!("- {name}"));
    let changes: Vec<String> = added.chain(removed).collect();
    if changes.is_empty() {
        return Ok(());
    }
    let folder = folder.display();
    let message =
        format!("{folder} has changed since this program was built:\n  {}", changes.join("\n  "));
    let hint = format!(
        "build it again; a build.rs with `println!(\"cargo::rerun-if-changed={}\");` lets Cargo see it",
        migrations.folder
    );
    Err(usage_error(message, Some(&hint)))
}

/// Whether a folder with migrations is another project's: it has none of the versions that are in
/// this program.
pub(crate) fn is_foreign(folder: &Path, migrations: &Migrations) -> bool {
    let version = |name: &String| version_of(name.rsplit('/').next().unwrap_or(name));
    let versions = |names: BTreeSet<String>| names.iter().map(version).collect::<BTreeSet<_>>();
    let Ok(there) = on_disk(folder).map(versions) else { return false };
    let built_in = versions(built_in(migrations.embedded));
    !there.is_empty() && there.is_disjoint(&built_in) && !is_built_from(folder, migrations)
}

fn is_built_from(folder: &Path, migrations: &Migrations) -> bool {
    let place = |path: &Path| path.canonicalize().ok();
    migrations.built_from.is_some_and(|built_from| place(Path::new(built_from)) == place(folder))
}

/// `sqlite/1_create_users` and the like, for each migration in the program.
fn built_in(folders: &[EmbeddedFolder]) -> BTreeSet<String> {
    let of = |folder: &EmbeddedFolder| {
        let backend = folder.backend;
        folder.migrations.iter().map(move |one| format!("{backend}/{}", one.directory))
    };
    folders.iter().flat_map(of).collect()
}

/// The same for each migration in a folder.
fn on_disk(folder: &Path) -> io::Result<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    let own = |kind| own_folders(folder, kind);
    let is_shared = BackendKind::ALL.into_iter().all(|kind| own(kind).is_empty());
    for kind in BackendKind::ALL {
        let places = if is_shared { vec![folder.to_owned()] } else { own(kind) };
        let entries = places.into_iter().map(fs::read_dir).collect::<io::Result<Vec<_>>>()?;
        for entry in entries.into_iter().flatten() {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if path.is_dir() && !name.starts_with('.') {
                found.insert(format!("{kind}/{name}"));
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use tenant_migrate::EmbeddedMigration;

    use super::*;

    const FIRST: EmbeddedMigration =
        EmbeddedMigration { directory: "1_a", up: "", down: None, metadata: None };

    const FOLDERS: &[EmbeddedFolder] =
        &[EmbeddedFolder { backend: "sqlite", migrations: &[FIRST], squashed: None }];

    #[test]
    fn a_program_that_is_older_than_its_folder_says_so() {
        let root = tempfile::tempdir().unwrap();
        let folder: &'static str = root.path().to_str().unwrap().to_owned().leak();
        let migrations = Migrations::built_from("../migrations", folder, FOLDERS);
        let add = |name: &str| fs::create_dir_all(root.path().join(name)).unwrap();

        add("sqlite/1_a");
        assert!(check_is_current(&migrations).is_ok());

        add("sqlite/2_b");
        add("mysql/1_a");
        fs::remove_dir(root.path().join("sqlite/1_a")).unwrap();
        let error = check_is_current(&migrations).unwrap_err().to_string();
        assert_eq!(
            error.replace(folder, "ROOT"),
            "ROOT has changed since this program was built:\n  + mysql/1_a\n  + sqlite/2_b\n  \
             - sqlite/1_a"
        );

        root.close().unwrap();
        assert!(check_is_current(&migrations).is_ok(), "on another machine");
    }

    #[test]
    fn a_folder_without_any_of_the_built_in_versions_is_another_projects() {
        let none: &[EmbeddedFolder] = &[];
        let cases: [(&[&str], &[EmbeddedFolder], bool); 6] = [
            (&[], FOLDERS, false),
            (&["sqlite/1_a", "sqlite/2_b"], FOLDERS, false),
            (&["sqlite/1_renamed"], FOLDERS, false),
            (&["postgresql/3_c"], FOLDERS, true),
            (&["3_c"], FOLDERS, true),
            (&["sqlite/1_a"], none, true),
        ];
        for (names, built_in, expected) in cases {
            let root = tempfile::tempdir().unwrap();
            for name in names {
                fs::create_dir_all(root.path().join(name)).unwrap();
            }
            let is_foreign = is_foreign(root.path(), &Migrations::new("migrations", built_in));
            assert_eq!(is_foreign, expected, "{names:?}");
        }
    }

    #[test]
    fn the_folder_that_it_was_built_from_is_not_foreign() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("sqlite/1_a")).unwrap();
        let folder: &'static str = root.path().to_str().unwrap().to_owned().leak();
        assert!(!is_foreign(root.path(), &Migrations::built_from("../migrations", folder, &[])));
    }
}
