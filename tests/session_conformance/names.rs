//! Databases with unusual names.

use db_backend::admin::{self, Created};
use db_backend::{Access, Connector, DieselConnector, ExecutionMode};

use super::LIMITS;
use crate::support::cases::test_on;
use crate::support::server::{TestServer, on_server};

test_on! {
    sqlite, postgres, mysql: on_server {
        a_database_may_have_any_name,
    }
}

/// The length in bytes of the longest name that every back end accepts.
const NAME_MAX: usize = 63;

fn a_database_may_have_any_name(server: &TestServer) {
    let long = "n".repeat(NAME_MAX);
    for rest in ["a b?c#d%41&e=f", "it's \"quoted\" `twice`", "UPPER", "é€", "-- x; $1", &long] {
        // `fresh_name` distinguishes it from those of other runs.
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
