//! Failures on a server with messages in another language, as seen by an ordinary user, who may not
//! choose PostgreSQL's language.

use std::thread;
use std::time::Duration;

use db_backend::admin::{self, Created};
use db_backend::{
    Access, AnyConnection, BackendKind, Connector, DatabaseUrl, DbError, DbErrorKind,
    DieselConnector, ExecutionMode, TenantConnection, Timeouts, Version,
};

use super::{ExecuteSql as _, LIMITS};
use crate::support::cases::test_on;
use crate::support::server::{available, not_run};
use crate::support::user::User;

test_on! {
    postgres, mysql: in_another_language {
        a_wrong_password_is_denied,
        a_missing_database_is_missing,
        a_database_of_others_is_denied,
        a_limit_of_sessions_is_recognised_if_possible,
        a_name_that_is_taken_is_seen,
        concurrent_creators_all_succeed,
        a_user_who_may_not_create_is_denied,
        missing_tables_cause_no_failure,
        a_table_that_another_session_holds_times_out,
        a_long_statement_ends_at_its_limit,
        a_statement_that_fails_late_is_not_a_timeout,
        a_deadlock_has_one_victim,
        a_session_that_is_killed_is_lost,
        a_message_about_connections_is_not_a_lost_connection,
        a_read_only_session_cannot_write,
    }
}

fn in_another_language(kind: BackendKind, case: fn(&User)) {
    let Some(server) = available(kind) else { return };
    let user = User::on(server);
    // A rejected session shows the server's language; an accepted one may choose its own.
    let greeting = user.turned_away_with("wr0ng").message;
    if ["Access denied", "authentication failed"].iter().any(|text| greeting.contains(text)) {
        // `cargo xtask test` sets its servers to German, if that is installed.
        not_run(kind, "the cases in another language need a server that speaks one");
    } else {
        case(&user);
    }
}

fn connect(database: &DatabaseUrl) -> Result<AnyConnection, DbError> {
    AnyConnection::establish(database, Access::ReadWrite, &LIMITS)
}

fn open(database: &DatabaseUrl) -> AnyConnection {
    connect(database).expect("the database can be opened")
}

/// A session under the lock, as the engine uses it.
fn locked(database: &DatabaseUrl, timeouts: &Timeouts) -> Box<dyn TenantConnection> {
    let mut session = DieselConnector
        .connect(database, Access::ReadWrite, timeouts)
        .expect("the database can be opened");
    session.lock(ExecutionMode::Journalled).expect("the lock is free");
    session
}

fn a_wrong_password_is_denied(user: &User) {
    let error = user.turned_away_with("wr0ng");
    assert_eq!(error.kind, DbErrorKind::Denied, "{error}");
    assert!(!format!("{error:?}").contains("wr0ng"), "{error:?}");
}

fn a_missing_database_is_missing(user: &User) {
    let missing = user.url().database(&user.fresh_name()).expect("the name is plain");
    let error = connect(&missing).expect_err("it is missing");
    assert_eq!(error.kind, DbErrorKind::Missing, "{error}");
}

fn a_database_of_others_is_denied(user: &User) {
    let others = user.server().fresh_database().name();
    if user.kind() == BackendKind::Postgres {
        user.as_superuser(&format!("REVOKE CONNECT ON DATABASE {others} FROM PUBLIC"));
    }
    let error = connect(&user.url().database(&others).expect("the name is plain"))
        .expect_err("it is the superuser's");
    assert_eq!(error.kind, DbErrorKind::Denied, "{error}");
}

fn a_limit_of_sessions_is_recognised_if_possible(user: &User) {
    let database = user.fresh_database();
    let (limit, told) = match user.kind() {
        // MariaDB names the limit in every language.
        BackendKind::Mysql => {
            ("ALTER USER {} WITH MAX_USER_CONNECTIONS 1", DbErrorKind::ServerBusy)
        }
        _ => ("ALTER ROLE {} CONNECTION LIMIT 1", DbErrorKind::Denied),
    };
    user.as_superuser(&limit.replace("{}", user.name()));
    let _only = open(&database);
    let error = connect(&database).expect_err("there is a session already");
    assert_eq!(error.kind, told, "{error}");

    if user.kind() == BackendKind::Postgres {
        // The catalogue shows the limit of a database.
        let of_role = format!("ALTER ROLE {} CONNECTION LIMIT -1", user.name());
        let of_database = format!("ALTER DATABASE {} CONNECTION LIMIT 1", database.name());
        user.as_superuser(&of_role);
        user.as_superuser(&of_database);
        let error = connect(&database).expect_err("there is a session already");
        assert_eq!(error.kind, DbErrorKind::ServerBusy, "{error}");
    }
}

fn a_name_that_is_taken_is_seen(user: &User) {
    let database = user.fresh_database();
    let created = admin::create_database(user.url(), &database.name(), &LIMITS);
    assert_eq!(created, Ok(Created::Existed));

    if user.kind() == BackendKind::Postgres {
        let _session = open(&database);
        let error = admin::drop_database(user.url(), &database.name(), &LIMITS)
            .expect_err("somebody is connected to it");
        assert_eq!(error.kind, DbErrorKind::LockTimeout, "{error}");
    }
    admin::drop_database(user.url(), &database.name(), &LIMITS).expect("it can be dropped");
}

fn concurrent_creators_all_succeed(user: &User) {
    for _ in 0..3 {
        let name = user.fresh_name();
        let create = || admin::create_database(user.url(), &name, &Timeouts::default());
        let created = thread::scope(|scope| {
            let racing = [(); 4].map(|()| scope.spawn(create));
            racing.map(|thread| thread.join().expect("it does not panic"))
        });
        let new = created.iter().filter(|created| **created == Ok(Created::New)).count();
        let existed = created.iter().filter(|created| **created == Ok(Created::Existed)).count();
        assert_eq!((new, existed), (1, 3), "{created:?}");
    }
}

fn a_user_who_may_not_create_is_denied(user: &User) {
    let name = user.server().fresh_name();
    if user.kind() == BackendKind::Postgres {
        user.as_superuser(&format!("ALTER ROLE {} NOCREATEDB", user.name()));
    }
    let error = admin::create_database(user.url(), &name, &LIMITS).expect_err("it is not allowed");
    assert_eq!(error.kind, DbErrorKind::Denied, "{error}");
}

fn missing_tables_cause_no_failure(user: &User) {
    let database = user.fresh_database();
    let mut session = locked(&database, &LIMITS);
    let history = session.history().expect("an empty database can be read");
    assert_eq!((history.applied, history.has_tables), (None, false));

    // Stock Diesel leaves a history without a journal.
    let mut stock = open(&database);
    stock
        .execute(
            "CREATE TABLE __diesel_schema_migrations (\
             version VARCHAR(50) PRIMARY KEY NOT NULL, \
             run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP)",
        )
        .expect("it is right");
    stock
        .execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('1')")
        .expect("it is right");
    let first = Version("1".to_owned());
    let history = session.history().expect("it can be read");
    assert_eq!(history.applied, Some(vec![first.clone()]));

    session.ensure_tables().expect("the journal can be created");
    let history = session.history().expect("it can be read");
    assert_eq!(history.applied, Some(vec![first]));

    stock.execute("ALTER TABLE __tenantctl_journal DROP COLUMN run_id").expect("it is right");
    let error = session.history().expect_err("a column is missing, not the table");
    assert_eq!(error.kind, DbErrorKind::Corrupt, "{error}");
}

fn a_table_that_another_session_holds_times_out(user: &User) {
    let database = user.fresh_database();
    let mut holder = open(&database);
    holder.execute("CREATE TABLE t (a INTEGER PRIMARY KEY)").expect("it is right");
    holder.execute("BEGIN; INSERT INTO t VALUES (1)").expect("it is right");
    let mut waiter = locked(&database, &LIMITS);
    let error = waiter.execute_sql("ALTER TABLE t ADD COLUMN b INTEGER").expect_err("it is held");
    assert_eq!(error.kind, DbErrorKind::LockTimeout, "{error}");

    // In a failed transaction the same session answers no query.
    waiter.begin().expect("a transaction can begin");
    let error = waiter.execute_sql("ALTER TABLE t ADD COLUMN b INTEGER").expect_err("it is held");
    assert_eq!(error.kind, DbErrorKind::LockTimeout, "{error}");
}

fn a_long_statement_ends_at_its_limit(user: &User) {
    let database = user.fresh_database();
    let limits = Timeouts { statement: Duration::from_millis(200), ..LIMITS };
    let mut session = locked(&database, &limits);
    let error = session.execute_sql(&sleep(&database, 600)).expect_err("the statement has no end");
    assert_eq!(error.kind, DbErrorKind::StatementTimeout, "{error}");
}

fn a_statement_that_fails_late_is_not_a_timeout(user: &User) {
    let database = user.fresh_database();
    let mut session = locked(&database, &LIMITS);
    // Later than the lock timeout, although it needs no lock.
    let late = sleep(&database, 1) + "; SELECT * FROM missing";
    let error = session.execute_sql(&late).expect_err("the statement is wrong");
    assert_eq!(error.kind, DbErrorKind::Statement, "{error}");
}

fn sleep(database: &DatabaseUrl, seconds: u32) -> String {
    match database.kind() {
        BackendKind::Mysql => format!("SELECT SLEEP({seconds})"),
        _ => format!("SELECT pg_sleep({seconds})"),
    }
}

fn a_deadlock_has_one_victim(user: &User) {
    let patient = Timeouts { lock: Duration::from_secs(60), ..LIMITS };
    let database = user.fresh_database();
    let [mut one, mut other] = [(), ()].map(|()| {
        AnyConnection::establish(&database, Access::ReadWrite, &patient).expect("it can be opened")
    });
    one.execute("CREATE TABLE t (a INTEGER PRIMARY KEY, b INTEGER)").expect("it is right");
    one.execute("INSERT INTO t VALUES (1, 0), (2, 0)").expect("it is right");
    one.execute("BEGIN; UPDATE t SET b = 1 WHERE a = 1").expect("it is right");
    other.execute("BEGIN; UPDATE t SET b = 1 WHERE a = 2").expect("it is right");
    let outcomes = thread::scope(|scope| {
        let waits = scope.spawn(move || one.execute("UPDATE t SET b = 2 WHERE a = 2; COMMIT"));
        let closes = scope.spawn(move || other.execute("UPDATE t SET b = 2 WHERE a = 1; COMMIT"));
        [waits, closes].map(|thread| thread.join().expect("it does not panic"))
    });
    let victims: Vec<DbErrorKind> =
        outcomes.into_iter().filter_map(|outcome| outcome.err().map(|error| error.kind)).collect();
    assert_eq!(victims, [DbErrorKind::Deadlock]);
}

fn a_session_that_is_killed_is_lost(user: &User) {
    let database = user.fresh_database();
    let mut killer = open(&database);
    let (mut idle, mut busy) = (open(&database), open(&database));

    end(&mut killer, &number_of(&mut idle));
    for _ in 0..2 {
        let error = idle.execute("SELECT 1").expect_err("it was ended");
        assert_eq!(error.kind, DbErrorKind::ConnectionLost, "{error}");
    }

    let number = number_of(&mut busy);
    let error = thread::scope(|scope| {
        let sleeper = scope.spawn(|| busy.execute(&sleep(&database, 600)));
        // The session is lost whether or not its statement has begun to sleep.
        thread::sleep(Duration::from_millis(200));
        end(&mut killer, &number);
        sleeper.join().expect("it does not panic").expect_err("it was ended")
    });
    assert_eq!(error.kind, DbErrorKind::ConnectionLost, "{error}");
}

fn number_of(session: &mut AnyConnection) -> String {
    let query = match session.kind() {
        BackendKind::Mysql => "SELECT CAST(CONNECTION_ID() AS CHAR)",
        _ => "SELECT pg_backend_pid()::text",
    };
    session.text(query, &[]).expect("it can be asked").expect("it has a number")
}

fn end(killer: &mut AnyConnection, number: &str) {
    let kill = match killer.kind() {
        BackendKind::Mysql => format!("KILL {number}"),
        _ => format!("SELECT pg_terminate_backend({number}, 5000)"),
    };
    killer.execute(&kill).expect("one's own may be ended");
}

fn a_message_about_connections_is_not_a_lost_connection(user: &User) {
    let database = user.fresh_database();
    let statement = match database.kind() {
        BackendKind::Mysql => {
            "SIGNAL SQLSTATE '08S01' SET MESSAGE_TEXT = 'Lost connection to another server'"
        }
        // This imitates the failure of an unreachable foreign server.
        _ => "DO $$ BEGIN RAISE 'no server' USING ERRCODE = '08001'; END $$",
    };
    let mut session = locked(&database, &LIMITS);
    let error = session.execute_sql(statement).expect_err("it fails on purpose");
    assert_eq!(error.kind, DbErrorKind::Statement, "{error}");
    session.begin().expect("a transaction can begin");
    let error = session.execute_sql(statement).expect_err("it fails on purpose");
    assert_eq!(error.kind, DbErrorKind::Statement, "{error}");
}

fn a_read_only_session_cannot_write(user: &User) {
    let database = user.fresh_database();
    open(&database).execute("CREATE TABLE t (a INTEGER)").expect("it is right");
    let mut session = DieselConnector
        .connect(&database, Access::ReadOnly, &LIMITS)
        .expect("the database can be opened");
    let error = session.execute_sql("INSERT INTO t VALUES (1)").expect_err("it is read-only");
    assert_eq!(error.kind, DbErrorKind::ReadOnly, "{error}");
}
