//! The mark that says whose a database is.

use db_backend::{Connector, DatabaseUrl, Mark};

use super::{ExecuteSql as _, on_databases, open, version};
use crate::support::cases::test_on;

test_on! {
    sqlite, postgres, mysql: on_databases {
        a_mark_replaces_an_older_one,
        a_mark_alone_is_neither_history_nor_table,
        the_owner_table_is_added_to_older_ones,
    }
}

fn mark(registry: &str, tenant: i64) -> Mark {
    Mark { registry: registry.to_owned(), tenant }
}

fn a_mark_replaces_an_older_one(connector: &dyn Connector, [database, _]: [&DatabaseUrl; 2]) {
    let mut session = open(connector, database);
    session.ensure_tables().expect("the tables can be created");
    assert_eq!(session.history().expect("it can be read").mark, None);
    for mark in [mark("it's \"one\"", i64::MAX), mark("other", 1)] {
        session.write_mark(&mark).expect("it can be written");
        assert_eq!(session.history().expect("it can be read").mark, Some(mark));
    }
    session.add_to_history(&version("1")).expect("a version can be added");
    let history = session.history().expect("it can be read");
    assert_eq!((history.applied, history.mark), (Some(vec![version("1")]), Some(mark("other", 1))));
}

fn a_mark_alone_is_neither_history_nor_table(
    connector: &dyn Connector,
    [database, empty]: [&DatabaseUrl; 2],
) {
    let mut session = open(connector, database);
    session.ensure_tables().expect("the tables can be created");
    session.write_mark(&mark("one", 1)).expect("it can be written");
    assert!(session.history().expect("it can be read").is_empty());
    let fingerprint = session.fingerprint().expect("the schema can be read");
    assert_eq!(Ok(fingerprint), open(connector, empty).fingerprint());
    for table in ["__diesel_schema_migrations", "__tenantctl_journal"] {
        session.execute_sql(&format!("DROP TABLE {table}")).expect("it is there");
    }
    let history = session.history().expect("it can be read");
    assert_eq!((history.applied, history.mark), (None, Some(mark("one", 1))));
}

fn the_owner_table_is_added_to_older_ones(
    connector: &dyn Connector,
    [database, _]: [&DatabaseUrl; 2],
) {
    let mut session = open(connector, database);
    session.ensure_tables().expect("the tables can be created");
    session.add_to_history(&version("1")).expect("a version can be added");
    session.execute_sql("DROP TABLE __tenantctl_owner").expect("it is there");
    let history = session.history().expect("it can be read");
    assert_eq!((history.applied, history.mark), (Some(vec![version("1")]), None));
    session.ensure_tables().expect("the missing table can be created");
    session.write_mark(&mark("one", 1)).expect("it can be written");
    assert_eq!(session.history().expect("it can be read").mark, Some(mark("one", 1)));
}
