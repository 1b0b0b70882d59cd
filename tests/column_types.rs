//! The Rust values of column types: read as they were written, and compared and sorted alike on
//! every back end.

use db_backend::{BackendKind, Scratch, dispatch};
use diesel::prelude::*;
use schema_core::types::Uuid;
use schema_model::Schema;
use schema_model::diff::diff;

use crate::support::cases::test_on;
use crate::support::server::{TestServer, on_server};

test_on! {
    sqlite, postgres, mysql: on_server {
        uuids_are_read_as_they_were_written,
        what_is_no_uuid_is_refused,
    }
}

mod declared {
    schema_core::tenant_schema! {
        #[check(known, "parent <> '00000000-0000-0000-0000-000000000000'")]
        nodes (id) {
            id -> Uuid,
            #[references(nodes.id)]
            parent -> Nullable<Uuid>,
            #[default("018f4e2a-0000-7000-8000-00000000002a")]
            kind -> Uuid,
        }
    }
}
use declared::nodes;

/// A database with these tables.
fn created(server: &TestServer) -> Scratch {
    let mut scratch = Scratch::on(server.url()).unwrap();
    let changes = diff(&Schema::EMPTY, &declared::SCHEMA).unwrap();
    scratch.apply(&scratch.dialect().render(&changes)).unwrap();
    scratch
}

#[derive(Debug, Clone, Copy, PartialEq, Insertable, Queryable, Selectable)]
#[diesel(table_name = nodes)]
struct Node {
    id: Uuid,
    parent: Option<Uuid>,
}

fn uuid(number: u128) -> Uuid {
    uuid::Uuid::from_u128(number).into()
}

fn uuids_are_read_as_they_were_written(server: &TestServer) {
    let mut scratch = created(server);
    let connection = scratch.connection();
    let numbers = [1, u128::MAX, 0x80 << 120, 0xff, 0x7f << 120, 10 << 64];
    let nodes: Vec<Node> =
        numbers.map(|number| Node { id: uuid(number), parent: Some(uuid(1)) }).to_vec();
    for node in &nodes {
        let insert = diesel::insert_into(nodes::table).values(*node);
        assert_eq!(dispatch!(connection, c => insert.execute(c)), Ok(1), "{node:?}");
    }
    let read: Vec<Node> =
        dispatch!(connection, c => nodes::table.select(Node::as_select()).order(nodes::id).load(c))
            .unwrap();
    let mut sorted = nodes.clone();
    sorted.sort_by_key(|node| node.id);
    assert_eq!(read, sorted, "in the order of their bytes");
    let kinds: Vec<Uuid> =
        dispatch!(connection, c => nodes::table.select(nodes::kind).distinct().load(c)).unwrap();
    assert_eq!(kinds, ["018f4e2a-0000-7000-8000-00000000002a".parse().unwrap()]);
    let greater = nodes::table.filter(nodes::id.gt(uuid(0xff)).and(nodes::parent.eq(uuid(1))));
    let count: i64 = dispatch!(connection, c => greater.count().get_result(c)).unwrap();
    assert_eq!(count, 4);
    let orphan = diesel::update(nodes::table.find(uuid(0xff))).set(nodes::parent.eq(None::<Uuid>));
    assert_eq!(dispatch!(connection, c => orphan.execute(c)), Ok(1));
    let query = nodes::table.filter(nodes::parent.is_null()).select(nodes::id);
    assert_eq!(dispatch!(connection, c => query.first::<Uuid>(c)), Ok(uuid(0xff)));
    let nil = diesel::update(nodes::table.find(uuid(0xff))).set(nodes::parent.eq(uuid(0)));
    assert!(dispatch!(connection, c => nil.execute(c)).is_err(), "a check compares with a literal");
}

/// MySQL has no such type, and takes what fits into its column.
fn what_is_no_uuid_is_refused(server: &TestServer) {
    if server.kind() == BackendKind::Mysql {
        return;
    }
    let mut scratch = created(server);
    for text in ["", "none", "018f4e2a-0000-7000-8000-00000000002g"] {
        let insert = format!("INSERT INTO nodes (id) VALUES ('{text}')");
        assert!(scratch.connection().execute(&insert).is_err(), "{text}");
    }
}
