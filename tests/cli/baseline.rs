//! Databases that never had a history, adopted at a version.

use db_backend::{Access, AnyConnection, BackendKind, Timeouts, admin};
use insta::assert_snapshot;

use crate::support::cases::test_on;
use crate::support::cli::{Cli, Outcome};
use crate::support::fleet::{Fleet, outcomes_in_words};
use crate::support::server::{TestServer, available, on_server};
use crate::support::user::User;

const FOLDER: [(&str, &str); 4] = [
    ("1_people", "CREATE TABLE people (id INTEGER PRIMARY KEY NOT NULL, name VARCHAR(20));"),
    (
        "2_grown",
        "CREATE VIEW names AS SELECT name FROM people;
         CREATE INDEX people_name ON people (name);",
    ),
    ("3_pets", "CREATE TABLE pets (id INTEGER PRIMARY KEY NOT NULL);"),
    ("4_later", "CREATE TABLE later (id INTEGER PRIMARY KEY NOT NULL);"),
];

test_on! {
    sqlite, postgres, mysql: on_server {
        what_equals_the_version_is_adopted_and_goes_on_from_there,
        what_differs_is_named_and_left_alone,
        a_run_that_is_killed_is_finished_by_the_next,
        a_database_of_another_registry_is_not_adopted,
        what_is_wrong_with_the_call_is_said_before_anything_is_done,
    }
}

/// A fleet whose tenants have what the first two migrations make, and no history.
fn grown<'s>(server: &'s TestServer, names: &[&str]) -> Fleet<'s> {
    let fleet = Fleet::new(server);
    for (name, up) in FOLDER {
        fleet.write(&format!("m/{name}/up.sql"), up);
    }
    for name in names {
        fleet.create_database(name);
        fleet.execute(name, FOLDER[0].1);
        fleet.execute(name, FOLDER[1].1);
        fleet.succeed(&format!("tenants import --csv {}", row(&fleet, name)));
    }
    fleet
}

/// A file that registers that tenant.
fn row(fleet: &Fleet<'_>, name: &str) -> String {
    let (slug, database) = (fleet.slug(name), fleet.database_name(name));
    fleet.write("one.csv", &format!("slug,database\n{slug},{database}\n"));
    "one.csv".to_owned()
}

/// What is printed, without the line that differs from run to run.
fn without_slowest(outcome: &Outcome) -> String {
    let lines = outcome.stdout.lines().filter(|line| !line.starts_with("slowest: "));
    lines.collect::<Vec<_>>().join("\n")
}

const BASELINE: &str = "tenants baseline --migrations m --version";

fn what_equals_the_version_is_adopted_and_goes_on_from_there(server: &TestServer) {
    let names = ["acme", "beta", "core"];
    let fleet = grown(server, &names);
    fleet.execute("acme", "INSERT INTO people VALUES (1, 'Ada')");
    let census = fleet.succeed("tenants census --migrations m");
    assert!(census.contains("`tenants baseline` adopts them"), "{census}");

    assert_snapshot!(fleet.run(&format!("{BASELINE} 2 --dry-run")), @"
    exit code 3
    --- stdout
    would adopt 3 tenants: acme, beta, core
    ");
    assert!(fleet.run("status --verify").stdout.contains("-        3"), "nothing was written");
    let adopted = fleet.run(&format!("{BASELINE} 2"));
    assert_snapshot!(without_slowest(&adopted), @"
    3 tenants: 3 adopted
           3 at 2
    ");
    assert_eq!(adopted.code, Some(0), "{adopted}");
    for name in names {
        assert_eq!(fleet.history(name), ["1", "2"], "{}", server.kind());
        assert_eq!(fleet.owner(name).len(), 1);
    }
    let journal = "SELECT CAST(count(*) AS CHAR(3)) FROM __tenantctl_journal WHERE finished = 1";
    assert_eq!(fleet.column("acme", journal)[0].trim(), "2");
    let (_, shown) = fleet.json("tenants show @acme");
    assert_eq!(shown[0]["tenant"]["version"], "2", "{shown:?}");

    let (code, lines) = fleet.json(&format!("{BASELINE} 2"));
    let again = "acme up_to_date, beta up_to_date, core up_to_date";
    assert_eq!((code, &*outcomes_in_words(&lines)), (Some(0), again));
    fleet.succeed("migrate-all --migrations m");
    assert_eq!(fleet.history("acme"), ["1", "2", "3", "4"]);
    assert_eq!(fleet.column("acme", "SELECT name FROM names"), ["Ada"]);
}

fn what_differs_is_named_and_left_alone(server: &TestServer) {
    let fleet = grown(server, &["equal", "extra", "extra2", "older", "bare"]);
    for name in ["extra", "extra2"] {
        fleet.execute(name, "CREATE TABLE own (id INTEGER PRIMARY KEY NOT NULL)");
    }
    fleet.execute("older", "DROP VIEW names");
    fleet.execute("bare", "DROP VIEW names");
    fleet.execute("bare", "DROP TABLE people");
    fleet.succeed("provision @stays --migrations m --to 1");
    let outcome = fleet.run(&format!("{BASELINE} 2"));
    assert_snapshot!(without_slowest(&outcome), @"
    6 tenants: 1 adopted, 5 blocked
           1 at 2
           1 at 1

    error: 2 tenants, such as `extra`: its tables are not those of version 2 (1 difference)
      table `own` is not in the schema
    hint: nothing was changed; adopt it at the version that it has, or make it equal first

    error: tenant `stays`: it has a migration history already, at version 1
    hint: `migrate-all` continues it

    error: tenant `bare`: it is empty
    hint: `migrate-all` gives it everything

    error: tenant `older`: its tables are not those of version 2 (1 difference)
      view names is missing
    hint: nothing was changed; adopt it at the version that it has, or make it equal first
    ");
    for name in ["extra", "older", "bare"] {
        let mark = fleet.open(name).mark().expect("it can be read");
        assert_eq!(mark, None, "nothing was written");
    }
    assert_eq!(fleet.history("equal"), ["1", "2"]);
    assert_eq!(fleet.history("stays"), ["1"]);
    let dry = fleet.run(&format!("{BASELINE} 2 --dry-run --only @extra"));
    assert_snapshot!(dry, @"
    exit code 4
    --- stdout
    would adopt 0 tenants

    error: tenant `extra`: its tables are not those of version 2 (1 difference)
      table `own` is not in the schema
    hint: nothing was changed; adopt it at the version that it has, or make it equal first
    ");
    let (code, lines) = fleet.json(&format!("{BASELINE} 2 --only @older"));
    assert_eq!(code, Some(4));
    let blocked = lines.iter().find(|line| line["event"] == "tenant_finished").unwrap();
    assert_snapshot!(blocked["blocker"], @r#"{"differences":["view names is missing"],"reason":"differs","version":"2"}"#);
}

fn a_run_that_is_killed_is_finished_by_the_next(server: &TestServer) {
    let fleet = grown(server, &["acme"]);
    for point in [
        "after-lock",
        "after-ensure-tables",
        "after-mark",
        "after-history-row",
        "after-journal-row",
        "before-commit",
        "after-commit",
        "after-unlock",
    ] {
        // The last time that it passes the point; before that it is in the scratch database.
        let killed = (1..=5).rev().any(|pass| {
            for table in ["__diesel_schema_migrations", "__tenantctl_journal", "__tenantctl_owner"]
            {
                fleet.execute("acme", &format!("DROP TABLE IF EXISTS {table}"));
            }
            let mut program = fleet.program(&format!("{BASELINE} 2"));
            let armed = program.env("TENANTCTL_CRASH_AT", format!("{point}:{pass}"));
            armed.output().expect("the program runs").status.code().is_none()
        });
        assert!(killed, "{}: {point}", server.kind());
        fleet.succeed(&format!("{BASELINE} 2"));
        assert_eq!(fleet.history("acme"), ["1", "2"], "{}: {point}", server.kind());
        assert_eq!(fleet.owner("acme").len(), 1, "{}: {point}", server.kind());
    }
}

fn a_database_of_another_registry_is_not_adopted(server: &TestServer) {
    let fleet = grown(server, &["acme"]);
    let database = fleet.database_name("acme");
    let other = fleet.other_registry();
    other.succeed(&format!("tenants add @acme --database {database}"));
    let refused = fleet.run(&format!("{BASELINE} 2"));
    assert_eq!(refused.code, Some(4), "{refused}");
    assert!(refused.stdout.contains("belongs to another registry"), "{refused}");
    fleet.succeed(&format!("{BASELINE} 2 --take-over"));
    assert_eq!(fleet.history("acme"), ["1", "2"]);
}

fn what_is_wrong_with_the_call_is_said_before_anything_is_done(server: &TestServer) {
    let fleet = grown(server, &["acme"]);
    assert_snapshot!(fleet.run(&format!("{BASELINE} 22")), @"
    exit code 2
    --- stderr
    error: no migration has the version `22`; the newest is 4

    hint: did you mean 2?
    ");
    assert_eq!(fleet.run("tenants baseline --migrations m").code, Some(2));
    let elsewhere = fleet.run(&format!("{BASELINE} 2 --postgres-url mysql://u:s3cret@h"));
    assert_eq!(elsewhere.code, Some(2), "{elsewhere}");
    assert!(!elsewhere.stderr.contains("s3cret"), "{elsewhere}");
    fleet.write("m/2_grown/up.sql", "CREATE TABLE grown (id INTEGER,);");
    let broken = fleet.run(&format!("{BASELINE} 2"));
    assert_eq!(broken.code, Some(4), "{broken}");
    let said = "error: tenant `acme`: scratch database failed\n  cause: the migrations can't be \
                replayed on ";
    assert!(broken.stdout.contains(said), "{broken}");
    assert!(broken.stdout.contains("migration 2_grown failed at statement 1 of 1"), "{broken}");
}

/// Tables get the character set of their database, and databases of one server may differ in it.
/// A killed process can't drop its scratch database; one that works on its own drops nothing of it.
#[test]
fn scratch_databases_that_a_killed_run_left_are_dropped_by_the_next() {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    for kind in [BackendKind::Postgres, BackendKind::Mysql] {
        let Some(server) = available(kind) else { continue };
        let fleet = grown(&server, &["acme"]);
        let own = format!("{:016x}", std::process::id());
        let name = |seconds: u64| format!("tenantctl_scratch_{seconds:08x}_{own}");
        let (left, used, new) = (name(1), name(2), name(now.as_secs()));
        let create = |name| admin::create_database(fleet.url(), name, &Timeouts::default());
        for name in [&left, &used, &new] {
            server.drop_at_end(name);
            create(name).unwrap();
        }
        let used_url = fleet.url().database(&used).unwrap();
        let session = (0..20).find_map(|_| {
            let timeouts = Timeouts::default();
            let opened = AnyConnection::establish(&used_url, Access::ReadWrite, &timeouts).ok();
            // Until it has a session, the process of another test may drop it.
            opened.or_else(|| create(&used).ok().and(None))
        });
        let session = session.expect("one of the attempts");
        fleet.succeed(&format!("{BASELINE} 2"));
        drop(session);
        let is_there =
            |name| admin::database_exists(fleet.url(), name, &Timeouts::default()).unwrap();
        assert_eq!([&left, &used, &new].map(|name| is_there(name)), [false, true, true], "{kind}");
    }
}

/// As in any fleet: one replay, and each tenant is read and adopted for itself.
#[test]
fn five_hundred_databases_are_adopted_in_one_run() {
    const TENANTS: usize = 500;
    let Some(server) = available(BackendKind::Sqlite) else { return };
    let fleet = grown(&server, &[]);
    fleet.create_database("first");
    let first = fleet.file("first");
    fleet.execute("first", FOLDER[0].1);
    fleet.execute("first", FOLDER[1].1);
    for number in 1..TENANTS {
        std::fs::copy(&first, fleet.file(&format!("t{number}"))).unwrap();
    }
    fleet.execute("t7", "DROP VIEW names");
    fleet.succeed("tenants import --match *.db");
    let adopted = fleet.run(&format!("{BASELINE} 2"));
    assert_eq!(adopted.code, Some(4), "{adopted}");
    let counts = "500 tenants: 499 adopted, 1 blocked";
    assert!(adopted.stdout.contains(counts), "{adopted}");
    let migrated = fleet.run("migrate-all --migrations m");
    assert!(migrated.stdout.contains("499 migrated"), "{migrated}");
}

#[test]
fn databases_of_another_character_set_are_compared_with_one_of_theirs() {
    let Some(server) = available(BackendKind::Mysql) else { return };
    let fleet = grown(&server, &["usual", "latin"]);
    fleet.execute("latin", "DROP TABLE people");
    let database = fleet.database_name("latin");
    fleet.execute("latin", &format!("ALTER DATABASE `{database}` CHARACTER SET latin1"));
    fleet.execute("latin", FOLDER[0].1);
    fleet.execute("latin", "CREATE INDEX people_name ON people (name)");
    fleet.succeed(&format!("{BASELINE} 2"));
    assert_eq!(fleet.history("latin"), ["1", "2"]);
}

#[test]
fn a_user_who_may_not_create_databases_names_another_server() {
    let Some(server) = available(BackendKind::Mysql) else { return };
    let user = User::on(server);
    let database = user.fresh_database();
    let name = database.name();
    let create = FOLDER[0].1;
    AnyConnection::establish(&database, Access::ReadWrite, &Timeouts::default())
        .and_then(|mut connection| connection.execute(create))
        .expect("the user may create tables");
    let cli = Cli::new();
    std::fs::create_dir_all(cli.folder().join("m/1_people")).unwrap();
    std::fs::write(cli.folder().join("m/1_people/up.sql"), create).unwrap();
    std::fs::write(cli.folder().join("one.csv"), format!("slug,database\nacme,{name}\n")).unwrap();
    for args in [
        format!("servers add main {}", user.url().expose()),
        "tenants import --csv one.csv".to_owned(),
    ] {
        let outcome = cli.run(&args);
        assert_eq!(outcome.code, Some(0), "{outcome}");
    }
    let denied = cli.run(&format!("{BASELINE} 1"));
    assert_eq!(denied.code, Some(4), "{denied}");
    assert!(denied.stdout.contains("error: tenant `acme`: scratch database failed"), "{denied}");
    assert!(denied.stdout.contains("needs the right to create databases"), "{denied}");
    let other = user.server().url().expose();
    let adopted = cli.run(&format!("{BASELINE} 1 --mysql-url {other}"));
    assert_eq!(adopted.code, Some(0), "{adopted}");
}
