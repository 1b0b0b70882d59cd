//! The Rust values of column types: read as they were written, and compared and sorted alike on
//! every back end.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use db_backend::{BackendKind, Scratch, dispatch};
use diesel::prelude::*;
use schema_core::types::{Decimal, LocalTimestamp, Uuid};
use schema_model::Schema;
use schema_model::diff::diff;

use crate::support::cases::test_on;
use crate::support::server::{TestServer, on_server};

test_on! {
    sqlite, postgres, mysql: on_server {
        uuids_are_read_as_they_were_written,
        what_is_no_uuid_is_refused,
        dates_and_times_are_read_as_they_were_written,
        the_current_time_is_in_utc,
        floats_and_json_are_read_as_they_were_written,
        decimals_are_exact,
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

        #[check(likely, "day > '1000-01-01' AND (day < '9999-12-31' OR at IS NULL)")]
        days (id) {
            #[auto_increment]
            id -> BigInt,
            #[default(now)]
            day -> Date,
            #[default(now)]
            time -> Time,
            #[default(now)]
            at -> Nullable<Timestamp>,
            #[default("2024-02-29")]
            leap -> Date,
            #[default("23:59:59.999999")]
            last -> Time,
            #[default("2026-01-01 12:30:00.250")]
            since -> Timestamp,
        }

        #[index(ratio)]
        #[check(positive, "ratio > -1")]
        readings (id) {
            #[auto_increment]
            id -> BigInt,
            #[default(7)]
            ratio -> Float,
            raw -> Nullable<Json>,
        }

        #[index(amount)]
        #[check(cheap, "amount < 9999999999999998", sqlite = "amount < 999999999999999800")]
        prices (id) {
            #[auto_increment]
            id -> BigInt,
            amount -> Numeric(18, 2),
            #[default(-0.05)]
            discount -> Nullable<Numeric(4, 2)>,
        }
    }
}
use declared::{days, nodes, prices, readings};

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

#[derive(Debug, Clone, Copy, PartialEq, Insertable, Queryable, Selectable)]
#[diesel(table_name = days)]
struct Day {
    day: NaiveDate,
    time: NaiveTime,
    at: Option<LocalTimestamp>,
}

fn timestamp(text: &str) -> NaiveDateTime {
    text.parse().unwrap()
}

fn dates_and_times_are_read_as_they_were_written(server: &TestServer) {
    let mut scratch = created(server);
    let connection = scratch.connection();
    let times = [
        "1000-01-02T00:00:00",
        "1969-12-31T23:59:59.999999",
        "2026-03-29T02:30:00.100",
        "2026-03-29T02:30:00.100001",
        "2026-03-29T02:30:00.250",
        "2026-03-29T02:30:01",
        "9999-12-30T23:59:59.999999",
    ];
    let rows: Vec<Day> = times
        .map(timestamp)
        .map(|at| Day { day: at.date(), time: at.time(), at: Some(at.into()) })
        .to_vec();
    for row in rows.iter().rev() {
        let insert = diesel::insert_into(days::table).values(*row);
        assert_eq!(dispatch!(connection, c => insert.execute(c)), Ok(1), "{row:?}");
    }
    let read: Vec<Day> =
        dispatch!(connection, c => days::table.select(Day::as_select()).order(days::at).load(c))
            .unwrap();
    assert_eq!(read, rows);
    for row in &rows {
        let of_time = days::time.eq(row.time).and(days::day.eq(row.day)).and(days::at.eq(row.at));
        let count = days::table.filter(of_time).count();
        let count: i64 = dispatch!(connection, c => count.get_result(c)).unwrap();
        assert_eq!(count, 1, "{row:?}");
    }
    let literals = days::table.select((days::leap, days::last, days::since));
    let read: (NaiveDate, NaiveTime, LocalTimestamp) =
        dispatch!(connection, c => literals.first(c)).unwrap();
    let since: LocalTimestamp = timestamp("2026-01-01T12:30:00.250").into();
    let last = NaiveTime::from_hms_micro_opt(23, 59, 59, 999_999).unwrap();
    assert_eq!(read, (NaiveDate::from_ymd_opt(2024, 2, 29).unwrap(), last, since));
    let written_alike = days::table.filter(days::since.eq(since).and(days::last.eq(last))).count();
    let count: i64 = dispatch!(connection, c => written_alike.get_result(c)).unwrap();
    assert_eq!(count, 7, "a default has the form of a written value");
}

fn the_current_time_is_in_utc(server: &TestServer) {
    let mut scratch = created(server);
    let connection = scratch.connection();
    let zone = match server.kind() {
        BackendKind::Sqlite => "SELECT 1",
        BackendKind::Postgres => "SET TIME ZONE 'Asia/Kathmandu'",
        BackendKind::Mysql => "SET time_zone = '+05:45'",
    };
    connection.execute(zone).unwrap();
    let insert = diesel::insert_into(days::table).default_values();
    assert_eq!(dispatch!(connection, c => insert.execute(c)), Ok(1));
    let read: Day =
        dispatch!(connection, c => days::table.select(Day::as_select()).first(c)).unwrap();
    let at = NaiveDateTime::from(read.at.unwrap());
    assert!((Utc::now().naive_utc() - at).abs() < TimeDelta::minutes(10), "{at}");
    assert!((read.day.and_time(read.time) - at).abs() < TimeDelta::seconds(1), "{read:?}");
    let same = days::table.filter(days::at.eq(read.at).and(days::time.eq(read.time))).count();
    let count: i64 = dispatch!(connection, c => same.get_result(c)).unwrap();
    assert_eq!(count, 1, "a default has the form of a written value");
}

fn floats_and_json_are_read_as_they_were_written(server: &TestServer) {
    let mut scratch = created(server);
    let connection = scratch.connection();
    let ratios = [0.0, f32::MIN_POSITIVE, 0.1, 1.0 / 3.0, 16_777_215.0, f32::MAX];
    for ratio in ratios {
        let raw = Some(serde_json::json!({ "b": [ratio > 1.0, "\u{fc}"], "a": null }));
        let insert = diesel::insert_into(readings::table)
            .values((readings::ratio.eq(ratio), readings::raw.eq(raw)));
        assert_eq!(dispatch!(connection, c => insert.execute(c)), Ok(1), "{ratio}");
    }
    let query = readings::table.select((readings::ratio, readings::raw)).order(readings::ratio);
    let read: Vec<(f32, Option<serde_json::Value>)> =
        dispatch!(connection, c => query.load(c)).unwrap();
    let expected = ratios
        .map(|ratio| (ratio, Some(serde_json::json!({ "b": [ratio > 1.0, "\u{fc}"], "a": null }))));
    assert_eq!(read, expected);
    let insert = diesel::insert_into(readings::table).default_values();
    assert_eq!(dispatch!(connection, c => insert.execute(c)), Ok(1));
    let seven = readings::table.filter(readings::raw.is_null()).select(readings::ratio);
    assert_eq!(dispatch!(connection, c => seven.first::<f32>(c)), Ok(7.0));
    let invalid = connection.execute("INSERT INTO readings (raw) VALUES ('{')");
    assert!(invalid.is_err(), "not JSON");
}

fn decimals_are_exact(server: &TestServer) {
    let mut scratch = created(server);
    let connection = scratch.connection();
    let number = |text: &str| text.parse::<Decimal>().unwrap();
    let amounts = [
        "-9999999999999999.99",
        "-0.01",
        "0",
        "0.10",
        "0.3",
        "9.99",
        "10",
        "123456.78",
        "9007199254740993.01",
    ];
    for amount in amounts.iter().rev() {
        let insert = diesel::insert_into(prices::table).values(prices::amount.eq(number(amount)));
        assert_eq!(dispatch!(connection, c => insert.execute(c)), Ok(1), "{amount}");
    }
    let query = prices::table.select((prices::amount, prices::discount)).order(prices::amount);
    let read: Vec<(Decimal, Option<Decimal>)> = dispatch!(connection, c => query.load(c)).unwrap();
    let expected = amounts.map(|amount| (number(amount), Some(number("-0.05"))));
    assert_eq!(read, expected);
    assert_eq!(read[4].0.to_string(), "0.30", "as many digits after the point as the column has");
    let between = prices::amount.ge(number("0.1")).and(prices::amount.lt(number("10.00")));
    let count = prices::table.filter(between.and(prices::discount.lt(number("0")))).count();
    assert_eq!(dispatch!(connection, c => count.get_result::<i64>(c)), Ok(3));
    for (amount, why) in [
        ("0.001", "more digits after the point"),
        ("10000000000000000", "more digits"),
        ("9999999999999998", "a check"),
    ] {
        let insert = diesel::insert_into(prices::table).values(prices::amount.eq(number(amount)));
        assert!(dispatch!(connection, c => insert.execute(c)).is_err(), "{why}");
    }
}
