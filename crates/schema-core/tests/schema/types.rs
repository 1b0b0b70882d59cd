//! Instants and JSON documents in a database. The same code runs on all three back ends.

use chrono::{DateTime, TimeZone, Utc};
use diesel::connection::SimpleConnection;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Nullable;
use proptest::prelude::*;
use schema_core::tenant::activity_log;
use schema_core::types::{Json, JsonDoc, Timestamp, UtcTimestamp};
use serde_json::json;

#[derive(Debug, Clone, PartialEq, Insertable, Queryable, Selectable)]
#[diesel(table_name = activity_log)]
struct Activity {
    action: String,
    entity_type: String,
    entity_id: String,
    details: Option<Json>,
    created_at: Timestamp,
}

fn activity(action: &str, second: u32, details: Option<Json>) -> Activity {
    Activity {
        action: action.to_owned(),
        entity_type: "invoice".to_owned(),
        entity_id: "4711".to_owned(),
        details,
        created_at: at(second),
    }
}

/// That many seconds and as many microseconds after noon.
fn at(second: u32) -> Timestamp {
    let noon = Utc.with_ymd_and_hms(2026, 3, 1, 12, 0, second).single().expect("a time");
    (noon + chrono::TimeDelta::microseconds(second.into())).into()
}

fn database() -> SqliteConnection {
    let mut connection = SqliteConnection::establish(":memory:").expect("memory");
    let create = "CREATE TABLE activity_log (
        id INTEGER PRIMARY KEY, action TEXT NOT NULL, entity_type TEXT NOT NULL,
        entity_id TEXT NOT NULL, details TEXT,
        created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now') || '000'))";
    connection.batch_execute(create).expect("valid SQL");
    connection
}

#[test]
fn rows_come_back_as_they_were_written() {
    let mut connection = database();
    let rows = [
        activity("created", 0, None),
        activity("sent", 1, Some(Json(json!({"to": ["a@example.com"], "ümlaut": "\u{0}'\""})))),
        activity("paid", 2, Some(Json(json!(null)))),
        activity("archived", 3, Some(Json(json!(1.5)))),
    ];
    diesel::insert_into(activity_log::table)
        .values(rows.to_vec())
        .execute(&mut connection)
        .expect("inserted");
    let query = activity_log::table.select(Activity::as_select()).order(activity_log::id);
    assert_eq!(query.load(&mut connection).expect("read"), rows);
}

#[test]
fn instants_are_compared_ordered_and_updated_in_the_database() {
    let mut connection = database();
    let rows: Vec<Activity> = [3, 1, 2, 59].map(|second| activity("sent", second, None)).into();
    diesel::insert_into(activity_log::table)
        .values(rows)
        .execute(&mut connection)
        .expect("inserted");

    let query = activity_log::table
        .filter(activity_log::created_at.lt(at(59)).and(activity_log::created_at.ne(at(2))))
        .order(activity_log::created_at.desc())
        .select(activity_log::created_at);
    assert_eq!(query.load::<Timestamp>(&mut connection).expect("read"), [at(3), at(1)]);

    let between = activity_log::table.filter(activity_log::created_at.between(at(1), at(2)));
    let details = activity_log::details.eq(Some(Json(json!({"late": true}))));
    assert_eq!(diesel::update(between).set(details).execute(&mut connection), Ok(2));
    let latest = activity_log::table.select(diesel::dsl::max(activity_log::created_at));
    assert_eq!(latest.first::<Option<Timestamp>>(&mut connection), Ok(Some(at(59))));
    let empty = activity_log::table.filter(activity_log::details.is_null()).count();
    assert_eq!(empty.get_result::<i64>(&mut connection), Ok(2));
}

#[test]
fn a_default_has_the_same_form_as_a_written_value() {
    let mut connection = database();
    let values = (
        activity_log::action.eq("sent"),
        activity_log::entity_type.eq("invoice"),
        activity_log::entity_id.eq("1"),
    );
    let before = Timestamp::now();
    diesel::insert_into(activity_log::table)
        .values(values)
        .execute(&mut connection)
        .expect("inserted");
    let text = activity_log::table.select(sql::<diesel::sql_types::Text>("created_at"));
    let text: String = text.first(&mut connection).expect("read");
    let read: Timestamp =
        activity_log::table.select(activity_log::created_at).first(&mut connection).expect("read");
    assert_eq!(read.to_string(), text);
    // SQLite's clock has a resolution of milliseconds.
    assert!(DateTime::from(before) - DateTime::from(read) < chrono::TimeDelta::milliseconds(1));
}

#[test]
fn texts_of_other_writers_to_sqlite_are_understood() {
    let rows = [
        ("2026-03-01 12:00:00", "2026-03-01 12:00:00.000000"),
        ("2026-03-01 12:00:00.5", "2026-03-01 12:00:00.500000"),
        ("2026-03-01 12:00:00.123456", "2026-03-01 12:00:00.123456"),
        ("2026-03-01 12:00:00.123456789", "2026-03-01 12:00:00.123456"),
        ("2026-03-01T12:00:00Z", "2026-03-01 12:00:00.000000"),
        ("2026-03-01 12:00:00.25+02:00", "2026-03-01 10:00:00.250000"),
    ];
    for (written, expected) in rows {
        let query = diesel::select(sql::<UtcTimestamp>(&format!("'{written}'")));
        let read: Timestamp = query.get_result(&mut database()).expect(written);
        assert_eq!(read.to_string(), expected);
    }
}

#[test]
fn an_invalid_text_is_an_error_and_not_a_guess() {
    let instant = |text: &str| {
        let query = diesel::select(sql::<UtcTimestamp>(&format!("'{text}'")));
        query.get_result::<Timestamp>(&mut database()).is_err()
    };
    assert!(["", "now", "2026-13-01 00:00:00", "2026-03-01 12:00:00 CET"].into_iter().all(instant));
    let document = |text: &str| {
        let query = diesel::select(sql::<JsonDoc>(&format!("'{text}'")));
        query.get_result::<Json>(&mut database()).is_err()
    };
    assert!(["", "{", "nil", "{} {}"].into_iter().all(document));
}

#[test]
fn years_that_would_not_sort_are_refused() {
    for (year, storable) in [(999, false), (1000, true), (9999, true), (10_000, false), (-1, false)]
    {
        let instant = Utc.with_ymd_and_hms(year, 1, 1, 0, 0, 0).single().expect("a time");
        let query = diesel::select(Timestamp::from(instant).into_sql::<UtcTimestamp>());
        assert_eq!(query.get_result::<Timestamp>(&mut database()).is_ok(), storable, "{year}");
    }
}

#[test]
fn null_is_read_as_none() {
    let instant = None::<Timestamp>.into_sql::<Nullable<UtcTimestamp>>();
    let document = None::<Json>.into_sql::<Nullable<JsonDoc>>();
    let read = diesel::select((instant, document)).get_result(&mut database());
    assert_eq!(read, Ok((None::<Timestamp>, None::<Json>)));
}

/// From the year 1000 to 9999. More than a second of nanoseconds is a leap second in chrono.
fn instants() -> impl Strategy<Value = DateTime<Utc>> {
    (-30_610_224_000_i64..253_402_300_799, 0..2_000_000_000_u32).prop_map(|(seconds, nanos)| {
        let is_last_of_minute = seconds.rem_euclid(60) == 59;
        let nanos = if is_last_of_minute { nanos } else { nanos % 1_000_000_000 };
        DateTime::from_timestamp(seconds, nanos).expect("an instant")
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_text_sorts_like_the_instants(a in instants(), b in instants()) {
        let (a, b) = (Timestamp::from(a), Timestamp::from(b));
        prop_assert_eq!(a.to_string().len(), 26);
        prop_assert_eq!(a.cmp(&b), a.to_string().cmp(&b.to_string()));
    }

    #[test]
    fn an_instant_is_read_as_it_was_written(instant in instants()) {
        let written = Timestamp::from(instant);
        let query = diesel::select(written.into_sql::<UtcTimestamp>());
        prop_assert_eq!(query.get_result::<Timestamp>(&mut database()), Ok(written));
        prop_assert_eq!(DateTime::from(written).timestamp_micros(), instant.timestamp_micros());
        prop_assert_eq!(DateTime::from(written).timestamp_subsec_nanos() % 1_000, 0);
        let json = serde_json::to_string(&written).expect("JSON");
        prop_assert_eq!(serde_json::from_str::<Timestamp>(&json).ok(), Some(written));
    }
}
