//! What `docs/ARCHITECTURE.md` says of the project is true.

use regex::Regex;

use super::{read, root, rust_files};

#[test]
fn every_crate_is_on_the_map() {
    let map = read("docs/ARCHITECTURE.md");
    let mut missing = Vec::new();
    for entry in std::fs::read_dir(root().join("crates")).expect("the crates") {
        let name = entry.expect("it can be listed").file_name().display().to_string();
        if !map.contains(&format!("`crates/{name}`")) {
            missing.push(name);
        }
    }
    assert_eq!(missing, Vec::<String>::new());
}

#[test]
fn every_place_that_it_names_is_there() {
    let map = read("docs/ARCHITECTURE.md");
    let place = Regex::new(r"`((?:crates|tests|docs|xtask|migrations_tenant|examples)/[\w/.-]+)`");
    let missing: Vec<String> = place
        .expect("a pattern")
        .captures_iter(&map)
        .map(|place| place[1].to_owned())
        .filter(|place| {
            let path = root().join(place);
            !path.exists() && !path.with_extension("rs").exists()
        })
        .collect();
    assert_eq!(missing, Vec::<String>::new());
}

/// Every promise has its test.
#[test]
fn every_test_that_holds_a_promise_is_there() {
    let map = read("docs/ARCHITECTURE.md");
    let (_, promises) = map.split_once("## Promises").expect("the promises");
    let rows: Vec<&str> = promises.lines().filter(|line| line.starts_with("| ")).collect();
    assert!(rows.len() > 15, "{} rows", rows.len());

    let sources = rust_files();
    let name = Regex::new(r"`((?:[\w…]+::)*[a-z][a-z0-9_…]{8,})`").expect("a pattern");
    let mut missing = Vec::new();
    for row in rows.iter().skip(2) {
        let held_by = row.rsplit(" | ").next().unwrap_or_default();
        let mut tests = 0;
        for test in name.captures_iter(held_by) {
            let (modules, test) = match test[1].rsplit_once("::") {
                Some((modules, test)) => (modules.to_owned(), test.to_owned()),
                None => (String::new(), test[1].to_owned()),
            };
            tests += 1;
            // `every_point_is_survived_on_…` stands for one test on each back end.
            let function = format!("fn {}", test.trim_end_matches('…'));
            let module = modules.rsplit("::").next().unwrap_or_default();
            let is_there = sources
                .iter()
                .any(|source| source.text.contains(&function) && source.path.contains(module));
            if !is_there {
                missing.push(test);
            }
        }
        if tests == 0 && !held_by.contains("tests`") {
            missing.push(format!("no test in: {row}"));
        }
    }
    assert_eq!(missing, Vec::<String>::new());
}
