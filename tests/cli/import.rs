//! Many existing databases that become tenants at once.

use db_backend::BackendKind;
use insta::assert_snapshot;

use crate::support::cases::test_on;
use crate::support::fleet::{Fleet, outcomes_in_words};
use crate::support::server::{TestServer, available, on_server};

test_on! {
    sqlite, postgres, mysql: on_server {
        databases_of_a_server_are_found_by_name,
        a_query_names_tenants,
        a_census_reads_where_each_tenant_stands,
    }
}

fn databases_of_a_server_are_found_by_name(server: &TestServer) {
    let fleet = Fleet::new(server);
    for name in ["acme", "beta"] {
        fleet.create_database(name);
    }
    fleet.execute("acme", "CREATE TABLE t (a INT)");
    let pattern = match server.kind() {
        BackendKind::Sqlite => "*.db",
        BackendKind::Postgres | BackendKind::Mysql => "tenant_@*",
    };
    let import = format!("tenants import --match {pattern}");
    let shown = fleet.succeed(&format!("{import} --dry-run"));
    assert!(shown.contains("acme    main") && shown.contains("beta    main"), "{shown}");
    assert!(shown.ends_with("\nwould register 2 tenants\n"), "{shown}");
    assert_eq!(fleet.succeed("tenants list"), "no tenants\n");

    assert!(fleet.succeed(&import).starts_with("registered 2 tenants\n"));
    assert!(fleet.succeed(&import).starts_with("registered 0 tenants; 2 were registered before\n"));
    let (code, lines) = fleet.json("migrate-all");
    assert_eq!((code, &*outcomes_in_words(&lines)), (Some(0), "acme migrated, beta migrated"));
    assert_eq!(fleet.owner("beta").len(), 1, "its first run marks it");
}

fn a_query_names_tenants(server: &TestServer) {
    let fleet = Fleet::new(server);
    for name in ["acme", "billing"] {
        fleet.create_database(name);
    }
    let database = fleet.database_name("acme");
    fleet.execute(
        "billing",
        &format!(
            "CREATE TABLE customers (id INT, name VARCHAR(99), place VARCHAR(99));
             INSERT INTO customers VALUES (1, 'acme', '{database}');"
        ),
    );
    let url = fleet.database("billing");
    let import = |query: &str| {
        let mut program = fleet.program("tenants import");
        program.args(["--from-url", &url.expose(), "--query", query]);
        fleet.outcome(program.output().expect("the program runs"))
    };
    let refused = import("SELECT id, name FROM customers");
    assert_eq!(refused.code, Some(2), "{refused}");
    let said = "error: the column `id` is unknown\n\n\
                hint: the columns are slug, server, database, schema, labels; only `slug` is needed\n";
    assert_eq!(refused.stderr, said);
    assert_eq!(import("SELECT slug FROM nowhere").code, Some(1));
    let none = import("SELECT name AS slug FROM customers WHERE id = 2");
    assert!(none.stderr.starts_with("error: there is nothing to import\n"), "{none}");

    let query = "SELECT name AS slug, place AS \"database\", 'plan=pro' AS labels FROM customers;";
    let query = match server.kind() {
        BackendKind::Mysql => query.replace('"', "`"),
        BackendKind::Sqlite | BackendKind::Postgres => query.to_owned(),
    };
    let imported = import(&query);
    assert_eq!(imported.code, Some(0), "{imported}");
    let listed = fleet.succeed("tenants list --only plan=pro");
    assert!(listed.contains("acme") && listed.contains(&fleet.without_prefix(&database)));
}

fn a_census_reads_where_each_tenant_stands(server: &TestServer) {
    let fleet = Fleet::provisioned(server, "@head @other");
    fleet.succeed("provision @behind @half --to 20261123154648");
    for name in ["bare", "wild", "lost"] {
        fleet.create_database(name);
        fleet.succeed(&format!("tenants add @{name} --database {}", fleet.database_name(name)));
    }
    fleet.execute("wild", "CREATE TABLE t (a INT)");
    let add = |name: &str, version: &str| {
        let row = format!("INSERT INTO __diesel_schema_migrations (version) VALUES ('{version}')");
        fleet.execute(name, &row);
    };
    add("head", "20991231000000");
    add("half", "20000101000000");
    db_backend::admin::drop_database(
        fleet.url(),
        &fleet.database_name("lost"),
        &db_backend::Timeouts::default(),
    )
    .unwrap();
    let outcome = fleet.run("tenants census");
    assert_eq!(outcome.code, Some(4), "{outcome}");
    assert_snapshot!(outcome.stdout, @"
    TENANTS  STAND                           NEXT                                 SUCH AS
    1        at head                                                              other
    1        behind                          `migrate-all` migrates them          behind
    1        ahead of these migrations       a newer release has migrated them    head
    1        at versions unknown here        are these the right migrations?      half
    1        empty                           `migrate-all` gives them everything  bare
    1        with tables, without a history  `tenants baseline` adopts them       wild
    1        unreadable                      `status --verify` says why           lost
    ");
    let (_, lines) = fleet.json("tenants census --only @behind");
    assert_eq!(lines[0][0]["standing"], "behind");
}

#[test]
fn what_is_wrong_with_a_file_is_said_all_at_once() {
    let Some(server) = available(BackendKind::Sqlite) else { return };
    let fleet = Fleet::provisioned(&server, "old");
    fleet.write(
        "fleet.csv",
        "slug,server,database,labels\n\
         acme,main,acme.db,region=eu plan=pro\n\
         acme,main,other.db,\n\
         Beta,main,beta.db,\n\
         gamma,elsewhere,gamma.db,\n\
         delta,,acme.db,\n\
         old,main,new.db,\n\
         eps,main,old.db,\n\
         zeta,main,../zeta.db,\n\
         ,main,empty.db,\n",
    );
    let outcome = fleet.run("tenants import --csv fleet.csv");
    assert_eq!(outcome.code, Some(2), "{outcome}");
    assert_snapshot!(outcome.stderr, @r#"
    error: nothing was registered:
    line 3: the slug `acme` is also in line 2
    line 4: `Beta` can't be a tenant's slug: only a-z, 0-9, `-` and `_` may stand in it
    line 5: there is no server `elsewhere`
    line 6: the database `acme.db` of server `main` is also in line 2
    line 7: `old` is registered with another database
    line 8: the database `old.db` is that of `old`
    line 9: "../zeta.db" can't be the name of a sqlite database: it does not stay inside its folder
    line 10: `` can't be a tenant's slug: it is empty

    hint: fix these rows; `tenants list` shows what is registered
    "#);
    assert!(!fleet.succeed("tenants list").contains("acme"));

    for (file, said) in [
        ("name\nacme\n", "error: the column `name` is unknown\n"),
        ("server\nmain\n", "error: there is no column `slug`\n"),
        ("slug\n", "error: there is nothing to import\n"),
        ("slug,labels\nacme,pro\n", "error: line 2\n  cause: `pro` is not a label\n"),
        ("slug,server\nacme\n", "error: fleet.csv: CSV error: record 1 (line: 2, byte: 12)"),
    ] {
        fleet.write("fleet.csv", file);
        let outcome = fleet.run("tenants import --csv fleet.csv");
        assert_eq!(outcome.code, Some(2), "{outcome}");
        assert!(outcome.stderr.starts_with(said), "{outcome}");
    }
    fleet.write("fleet.csv", "slug,labels\nacme,\"{\"\"plan\"\": \"\"pro\"\"}\"\n");
    assert_snapshot!(fleet.succeed("tenants import --csv fleet.csv --dry-run"), @"
    TENANT  SERVER  DATABASE  LABELS
    acme    main    acme.db   plan=pro

    would register 1 tenant
    ");
    assert_eq!(fleet.run("tenants import --csv missing.csv").code, Some(1));
    assert_eq!(fleet.run("tenants import").code, Some(2));
}
