//! One tenant: what is written when, and what a failure leaves.

use std::sync::Arc;

use db_backend::{Access, BackendKind, Connector, DbError, ExecutionMode};
use insta::assert_snapshot;

use super::{
    MIGRATIONS, a_run, embedded, fleet, history, line, log, migrate_one, migrated, options, target,
    versions,
};
use crate::sim::{SimConnector, SimState, SimStyle};
use crate::{EmbeddedMigration, Migration, MigrationSet, Target};

/// Promise 2.
#[test]
fn observation_writes_nothing() {
    for style in SimStyle::ALL {
        let (connector, targets) = fleet(style, &["fresh", "begun"]);
        migrated(&connector, "begun", &MIGRATIONS[..2]);
        let before = [connector.state("fresh"), connector.state("begun")];
        let run = a_run(&connector, &[], options())
            .telling(|event| panic!("looking is no event: {event:?}"));
        let observed = run.observe(targets);
        assert_eq!(observed[0].version(), None);
        assert_eq!(observed[0].history.as_ref().unwrap().applied, None);
        assert_eq!(observed[1].version(), versions("2").first());
        assert_eq!([connector.state("fresh"), connector.state("begun")], before);
    }
}

#[test]
fn a_second_run_reads_once_and_writes_nothing() {
    for style in SimStyle::ALL {
        let (connector, _) = fleet(style, &["acme"]);
        assert_eq!(migrated(&connector, "acme", MIGRATIONS), "migrated 1 2 3 4");
        let (state, calls) = (connector.state("acme"), connector.calls("acme"));
        assert_eq!(migrated(&connector, "acme", MIGRATIONS), "up to date");
        assert_eq!(connector.state("acme"), state);
        assert_eq!(connector.calls("acme") - calls, 2, "connect and read, and no lock");
    }
}

const BROKEN: &[(&str, &str)] = &[
    MIGRATIONS[0],
    (
        "2_b",
        "CREATE TABLE b (id INTEGER);\nINSERT INTO b VALUES (1);\n\nCREATE TALBE c (id INTEGER);\nCREATE TABLE d (id INTEGER);",
    ),
    ("3_e", "CREATE TABLE e (id INTEGER);"),
];

fn failed(style: SimStyle) -> String {
    let (connector, _) = fleet(style, &["acme"]);
    let line = migrated(&connector, "acme", BROKEN);
    let tables: Vec<_> = connector.state("acme").tables.into_keys().collect();
    format!("{line}; there are now {}", tables.join(" "))
}

#[test]
fn a_failure_keeps_what_came_before_it_and_says_what_is_left() {
    assert_snapshot!(failed(SimStyle::LockIsTransaction), @r#"failed after 1: migration 2_b failed at statement 3 of 4 (line 4: CREATE TALBE c (id INTEGER)): near "CREATE": syntax error; rolled back; there are now a"#);
    assert_snapshot!(failed(SimStyle::TransactionalDdl), @r#"failed after 1: migration 2_b failed at statement 3 of 4 (line 4: CREATE TALBE c (id INTEGER)): near "CREATE": syntax error; rolled back; there are now a"#);
    assert_snapshot!(failed(SimStyle::ImplicitCommit), @r#"failed after 1: migration 2_b failed at statement 3 of 4 (line 4: CREATE TALBE c (id INTEGER)): near "CREATE": syntax error; the first 2 statements took effect; there are now a b"#);
}

#[test]
fn a_failure_of_the_first_migration_leaves_a_fresh_database_untouched() {
    for style in [SimStyle::LockIsTransaction, SimStyle::TransactionalDdl] {
        let (connector, _) = fleet(style, &["acme"]);
        migrated(&connector, "acme", &[BROKEN[1]]);
        assert_eq!(connector.state("acme"), SimState::default(), "{style:?}");
    }
}

const FIXED: &[(&str, &str)] = &[
    MIGRATIONS[0],
    ("2_b", "CREATE TABLE b (id INTEGER); INSERT INTO b VALUES (1); CREATE TABLE c (id INTEGER);"),
];

/// Promise 5.
#[test]
fn a_fixed_migration_goes_on_after_the_statements_that_took_effect() {
    for style in SimStyle::ALL {
        let (connector, _) = fleet(style, &["acme"]);
        migrated(&connector, "acme", BROKEN);
        assert_eq!(migrated(&connector, "acme", FIXED), "migrated 2", "{style:?}");
        assert_eq!(connector.state("acme").log, log(FIXED), "{style:?}");
    }
}

#[test]
fn an_edit_of_statements_that_took_effect_blocks() {
    let edited = [MIGRATIONS[0], ("2_b", "CREATE TABLE other (id INTEGER); SELECT 1;")];
    let (connector, _) = fleet(SimStyle::ImplicitCommit, &["acme"]);
    migrated(&connector, "acme", BROKEN);
    let before = connector.state("acme");
    assert_snapshot!(migrated(&connector, "acme", &edited), @"blocked: migration 2_b stopped after statement 2, and was edited in what may have taken effect");
    assert_eq!(connector.state("acme"), before);
}

#[test]
fn modes_take_turns_under_locks_of_their_own() {
    const MIXED: &[(&str, &str)] = &[
        ("1_a", "CREATE TABLE a (id INTEGER);"),
        ("2_a", "REBUILD TABLE a ADD COLUMN b TEXT;"),
        ("3_a", "REBUILD TABLE a ADD COLUMN c TEXT;"),
        ("4_d", "CREATE TABLE d (id INTEGER);"),
    ];
    for style in SimStyle::ALL {
        let (connector, _) = fleet(style, &["acme"]);
        assert_eq!(migrated(&connector, "acme", MIXED), "migrated 1 2 3 4", "{style:?}");
        assert_eq!(connector.state("acme").log, log(MIXED), "{style:?}");
    }
}

#[test]
fn a_migration_outside_of_a_transaction_is_journalled_everywhere() {
    let outside = EmbeddedMigration {
        metadata: Some("run_in_transaction = false"),
        ..embedded("1_a", "CREATE TABLE a (id INTEGER); CREATE TALBE b (id INTEGER);")
    };
    let set = MigrationSet::from_embedded(BackendKind::Sqlite, &[outside]).unwrap();
    for style in SimStyle::ALL {
        let (connector, _) = fleet(style, &["acme"]);
        let report = migrate_one(&connector, &set, &target("acme"));
        assert_eq!(
            line(&report.outcome),
            "failed: migration 1_a failed at statement 2 of 2 (line 1: CREATE TALBE b (id \
             INTEGER)): near \"CREATE\": syntax error; the first statement took effect",
            "{style:?}"
        );
    }
}

/// Promises 3 and 4: what is applied is planned from what is read under the lock.
#[test]
fn the_history_is_read_again_under_the_lock() {
    for style in SimStyle::ALL {
        let (connector, _) = fleet(style, &["acme"]);
        let connector = Arc::new(connector);
        let other = Arc::clone(&connector);
        // Connecting is call 0, the first look call 1, the lock call 2.
        connector.before("acme", 2, move || {
            assert_eq!(migrated(&other, "acme", &MIGRATIONS[..3]), "migrated 1 2 3");
        });
        assert_eq!(migrated(&connector, "acme", MIGRATIONS), "migrated 4", "{style:?}");
        assert_eq!(connector.state("acme").log, log(MIGRATIONS), "{style:?}");
    }
}

/// Promise 10: neither a record that is ahead nor one that is behind changes what is done.
#[test]
fn the_tenant_database_is_the_only_source_of_truth() {
    for recorded in [None, Some("1"), Some("4"), Some("9")] {
        let (connector, _) = fleet(SimStyle::TransactionalDdl, &["acme"]);
        migrated(&connector, "acme", &MIGRATIONS[..2]);
        let set = super::set(MIGRATIONS);
        let mut target = target("acme");
        target.record.version = recorded.map(|version| versions(version)[0].clone());
        let report = migrate_one(&connector, &set, &target);
        assert_eq!(line(&report.outcome), "migrated 3 4", "recorded {recorded:?}");
        assert_eq!(report.version.as_ref(), versions("4").first());
    }
}

#[test]
fn a_tenant_that_stock_diesel_began_is_carried_on() {
    for style in SimStyle::ALL {
        let (connector, _) = fleet(style, &[]);
        let begun = SimState {
            history: Some(versions("1 2").into_iter().collect()),
            tables: [("a".to_owned(), Default::default()), ("b".to_owned(), Default::default())]
                .into(),
            ..SimState::default()
        };
        connector.create_with("acme", begun);
        assert_eq!(migrated(&connector, "acme", MIGRATIONS), "migrated 3 4", "{style:?}");
        assert_eq!(history(&connector.state("acme")), versions("1 2 3 4"), "{style:?}");
    }
}

const REVERSIBLE: &[EmbeddedMigration] = &[
    EmbeddedMigration { down: None, ..embedded("1_a", "CREATE TABLE a (id INTEGER);") },
    EmbeddedMigration {
        down: Some("DROP TABLE c; DROP TABLE b;"),
        ..embedded("2_b", "CREATE TABLE b (id INTEGER); CREATE TABLE c (id INTEGER);")
    },
];

/// Takes a migration back under the lock, as its `down.sql` says.
fn revert(connector: &SimConnector, slug: &str, migration: &Migration) -> Result<(), DbError> {
    let Target { database, .. } = target(slug);
    let mut connection = connector.connect(&database, Access::ReadWrite, &options().timeouts)?;
    let mode = connection.execution_mode(&migration.down_statements, true);
    connection.lock(mode)?;
    if mode != ExecutionMode::Journalled {
        connection.begin()?;
    }
    for statement in &migration.down_statements {
        connection.execute(statement)?;
    }
    if mode == ExecutionMode::Journalled {
        connection.begin()?;
    }
    connection.remove_from_history(&migration.version)?;
    connection.remove_from_journal(&migration.version)?;
    connection.commit()?;
    connection.unlock()
}

#[test]
fn up_down_up_returns_to_the_same_tables() {
    let set = MigrationSet::from_embedded(BackendKind::Sqlite, REVERSIBLE).unwrap();
    for style in SimStyle::ALL {
        let (connector, _) = fleet(style, &["acme"]);
        let target = target("acme");
        let up = || migrate_one(&connector, &set, &target);
        assert_eq!(line(&up().outcome), "migrated 1 2");
        let there = connector.state("acme").tables;

        let newest = set.iter().next_back().unwrap();
        revert(&connector, "acme", newest).unwrap();
        assert_eq!(history(&connector.state("acme")), versions("1"));
        assert_eq!(line(&up().outcome), "migrated 2", "{style:?}");
        assert_eq!(connector.state("acme").tables, there, "{style:?}");
    }
}

/// Promise 15: nothing is touched, not even by what is pending before it.
#[test]
fn a_pending_migration_that_is_refused_blocks_before_the_first_write() {
    let files = ["BEGIN; DELETE FROM a; COMMIT", "ATTACH 'b.db' AS b", "DETACH b", ".read b.sql"];
    for up in files {
        for style in SimStyle::ALL {
            let (connector, _) = fleet(style, &["acme"]);
            let line = migrated(&connector, "acme", &[MIGRATIONS[0], ("2_b", up)]);
            assert!(
                line.starts_with("blocked: migration 2_b can't be applied: line 1 ("),
                "{line}"
            );
            assert_eq!(connector.state("acme"), SimState::default());
        }
    }
}

/// It is no reason for anything once a history has it.
#[test]
fn a_refused_migration_that_is_applied_blocks_nothing() {
    let (connector, _) = fleet(SimStyle::TransactionalDdl, &[]);
    let begun =
        SimState { history: Some(versions("1").into_iter().collect()), ..SimState::default() };
    connector.create_with("acme", begun);
    let set = [("1_blank", " "), ("2_b", "CREATE TABLE b (id INTEGER);")];
    assert_eq!(migrated(&connector, "acme", &set), "migrated 2");
}
