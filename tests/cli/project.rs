//! A copy of this project's migration folders, for cases that change them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::support::cli::Cli;

pub const FIRST: &str = "20261123154648_create_settings";
pub const SECOND: &str = "20261123154738_create_activity_log";

/// A copy of this project's migrations, to run the program in.
pub fn project() -> Cli {
    let cli = Cli::new();
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for folder in ["migrations_tenant", "crates/system-db/migrations"] {
        for (path, bytes) in files(&workspace.join(folder)) {
            write(&cli, &Path::new(folder).join(path), &bytes);
        }
    }
    cli
}

/// The project before its second migration.
pub fn project_at_first() -> Cli {
    let cli = project();
    let root = cli.folder().join("migrations_tenant");
    for kind in ["sqlite", "postgres", "mysql"] {
        fs::remove_dir_all(root.join(kind).join(SECOND)).unwrap();
    }
    fs::remove_file(root.join("schema/20261123154738.json")).unwrap();
    let sums = fs::read_to_string(root.join("CHECKSUMS")).unwrap();
    let kept: String =
        sums.split_inclusive('\n').filter(|line| !line.contains("20261123154738")).collect();
    fs::write(root.join("CHECKSUMS"), kept).unwrap();
    cli
}

pub fn write(cli: &Cli, path: &Path, bytes: impl AsRef<[u8]>) {
    let path = cli.folder().join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

/// All files below a folder, by their path from there.
pub fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.path().is_dir() {
            let below = files(&entry.path()).into_iter();
            found.extend(
                below.map(|(path, bytes)| (Path::new(&entry.file_name()).join(path), bytes)),
            );
        } else {
            found.insert(entry.file_name().into(), fs::read(entry.path()).unwrap());
        }
    }
    found
}
