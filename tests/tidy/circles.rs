//! No files of a crate import each other in a circle.
//!
//! A file imports another if it names a path that leads into it. A parent that declares its
//! children (`mod`) or re-exports their items (`pub use`) does not thereby import them.

use std::collections::{BTreeMap, BTreeSet};

use regex::Regex;

use super::{Source, rust_files};

/// A module, by its path in the crate; a crate's root is the empty one.
type Module = Vec<String>;

#[test]
fn no_files_import_each_other_in_a_circle() {
    let mut crates: BTreeMap<String, Vec<Source>> = BTreeMap::new();
    for source in rust_files() {
        if source.path.contains("/src/") && !source.is_test() {
            crates.entry(source.room().to_owned()).or_default().push(source);
        }
    }
    let mut found = Vec::new();
    for (room, sources) in &crates {
        let imports = imports_of(sources);
        found.extend(circles(&imports).into_iter().map(|circle| format!("{room}: {circle}")));
    }
    assert_eq!(found.join("\n"), "");
}

/// Words of a path that leads out of the pure part. A glob may do so too.
const IMPURE: [&str; 19] = [
    "*",
    "Cancel",
    "Connector",
    "DieselConnector",
    "Instant",
    "Run",
    "SystemTime",
    "TenantConnection",
    "crash",
    "env",
    "execute",
    "fs",
    "io",
    "net",
    "process",
    "report",
    "sim",
    "thread",
    "time",
];

#[test]
fn a_plan_imports_nothing_that_does_io() {
    let mut plans = rust_files();
    plans.retain(|source| source.path.starts_with("crates/tenant-migrate/src/plan/"));
    assert!(plans.len() > 3, "the plan has moved");
    let found: Vec<String> = plans
        .iter()
        .flat_map(|source| {
            impure(&source.text).into_iter().map(|path| format!("{}: {path}", source.path))
        })
        .collect();
    assert_eq!(found.join("\n"), "");
}

/// The paths in it that lead out of the pure part, including re-exports.
fn impure(text: &str) -> Vec<String> {
    let re_export = Regex::new(r"pub(?:\([^)]*\))? use\b").expect("a pattern");
    let mut paths = paths(&re_export.replace_all(&code(text), "use"));
    paths.retain(|path| path.split("::").any(|part| IMPURE.contains(&part)));
    paths
}

#[test]
fn an_impure_import_is_found() {
    for import in [
        "use std::fs;",
        "use std::{fmt, io};",
        "use std::time::Instant;",
        "use crate::execute;",
        "use crate::Run;",
        "use crate::*;",
        "pub(crate) use crate::execute::Run;",
        "pub(super) use crate::execute::Run;",
        "use crate::report::Outcome;",
        "use db_backend::{History, TenantConnection};",
        "fn f() { std::env::var(\"A\"); }",
    ] {
        assert_eq!(impure(import).len(), 1, "{import}");
    }
    assert_eq!(impure("use std::fmt;\nuse db_backend::History;"), Vec::<String>::new());
}

#[test]
fn a_circle_is_found() {
    let source = |path: &str, text: &str| Source {
        path: format!("crates/one/src/{path}.rs"),
        text: text.to_owned(),
    };
    let sources = [
        source("lib", "mod a;\nmod b;\nmod c;\npub use c::C;"),
        source("a", "use crate::b::{self, B};\n#[cfg(test)]\nmod tests { use crate::c::C; }"),
        source("b", "/// [`crate::c::C`]\nfn f() { let s = \"crate::c\"; super::a::g(); }"),
        source("c", "use crate::{C, a::A};"),
    ];
    assert_eq!(circles(&imports_of(&sources)), ["a, b"]);
}

type Imports = BTreeMap<Module, BTreeSet<Module>>;

fn imports_of(sources: &[Source]) -> Imports {
    let modules: BTreeMap<Module, String> =
        sources.iter().map(|source| (module(&source.path), code(&source.text))).collect();
    let targets = |from: &Module, text: &str| {
        paths(text)
            .iter()
            .filter_map(|path| resolved(&modules, from, path))
            .filter(|to| to != from)
            .collect()
    };
    modules.iter().map(|(module, text)| (module.clone(), targets(module, text))).collect()
}

fn module(path: &str) -> Module {
    let (_, inside) = path.split_once("/src/").expect("a file of a crate");
    let mut parts: Module =
        inside.trim_end_matches(".rs").split('/').map(ToOwned::to_owned).collect();
    if parts.last().is_some_and(|last| matches!(last.as_str(), "mod" | "lib" | "main")) {
        parts.pop();
    }
    parts
}

/// The text without comments, texts and unit tests.
pub(super) fn code(text: &str) -> String {
    let hidden = Regex::new(r##"(?s)//[^\n]*|/\*.*?\*/|r#".*?"#|"(?:\\.|[^"\\])*""##);
    let text = hidden.expect("a pattern").replace_all(text, "").into_owned();
    let tests = Regex::new(r"#\[cfg\((?:all\()?test[^\]]*\]\s*(?:pub(?:\([^)]*\))? )?mod \w+ \{");
    match tests.expect("a pattern").find(&text) {
        Some(start) => text[..start.start()].to_owned(),
        None => text,
    }
}

/// Every path in it, imports spelled out, without re-exports.
fn paths(code: &str) -> Vec<String> {
    let uses = Regex::new(r"(pub(?:\([^)]*\))? )?use ([^;]+);").expect("a pattern");
    let mut found = Vec::new();
    for import in uses.captures_iter(code) {
        if import.get(1).is_none() {
            spell_out(&import[2].split_whitespace().collect::<String>(), "", &mut found);
        }
    }
    let rest = uses.replace_all(code, "");
    let inline = Regex::new(r"\b\w+(?:::\w+)+").expect("a pattern");
    found.extend(inline.find_iter(&rest).map(|path| path.as_str().to_owned()));
    found
}

/// `a::{b, c::d}` as `a::b` and `a::c::d`.
fn spell_out(tree: &str, before: &str, found: &mut Vec<String>) {
    let Some((path, group)) = tree.split_once('{') else {
        found.push(format!("{before}{tree}"));
        return;
    };
    let before = format!("{before}{path}");
    let mut depth = 0;
    let mut start = 0;
    let group = group.strip_suffix('}').unwrap_or(group);
    for (at, character) in group.char_indices().chain([(group.len(), ',')]) {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                if start < at {
                    spell_out(&group[start..at], &before, found);
                }
                start = at + 1;
            }
            _ => {}
        }
    }
}

/// The file that a path in `from` leads into.
fn resolved(modules: &BTreeMap<Module, String>, from: &Module, path: &str) -> Option<Module> {
    let mut parts = path.split("::").peekable();
    let mut place = match parts.peek().copied()? {
        "crate" => Vec::new(),
        "self" | "super" => from.clone(),
        child => {
            let mut place = from.clone();
            place.push(child.to_owned());
            modules.contains_key(&place).then(|| from.clone())?
        }
    };
    while let Some(part) = parts.next_if(|part| matches!(*part, "crate" | "self" | "super")) {
        if part == "super" {
            place.pop();
        }
    }
    for part in parts {
        place.push(part.to_owned());
        if !modules.contains_key(&place) {
            place.pop();
            break;
        }
    }
    modules.contains_key(&place).then_some(place)
}

/// The groups of files each of which leads to all the others.
fn circles(imports: &Imports) -> Vec<String> {
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    for module in imports.keys() {
        let reached = reached_from(imports, module);
        let circle: BTreeSet<&Module> = reached
            .iter()
            .copied()
            .filter(|other| reached_from(imports, other).contains(module))
            .collect();
        if circle.contains(module) && seen.insert(circle.clone()) {
            let names: Vec<String> = circle.iter().map(|module| module.join("::")).collect();
            found.push(names.join(", "));
        }
    }
    found
}

fn reached_from<'i>(imports: &'i Imports, module: &Module) -> BTreeSet<&'i Module> {
    let mut reached = BTreeSet::new();
    let mut waiting: Vec<&Module> = imports.get(module).into_iter().flatten().collect();
    while let Some(next) = waiting.pop() {
        if reached.insert(next) {
            waiting.extend(imports.get(next).into_iter().flatten());
        }
    }
    reached
}
