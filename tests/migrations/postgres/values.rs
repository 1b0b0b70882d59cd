//! Values in columns that change their type.

use std::collections::BTreeMap;

use insta::assert_snapshot;
use schema_model::SqlType::{
    self, BigInt, Bool, Date, Double, Float, Integer, Json, JsonDoc, Numeric, SmallInt, Text,
    Timestamp, UtcTimestamp, Uuid, Varchar,
};
use schema_model::diff::{Conversion, conversion};
use schema_model::{Column, Schema};

use super::{database, dialect, one};
use crate::support::cases::try_each;

#[test]
fn values_survive_every_conversion() {
    let Some(mut database) = database() else { return };
    let lengths = |sql_type: SqlType| [5, 40].map(|length| sql_type.with_length(length));
    let mut types: Vec<SqlType> = SqlType::ALL.into_iter().flat_map(lengths).collect();
    types.dedup();
    let pairs = types.iter().flat_map(|from| types.iter().map(move |to| (*from, *to)));
    let pairs = pairs.filter(|(from, to)| from != to && conversion(*from, *to).is_some());
    let name = |(from, to): &(SqlType, SqlType)| format!("{from} to {to}");
    try_each(pairs, name, |(from, to)| {
        // Of a text, the usual sample is no literal of a type that has some.
        let sampled = if from.can_become(Text) && to.literal_words().is_some() { to } else { from };
        let literals = [1, 2, 3].map(|number| {
            // Only two of the three integers are truth values.
            let number = if to == Bool { number % 2 } else { number };
            format!("({number}, {})", dialect().sample(sampled, number))
        });
        let rows = if to == Bool { &literals[..2] } else { &literals[..] };
        let rows = format!("INSERT INTO t VALUES (9, NULL), {}", rows.join(", "));
        let (a, b) = [from, to]
            .map(|of| one([Column::new("id", Integer), Column::new("v", of).nullable()]))
            .into();
        let text = |of| format!("SELECT {} FROM t ORDER BY id", dialect().as_text(of, "\"v\""));
        database.clear();
        database.migrate(&Schema::EMPTY, &a).unwrap();
        database.execute(&rows);
        let before = database.query(&text(from));
        let after = database.there_and_back(&a, &rows, &b, &text(to));
        assert_eq!(before, after);
    });
}

const PRICE: SqlType = Numeric { precision: 9, scale: 2 };

/// From and to which type, values that fit, and values that do not.
type Fitting = (SqlType, SqlType, &'static [&'static str], &'static [&'static str]);

const FITTING: &[Fitting] = &[
    (BigInt, SmallInt, &["-32768", "0", "32767"], &["-32769", "32768", "9223372036854775807"]),
    (BigInt, Integer, &["-2147483648", "2147483647"], &["-2147483649", "2147483648"]),
    (Integer, SmallInt, &["-32768", "0", "32767"], &["-32769", "32768"]),
    (SmallInt, Integer, &["-32768", "32767"], &[]),
    (SmallInt, BigInt, &["-32768", "32767"], &[]),
    (SmallInt, Double, &["-32768", "32767"], &[]),
    (Integer, Double, &["-2147483648", "2147483647"], &[]),
    (Integer, BigInt, &["-2147483648", "2147483647"], &[]),
    (SmallInt, Bool, &["0", "1"], &["2", "-1"]),
    (BigInt, Bool, &["0", "1"], &["2", "-1"]),
    (Bool, SmallInt, &["true", "false"], &[]),
    (Bool, BigInt, &["true", "false"], &[]),
    (
        BigInt,
        Double,
        &["9007199254740992", "-9007199254740992", "0", "9007199254740991"],
        &["9007199254740993", "-9007199254740993", "9223372036854775807"],
    ),
    (
        Double,
        BigInt,
        &["0", "-1", "9007199254740993", "-9223372036854775808", "9223372036854774784"],
        &["0.5", "-1e-300", "9223372036854775808", "-1e19", "'NaN'", "'Infinity'", "'-Infinity'"],
    ),
    (
        Double,
        Integer,
        &["-2147483648", "2147483647"],
        &["2147483648", "2147483647.5", "-2147483649"],
    ),
    (Double, SmallInt, &["-32768", "32767"], &["32768", "1.5", "-32769", "32767.4", "'NaN'"]),
    (BigInt, Text, &["-9223372036854775808", "9223372036854775807"], &[]),
    (BigInt, Varchar(20), &["-9223372036854775808"], &[]),
    (BigInt, Varchar(3), &["-99", "999"], &["-100", "1000"]),
    (SmallInt, Varchar(2), &["-9", "99"], &["-10", "100"]),
    (Varchar(5), Varchar(3), &["''", "'   '", "'äöü'"], &["'abcd'", "'a   '", "'    '", "'äöüß'"]),
    (Varchar(3), Varchar(5), &["''", "'   '", "'äöü'"], &[]),
    (Varchar(3), Text, &["''", "'a  '"], &[]),
    (
        Text,
        Varchar(3),
        &["''", "'abc'", "' '"],
        &["'abcd'", "'abc '", "repeat(' ', 100)", "'😀😀😀😀'"],
    ),
    (JsonDoc, Text, &["'[1,\"a\"]'", "'null'"], &[]),
    (JsonDoc, Varchar(4), &["'null'", "'\"ab\"'", "'[1]'"], &["'[1,2]'", "'\"abc\"'"]),
    (
        Text,
        SmallInt,
        &["'-32768'", "'32767'", "'0'"],
        &[
            "'007'", "'-0'", "'32768'", "''", "' 1'", "'1 '", "'+1'", "'0x1'", "'1_0'", "'1.0'",
            "'1e1'", "E'1\\n'", "'-'", "'--1'", "'٣'", "'a'",
        ],
    ),
    (Varchar(30), BigInt, &["'-9223372036854775808'"], &["'9223372036854775808'", "' '"]),
    (
        Text,
        Uuid,
        &["'018f4e2a-0000-7000-8000-00000000002a'"],
        &[
            "''",
            "'018F4E2A-0000-7000-8000-00000000002A'",
            "'018f4e2a000070008000000000000002a'",
            "' 018f4e2a-0000-7000-8000-00000000002a'",
            "'{018f4e2a-0000-7000-8000-00000000002a}'",
            "E'018f4e2a-0000-7000-8000-00000000002a\\n'",
        ],
    ),
    (Uuid, Varchar(36), &["'018f4e2a-0000-7000-8000-00000000002a'"], &[]),
    (SmallInt, PRICE, &["-32768", "32767"], &[]),
    (Integer, PRICE, &["-9999999", "9999999"], &["10000000", "-10000000"]),
    (PRICE, BigInt, &["-9999999", "0"], &["0.5", "-0.01"]),
    (PRICE, SmallInt, &["-32768", "32767"], &["32768", "32767.5"]),
    (PRICE, Numeric { precision: 12, scale: 4 }, &["-9999999.99", "0.01"], &[]),
    (
        PRICE,
        Numeric { precision: 5, scale: 1 },
        &["-9999.9", "0", "0.5"],
        &["10000", "0.01", "-10000", "9999.99"],
    ),
    (SmallInt, Float, &["-32768", "32767"], &[]),
    (Integer, Float, &["16777216", "-16777216"], &["16777217", "-2147483647"]),
    (BigInt, Float, &["16777216"], &["16777217", "9223372036854775807"]),
    (Float, Double, &["0.1", "'-3.4028235e38'", "16777216", "1e-30"], &[]),
    (
        Double,
        Float,
        &["0.5", "-16777216", "0", "3.4028234663852886e38", "0.10000000149011612"],
        &["0.1", "16777217", "1e300", "3.4028234663852890e38", "'NaN'", "'Infinity'", "1e-300"],
    ),
    (Float, SmallInt, &["-32768", "32767"], &["0.5", "32768", "1e30", "'NaN'"]),
    (Float, BigInt, &["-9223372036854775808", "16777217"], &["9223372036854775808", "0.25"]),
    (JsonDoc, Json, &["'{\"a\": [1, null]}'", "'null'"], &[]),
    (Json, JsonDoc, &["'{\"a\": [1, null]}'", "'null'"], &["'\"\\u0000\"'"]),
    (Json, Text, &["'{\"b\":1,\"a\":2}'", "' 1 '"], &[]),
    (Text, Json, &["'{\"b\":1,\"a\":2}'", "' 1 '"], &["''", "'nul'"]),
    (Date, Timestamp, &["'2024-02-29'", "'1000-01-01'"], &[]),
    (
        Timestamp,
        Date,
        &["'2024-02-29 00:00:00'"],
        &["'2024-02-29 00:00:00.000001'", "'2024-02-29 12:00:00'"],
    ),
    (UtcTimestamp, Timestamp, &["'2026-03-29 01:30:00.5+00'", "'2026-07-01 00:00:00+02'"], &[]),
    (Timestamp, UtcTimestamp, &["'2026-03-29 02:30:00'", "'2026-01-01 00:00:00.000001'"], &[]),
    (Text, JsonDoc, &["'{\"a\": [1, null]}'", "'\"\"'", "' 1 '"], &["''", "'{'", "'nul'", "'1 2'"]),
];

#[test]
fn values_that_fit_are_kept_and_others_fail() {
    let Some(mut database) = database() else { return };
    let mut messages = BTreeMap::new();
    let name = |(from, to, ..): &&Fitting| format!("{from} to {to}");
    try_each(FITTING, name, |(from, to, good, bad)| {
        let (a, b) = [*from, *to]
            .map(|of| one([Column::new("id", Integer), Column::new("v", of).nullable()]))
            .into();
        assert_eq!(bad.is_empty(), conversion(*from, *to) == Some(Conversion::Always));
        let rows = good.iter().enumerate();
        let rows = rows.map(|(id, value)| format!("INSERT INTO t VALUES ({id}, {value});"));
        let rows: String = rows.chain(["INSERT INTO t VALUES (99, NULL)".to_owned()]).collect();
        let text = |of| format!("SELECT {} FROM t ORDER BY id", dialect().as_text(of, "v"));
        database.clear();
        database.migrate(&Schema::EMPTY, &a).unwrap();
        database.execute(&rows);
        let before = database.query(&text(*from));
        database.migrate(&a, &b).unwrap_or_else(|error| panic!("{error}"));
        let after = database.query(&text(*to));
        if (from, to) == (&Text, &JsonDoc) {
            assert_eq!(after, "{\"a\": [1, null]}\n\"\"\n1\nNULL");
        } else {
            assert_eq!(before, after);
        }
        for value in *bad {
            database.clear();
            database.migrate(&Schema::EMPTY, &a).unwrap();
            database.execute(&format!("INSERT INTO t VALUES (1, {value})"));
            let before = database.query(&text(*from));
            let error = database.migrate(&a, &b).expect_err(value);
            let message = error.split("\nALTER").next().unwrap_or_default().to_owned();
            messages.entry(format!("{from} to {to}")).or_insert(message);
            assert_eq!(database.query(&text(*from)), before);
        }
    });
    let messages = messages.iter().map(|(pair, message)| format!("{pair}: {message}"));
    assert_snapshot!(messages.collect::<Vec<_>>().join("\n"), @r#"
    BigInt to Bool: invalid input syntax for type boolean: "t.v is neither 0 nor 1: …"
    BigInt to Double: invalid input syntax for type double precision: "t.v does not fit: …"
    BigInt to Float: invalid input syntax for type real: "t.v does not fit: …"
    BigInt to Integer: invalid input syntax for type integer: "t.v does not fit: …"
    BigInt to SmallInt: invalid input syntax for type smallint: "t.v does not fit: …"
    BigInt to Varchar(3): invalid size: "t.v is longer than 3 characters: …"
    Double to BigInt: invalid input syntax for type bigint: "t.v is not a whole number that fits: …"
    Double to Float: invalid input syntax for type real: "t.v is not exact as a Float: …"
    Double to Integer: invalid input syntax for type integer: "t.v is not a whole number that fits: …"
    Double to SmallInt: invalid input syntax for type smallint: "t.v is not a whole number that fits: …"
    Float to BigInt: invalid input syntax for type bigint: "t.v is not a whole number that fits: …"
    Float to SmallInt: invalid input syntax for type smallint: "t.v is not a whole number that fits: …"
    Integer to Float: invalid input syntax for type real: "t.v does not fit: …"
    Integer to Numeric(9, 2): invalid input syntax for type numeric: "t.v does not fit Numeric(9, 2): …"
    Integer to SmallInt: invalid input syntax for type smallint: "t.v does not fit: …"
    Json to JsonDoc: unsupported Unicode escape sequence
    JsonDoc to Varchar(4): invalid size: "t.v is longer than 4 characters: …"
    Numeric(9, 2) to BigInt: invalid input syntax for type bigint: "t.v is not a whole number that fits: …"
    Numeric(9, 2) to Numeric(5, 1): invalid input syntax for type numeric: "t.v does not fit Numeric(5, 1): …"
    Numeric(9, 2) to SmallInt: invalid input syntax for type smallint: "t.v is not a whole number that fits: …"
    SmallInt to Bool: invalid input syntax for type boolean: "t.v is neither 0 nor 1: …"
    SmallInt to Varchar(2): invalid size: "t.v is longer than 2 characters: …"
    Text to Json: invalid input syntax for type json
    Text to JsonDoc: invalid input syntax for type json
    Text to SmallInt: invalid input syntax for type smallint: "t.v is not a whole number that fits: …"
    Text to Uuid: invalid input syntax for type uuid: "t.v is no UUID in lower case: …"
    Text to Varchar(3): invalid size: "t.v is longer than 3 characters: …"
    Timestamp to Date: invalid input syntax for type date: "t.v is not the beginning of a day: …"
    Varchar(30) to BigInt: invalid input syntax for type bigint: "t.v is not a whole number that fits: …"
    Varchar(5) to Varchar(3): invalid size: "t.v is longer than 3 characters: …"
    "#);
}

#[test]
fn samples_are_the_same_in_every_time_zone() {
    let Some(mut database) = database() else { return };
    database.execute("SET TIME ZONE 'Asia/Kathmandu'; CREATE TABLE t (v timestamptz(6))");
    database.execute(&format!("INSERT INTO t VALUES ({})", dialect().sample(UtcTimestamp, 2)));
    let text = database.query(&format!("SELECT {} FROM t", dialect().as_text(UtcTimestamp, "v")));
    assert_eq!(text, "2026-01-02 00:00:00.000000");
}
