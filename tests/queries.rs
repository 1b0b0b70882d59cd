//! One `table!` and one query in Rust serve every back end.

use chrono::{DateTime, TimeDelta, Utc};
use db_backend::{AnyConnection, BackendKind, dispatch};
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error};
use schema_core::tenant::{activity_log, settings};
use schema_core::types::{Json, Timestamp};
use serde_json::{Value, json};

use crate::support::cases::test_on;
use crate::support::fleet::Fleet;
use crate::support::server::available;

test_on! {
    sqlite, postgres, mysql: on_tenant {
        json_comes_back_as_it_was,
        times_are_utc_to_the_microsecond,
        times_are_compared_and_sorted_as_times,
        defaults_are_filled_in_by_the_database,
        rows_are_numbered_filtered_updated_and_deleted,
        a_key_is_unique,
    }
}

/// Runs a case on a new tenant.
fn on_tenant(kind: BackendKind, case: fn(&mut AnyConnection)) {
    let Some(server) = available(kind) else { return };
    let fleet = Fleet::provisioned(&server, "@acme");
    case(&mut fleet.open("acme"));
}

fn time(text: &str) -> Timestamp {
    text.parse::<DateTime<Utc>>().expect("a time").into()
}

fn log(connection: &mut AnyConnection, action: &str, details: Option<Value>, at: &str) {
    let row = (
        activity_log::action.eq(action.to_owned()),
        activity_log::entity_type.eq("setting"),
        activity_log::entity_id.eq("theme"),
        activity_log::details.eq(details.map(Json)),
        activity_log::created_at.eq(time(at)),
    );
    let written =
        dispatch!(connection, c => diesel::insert_into(activity_log::table).values(row).execute(c));
    assert_eq!(written, Ok(1));
}

fn json_comes_back_as_it_was(connection: &mut AnyConnection) {
    let values = [
        json!(null),
        json!(true),
        json!("größe \u{1f600} \" ' \\ \n \u{7f}"),
        json!({ "b": [1, -2.5, 1e300], "a": { "deep": [[]], "": 0 } }),
        json!([9_007_199_254_740_993_i64, i64::MIN, u64::MAX]),
        json!("x".repeat(100_000)),
    ];
    for (index, value) in values.iter().enumerate() {
        let row = (settings::key.eq(format!("k{index}")), settings::value.eq(Json(value.clone())));
        let written =
            dispatch!(connection, c => diesel::insert_into(settings::table).values(row).execute(c));
        assert_eq!(written, Ok(1), "{value}");
    }
    let read: Vec<Json> = dispatch!(connection, c => {
        settings::table.select(settings::value).order(settings::key).load(c)
    })
    .unwrap();
    assert_eq!(read.into_iter().map(|json| json.0).collect::<Vec<_>>(), values);
}

fn times_are_utc_to_the_microsecond(connection: &mut AnyConnection) {
    let times = [
        "1970-01-01T00:00:00Z",
        "1969-12-31T23:59:59.999999Z",
        "2026-03-29T01:30:00.000001Z",
        "2026-11-23T12:00:00.123456Z",
        "2026-11-23T12:00:00.123400+02:00",
        "2026-11-23T12:00:00.1Z",
        "9999-12-31T23:59:59.999999Z",
    ];
    for at in times {
        log(connection, at, None, at);
    }
    let read: Vec<(String, Timestamp)> = dispatch!(connection, c => activity_log::table
        .select((activity_log::action, activity_log::created_at))
        .order(activity_log::id)
        .load(c))
    .unwrap();
    for (written, read) in read {
        assert_eq!(read, time(&written), "{written}");
    }
    for at in times {
        let found: i64 = dispatch!(connection, c => activity_log::table
            .filter(activity_log::created_at.eq(time(at)))
            .count()
            .get_result(c))
        .unwrap();
        assert_eq!(found, 1, "{at}");
    }
}

fn times_are_compared_and_sorted_as_times(connection: &mut AnyConnection) {
    for at in ["2026-01-02T00:00:00Z", "2026-01-01T23:59:59.999999Z", "2026-01-02T00:00:00.000001Z"]
    {
        log(connection, at, None, at);
    }
    let from = time("2026-01-02T00:00:00Z");
    let newest_first: Vec<String> = dispatch!(connection, c => activity_log::table
        .select(activity_log::action)
        .filter(activity_log::created_at.ge(from))
        .order(activity_log::created_at.desc())
        .load(c))
    .unwrap();
    assert_eq!(newest_first, ["2026-01-02T00:00:00.000001Z", "2026-01-02T00:00:00Z"]);
}

fn defaults_are_filled_in_by_the_database(connection: &mut AnyConnection) {
    let row = (settings::key.eq("theme"), settings::value.eq(Json(json!("dark"))));
    dispatch!(connection, c => diesel::insert_into(settings::table).values(row).execute(c))
        .unwrap();
    let written: Timestamp = dispatch!(connection, c => {
        settings::table.select(settings::updated_at).first(c)
    })
    .unwrap();
    let distance = (Utc::now() - DateTime::<Utc>::from(written)).abs();
    assert!(distance < TimeDelta::minutes(5), "UTC, not the server's own time: {written:?}");
}

fn rows_are_numbered_filtered_updated_and_deleted(connection: &mut AnyConnection) {
    let at = "2026-01-01T00:00:00Z";
    log(connection, "create", None, at);
    log(connection, "update", Some(json!({ "to": "dark" })), at);
    log(connection, "delete", Some(json!(null)), at);
    let ids: Vec<i64> = dispatch!(connection, c => {
        activity_log::table.select(activity_log::id).order(activity_log::id).load(c)
    })
    .unwrap();
    assert!(ids[0] > 0 && ids.windows(2).all(|pair| pair[0] < pair[1]), "{ids:?}");

    let without: Vec<String> = dispatch!(connection, c => activity_log::table
        .select(activity_log::action)
        .filter(activity_log::details.is_null())
        .load(c))
    .unwrap();
    assert_eq!(without, ["create"], "JSON's null is not NULL");

    let changed = dispatch!(connection, c => {
        diesel::update(activity_log::table.find(ids[0]))
            .set(activity_log::details.eq(Some(Json(json!([1])))))
            .execute(c)
    });
    assert_eq!(changed, Ok(1));
    let details: Option<Json> = dispatch!(connection, c => {
        activity_log::table.find(ids[0]).select(activity_log::details).first(c)
    })
    .unwrap();
    assert_eq!(details.map(|json| json.0), Some(json!([1])));

    let deleted = dispatch!(connection, c => {
        diesel::delete(activity_log::table.filter(activity_log::action.eq_any(["update", "delete"]))).execute(c)
    });
    assert_eq!(deleted, Ok(2));
}

fn a_key_is_unique(connection: &mut AnyConnection) {
    let row = || (settings::key.eq("theme"), settings::value.eq(Json(json!(1))));
    dispatch!(connection, c => diesel::insert_into(settings::table).values(row()).execute(c))
        .unwrap();
    let error = dispatch!(connection, c => {
        diesel::insert_into(settings::table).values(row()).execute(c)
    })
    .unwrap_err();
    assert!(
        matches!(error, Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _)),
        "{error}"
    );
}

/// `ONLY` and `TABLESAMPLE` of a table are joined with whatever the table is joined with.
#[cfg(feature = "postgres")]
#[test]
fn what_postgres_makes_of_a_table_is_joined_like_the_table() {
    use diesel::debug_query;
    use diesel::dsl::OnlyDsl as _;
    use diesel::pg::Pg;

    let joined = activity_log::table
        .only()
        .inner_join(settings::table.on(settings::key.eq(activity_log::entity_id)))
        .select(settings::key);
    let text = debug_query::<Pg, _>(&joined).to_string();
    assert!(text.contains("ONLY \"activity_log\" INNER JOIN \"settings\""), "{text}");
}
