//! Texts that can't be slugs are refused, and are quoted in every message.

use insta::assert_snapshot;

use crate::support::cli::Cli;

/// A registry that knows one server and no tenants.
fn with_registry() -> Cli {
    let cli = Cli::new();
    let added = cli.run("servers add main sqlite:.");
    assert_eq!(added.code, Some(0), "{added}");
    cli
}

#[test]
fn each_invalid_slug_is_refused_with_its_reason() {
    let cli = with_registry();
    let long = "x".repeat(300);
    let slugs = [
        "",
        "..",
        "../acme",
        "a/b",
        "/etc/passwd",
        "a\\b",
        "a'b",
        "a\"b",
        "a`b",
        "a b",
        " acme",
        "a;b",
        "a\nb",
        "Acme",
        "größe",
        "名前",
        "a\u{202e}b",
        "-acme",
        "acme_",
        "a.b",
        "%2e%2e",
        &long,
    ];
    let mut shown = String::new();
    for slug in slugs {
        let commands: [&[&str]; 4] = [
            &["provision", "--", slug],
            &["tenants", "add", "--database", "x.db", "--", slug],
            &["tenants", "show", "--", slug],
            &["tenants", "suspend", "--", slug],
        ];
        let said = commands.map(|command| {
            let outcome = cli.run_args(command);
            assert_eq!(outcome.code, Some(2), "{command:?}: {outcome}");
            assert_eq!(outcome.stdout, "");
            outcome.stderr.lines().next().unwrap_or_default().to_owned()
        });
        assert!(said.iter().all(|line| *line == said[0]), "{said:?}");
        shown += &format!("{}\n", said[0]);
    }
    assert_snapshot!(shown, @r#"
    error: `` can't be a tenant's slug: it is empty
    error: `..` can't be a tenant's slug: only a-z, 0-9, `-` and `_` may stand in it
    error: `../acme` can't be a tenant's slug: only a-z, 0-9, `-` and `_` may stand in it
    error: `a/b` can't be a tenant's slug: only a-z, 0-9, `-` and `_` may stand in it
    error: `/etc/passwd` can't be a tenant's slug: only a-z, 0-9, `-` and `_` may stand in it
    error: `a\b` can't be a tenant's slug: only a-z, 0-9, `-` and `_` may stand in it
    error: `a'b` can't be a tenant's slug: only a-z, 0-9, `-` and `_` may stand in it
    error: `a"b` can't be a tenant's slug: only a-z, 0-9, `-` and `_` may stand in it
    error: `a`b` can't be a tenant's slug: only a-z, 0-9, `-` and `_` may stand in it
    error: `a b` can't be a tenant's slug: only a-z, 0-9, `-` and `_` may stand in it
    error: ` acme` can't be a tenant's slug: only a-z, 0-9, `-` and `_` may stand in it
    error: `a;b` can't be a tenant's slug: only a-z, 0-9, `-` and `_` may stand in it
    error: `a\nb` can't be a tenant's slug: only a-z, 0-9, `-` and `_` may stand in it
    error: `Acme` can't be a tenant's slug: only a-z, 0-9, `-` and `_` may stand in it
    error: `größe` can't be a tenant's slug: only a-z, 0-9, `-` and `_` may stand in it
    error: `名前` can't be a tenant's slug: only a-z, 0-9, `-` and `_` may stand in it
    error: `a\u{202e}b` can't be a tenant's slug: only a-z, 0-9, `-` and `_` may stand in it
    error: `-acme` can't be a tenant's slug: it must begin and end with a letter or a digit
    error: `acme_` can't be a tenant's slug: it must begin and end with a letter or a digit
    error: `a.b` can't be a tenant's slug: only a-z, 0-9, `-` and `_` may stand in it
    error: `%2e%2e` can't be a tenant's slug: only a-z, 0-9, `-` and `_` may stand in it
    error: `xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…` can't be a tenant's slug: it is longer than 48 characters
    "#);
    let left: Vec<_> = std::fs::read_dir(cli.folder()).unwrap().collect();
    assert!(left.len() <= 1, "nothing but the data folder: {left:?}");
    assert_eq!(cli.run("tenants list").stdout, "no tenants\n");
}

#[test]
fn all_invalid_slugs_are_named_together_and_nothing_is_done() {
    let cli = with_registry();
    assert_snapshot!(cli.run("provision acme B c/d"), @"
    exit code 2
    --- stderr
    error: `B` can't be a tenant's slug: only a-z, 0-9, `-` and `_` may stand in it
    `c/d` can't be a tenant's slug: only a-z, 0-9, `-` and `_` may stand in it

    hint: a slug has 1 to 48 characters: a-z, 0-9, `-` and `_`
    ");
    assert_eq!(cli.run("tenants list").stdout, "no tenants\n");
}

#[test]
fn unknown_slugs_are_a_wrong_call() {
    let cli = with_registry();
    let commands = ["show", "suspend", "activate", "archive"];
    let mut said =
        commands.map(|command| cli.run(&format!("tenants {command} nobody")).to_string()).to_vec();
    said.dedup();
    assert_snapshot!(said.join("--\n"), @"
    exit code 2
    --- stderr
    error: there is no tenant `nobody`

    hint: `tenants list` shows all of them
    ");
}

#[test]
fn invalid_labels_are_refused() {
    let cli = with_registry();
    let long = format!("{}=x", "n".repeat(64));
    for label in ["gold", "=gold", &long] {
        let outcome = cli.run_args(&["provision", "acme", "--label", label]);
        assert_eq!(outcome.code, Some(2), "{outcome}");
    }
    assert_eq!(cli.run("tenants list").stdout, "no tenants\n");
}
