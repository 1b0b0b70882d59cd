//! The output of every `--help`, as printed to a pipe.

use crate::support::cli::Cli;

/// All commands, including nested ones. The snapshots show that none is missing: each command is
/// listed in the help of its parent.
const COMMANDS: [&str; 36] = [
    "",
    "init",
    "new-migration",
    "squash",
    "check",
    "schema",
    "schema diff",
    "schema import",
    "schema print",
    "diagram",
    "registry",
    "registry show",
    "registry fork",
    "servers",
    "servers add",
    "servers list",
    "servers set-url",
    "servers remove",
    "tenants",
    "tenants list",
    "tenants show",
    "tenants add",
    "tenants census",
    "tenants import",
    "tenants baseline",
    "tenants label",
    "tenants suspend",
    "tenants activate",
    "tenants archive",
    "provision",
    "migrate-all",
    "repair",
    "status",
    "config",
    "help",
    "help tenants add",
];

#[test]
fn every_help() {
    let cli = Cli::new();
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("help");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let _guard = settings.bind_to_scope();
    for command in COMMANDS {
        let help = match command.split_once("help") {
            Some(_) => cli.run(command),
            None => cli.run(&format!("{command} --help")),
        };
        assert_eq!(help.code, Some(0), "{command}: {help}");
        assert_eq!(help.stderr, "", "{command}");
        let name = if command.is_empty() { "tenantctl" } else { command };
        insta::assert_snapshot!(name.replace(' ', "_"), help.stdout);
    }
}

#[test]
fn the_version() {
    let version = Cli::new().run("--version");
    assert_eq!(version.stdout, concat!("tenantctl ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn wrong_usage_is_code_2() {
    let cli = Cli::new();
    for args in [
        "",
        "migrate",
        "migrate-all --jobs 0",
        "migrate-all --lock-timeout -1",
        "migrate-all --lock-timeout nan",
        "migrate-all --lock-timeout 0",
        "migrate-all --format yaml",
        "provision",
        "tenants add acme",
        "new-migration",
    ] {
        let outcome = cli.run(args);
        assert_eq!(outcome.code, Some(2), "{args}: {outcome}");
        assert_ne!(outcome.stderr, "", "{args}");
    }
    assert!(!cli.folder().join(".tenantctl").exists(), "a wrong call creates nothing");
}
