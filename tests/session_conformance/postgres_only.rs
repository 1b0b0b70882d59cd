//! Behaviour that only PostgreSQL has.

use std::thread;
use std::time::Duration;

use db_backend::admin::{Created, Creator};
use db_backend::{
    Access, AnyConnection, BackendKind, Connector, DatabaseUrl, DbErrorKind, DieselConnector,
    ExecutionMode, Scratch, ServerUrl, StrayHistory, Timeouts, Version, ViewSql,
};
use insta::assert_snapshot;

use super::{ExecuteSql as _, LIMITS};
use crate::support::server::available;

/// Stock Diesel finds a history in any schema of the search path, but creates tables in the first
/// one. So a history elsewhere is not this session's, and no second one is made.
#[test]
fn a_history_in_another_schema_is_not_taken_for_the_own_one() {
    let Some(server) = available(BackendKind::Postgres) else { return };
    let database = server.fresh_database();
    let mut connection =
        AnyConnection::establish(&database, Access::ReadWrite, &LIMITS).expect("it can be opened");
    connection
        .execute(
            "CREATE SCHEMA first; CREATE SCHEMA \"Second\"; CREATE TABLE \"Second\".t (a INTEGER)",
        )
        .expect("it is right");
    let history_of = |path: &str, writes: bool| {
        let address = format!("{}?options=-c%20search_path%3D{path}", database.expose());
        let database: DatabaseUrl = address.parse().expect("it is an address");
        let opened = DieselConnector.connect(&database, Access::ReadWrite, &LIMITS);
        let mut session = opened.expect("it can be opened");
        if writes {
            session.ensure_tables().expect("the tables can be created");
            session.add_to_history(&Version("1".to_owned())).expect("a version can be added");
        }
        session.history().expect("it can be read")
    };
    assert!(history_of("%22Second%22", false).has_tables, "the table is in its schema");
    let one = Some(vec![Version("1".to_owned())]);
    assert_eq!(history_of("%22Second%22", true).applied, one);
    assert_eq!(history_of("%22Second%22,first", false).stray, None);

    let stray = |has_own| {
        let (schemas, current) = (vec!["Second".to_owned()], Some("first".to_owned()));
        Some(StrayHistory { schemas, current, has_own })
    };
    for path in ["first,%22Second%22", "first"] {
        let history = history_of(path, false);
        assert_eq!((history.applied, history.stray), (None, stray(false)), "{path}");
    }
    // Two of them: the one that names without a schema may mean is in the way.
    connection.execute("CREATE TABLE first.__diesel_schema_migrations ()").expect("it is right");
    assert_eq!(history_of("first,%22Second%22", false).stray, stray(true));
    assert_eq!(history_of("%22Second%22", false).applied, one);
}

#[test]
fn a_database_that_was_closed_on_purpose_is_named_so() {
    let Some(server) = available(BackendKind::Postgres) else { return };
    let database = server.fresh_database();
    let other = server.fresh_database();
    let mut maintenance =
        AnyConnection::establish(&other, Access::ReadWrite, &LIMITS).expect("it is there");
    let close = format!("ALTER DATABASE {} ALLOW_CONNECTIONS", database.name());
    maintenance.execute(&format!("{close} false")).expect("it is the server's owner");
    let opened = DieselConnector.connect(&database, Access::ReadWrite, &LIMITS);
    let kind = opened.err().map(|error| error.kind);
    maintenance.execute(&format!("{close} true")).expect("it is the server's owner");
    assert_eq!(kind, Some(DbErrorKind::Closed));
}

/// A session that waits inside the server has a snapshot, and the holder's index would wait for it.
#[test]
fn an_index_is_built_concurrently_while_another_session_waits() {
    let Some(server) = available(BackendKind::Postgres) else { return };
    let database = server.fresh_database();
    let patient = Timeouts { lock: Duration::from_secs(60), ..LIMITS };
    let session = || {
        DieselConnector.connect(&database, Access::ReadWrite, &patient).expect("it can be opened")
    };
    let mut holder = session();
    holder.execute_sql("CREATE TABLE t (a INTEGER)").expect("it is right");
    holder.lock(ExecutionMode::Journalled).expect("the lock is free");
    thread::scope(|scope| {
        let waiter = scope.spawn(|| session().lock(ExecutionMode::Transactional));
        let mut watcher = AnyConnection::establish(&database, Access::ReadOnly, &LIMITS)
            .expect("it can be opened");
        // Wait until the waiter has asked for the lock at least once.
        let asked = "SELECT '1' FROM pg_stat_activity WHERE datname = current_database() \
                     AND query LIKE 'SELECT pg_try_advisory_lock%' OFFSET 1";
        while watcher.text(asked, &[]).expect("it can be asked").is_none() && !waiter.is_finished()
        {
            thread::yield_now();
        }
        holder
            .execute_sql("CREATE INDEX CONCURRENTLY t_a ON t (a)")
            .expect("nothing is in its way");
        holder.unlock().expect("the lock can be released");
        waiter.join().expect("it does not panic").expect("the lock becomes free");
    });
}

#[test]
fn databases_are_created_on_one_session_which_is_replaced_if_it_was_ended() {
    let Some(server) = available(BackendKind::Postgres) else { return };
    let mark = server.fresh_name();
    let address = format!("{}/?application_name={mark}", server.url().expose());
    let marked: ServerUrl = address.parse().expect("it is an address");
    let database = server.fresh_database();
    let mut watcher =
        AnyConnection::establish(&database, Access::ReadWrite, &LIMITS).expect("it can be opened");
    let mut pids = || {
        let pids =
            "SELECT string_agg(pid::text, ',') FROM pg_stat_activity WHERE application_name = $1";
        watcher.text(pids, &[&mark]).expect("it can be asked").expect("there is a session")
    };

    let creator = Creator::default();
    let create = |name: &str| creator.create(&marked, name, &LIMITS);
    assert_eq!(create(&server.fresh_name()), Ok(Created::New));
    let kept = pids();
    let name = server.fresh_name();
    assert_eq!(create(&name), Ok(Created::New));
    assert_eq!(create(&name), Ok(Created::Existed));
    assert_eq!(pids(), kept);

    watcher
        .execute(&format!("SELECT pg_terminate_backend({kept}, 5000)"))
        .expect("it may be ended");
    let name = server.fresh_name();
    let error = create(&name).expect_err("its session was ended");
    assert_eq!(error.kind, DbErrorKind::ConnectionLost, "{error}");
    assert_eq!(create(&name), Ok(Created::New));
}

/// Each view after those that it reads, whatever was created first, with what belongs to it.
#[test]
fn the_views_over_a_table_are_written_in_order() {
    let Some(server) = available(BackendKind::Postgres) else { return };
    let mut scratch = Scratch::on(server.url()).expect("it can be created");
    let statements = "CREATE TABLE notes (id INTEGER, body TEXT); CREATE TABLE others (id INTEGER);
        CREATE VIEW first AS SELECT 1 AS id;
        CREATE VIEW \"Second\" WITH (security_barrier) AS SELECT id FROM notes;
        CREATE OR REPLACE VIEW first AS SELECT id FROM \"Second\";
        CREATE MATERIALIZED VIEW third AS SELECT first.id FROM first JOIN notes USING (id);
        CREATE UNIQUE INDEX third_id ON third (id);
        CREATE FUNCTION ignore() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
        CREATE TRIGGER ignored INSTEAD OF INSERT ON first FOR EACH ROW EXECUTE FUNCTION ignore();
        CREATE VIEW unrelated AS SELECT id FROM others";
    scratch.connection().execute(statements).expect("it is right");
    let views = scratch.views_over(&["notes", "missing"]).expect("they can be read");
    // From PostgreSQL 16 on, columns are not qualified.
    let text = [&*views.drop, &*views.create].concat().join(";\n");
    let text =
        ["notes.", "first.", "\"Second\"."].iter().fold(text, |text, name| text.replace(name, ""));
    assert_snapshot!(text, @r#"
    DROP MATERIALIZED VIEW third;
    DROP VIEW first;
    DROP VIEW "Second";
    CREATE VIEW "Second" WITH (security_barrier=true) AS
     SELECT id
       FROM notes;
    CREATE VIEW first AS
     SELECT id
       FROM "Second";
    CREATE TRIGGER ignored INSTEAD OF INSERT ON first FOR EACH ROW EXECUTE FUNCTION ignore();
    CREATE MATERIALIZED VIEW third AS
     SELECT id
       FROM (first
         JOIN notes USING (id));
    CREATE UNIQUE INDEX third_id ON third USING btree (id)
    "#);
    for statement in views.drop.iter().chain(&views.create) {
        scratch.connection().execute(statement).expect("it is right");
    }
    let again = scratch.views_over(&["notes"]).expect("they can be read");
    assert_eq!(again, views);
    assert_eq!(scratch.views_over(&[]).expect("they can be read"), ViewSql::default());
}
