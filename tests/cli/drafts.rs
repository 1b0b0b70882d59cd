//! `new-migration --draft`, and `check --seal` after it.

use std::fs;

use db_backend::{BackendKind, Capabilities};
use insta::assert_snapshot;
use schema_model::SqlType;

use super::by_hand::write_by_hand;
use super::changing::{changed, migrate_to};
use super::project::{files, project, write};
use crate::support::cases::test_on;
use crate::support::cli::Cli;
use crate::support::server::{TestServer, on_server};

test_on! {
    sqlite, postgres, mysql: on_server {
        a_view_in_the_way_of_a_type_is_dropped_by_hand,
    }
}

/// A project in which a column is to become longer, with a view over it.
fn project_with_a_view() -> Cli {
    let cli = project();
    let with_short_actions = changed(|tables| {
        let action = &mut tables[1].columns.to_mut()[1];
        action.sql_type = SqlType::Varchar(32);
    });
    migrate_to(cli.folder(), with_short_actions, "shorter_actions", 0);
    write_by_hand(&cli, "20270201000000_add_views", VIEWS, DROP_VIEWS);
    cli
}

/// The second one reads the first one, whose name comes later.
const VIEWS: &str = "CREATE VIEW actions AS SELECT id, action FROM activity_log;
CREATE VIEW abridged AS SELECT action FROM actions WHERE id > 1;
";
const DROP_VIEWS: &str = "DROP VIEW abridged;
DROP VIEW actions;
";

/// PostgreSQL changes no type of a column that a view reads.
fn a_view_in_the_way_of_a_type_is_dropped_by_hand(server: &TestServer) {
    let cli = project_with_a_view();
    let url = match Capabilities::of(server.kind()).embedded {
        true => String::new(),
        false => format!(" --{}-url {}", server.kind(), server.url().expose()),
    };
    let before = files(cli.folder());
    let is_refused = server.kind() == BackendKind::Postgres;
    if is_refused {
        let refused = cli.run(&format!("new-migration longer_actions{url}"));
        assert_eq!(refused.code, Some(1), "{refused}");
        assert!(refused.stderr.contains("`new-migration NAME --draft`"), "{refused}");
        assert!(files(cli.folder()) == before);
    }

    let drafted = cli.run(&format!("new-migration longer_actions --draft{url}"));
    assert_eq!(drafted.code, Some(0), "{drafted}");
    let failed = format!("{}: not proven: the step `up` fails", server.kind());
    assert_eq!(drafted.stdout.contains(&failed), is_refused, "{drafted}");
    if is_refused {
        assert_eq!(cli.run(&format!("check{url}")).code, Some(1), "it is not sealed");
        // From PostgreSQL 16 on, columns are not qualified.
        let up = up_sql(&cli, "postgres").replace("activity_log.", "").replace("actions.", "");
        assert_snapshot!(up, @r#"
        -- A draft, not proven yet. Here is the place for what must be done first.
        DROP VIEW abridged;

        DROP VIEW actions;

        ALTER TABLE "activity_log"
            ALTER COLUMN "action" TYPE varchar(64);

        -- Here is the place for what must be done last. The views are as they were, without privileges and comments.
        CREATE VIEW actions AS
         SELECT id,
            action
           FROM activity_log;

        CREATE VIEW abridged AS
         SELECT action
           FROM actions
          WHERE (id > 1);
        "#);
    }
    complete(&cli);
    let checked = cli.run(&format!("check --seal{url}"));
    assert_eq!(checked.code, Some(0), "{checked}");
    assert!(checked.stdout.contains("sealed: migrations_tenant/"), "{checked}");
    let checked = cli.run(&format!("check{url}"));
    assert_eq!(checked.code, Some(0), "{checked}");
}

/// Writes into the places of back ends on which the draft was not executed.
fn complete(cli: &Cli) {
    for (path, bytes) in files(cli.folder()) {
        let text = String::from_utf8(bytes).unwrap();
        let completed = text
            .replace("--   DROP VIEW …;", DROP_VIEWS)
            .replace("--   CREATE VIEW … AS SELECT …;", VIEWS);
        write(cli, &path, completed);
    }
}

/// The newest `up.sql` of a back end.
fn up_sql(cli: &Cli, kind: &str) -> String {
    let folder = cli.folder().join("migrations_tenant").join(kind);
    let names = fs::read_dir(&folder).unwrap();
    let name = names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).max().unwrap();
    fs::read_to_string(folder.join(name).join("up.sql")).unwrap()
}

#[test]
fn a_draft_has_places_where_it_was_not_executed() {
    let cli = project_with_a_view();
    let drafted = cli.run("new-migration longer_actions --draft");
    let version = drafted.stdout.split(&[' ', '_'][..]).nth(1).unwrap();
    assert_snapshot!(drafted.to_string().replace(version, "[VERSION]"), @"
    exit code 0
    --- stdout
    migration [VERSION]_longer_actions was written:
      migrations_tenant/sqlite/[VERSION]_longer_actions/up.sql
      migrations_tenant/sqlite/[VERSION]_longer_actions/down.sql
      migrations_tenant/postgres/[VERSION]_longer_actions/up.sql
      migrations_tenant/postgres/[VERSION]_longer_actions/down.sql
      migrations_tenant/mysql/[VERSION]_longer_actions/up.sql
      migrations_tenant/mysql/[VERSION]_longer_actions/down.sql
      migrations_tenant/schema/[VERSION].json

    executed up, down and up again:
      sqlite: with 6 rows in the tables
      postgres: not executed: [REASON]
      mysql: not executed: [REASON]

    next: complete the SQL by hand, then run `check --seal`
    ");
    assert_snapshot!(up_sql(&cli, "postgres"), @r#"
    -- A draft, not proven yet. Here is the place for what must be done first, such as
    --   DROP VIEW …;

    ALTER TABLE "activity_log"
        ALTER COLUMN "action" TYPE varchar(64);

    -- Here is the place for what must be done last, such as
    --   CREATE VIEW … AS SELECT …;
    "#);
    assert!(!up_sql(&cli, "sqlite").contains("A draft"), "it is proven");
}

/// A file that was changed after it was sealed, and one that leads elsewhere.
#[test]
fn nothing_with_findings_is_sealed() {
    let cli = project();
    let add = "ALTER TABLE settings ADD COLUMN extra INTEGER;\n";
    let drop = "ALTER TABLE settings DROP COLUMN extra;\n";
    write_by_hand(&cli, "20270201000000_add_extra", add, drop);
    let before = files(cli.folder());
    for seal in ["check --seal", "check --reseal 20270201000000"] {
        let checked = cli.run(seal);
        assert_eq!(checked.code, Some(1), "{checked}");
        assert!(checked.stdout.contains("tenant: nothing was sealed"), "{checked}");
        assert!(checked.stdout.contains("column `extra` is not in the schema"), "{checked}");
        assert!(files(cli.folder()) == before, "{seal}");
    }
    write_by_hand(&cli, "20270201000000_add_extra", "SELECT 1;\n", "SELECT 1;\n");
    assert_eq!(cli.run("check").code, Some(0), "it was sealed");
}
