//! `tenantctl.toml`: what a team says once.

use insta::assert_snapshot;

use crate::support::cli::Cli;

/// The program in a folder with that file, with these environment variables.
fn run(file: &str, environment: &[(&str, &str)], args: &str) -> String {
    let cli = Cli::new();
    std::fs::write(cli.folder().join("tenantctl.toml"), file).unwrap();
    let mut command = cli.command();
    command.envs(environment.iter().copied()).args(args.split_whitespace());
    cli.outcome(&command.output().expect("the program runs")).to_string()
}

const FILE: &str = r#"
[registry]
data_dir = "var"
system_url = "postgres://fleet:${FLEET_PASSWORD}@db.internal/registry"
[migrations]
dir = "migrations"
[limits]
jobs = 16
statement_timeout = "2h"
lock_timeout = 2.5
"#;

#[test]
fn flags_come_before_the_environment_and_that_before_the_file() {
    let password = [("FLEET_PASSWORD", "s3cret")];
    assert_snapshot!(run(FILE, &password, "config"), @"
    exit code 0
    --- stdout
    SETTING                   VALUE                                      FROM
    registry.data_dir         var                                        tenantctl.toml
    registry.system_url       postgres://fleet:***@db.internal/registry  tenantctl.toml
    migrations.dir            migrations                                 tenantctl.toml
    migrations.back_ends      -                                          default
    limits.jobs               16                                         tenantctl.toml
    limits.per_server         4                                          default
    limits.connect_timeout    3                                          default
    limits.lock_timeout       2.5                                        tenantctl.toml
    limits.statement_timeout  7200                                       tenantctl.toml
    session.before            -                                          default
    session.after             -                                          default
    hooks.before_run          -                                          default
    hooks.before_tenant       -                                          default
    hooks.after_tenant        -                                          default
    hooks.after_run           -                                          default
    hooks.timeout             -                                          default
    ");
    let both = [("FLEET_PASSWORD", "s3cret"), ("TENANTCTL_DATA_DIR", "elsewhere")];
    assert_snapshot!(run(FILE, &both, "config --system-url other.db"), @"
    exit code 0
    --- stdout
    SETTING                   VALUE       FROM
    registry.data_dir         elsewhere   environment
    registry.system_url       other.db    command line
    migrations.dir            migrations  tenantctl.toml
    migrations.back_ends      -           default
    limits.jobs               16          tenantctl.toml
    limits.per_server         4           default
    limits.connect_timeout    3           default
    limits.lock_timeout       2.5         tenantctl.toml
    limits.statement_timeout  7200        tenantctl.toml
    session.before            -           default
    session.after             -           default
    hooks.before_run          -           default
    hooks.before_tenant       -           default
    hooks.after_tenant        -           default
    hooks.after_run           -           default
    hooks.timeout             -           default
    ");
    assert_snapshot!(run("", &[], "config"), @"
    exit code 0
    --- stdout
    SETTING                   VALUE       FROM
    registry.data_dir         .tenantctl  default
    registry.system_url       -           default
    migrations.dir            -           default
    migrations.back_ends      -           default
    limits.jobs               64          default
    limits.per_server         4           default
    limits.connect_timeout    3           default
    limits.lock_timeout       10          default
    limits.statement_timeout  900         default
    session.before            -           default
    session.after             -           default
    hooks.before_run          -           default
    hooks.before_tenant       -           default
    hooks.after_tenant        -           default
    hooks.after_run           -           default
    hooks.timeout             -           default
    ");
}

#[test]
fn what_the_file_says_is_done() {
    let cli = Cli::new();
    let write = |path: &str, text: &str| {
        let path = cli.folder().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("tenantctl.toml", "[registry]\ndata_dir = \"var\"\n[migrations]\ndir = \"m\"\n");
    write("m/1_a/up.sql", "CREATE TABLE a (id INTEGER);");
    let provisioned = cli.run("provision acme");
    assert_eq!(provisioned.code, Some(0), "{provisioned}");
    assert!(cli.folder().join("var/tenants/acme.db").is_file());
    assert!(cli.run("status").stdout.contains("head for sqlite: 1\n"));
    write("other/2_b/up.sql", "CREATE TABLE b (id INTEGER);");
    assert_eq!(cli.run("migrate-all --migrations other").code, Some(4), "the flag comes first");
    assert!(cli.run("migrate-all --help").stdout.contains("[default: m]"));
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let wrong = "[limits]\njob = 3\nper_server = \"four\"\nlock_timeout = \"soon\"\n\
                 [registry]\nsystem_url = \"postgres://u:${NOT_SET}@h/d\"\n[migration]\ndir = 1\n";
    assert_snapshot!(run(wrong, &[], "config"), @r#"
    exit code 2
    --- stderr
    error: tenantctl.toml: `limits.job` is unknown; did you mean `limits.jobs`?
    tenantctl.toml: limits.lock_timeout: `soon` is no limit: write a number with `s`, `m` or `h`, as in "[TIME]", or "none"
    tenantctl.toml: limits.per_server: must be a number
    tenantctl.toml: `migration.dir` is unknown; did you mean `migrations.dir`?
    tenantctl.toml: registry.system_url: the environment variable `NOT_SET` is not set
    "#);
    assert_snapshot!(run("[limits\n", &[], "config"), @"
    exit code 2
    --- stderr
    error: tenantctl.toml: TOML parse error at line 1, column 8
      |
    1 | [limits
      |        ^
    unclosed table, expected `]`
    ");
    assert_snapshot!(run("[limits]\njobs = 0\n", &[], "migrate-all"), @"
    exit code 2
    --- stderr
    error: invalid value '0' for '--jobs <JOBS>': 0 is not in 1..=65535

    For more information, try '--help'.
    ");
    let clear = "[registry]\nsystem_url = \"postgres://u:s3cret@h/d\"\n";
    let noted = run(clear, &[], "config");
    assert!(noted.contains("has a password in clear") && !noted.contains("s3cret"), "{noted}");

    let cli = Cli::new();
    std::fs::create_dir(cli.folder().join("tenantctl.toml")).unwrap();
    assert_snapshot!(cli.run("config"), @"
    exit code 1
    --- stderr
    error: tenantctl.toml can't be read
      cause: Is a directory (os error 21)
    ");
}
