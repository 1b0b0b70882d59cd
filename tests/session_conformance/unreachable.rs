//! Servers that do not exist, and back ends that are not in the build. No case needs a server.

use std::net::TcpListener;
use std::time::Duration;

use db_backend::{BackendKind, DbErrorKind, ServerUrl, Timeouts, admin};

use super::LIMITS;
use crate::support::cases::test_on;

test_on! {
    postgres, mysql: on_kind {
        a_port_where_nothing_listens_is_unreachable,
        a_server_that_never_answers_is_unreachable,
    }
}

fn on_kind(kind: BackendKind, case: fn(BackendKind)) {
    case(kind);
}

fn a_port_where_nothing_listens_is_unreachable(kind: BackendKind) {
    // A port that was free a moment ago.
    let free = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let server = server_at(kind, &free);
    drop(free);
    let error = admin::ping(&server, &LIMITS).expect_err("nothing listens");
    assert_eq!(error.kind, DbErrorKind::Unreachable, "{error}");
    assert!(!error.message.contains("s3cret"), "{error}");
}

fn a_server_that_never_answers_is_unreachable(kind: BackendKind) {
    // The operating system accepts the connection, but nothing answers.
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let limits = Timeouts { connect: Duration::from_secs(1), ..LIMITS };
    let error = admin::ping(&server_at(kind, &silent), &limits).expect_err("it says nothing");
    assert_eq!(error.kind, DbErrorKind::Unreachable, "{error}");
}

#[test]
fn a_back_end_that_is_not_in_the_build_is_a_wrong_address() {
    for kind in BackendKind::ALL.into_iter().filter(|kind| !db_backend::is_compiled_in(*kind)) {
        let listens = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let error = admin::ping(&server_at(kind, &listens), &LIMITS).expect_err("it is unknown");
        assert_eq!(error.kind, DbErrorKind::Address, "{error}");
        assert!(!error.message.contains("s3cret"), "{error}");
    }
}

fn server_at(kind: BackendKind, listener: &TcpListener) -> ServerUrl {
    let port = listener.local_addr().expect("it is bound").port();
    format!("{kind}://app:s3cret@127.0.0.1:{port}").parse().expect("it is an address")
}
