//! The system database in every place that it can have.

use std::fs;
use std::process::{Output, Stdio};

use db_backend::{Access, AnyConnection, BackendKind, Timeouts};
use insta::assert_snapshot;

use crate::support::cases::test_on;
use crate::support::cli::Cli;
use crate::support::fleet::Fleet;
use crate::support::server::{TestServer, available, on_server};

test_on! {
    sqlite, postgres, mysql: on_server {
        it_can_be_on_any_back_end,
        simultaneous_first_starts_all_succeed,
        no_registry_is_created_in_a_database_by_looking,
    }
}

fn it_can_be_on_any_back_end(server: &TestServer) {
    let database = server.fresh_database();
    let cli = Cli::new();
    let system = ["--system-url".to_owned(), database.expose()];
    let run = |args: &str| {
        let words = args.split_whitespace().map(str::to_owned);
        let output = cli.command().args(&system).args(words).output().unwrap();
        cli.outcome(&output)
    };
    let first = run("provision acme beta --label region=eu --to 20261123154648");
    assert_eq!(first.code, Some(0), "{}: {first}", server.kind());
    assert_eq!(run("tenants suspend beta").code, Some(0));
    let migrated = run("migrate-all");
    assert_eq!(migrated.code, Some(0), "{}: {migrated}", server.kind());
    assert_snapshot!(run("tenants list").stdout, @"
    TENANT  STATE      SERVER    DATABASE  VERSION         LABELS
    acme    active     embedded  acme.db   20261123154738  region=eu
    beta    suspended  embedded  beta.db   20261123154648  region=eu
    ");
    assert_snapshot!(run("servers list").stdout, @"
    SERVER    BACKEND  ADDRESS
    embedded  sqlite   sqlite:tenants
    ");
    assert!(run("tenants show acme").stdout.contains("migrated"));
    assert_eq!(run("provision acme").stdout, "tenant `acme` is already active\n");

    // The environment names a system database as well; the argument takes precedence.
    let mut command = cli.command();
    command.env("SYSTEM_DATABASE_URL", database.expose()).args(["tenants", "list"]);
    assert_eq!(cli.outcome(&command.output().unwrap()).stdout, run("tenants list").stdout);
    assert!(!cli.folder().join(".tenantctl/system.db").exists());

    let mut connection =
        AnyConnection::establish(&database, Access::ReadOnly, &Timeouts::default()).unwrap();
    let versions = "SELECT version FROM __diesel_schema_migrations";
    assert_eq!(connection.rows(versions, &[]).unwrap().len(), 3);
}

#[test]
fn the_data_folder_is_named_by_argument_or_environment_and_may_be_moved() {
    let cli = Cli::new();
    let mut command = cli.program();
    command.args(["provision", "acme", "--to", "20261123154648"]).env("TENANTCTL_DATA_DIR", "here");
    let provisioned = cli.outcome(&command.output().unwrap());
    assert_eq!(provisioned.code, Some(0), "{provisioned}");
    fs::rename(cli.folder().join("here"), cli.folder().join("there")).unwrap();
    let migrated = cli.run("migrate-all --data-dir there --format json");
    assert!(migrated.stdout.contains(r#""outcome":"migrated""#), "{migrated}");
    assert!(!cli.folder().join("here").exists() && !cli.folder().join(".tenantctl").exists());
}

fn simultaneous_first_starts_all_succeed(server: &TestServer) {
    for _ in 0..3 {
        let database = server.fresh_database();
        let cli = Cli::new();
        let starts: Vec<_> = (0..4)
            .map(|number| {
                let mut program = cli.program();
                program.args(["--system-url", &database.expose(), "servers", "add"]);
                program.args([&format!("s{number}"), "sqlite:."]);
                program.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
            })
            .collect();
        for start in starts {
            let output: Output = start.wait_with_output().unwrap();
            let outcome = cli.outcome(&output);
            assert_eq!((outcome.code, &*outcome.stderr), (Some(0), ""), "{outcome}");
        }
    }
}

#[test]
fn simultaneous_first_starts_on_an_embedded_database_all_succeed() {
    for _ in 0..5 {
        let cli = Cli::new();
        let starts: Vec<_> = ["acme", "acme", "acme", "beta"]
            .map(|slug| {
                let mut program = cli.program();
                program.args(["provision", slug, "--format", "json"]);
                program.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
            })
            .into();
        for start in starts {
            let outcome = cli.outcome(&start.wait_with_output().unwrap());
            assert_eq!(outcome.code, Some(0), "{outcome}");
        }
        let tenants = cli.run("tenants list --format json").stdout;
        assert_eq!(tenants.matches(r#""state":"active""#).count(), 2, "{tenants}");
        assert_eq!(cli.run("migrate-all").code, Some(0));
    }
}

/// What the system database refuses, as if its disk were full, and what is said of a run then.
#[test]
fn a_full_system_database_does_not_change_what_happens_to_tenants() {
    let Some(server) = available(BackendKind::Sqlite) else { return };
    let mut shown = String::new();
    for refused in ["INSERT ON runs", "INSERT ON run_outcomes", "UPDATE ON runs"] {
        let fleet = Fleet::new(&server);
        fleet.succeed("provision acme beta --to 20261123154648");
        let trigger = format!(
            "CREATE TRIGGER full BEFORE {refused} \
             BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"
        );
        fleet.system().execute(&trigger).unwrap();
        let outcome = fleet.run("migrate-all");
        let said: Vec<&str> = outcome.stderr.lines().filter(|l| !l.contains("migrated")).collect();
        shown += &format!("== {refused}: exit code {:?}\n{}\n", outcome.code, said.join("\n"));
        let done = if refused == "INSERT ON runs" { 1 } else { 2 };
        assert_eq!(fleet.history("acme").len(), done, "{refused}");

        fleet.system().execute("DROP TRIGGER full").unwrap();
        fleet.succeed("migrate-all");
        let tenant = &fleet.json("tenants show acme").1[0]["tenant"];
        assert_eq!(tenant["version"], "20261123154738", "the next run records it");
    }
    assert_snapshot!(shown, @"
    == INSERT ON runs: exit code Some(1)
    error: the run was not begun, and nothing was done to any tenant's database
      cause: a query on the system database failed
      cause: database or disk is full

    hint: free the system database, or some space for it; run the same command again
    == INSERT ON run_outcomes: exit code Some(1)
    error: the run is finished, and what it did to tenants stays
      cause: the outcomes of 2 of 2 tenants are not recorded, such as that of `acme`
      cause: a query on the system database failed
      cause: database or disk is full

    hint: free the system database, or some space for it; the same command again records the tenants, and does nothing twice
    == UPDATE ON runs: exit code Some(1)
    error: the run is finished, and what it did to tenants stays
      cause: the outcomes of all tenants (2) are recorded, but not that the run has ended
      cause: a query on the system database failed
      cause: database or disk is full

    hint: free the system database, or some space for it; the same command again records the tenants, and does nothing twice
    ");
}

#[test]
fn a_locked_system_database_keeps_a_run_from_beginning() {
    let Some(server) = available(BackendKind::Sqlite) else { return };
    let fleet = Fleet::new(&server);
    fleet.succeed("provision acme --to 20261123154648");
    let mut holder = fleet.system();
    holder.execute("BEGIN IMMEDIATE").unwrap();
    assert_snapshot!(fleet.run("migrate-all"), @"
    exit code 1
    --- stderr
    error: the run was not begun, and nothing was done to any tenant's database
      cause: a query on the system database failed
      cause: database is locked

    hint: free the system database, or some space for it; run the same command again
    ");
    assert_eq!(fleet.history("acme").len(), 1);
}

/// Commands that add nothing to a registry.
const LOOKS: [&str; 8] = [
    "servers list",
    "tenants list",
    "tenants show acme",
    "tenants suspend acme",
    "migrate-all",
    "migrate-all --dry-run --format json",
    "status",
    "status --verify",
];

fn no_registry_is_created_in_a_database_by_looking(server: &TestServer) {
    let database = server.fresh_database();
    let cli = Cli::new();
    for look in LOOKS {
        let mut command = cli.command();
        command.args(["--system-url", &database.expose()]).args(look.split_whitespace());
        let outcome = cli.outcome(&command.output().unwrap());
        assert_eq!((outcome.code, &*outcome.stdout), (Some(2), ""), "{look}: {outcome}");
        assert!(outcome.stderr.contains("there is no system database at"), "{look}: {outcome}");
    }
    let mut connection =
        AnyConnection::establish(&database, Access::ReadOnly, &Timeouts::default()).unwrap();
    assert!(connection.catalog().unwrap().tables.is_empty(), "{}", server.kind());
    assert_eq!(fs::read_dir(cli.folder()).unwrap().count(), 0);
}

#[test]
fn no_registry_is_created_in_a_folder_by_looking() {
    let cli = Cli::new();
    let mut said: Vec<String> =
        LOOKS.map(|look| cli.run(&format!("--data-dir elsewhere {look}")).to_string()).into();
    said.dedup();
    assert_snapshot!(said.join("--\n"), @"
    exit code 2
    --- stderr
    error: there is no system database at elsewhere/system.db
      cause: elsewhere/system.db: No such file or directory (os error 2)

    hint: the first `servers add` or `provision` creates it; --data-dir, --system-url or SYSTEM_DATABASE_URL says where it is
    ");
    assert_eq!(fs::read_dir(cli.folder()).unwrap().count(), 0);
}

#[test]
fn a_mistyped_address_is_neither_a_file_nor_shown_with_its_password() {
    const SECRET: &str = "s3cret";
    let cli = Cli::new();
    for address in [
        "",
        " ",
        " postgres://root:s3cret@h/db",
        "postgres://root:s3cret@h/db ",
        "postgres ://root:s3cret@h/db",
        "postgres:// root:s3cret@h/db",
        "postgers://root:s3cret@h/db",
        "post-gres://root:s3cret@h/db",
        "postgres//root:s3cret@h/db",
        "mysql:/root:s3cret@h/db",
        "mysql:root:s3cret@h/db",
        "root:s3cret@h/db",
        "sqlite:postgres://root:s3cret@h/db",
        "sqlite: system.db",
    ] {
        let commands: [&[&str]; 5] = [
            &["--system-url", address, "provision", "acme"],
            &["--system-url", address, "servers", "add", "main", "sqlite:."],
            &["servers", "add", "main", address],
            &["servers", "add", "main", "sqlite:.", address],
            &["provision", "--no-such-option", address],
        ];
        for command in commands {
            let outcome = cli.run_args(command);
            assert_eq!((outcome.code, &*outcome.stdout), (Some(2), ""), "{command:?}: {outcome}");
            assert!(!outcome.stderr.contains(SECRET), "{command:?}: {outcome}");
        }
        let mut command = cli.command();
        command.env("SYSTEM_DATABASE_URL", address).args(["provision", "acme"]);
        assert_eq!(cli.outcome(&command.output().unwrap()).code, Some(2), "{address:?}");
    }
    assert_eq!(fs::read_dir(cli.folder()).unwrap().count(), 0, "nothing is created");
}

#[test]
fn an_unusable_system_database_is_explained_without_its_password() {
    let cli = Cli::new();
    fs::write(cli.folder().join("text.db"), "not a database ".repeat(100)).unwrap();
    fs::write(cli.folder().join("file"), "").unwrap();
    let mut shown = String::new();
    for args in [
        "--system-url text.db tenants list",
        "--system-url nowhere/system.db tenants list",
        "--system-url :memory: tenants list",
        "--system-url nowhere/system.db provision acme",
        "--system-url oracle://root:s3cret@h/db tenants list",
        "--data-dir file tenants list",
        "--data-dir file provision acme",
    ] {
        let outcome = cli.run(args);
        assert_ne!(outcome.code, Some(0));
        shown += &format!("$ {}\n{outcome}", args.replace("s3cret", "[PASSWORD]"));
    }
    assert_snapshot!(shown, @"
    $ --system-url text.db tenants list
    exit code 1
    --- stderr
    error: the system database can't be opened
      cause: file is not a database

    hint: check that its server runs and that the database exists; --system-url, SYSTEM_DATABASE_URL or --data-dir says where it is
    $ --system-url nowhere/system.db tenants list
    exit code 2
    --- stderr
    error: there is no system database at nowhere/system.db
      cause: nowhere/system.db: No such file or directory (os error 2)

    hint: the first `servers add` or `provision` creates it; --data-dir, --system-url or SYSTEM_DATABASE_URL says where it is
    $ --system-url :memory: tenants list
    exit code 2
    --- stderr
    error: the system database's address: a database in memory is gone with its connection; name a file
    $ --system-url nowhere/system.db provision acme
    exit code 1
    --- stderr
    error: the system database can't be opened
      cause: nowhere/system.db can't be created: entity not found

    hint: check that its server runs and that the database exists; --system-url, SYSTEM_DATABASE_URL or --data-dir says where it is
    $ --system-url oracle://root:[PASSWORD]@h/db tenants list
    exit code 2
    --- stderr
    error: the system database's address: the address does not begin with sqlite:, postgres:// or mysql://
    $ --data-dir file tenants list
    exit code 2
    --- stderr
    error: there is no system database at file/system.db
      cause: file/system.db: Not a directory (os error 20)

    hint: the first `servers add` or `provision` creates it; --data-dir, --system-url or SYSTEM_DATABASE_URL says where it is
    $ --data-dir file provision acme
    exit code 1
    --- stderr
    error: the data folder file can't be made
      cause: File exists (os error 17)

    hint: choose another folder with --data-dir
    ");
    assert!(!shown.contains("s3cret"));
}
