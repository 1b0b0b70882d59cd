//! How real servers fail, and what is made of it.

use std::thread;
use std::time::Duration;

use db_backend::admin::{self, Created};
use db_backend::{
    Access, AnyConnection, BackendKind, Connector, DatabaseUrl, DbError, DbErrorKind,
    DieselConnector, ExecutionMode, ServerUrl, Timeouts,
};

use super::LIMITS;
use crate::support::server::{TestServer, servers};

/// The servers that are no folders.
fn remote_servers() -> impl Iterator<Item = TestServer> {
    servers().into_iter().filter(|server| server.kind() != BackendKind::Sqlite)
}

fn connect(database: &DatabaseUrl, timeouts: &Timeouts) -> Result<AnyConnection, DbError> {
    AnyConnection::establish(database, Access::ReadWrite, timeouts)
}

fn open(database: &DatabaseUrl) -> AnyConnection {
    connect(database, &LIMITS).expect("the database can be opened")
}

#[test]
fn a_wrong_password_is_denied_and_not_shown() {
    for server in remote_servers() {
        let address = server.fresh_database().expose();
        let (scheme, rest) = address.split_once("://").expect("it is an address");
        let rest = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
        let wrong: DatabaseUrl =
            format!("{scheme}://nobody:wr0ng@{rest}").parse().expect("it is an address");
        let error = connect(&wrong, &LIMITS).expect_err("there is no such user");
        assert_eq!(error.kind, DbErrorKind::Denied, "{error}");
        assert!(!format!("{error:?}").contains("wr0ng"), "{error:?}");
    }
}

#[test]
fn a_port_where_nothing_listens_is_unreachable() {
    for kind in [BackendKind::Postgres, BackendKind::Mysql] {
        // A port that was free a moment ago.
        let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let port = free.local_addr().expect("it is bound").port();
        drop(free);
        let server: ServerUrl =
            format!("{kind}://app:s3cret@127.0.0.1:{port}").parse().expect("it is an address");
        let error = admin::ping(&server, &LIMITS).expect_err("nothing listens");
        let expected = if db_backend::is_compiled_in(kind) {
            DbErrorKind::Unreachable
        } else {
            DbErrorKind::Address
        };
        assert_eq!(error.kind, expected, "{error}");
        assert!(!error.message.contains("s3cret"), "{error}");
    }
}

#[test]
fn a_server_that_never_answers_is_given_up() {
    for kind in [BackendKind::Postgres, BackendKind::Mysql] {
        // It accepts, by the operating system, and says nothing.
        let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let port = silent.local_addr().expect("it is bound").port();
        let server: ServerUrl =
            format!("{kind}://app:s3cret@127.0.0.1:{port}").parse().expect("it is an address");
        let limits = Timeouts { connect: Duration::from_secs(1), ..LIMITS };
        let error = admin::ping(&server, &limits).expect_err("it says nothing");
        let expected = if db_backend::is_compiled_in(kind) {
            DbErrorKind::Unreachable
        } else {
            DbErrorKind::Address
        };
        assert_eq!(error.kind, expected, "{error}");
    }
}

/// The longest name that every back end takes, in bytes.
const NAME_MAX: usize = 63;

#[test]
fn a_database_may_have_any_name() {
    let long = "n".repeat(NAME_MAX);
    for server in servers() {
        for rest in ["a b?c#d%41&e=f", "it's \"quoted\" `twice`", "UPPER", "é€", "-- x; $1", &long]
        {
            // `fresh_name` keeps it apart from those of other runs.
            let name = server.fresh_name() + rest;
            let name: String = name.chars().take(NAME_MAX).collect();
            server.drop_at_end(&name);
            let created = admin::create_database(server.url(), &name, &LIMITS);
            assert_eq!(created, Ok(Created::New), "{name}");
            let created = admin::create_database(server.url(), &name, &LIMITS);
            assert_eq!(created, Ok(Created::Existed), "{name}");

            let database = server.url().database(&name).expect("the name is allowed");
            let mut session = DieselConnector
                .connect(&database, Access::ReadWrite, &LIMITS)
                .expect("the database can be opened");
            session.lock(ExecutionMode::Journalled).expect("the lock is free");
            session.ensure_tables().expect("the tables can be created");
            session.unlock().expect("the lock can be released");
            drop(session);

            assert_eq!(admin::database_exists(server.url(), &name, &LIMITS), Ok(true), "{name}");
            admin::drop_database(server.url(), &name, &LIMITS).expect("it can be dropped");
            assert_eq!(admin::database_exists(server.url(), &name, &LIMITS), Ok(false), "{name}");
        }
    }
}

#[test]
fn a_table_that_another_session_holds_times_out() {
    for server in servers() {
        let database = server.fresh_database();
        let (mut holder, mut waiter) = (open(&database), open(&database));
        holder.execute("CREATE TABLE t (a INTEGER PRIMARY KEY)").expect("it is right");
        holder.execute("BEGIN; INSERT INTO t VALUES (1)").expect("it is right");
        let error = waiter.execute("ALTER TABLE t ADD COLUMN b INTEGER").expect_err("it is held");
        assert_eq!(error.kind, DbErrorKind::LockTimeout, "{error}");
        holder.execute("ROLLBACK").expect("it is in a transaction");
        waiter.execute("ALTER TABLE t ADD COLUMN b INTEGER").expect("it is free");
    }
}

#[test]
fn a_deadlock_has_one_victim() {
    let patient = Timeouts { lock: Duration::from_secs(60), ..LIMITS };
    for server in remote_servers() {
        let database = server.fresh_database();
        let [mut one, mut other] =
            [(), ()].map(|()| connect(&database, &patient).expect("it can be opened"));
        one.execute("CREATE TABLE t (a INTEGER PRIMARY KEY, b INTEGER)").expect("it is right");
        one.execute("INSERT INTO t VALUES (1, 0), (2, 0)").expect("it is right");
        one.execute("BEGIN; UPDATE t SET b = 1 WHERE a = 1").expect("it is right");
        other.execute("BEGIN; UPDATE t SET b = 1 WHERE a = 2").expect("it is right");
        // Whichever comes second closes the circle.
        let outcomes = thread::scope(|scope| {
            let waits = scope.spawn(move || one.execute("UPDATE t SET b = 2 WHERE a = 2; COMMIT"));
            let closes =
                scope.spawn(move || other.execute("UPDATE t SET b = 2 WHERE a = 1; COMMIT"));
            [waits, closes].map(|thread| thread.join().expect("it does not panic"))
        });
        let victims: Vec<DbErrorKind> = outcomes
            .into_iter()
            .filter_map(|outcome| outcome.err().map(|error| error.kind))
            .collect();
        assert_eq!(victims, [DbErrorKind::Deadlock], "{}", server.kind());
    }
}

#[test]
fn a_session_that_the_server_ends_is_lost() {
    for server in remote_servers() {
        let database = server.fresh_database();
        let (mut victim, mut killer) = (open(&database), open(&database));
        let (id, kill) = match server.kind() {
            BackendKind::Mysql => ("SELECT CAST(CONNECTION_ID() AS CHAR)", "KILL "),
            _ => ("SELECT pg_backend_pid()::text", "SELECT pg_terminate_backend("),
        };
        let id = victim.text(id, &[]).expect("it can be asked").expect("it has a number");
        let close = if kill.ends_with('(') { ", 5000)" } else { "" };
        killer.execute(&format!("{kill}{id}{close}")).expect("it may be ended");
        for _ in 0..2 {
            let error = victim.execute("SELECT 1").expect_err("it was ended");
            assert_eq!(error.kind, DbErrorKind::ConnectionLost, "{error}");
        }
    }
}
