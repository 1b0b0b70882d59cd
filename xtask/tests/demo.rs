//! `demo`, whose output the README shows first.

use insta::assert_snapshot;
use regex::Regex;

use crate::support::cli::Cli;

#[test]
fn the_demo_tells_the_whole_story() {
    let cli = Cli::new();
    let demo = cli.run("demo");
    assert_eq!(demo.code, Some(0), "{demo}");
    assert_eq!(demo.stderr, "");
    let readme = include_str!("../../README.md");
    let block =
        readme.split_once("\n$ cargo xtask demo\n").and_then(|(_, rest)| rest.split_once("```"));
    let (block, _) = block.expect("the README has a fenced block that begins with the demo");
    assert_eq!(
        without_the_slowest(&demo.stdout),
        without_the_slowest(block),
        "the README's block (right) is not what `cargo xtask demo` prints (left): paste it again"
    );

    // The command in its last line works.
    let list = cli.run("--data-dir .tenantctl/demo-1 tenants list --only initech-3 --format json");
    assert!(list.stdout.contains(r#""tenant":"initech-3","state":"active""#), "{list}");

    // The next demo uses the next folder.
    assert!(cli.run("demo").stdout.contains(".tenantctl/demo-2"));
    let taken = cli.run("demo --dir .tenantctl/demo-1");
    assert_snapshot!(taken, @"
    exit code 2
    --- stderr
    error: .tenantctl/demo-1 already exists
    ");
}

/// Other tenants are the slowest each time.
fn without_the_slowest(output: &str) -> String {
    let names = Regex::new("(?m)^slowest: .*$").expect("a valid pattern");
    names.replace_all(output, "slowest: [TENANTS]").into_owned()
}
