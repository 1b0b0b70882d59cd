//! `bench`, on fleets that are too small for the numbers to mean anything.

use insta::assert_snapshot;
use regex::Regex;

use crate::support::cases::test_on;
use crate::support::cli::Cli;
use crate::support::server::{TestServer, on_server};

test_on! {
    sqlite, postgres, mysql: on_server {
        each_case_has_a_ratio,
    }
}

fn each_case_has_a_ratio(server: &TestServer) {
    let (kind, url) = (server.kind(), server.url().expose());
    let cli = Cli::new();
    let backend = format!("--backend={kind}");
    let mut args = vec!["bench", "--here", "--tenants=3", "--rounds=2", &backend];
    let named = format!("--{kind}-url={url}");
    if server.url().path().is_none() {
        args.push(&named);
    }
    let shown = cli.run_args(&args).to_string().replace(kind.name(), "[BACK END]");
    // The generation of migrations is measured on SQLite only.
    let generation = shown.lines().filter(|line| line.contains("generat")).count();
    assert_eq!(generation, if server.url().path().is_some() { 4 } else { 0 }, "{shown}");
    assert_snapshot!(without_numbers(&shown), @"
    exit code 0
    --- stdout
    3 tenants, median of 2 rounds

    back end case ms/tenant floor ratio total ms floor's total
    [BACK END] provision # # # # #
    [BACK END] migrate # # # # #
    [BACK END] no-op # # # # #

    [BACK END]: 3 tenants at a time; its floor: […]
    --- stderr
    [BACK END]: round 1 of 2
    [BACK END]: round 2 of 2
    ");
    assert_eq!(cli.folder().read_dir().expect("it can be read").count(), 0, "it leaves nothing");
}

/// Replaces each measured number by `#`, puts the columns one space apart, and drops the
/// description of the floor.
fn without_numbers(output: &str) -> String {
    let replaced = [
        (r"\d+\.\d+", "#"),
        (" +", " "),
        ("floor: .*", "floor: […]"),
        ("debug build.*\n", ""),
        (".*generat.*\n", ""),
    ];
    replaced.into_iter().fold(output.to_owned(), |text, (pattern, with)| {
        let pattern = Regex::new(pattern).expect("a valid pattern");
        pattern.replace_all(&text, with).into_owned()
    })
}
