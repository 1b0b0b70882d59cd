//! Rules for the source itself: its shape, its words, and the architecture's map.

mod circles;
mod command_line;
mod map;
mod shape;
mod words;

use std::path::{Path, PathBuf};

/// A file of this repository.
struct Source {
    /// From the repository's root on, with `/`.
    path: String,
    text: String,
}

impl Source {
    /// The room that it is in: a crate, `xtask` or `tests`.
    fn room(&self) -> &str {
        let mut parts = self.path.split('/');
        match (parts.next(), parts.next()) {
            (Some("crates"), Some(room)) => room,
            (Some(first), _) => first,
            (None, _) => "",
        }
    }

    /// Whether it is only for tests.
    fn is_test(&self) -> bool {
        self.path.split('/').any(|part| matches!(part, "tests" | "tests.rs"))
    }
}

fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = here.ancestors().find(|folder| folder.join("migrations_tenant").is_dir());
    root.expect("the tests are run inside the repository").to_owned()
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// All Rust files, by path.
fn rust_files() -> Vec<Source> {
    let mut found = Vec::new();
    for folder in ["crates", "xtask", "tests"] {
        collect(&root().join(folder), &mut found);
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(found.len() > 100, "only {} files were found", found.len());
    found
}

fn collect(folder: &Path, found: &mut Vec<Source>) {
    for entry in std::fs::read_dir(folder).expect("a folder of this repository") {
        let path = entry.expect("it can be listed").path();
        if path.is_dir() {
            // Code that the compiler should reject follows no rules.
            if !path.ends_with("target") && !path.ends_with("compile_fail") {
                collect(&path, found);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).expect("a source file");
            let path = path.strip_prefix(root()).expect("it is inside").display().to_string();
            found.push(Source { path: path.replace('\\', "/"), text });
        }
    }
}

/// The lines for which `is_wrong`, as `path:line: text`.
fn lines(sources: &[Source], is_wrong: impl Fn(&str) -> bool) -> String {
    let mut found = Vec::new();
    for source in sources {
        for (number, line) in source.text.lines().enumerate() {
            if is_wrong(line) {
                found.push(format!("{}:{}: {}", source.path, number + 1, line.trim()));
            }
        }
    }
    found.join("\n")
}
