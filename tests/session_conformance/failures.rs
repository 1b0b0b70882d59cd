//! How failures of real servers are classified.

use std::thread;
use std::time::Duration;

use db_backend::{Access, AnyConnection, BackendKind, DatabaseUrl, DbError, DbErrorKind, Timeouts};

use super::LIMITS;
use crate::support::cases::test_on;
use crate::support::server::{TestServer, on_server};

test_on! {
    postgres, mysql: on_server {
        a_wrong_password_is_denied_and_not_shown,
        a_deadlock_has_one_victim,
        a_session_that_the_server_ends_is_lost,
    }
}

fn connect(database: &DatabaseUrl, timeouts: &Timeouts) -> Result<AnyConnection, DbError> {
    AnyConnection::establish(database, Access::ReadWrite, timeouts)
}

fn open(database: &DatabaseUrl) -> AnyConnection {
    connect(database, &LIMITS).expect("the database can be opened")
}

fn a_wrong_password_is_denied_and_not_shown(server: &TestServer) {
    let address = server.fresh_database().expose();
    let (scheme, rest) = address.split_once("://").expect("it is an address");
    let rest = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    let wrong: DatabaseUrl =
        format!("{scheme}://nobody:wr0ng@{rest}").parse().expect("it is an address");
    let error = connect(&wrong, &LIMITS).expect_err("there is no such user");
    assert_eq!(error.kind, DbErrorKind::Denied, "{error}");
    assert!(!format!("{error:?}").contains("wr0ng"), "{error:?}");
}

fn a_deadlock_has_one_victim(server: &TestServer) {
    let patient = Timeouts { lock: Duration::from_secs(60), ..LIMITS };
    let database = server.fresh_database();
    let [mut one, mut other] =
        [(), ()].map(|()| connect(&database, &patient).expect("it can be opened"));
    one.execute("CREATE TABLE t (a INTEGER PRIMARY KEY, b INTEGER)").expect("it is right");
    one.execute("INSERT INTO t VALUES (1, 0), (2, 0)").expect("it is right");
    one.execute("BEGIN; UPDATE t SET b = 1 WHERE a = 1").expect("it is right");
    other.execute("BEGIN; UPDATE t SET b = 1 WHERE a = 2").expect("it is right");
    // Whichever statement runs second causes the deadlock.
    let outcomes = thread::scope(|scope| {
        let waits = scope.spawn(move || one.execute("UPDATE t SET b = 2 WHERE a = 2; COMMIT"));
        let closes = scope.spawn(move || other.execute("UPDATE t SET b = 2 WHERE a = 1; COMMIT"));
        [waits, closes].map(|thread| thread.join().expect("it does not panic"))
    });
    let victims: Vec<DbErrorKind> =
        outcomes.into_iter().filter_map(|outcome| outcome.err().map(|error| error.kind)).collect();
    assert_eq!(victims, [DbErrorKind::Deadlock]);
}

fn a_session_that_the_server_ends_is_lost(server: &TestServer) {
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
