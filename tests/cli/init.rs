//! `init`: the workspace of a new project. `tests/elsewhere.rs` compiles and uses it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use insta::assert_snapshot;

use super::project::files;
use crate::support::cli::Cli;

/// The files, with the text of those that differ between back ends.
fn text(files: &BTreeMap<std::path::PathBuf, Vec<u8>>, path: &str) -> String {
    String::from_utf8(files[Path::new(path)].clone()).unwrap()
}

#[test]
fn a_workspace_is_written_once() {
    let cli = Cli::new();
    assert_snapshot!(cli.run("init"), @"
    exit code 0
    --- stdout
    written:
      Cargo.toml
      .cargo/config.toml
      .gitignore
      crates/schema/Cargo.toml
      crates/schema/src/lib.rs
      xtask/Cargo.toml
      xtask/build.rs
      xtask/src/main.rs
      tenantctl.toml
      .github/workflows/tenants.yml
      migrations_tenant/CHECKSUMS
      migrations_tenant/.gitattributes

    next:
      declare the tables in crates/schema/src/lib.rs
      cargo xtask new-migration create_tables
      cargo xtask provision acme
    ");
    let before = files(cli.folder());
    assert_snapshot!(cli.run("init"), @"
    exit code 2
    --- stderr
    error: nothing was written, since these exist: Cargo.toml, .cargo/config.toml, .gitignore, crates/schema/Cargo.toml, crates/schema/src/lib.rs, xtask/Cargo.toml, xtask/build.rs, xtask/src/main.rs, tenantctl.toml, .github/workflows/tenants.yml, migrations_tenant/CHECKSUMS, migrations_tenant/.gitattributes

    hint: run this in an empty folder
    ");
    assert!(files(cli.folder()) == before);
}

#[test]
fn what_is_in_the_way_is_named_and_nothing_is_written() {
    let cli = Cli::new();
    fs::write(cli.folder().join("Cargo.toml"), "[workspace]\n").unwrap();
    fs::create_dir(cli.folder().join("tenantctl.toml")).unwrap();
    let before = files(cli.folder());
    assert_snapshot!(cli.run("init"), @"
    exit code 1
    --- stderr
    error: tenantctl.toml can't be read
      cause: Is a directory (os error 21)
    ");
    fs::remove_dir(cli.folder().join("tenantctl.toml")).unwrap();
    assert_snapshot!(cli.run("init"), @"
    exit code 2
    --- stderr
    error: nothing was written, since these exist: Cargo.toml

    hint: run this in an empty folder
    ");
    assert_snapshot!(Cli::new().run("init --crates nowhere"), @"
    exit code 2
    --- stderr
    error: there is no crate schema-core in nowhere

    hint: --crates is the folder `crates` of a checkout
    ");
    assert_snapshot!(Cli::new().run("init --back-end oracle"), @"
    exit code 2
    --- stderr
    error: invalid value 'oracle' for '--back-end <KIND>': unknown back end `oracle`; known are sqlite, postgres and mysql

    For more information, try '--help'.
    ");
    assert!(files(cli.folder()) == before);
}

#[test]
fn each_back_end_has_what_it_needs() {
    let cli = Cli::new();
    let written = cli.run("init --back-end postgres --back-end mysql");
    assert_eq!(written.code, Some(0), "{written}");
    let files = files(cli.folder());
    assert_snapshot!(text(&files, "Cargo.toml"), @r#"
    [workspace]
    resolver = "3"
    members = ["crates/*", "xtask"]

    [workspace.dependencies]
    diesel = { version = "2.3", default-features = false }
    schema = { path = "crates/schema" }
    schema-core = { version = "0.1.0", default-features = false, features = ["postgres", "mysql"] }
    tenantctl = { version = "0.1.0", default-features = false, features = ["postgres", "mysql"] }

    [profile.dev]
    # Enough for a backtrace, and quicker to build.
    debug = "line-tables-only"
    "#);
    assert_snapshot!(text(&files, ".github/workflows/tenants.yml"), @r#"
    name: tenant migrations
    on: [push, pull_request]

    jobs:
      check:
        runs-on: ubuntu-latest
        services:
          postgres:
            image: postgres:17
            env:
              POSTGRES_PASSWORD: check
            ports: ["5432:5432"]
            options: --health-cmd pg_isready --health-interval 2s --health-retries 30
          mariadb:
            image: mariadb:11
            env:
              MARIADB_ROOT_PASSWORD: check
            ports: ["3306:3306"]
            options: --health-cmd "healthcheck.sh --connect" --health-interval 2s --health-retries 30
        env:
          TENANTCTL_TEST_POSTGRES: postgres://postgres:check@127.0.0.1:5432
          TENANTCTL_TEST_MYSQL: mysql://root:check@127.0.0.1:3306
        steps:
          - uses: actions/checkout@v4
          - run: sudo apt install -y libpq-dev
          - run: sudo apt install -y libmariadb-dev
          # Finds a schema that has no migration yet, and replays all migrations.
          - run: cargo xtask check
    "#);
    assert_snapshot!(cli.run("config"), @"
    exit code 0
    --- stdout
    SETTING                   VALUE            FROM
    registry.data_dir         .tenantctl       default
    registry.system_url       -                default
    migrations.dir            -                default
    migrations.back_ends      postgres, mysql  tenantctl.toml
    limits.jobs               64               default
    limits.per_server         4                default
    limits.connect_timeout    3                default
    limits.lock_timeout       10               default
    limits.statement_timeout  900              default
    session.before            -                default
    session.after             -                default
    hooks.before_run          -                default
    hooks.before_tenant       -                default
    hooks.after_tenant        -                default
    hooks.after_run           -                default
    hooks.timeout             -                default
    ");
}
