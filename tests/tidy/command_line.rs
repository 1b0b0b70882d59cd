//! Only the command line speaks of flags, commands and exit codes.

use regex::Regex;

use super::rust_files;

/// What only the command line may say, and what to call a hit.
const COMMAND_LINE: [(&str, &str); 4] = [
    // A comment of SQL has a space after its dashes.
    (r"(^|[^-\w])--[a-z]", "a flag"),
    ("cargo xtask", "a command"),
    (
        "`(new-migration|migrate-all|provision|check|bench|demo)[` ]|`(tenants|servers|schema) [a-z]",
        "a command",
    ),
    (r"(?i)\bexit codes?\b", "an exit code"),
];

/// Hits that are allowed.
const EXEMPT: [(&str, &str, &str); 3] = [
    ("db-backend/src/mysql/errors/tests.rs", "--read-only", "a server's own words"),
    ("schema-macros/src/lib.rs", "`check` finds", "a module of the crate"),
    ("tenant-migrate/src/tests/faults.rs", "Calls `check`", "a parameter"),
];

/// Facts are passed up as kinds; how a user asks for something is known in one place.
#[test]
fn the_libraries_do_not_speak_command_line() {
    let rules = COMMAND_LINE.map(|(pattern, what)| (Regex::new(pattern).unwrap(), what));
    let mut hits = Vec::new();
    let is_library = |path: &str| {
        path.contains("/src/") && !path.contains("tenantctl") && !path.contains("tests")
    };
    let libraries = rust_files()
        .into_iter()
        .filter(|source| source.path.starts_with("crates/") && is_library(&source.path));
    for super::Source { path, text } in libraries {
        for (line, number) in text.lines().zip(1..) {
            let is_exempt =
                EXEMPT.iter().any(|(file, words, _)| path.ends_with(file) && line.contains(words));
            let broken = rules.iter().filter(|(rule, _)| !is_exempt && rule.is_match(line));
            hits.extend(broken.map(|(_, what)| format!("{path}:{number}: {what}: {line}")));
        }
    }
    assert!(hits.is_empty(), "only tenantctl and xtask may say this:\n{}", hits.join("\n"));
}

/// The rules above find what they should find.
#[test]
fn command_line_is_told_from_sql() {
    let is_broken = |line: &str| {
        COMMAND_LINE.iter().any(|(pattern, _)| Regex::new(pattern).unwrap().is_match(line))
    };
    for line in [
        "name another with --data-dir",
        "(`--to 4`)",
        "run `check --seal`",
        "`tenants list` shows all",
        "`cargo xtask test` starts one",
        "/// The exit code it ended with.",
    ] {
        assert!(is_broken(line), "{line}");
    }
    for line in [
        "-- a comment of SQL",
        "--",
        "-----BEGIN",
        "CREATE TABLE a (id INTEGER); -- why",
        "#[check(name, \"expression\")]",
    ] {
        assert!(!is_broken(line), "{line}");
    }
}

/// Operators get no test servers, and no package manager.
#[test]
fn the_product_links_nothing_of_the_tasks() {
    let program = std::fs::read(crate::PROGRAM).unwrap();
    for words in ["apt-get", "mariadb-install-db", "test-servers"] {
        let is_there = program.windows(words.len()).any(|window| window == words.as_bytes());
        assert!(!is_there, "{} knows of {words}", crate::PROGRAM);
    }
}
