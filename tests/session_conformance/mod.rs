//! The behaviour of a [`TenantConnection`] that the engine relies on, the same on every back end.

mod execute_sql;
mod failures;
mod fingerprints;
mod languages;
mod marks;
mod names;
mod postgres_only;
mod unreachable;

use std::thread;
use std::time::Duration;

use db_backend::{
    Access, BackendKind, Connector, DatabaseUrl, DbErrorKind, DieselConnector, ExecutionMode,
    JournalEntry, TenantConnection, Timeouts, Version,
};

use self::execute_sql::ExecuteSql;
use crate::support::cases::test_on;
use crate::support::server::available;

/// A behaviour, tested on two empty databases of one server.
type Behaviour = fn(&dyn Connector, [&DatabaseUrl; 2]);

test_on! {
    sqlite, postgres, mysql: on_databases {
        an_empty_database_has_no_history,
        other_tables_are_noticed,
        a_history_of_stock_diesel_is_read,
        the_tables_are_created_once,
        the_journal_is_read_as_it_was_written,
        the_next_session_sees_committed_changes,
        the_lock_excludes_a_second_session,
        the_lock_covers_only_one_database,
        dropping_releases_and_rolls_back,
        rolling_back_undoes_all_that_the_back_end_can_undo,
        a_savepoint_keeps_earlier_work,
        concurrent_sessions_lose_nothing,
        a_lock_can_be_taken_again,
        a_read_only_session_cannot_write,
        a_long_statement_ends_at_its_limit,
        a_table_that_another_session_holds_times_out,
        a_failed_statement_is_classified_as_such,
        connecting_creates_nothing,
    }
}

fn on_databases(kind: BackendKind, behaviour: Behaviour) {
    let Some(server) = available(kind) else { return };
    let databases = [server.fresh_database(), server.fresh_database()];
    behaviour(&DieselConnector, [&databases[0], &databases[1]]);
}

/// Short, so that a wait that must time out costs little; MySQL rounds it up to a second.
const LIMITS: Timeouts = Timeouts {
    connect: Duration::from_secs(5),
    lock: Duration::from_millis(100),
    statement: Duration::from_secs(60),
    grace: Duration::from_secs(5),
};

fn open(connector: &dyn Connector, database: &DatabaseUrl) -> Box<dyn TenantConnection> {
    connector.connect(database, Access::ReadWrite, &LIMITS).expect("the database can be opened")
}

/// All modes. The lock must be the same, whichever two of them are used.
const MODES: [ExecutionMode; 3] =
    [ExecutionMode::Transactional, ExecutionMode::TransactionalRebuild, ExecutionMode::Journalled];

fn version(text: &str) -> Version {
    Version(text.to_owned())
}

fn entry(version_text: &str) -> JournalEntry {
    JournalEntry {
        version: version(version_text),
        checksum: "c".repeat(64),
        statements_total: 3,
        statements_done: 1,
        done_checksum: "d".repeat(64),
        in_flight: Some("f".repeat(64)),
        finished: false,
        run_id: r#"r'1" \' é -- ;?$1"#.to_owned(),
        duration_ms: i64::MAX,
    }
}

/// Runs `work` in a transaction under the lock, as the engine does.
fn migrate(session: &mut dyn TenantConnection, work: impl FnOnce(&mut dyn TenantConnection)) {
    session.lock(ExecutionMode::Transactional).expect("the lock is free");
    session.begin().expect("a transaction can begin");
    work(session);
    session.commit().expect("the transaction can be committed");
    session.unlock().expect("the lock can be released");
}

fn an_empty_database_has_no_history(connector: &dyn Connector, [database, _]: [&DatabaseUrl; 2]) {
    for access in [Access::ReadOnly, Access::ReadWrite, Access::ReadOnly] {
        let mut session = connector.connect(database, access, &LIMITS).expect("it can be opened");
        // Twice, because the first reading might have created what the second one finds.
        for _ in 0..2 {
            let history = session.history().expect("an empty database can be read");
            assert_eq!(
                (history.applied, history.journal.len(), history.has_tables),
                (None, 0, false)
            );
        }
    }
}

fn other_tables_are_noticed(connector: &dyn Connector, [table, view]: [&DatabaseUrl; 2]) {
    for (database, sql) in
        [(table, "CREATE TABLE t (a INTEGER)"), (view, "CREATE VIEW v AS SELECT 1")]
    {
        let mut session = open(connector, database);
        session.execute_sql(sql).expect("the statement is right");
        assert!(session.history().expect("it can be read").has_tables, "{sql}");

        session.ensure_tables().expect("the tables can be created");
        let history = session.history().expect("it can be read");
        assert_eq!((history.applied, history.has_tables), (Some(Vec::new()), true), "{sql}");
    }
}

fn a_history_of_stock_diesel_is_read(connector: &dyn Connector, [database, _]: [&DatabaseUrl; 2]) {
    let mut session = open(connector, database);
    for sql in [
        "CREATE TABLE IF NOT EXISTS __diesel_schema_migrations (\
         version VARCHAR(50) PRIMARY KEY NOT NULL, \
         run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP)",
        "INSERT INTO __diesel_schema_migrations (version) VALUES ('20260102000000')",
        "INSERT INTO __diesel_schema_migrations (version) VALUES ('00000000000000')",
    ] {
        session.execute_sql(sql).expect("the statement is right");
    }
    let expected = Some(vec![version("00000000000000"), version("20260102000000")]);
    assert_eq!(session.history().expect("it can be read").applied, expected);

    session.ensure_tables().expect("the journal can be created beside it");
    session.remove_from_history(&version("00000000000000")).expect("a version can be removed");
    session.add_to_history(&version("20260301000000")).expect("a version can be added");
    let expected = Some(vec![version("20260102000000"), version("20260301000000")]);
    assert_eq!(session.history().expect("it can be read").applied, expected);
    session
        .add_to_history(&version("20260301000000"))
        .expect_err("a version can't be applied twice");
}

fn the_tables_are_created_once(connector: &dyn Connector, [database, _]: [&DatabaseUrl; 2]) {
    let mut session = open(connector, database);
    session.ensure_tables().expect("the tables can be created");
    session.add_to_history(&version("1")).expect("a version can be added");
    session.write_journal(&entry("1")).expect("a journal row can be written");
    session.ensure_tables().expect("they are there already");
    let history = session.history().expect("it can be read");
    assert_eq!(history.applied, Some(vec![version("1")]));
    assert_eq!(history.journal, [entry("1")]);
    assert!(!history.has_tables, "tenantctl's own tables do not count");
}

fn the_journal_is_read_as_it_was_written(
    connector: &dyn Connector,
    [database, _]: [&DatabaseUrl; 2],
) {
    let mut session = open(connector, database);
    session.ensure_tables().expect("the tables can be created");
    let begun = entry("20260201000000");
    let finished = JournalEntry {
        statements_done: 3,
        in_flight: None,
        finished: true,
        run_id: String::new(),
        duration_ms: 0,
        ..begun.clone()
    };
    let other = entry("20260101000000");
    for row in [&begun, &other, &finished] {
        session.write_journal(row).expect("a journal row can be written");
    }
    assert_eq!(session.history().expect("it can be read").journal, [other.clone(), finished]);
    session.remove_from_journal(&begun.version).expect("a row can be removed");
    assert_eq!(session.history().expect("it can be read").journal, [other]);
}

fn the_next_session_sees_committed_changes(
    connector: &dyn Connector,
    [database, _]: [&DatabaseUrl; 2],
) {
    let mut session = open(connector, database);
    migrate(&mut *session, |session| {
        session.ensure_tables().expect("the tables can be created");
        session.execute_sql("CREATE TABLE t (a INTEGER)").expect("the statement is right");
        session.add_to_history(&version("1")).expect("a version can be added");
        session.write_journal(&entry("1")).expect("a journal row can be written");
    });
    let history = open(connector, database).history().expect("it can be read");
    assert_eq!(history.applied, Some(vec![version("1")]));
    assert_eq!(history.journal, [entry("1")]);
}

fn the_lock_excludes_a_second_session(connector: &dyn Connector, [database, _]: [&DatabaseUrl; 2]) {
    for held in MODES {
        for wanted in MODES {
            let mut holder = open(connector, database);
            let mut waiter = open(connector, database);
            holder.lock(held).expect("the lock is free");
            let error = waiter.lock(wanted).expect_err("the lock is held");
            assert_eq!(error.kind, DbErrorKind::LockTimeout, "{held:?}, {wanted:?}: {error}");
            waiter.history().expect("what is locked can be read");

            holder.unlock().expect("the lock can be released");
            waiter.lock(wanted).expect("the lock is free again");
            waiter.unlock().expect("the lock can be released");
        }
    }
}

fn the_lock_covers_only_one_database(connector: &dyn Connector, [one, other]: [&DatabaseUrl; 2]) {
    for mode in MODES {
        let (mut first, mut second) = (open(connector, one), open(connector, other));
        first.lock(mode).expect("the lock is free");
        second.lock(mode).expect("the lock of another database is free");
    }
}

fn dropping_releases_and_rolls_back(connector: &dyn Connector, [database, _]: [&DatabaseUrl; 2]) {
    open(connector, database).ensure_tables().expect("the tables can be created");
    for mode in MODES {
        let mut session = open(connector, database);
        session.lock(mode).expect("the lock is free");
        session.begin().expect("a transaction can begin");
        session.add_to_history(&version("1")).expect("a version can be added");
        drop(session);

        let mut next = open(connector, database);
        // A server may notice a moment after the connection is gone.
        let patient = Timeouts { lock: Duration::from_secs(5), ..LIMITS };
        connector
            .connect(database, Access::ReadWrite, &patient)
            .and_then(|mut waiter| waiter.lock(mode))
            .expect("the lock is free");
        assert_eq!(next.history().expect("it can be read").applied, Some(Vec::new()), "{mode:?}");
    }
}

fn rolling_back_undoes_all_that_the_back_end_can_undo(
    connector: &dyn Connector,
    [database, _]: [&DatabaseUrl; 2],
) {
    let mut session = open(connector, database);
    session.ensure_tables().expect("the tables can be created");
    for mode in MODES {
        session.lock(mode).expect("the lock is free");
        session.begin().expect("a transaction can begin");
        session.add_to_history(&version("1")).expect("a version can be added");
        session.rollback().expect("it can be rolled back");
        session.unlock().expect("unlocking after a rollback is harmless");
        let history = session.history().expect("it can be read");
        assert_eq!(history.applied, Some(Vec::new()), "{mode:?}");
    }

    session.lock(ExecutionMode::Transactional).expect("the lock is free");
    session.begin().expect("a transaction can begin");
    session.execute_sql("CREATE TABLE t (a INTEGER)").expect("the statement is right");
    session.rollback().expect("it can be rolled back");
    let is_there = session.history().expect("it can be read").has_tables;
    assert_eq!(is_there, !session.capabilities().transactional_ddl);
}

fn a_savepoint_keeps_earlier_work(connector: &dyn Connector, [database, _]: [&DatabaseUrl; 2]) {
    let mut session = open(connector, database);
    session.ensure_tables().expect("the tables can be created");
    migrate(&mut *session, |session| {
        session.savepoint().expect("a savepoint can be set");
        session.add_to_history(&version("1")).expect("a version can be added");
        session.release_savepoint().expect("the savepoint can be released");
        session.savepoint().expect("a savepoint can be set again");
        session.add_to_history(&version("2")).expect("a version can be added");
        session.execute_sql("INSERT INTO nothing VALUES (1)").expect_err("there is no such table");
        session.rollback_to_savepoint().expect("the failure can be undone");
        session.savepoint().expect("a savepoint can be set after it");
        session.add_to_history(&version("3")).expect("a version can be added");
        session.release_savepoint().expect("the savepoint can be released");
    });
    let expected = Some(vec![version("1"), version("3")]);
    assert_eq!(session.history().expect("it can be read").applied, expected);
}

fn concurrent_sessions_lose_nothing(connector: &dyn Connector, [database, _]: [&DatabaseUrl; 2]) {
    let patient = Timeouts { lock: Duration::from_secs(60), ..LIMITS };
    let race = |number: usize| {
        let mut session =
            connector.connect(database, Access::ReadWrite, &patient).expect("it can be opened");
        let mode = MODES[number % MODES.len()];
        session.lock(mode).expect("the lock becomes free in time");
        session.begin().expect("a transaction can begin");
        session.ensure_tables().expect("the tables can be created");
        // Each session takes the number after the last one, so two sessions under the lock at the
        // same time would collide.
        let applied = session.history().expect("it can be read").applied.unwrap_or_default();
        let next = version(&format!("{:02}", applied.len()));
        session.add_to_history(&next).expect("the number is free");
        session.commit().expect("the transaction can be committed");
        session.unlock().expect("the lock can be released");
    };
    thread::scope(|scope| {
        for number in 0..8 {
            scope.spawn(move || race(number));
        }
    });
    let applied = open(connector, database).history().expect("it can be read").applied;
    let expected: Vec<Version> = (0..8).map(|number| version(&format!("{number:02}"))).collect();
    assert_eq!(applied, Some(expected));
}

fn a_lock_can_be_taken_again(connector: &dyn Connector, [database, _]: [&DatabaseUrl; 2]) {
    let mut session = open(connector, database);
    session.ensure_tables().expect("the tables can be created");
    for (number, mode) in MODES.into_iter().chain(MODES).enumerate() {
        session.lock(mode).expect("the lock is free");
        session.begin().expect("a transaction can begin");
        session.add_to_history(&version(&number.to_string())).expect("a version can be added");
        session.commit().expect("the transaction can be committed");
        session.unlock().expect("the lock can be released");
    }
    let applied = session.history().expect("it can be read").applied;
    assert_eq!(applied.map(|versions| versions.len()), Some(6));
}

fn a_read_only_session_cannot_write(connector: &dyn Connector, [database, _]: [&DatabaseUrl; 2]) {
    open(connector, database).ensure_tables().expect("the tables can be created");
    let mut session =
        connector.connect(database, Access::ReadOnly, &LIMITS).expect("it can be opened");
    let error = session.add_to_history(&version("1")).expect_err("the session is read-only");
    assert_eq!(error.kind, DbErrorKind::ReadOnly, "{error}");
    session.history().expect("it can be read");
    session.fingerprint().expect("it can be read");
}

fn a_long_statement_ends_at_its_limit(connector: &dyn Connector, [database, _]: [&DatabaseUrl; 2]) {
    let endless = match database.kind() {
        BackendKind::Sqlite => {
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
        }
        BackendKind::Postgres => "SELECT pg_sleep(600)",
        BackendKind::Mysql => "SELECT SLEEP(600)",
    };
    let limits = Timeouts { statement: Duration::from_millis(100), ..LIMITS };
    let mut session =
        connector.connect(database, Access::ReadWrite, &limits).expect("it can be opened");
    let error = session.execute_sql(endless).expect_err("the statement has no end");
    assert_eq!(error.kind, DbErrorKind::StatementTimeout, "{error}");
    session.execute_sql("CREATE TABLE t (a INTEGER)").expect("the session goes on");
}

fn a_table_that_another_session_holds_times_out(
    connector: &dyn Connector,
    [database, _]: [&DatabaseUrl; 2],
) {
    let (mut holder, mut waiter) = (open(connector, database), open(connector, database));
    holder.execute_sql("CREATE TABLE t (a INTEGER PRIMARY KEY)").expect("it is right");
    holder.execute_sql("BEGIN; INSERT INTO t VALUES (1)").expect("it is right");
    let error = waiter.execute_sql("ALTER TABLE t ADD COLUMN b INTEGER").expect_err("it is held");
    assert_eq!(error.kind, DbErrorKind::LockTimeout, "{error}");
    holder.execute_sql("ROLLBACK").expect("it is in a transaction");
    waiter.execute_sql("ALTER TABLE t ADD COLUMN b INTEGER").expect("it is free");
}

fn a_failed_statement_is_classified_as_such(
    connector: &dyn Connector,
    [database, _]: [&DatabaseUrl; 2],
) {
    let mut session = open(connector, database);
    session.execute_sql("CREATE TABLE t (a INTEGER PRIMARY KEY)").expect("the statement is right");
    session.execute_sql("INSERT INTO t VALUES (1)").expect("the statement is right");
    for sql in [
        "CREATE TABEL t (a INTEGER)",
        "CREATE TABLE t (a INTEGER)",
        "INSERT INTO t VALUES (1)",
        "SELECT * FROM \"database is locked\"",
        "SELECT missing_column FROM t",
    ] {
        let error = session.execute_sql(sql).expect_err("the statement is wrong");
        assert_eq!(error.kind, DbErrorKind::Statement, "{sql}: {error}");
        assert!(!error.message.is_empty(), "{sql}");
    }
}

fn connecting_creates_nothing(connector: &dyn Connector, [database, _]: [&DatabaseUrl; 2]) {
    let missing: DatabaseUrl =
        format!("{}_missing", database.expose()).parse().expect("the address is well formed");
    for access in [Access::ReadOnly, Access::ReadWrite] {
        for _ in 0..2 {
            let error = connector.connect(&missing, access, &LIMITS).err().expect("it is missing");
            assert_eq!(error.kind, DbErrorKind::Missing, "{error}");
        }
    }
}
