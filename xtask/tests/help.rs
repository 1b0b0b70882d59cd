//! The `--help` of every task, as it is printed to a pipe.

use crate::support::cli::Cli;

/// The tasks, and the lists of all commands.
const COMMANDS: [&str; 5] = ["", "help", "demo", "bench", "test"];

#[test]
fn every_help() {
    let cli = Cli::new();
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("help");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let _guard = settings.bind_to_scope();
    for command in COMMANDS {
        let help = match command {
            "help" => cli.run("help"),
            _ => cli.run(&format!("{command} --help")),
        };
        assert_eq!(help.code, Some(0), "{command}: {help}");
        assert_eq!(help.stderr, "", "{command}");
        let name = if command.is_empty() { "xtask" } else { command };
        insta::assert_snapshot!(name, help.stdout);
    }
}

/// All other commands print exactly the help that tenantctl prints.
#[test]
fn the_other_commands_are_those_of_tenantctl() {
    let cli = Cli::new();
    for (command, snapshot) in [
        ("migrate-all", include_str!("../../tests/cli/help/migrate-all.snap")),
        ("new-migration", include_str!("../../tests/cli/help/new-migration.snap")),
        ("tenants add", include_str!("../../tests/cli/help/tenants_add.snap")),
    ] {
        let help = cli.run(&format!("{command} --help"));
        let (_, expected) = snapshot.split_once("\n---\n").expect("a snapshot has a head");
        assert_eq!(help.stdout.trim_end(), expected.trim_end(), "{command}");
    }
    let nowhere = cli.run("check");
    assert_eq!(nowhere.code, Some(2), "{nowhere}");
}

/// With `--help` at its end, a command only has its names and flags checked.
#[test]
fn the_commands_in_the_readme_exist() {
    let cli = Cli::new();
    let readme = include_str!("../../README.md");
    let commands: Vec<&str> = readme
        .lines()
        .filter_map(|line| line.strip_prefix("$ cargo xtask "))
        .map(|line| line.split('#').next().unwrap_or_default())
        .collect();
    assert!(commands.len() > 8, "{commands:?}");
    for command in commands {
        let help = cli.run(&format!("{command} --help"));
        assert_eq!(help.code, Some(0), "{command}: {help}");
    }
}

#[test]
fn wrong_usage_is_code_2() {
    let cli = Cli::new();
    for args in ["bench --backend oracle", "test --serve -- --nocapture", "demo --dir"] {
        let outcome = cli.run(args);
        assert_eq!(outcome.code, Some(2), "{args}: {outcome}");
        assert_ne!(outcome.stderr, "", "{args}");
    }
}
