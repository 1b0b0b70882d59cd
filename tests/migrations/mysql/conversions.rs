//! Columns that change their type and keep their values.

use db_backend::BackendKind;
use schema_model::diff::conversion;
use schema_model::{Column, Schema, SqlType, Table};

use super::database::{Database, id};
use crate::support::cases::try_each;

use SqlType::{
    BigInt, Bool, Date, Double, Float, Integer, Json, JsonDoc, Numeric, SmallInt, Text, Timestamp,
    UtcTimestamp, Uuid, Varchar,
};

const PRICE: SqlType = Numeric { precision: 9, scale: 2 };

/// From and to which type, values that arrive as that text, and values that do not fit.
type Conversion =
    (SqlType, SqlType, &'static [(&'static str, &'static str)], &'static [&'static str]);

const CONVERSIONS: &[Conversion] = &[
    (Bool, SmallInt, &[("TRUE", "1"), ("FALSE", "0")], &[]),
    (Bool, BigInt, &[("TRUE", "1"), ("FALSE", "0")], &[]),
    (Integer, Bool, &[("1", "1"), ("0", "0")], &["2", "-1"]),
    (SmallInt, Integer, &[("-32768", "-32768"), ("32767", "32767")], &[]),
    (Integer, SmallInt, &[("-32768", "-32768"), ("32767", "32767")], &["32768", "-32769"]),
    (BigInt, Integer, &[("2147483647", "2147483647")], &["2147483648", "-2147483649"]),
    (Integer, Double, &[("-2147483648", "-2147483648"), ("0", "0")], &[]),
    (
        BigInt,
        Double,
        &[("9007199254740992", "9007199254740992"), ("-9007199254740992", "-9007199254740992")],
        &["9007199254740993", "-9007199254740993", "9223372036854775807"],
    ),
    (Double, SmallInt, &[("-32768", "-32768"), ("0", "0")], &["0.5", "-0.1", "32768", "1e300"]),
    (
        Double,
        BigInt,
        &[
            ("9223372036854774784", "9223372036854774784"),
            ("-9223372036854775808", "-9223372036854775808"),
            ("1e15", "1000000000000000"),
        ],
        &["9223372036854775808", "-9223372036854777856", "1.5"],
    ),
    (BigInt, Text, &[("-9223372036854775808", "-9223372036854775808")], &[]),
    (BigInt, Varchar(20), &[("-9223372036854775808", "-9223372036854775808")], &[]),
    (Integer, Varchar(2), &[("-1", "-1"), ("99", "99")], &["100", "-10"]),
    (Varchar(4), Varchar(9), &[("'a  '", "a  "), ("''", "")], &[]),
    (Varchar(9), Varchar(2), &[("'äß'", "äß"), ("''", "")], &["'abc'", "'ab '"]),
    (Varchar(9), Text, &[(r"'\\n\''", r"\n'"), ("''", "")], &[]),
    (Text, Varchar(2), &[("'äß'", "äß"), ("' '", " ")], &["'ab '"]),
    (
        Text,
        Integer,
        &[("'-5'", "-5"), ("'0'", "0")],
        &["'007'", "'-0'", "''", "' 1'", "'1 '", "'1.5'", r"'1\n'", "'1e3'", "'+'", "'2147483648'"],
    ),
    (
        Varchar(99),
        BigInt,
        &[("'9223372036854775807'", "9223372036854775807")],
        &["'-'", "'--1'", "'9223372036854775808'", "'0x10'", "'٣'", "repeat('9', 80)"],
    ),
    (
        Text,
        JsonDoc,
        &[(r#"'{"a": [1]}'"#, r#"{"a": [1]}"#), ("'null'", "null")],
        &["''", "'{'", "'a'"],
    ),
    (JsonDoc, Text, &[(r#"'{"a": [1]}'"#, r#"{"a": [1]}"#)], &[]),
    (JsonDoc, Varchar(4), &[("'true'", "true")], &["'false'"]),
    (
        Text,
        Uuid,
        &[("'018f4e2a-0000-7000-8000-00000000002a'", "018f4e2a-0000-7000-8000-00000000002a")],
        &[
            "''",
            "'018F4E2A-0000-7000-8000-00000000002A'",
            r"'018f4e2a-0000-7000-8000-00000000002a\n'",
            "'018f4e2a-0000-7000-8000-00000000002g'",
        ],
    ),
    (Integer, PRICE, &[("-9999999", "-9999999"), ("0", "0")], &["10000000", "-10000000"]),
    (PRICE, SmallInt, &[("-32768", "-32768"), ("0", "0")], &["0.5", "32768", "-0.01"]),
    (
        PRICE,
        Numeric { precision: 12, scale: 4 },
        &[("-9999999.99", "-9999999.99"), ("10", "10"), ("0.5", "0.5")],
        &[],
    ),
    (
        PRICE,
        Numeric { precision: 5, scale: 1 },
        &[("-9999.9", "-9999.9"), ("100", "100")],
        &["10000", "0.01", "9999.99"],
    ),
    (Integer, Float, &[("16777216", "16777216")], &["16777217", "-16777217"]),
    (
        Float,
        Double,
        &[("0.5", "0.5"), ("0.1", "0.10000000149011612"), ("16777215", "16777215")],
        &[],
    ),
    (
        Double,
        Float,
        &[("0.5", "0.5"), ("0.10000000149011612", "0.10000000149011612"), ("0", "0")],
        &["0.1", "16777217", "1e300", "1e-300"],
    ),
    (Float, SmallInt, &[("-32768", "-32768")], &["0.5", "32768", "1e30"]),
    (Json, Text, &[(r#"'{"b":1}'"#, r#"{"b":1}"#)], &[]),
    (Text, Json, &[("'null'", "null")], &["''", "'{'"]),
    (JsonDoc, Json, &[("'[1]'", "[1]")], &[]),
    (Date, Timestamp, &[("'2024-02-29'", "2024-02-29 00:00:00.000000")], &[]),
    (
        Timestamp,
        Date,
        &[("'2024-02-29 00:00:00'", "2024-02-29 00:00:00.000000")],
        &["'2024-02-29 00:00:00.000001'", "'2024-02-29 12:00:00'"],
    ),
    (UtcTimestamp, Timestamp, &[("'2026-03-29 01:30:00.5'", "2026-03-29 01:30:00.500000")], &[]),
    (Timestamp, UtcTimestamp, &[("'2026-03-29 02:30:00.5'", "2026-03-29 02:30:00.500000")], &[]),
    (
        Uuid,
        Varchar(36),
        &[("'018f4e2a-0000-7000-8000-00000000002a'", "018f4e2a-0000-7000-8000-00000000002a")],
        &[],
    ),
];

#[test]
fn conversions_keep_what_fits_and_fail_on_the_rest() {
    let Some(mut database) = Database::open() else { return };
    let name = |(from, to, ..): &&Conversion| format!("{from} to {to}");
    try_each(CONVERSIONS, name, |&(from, to, good, bad)| {
        let schema = |sql_type| {
            let columns = [id(), Column::new("c", sql_type).nullable()];
            Schema::new([Table::new("t", ["id"]).columns(columns)])
        };
        let (from, to) = (schema(from), schema(to));
        database.execute("DROP TABLE IF EXISTS t");
        database.migrate(&Schema::EMPTY, &from);
        database.execute("INSERT INTO t (c) VALUES (NULL)");
        for (value, _) in good {
            database.execute(&format!("INSERT INTO t (c) VALUES ({value})"));
        }
        database.migrate(&from, &to);
        let c = BackendKind::Mysql.dialect().as_text(to.tables[0].columns[1].sql_type, "`c`");
        let expected: Vec<&str> = good.iter().map(|(_, text)| *text).collect();
        assert_eq!(
            database.column(&format!("SELECT {c} FROM t ORDER BY id")),
            [&["NULL"], &*expected].concat()
        );

        database.execute("DROP TABLE t");
        database.migrate(&Schema::EMPTY, &from);
        for value in bad {
            database.execute("DELETE FROM t");
            database.execute(&format!("INSERT INTO t (c) VALUES ({value})"));
            let error = database.try_to_migrate(&from, &to).expect_err(value);
            assert!(error.message.contains("t.c is "), "{value}: {error}");
            database.is_as(&from);
        }
    });
}

#[test]
fn samples_read_the_same_in_every_type() {
    let Some(mut database) = Database::open() else { return };
    let dialect = BackendKind::Mysql.dialect();
    let lengths = |sql_type: SqlType| [40, 1].map(|length| sql_type.with_length(length));
    let mut types: Vec<SqlType> = SqlType::ALL.into_iter().flat_map(lengths).collect();
    types.dedup();
    let pairs: Vec<(SqlType, SqlType)> = types
        .iter()
        .flat_map(|&from| types.iter().map(move |&to| (from, to)))
        .filter(|&(from, to)| from == to || conversion(from, to).is_some())
        .collect();
    let name = |at: usize| format!("c{at}");
    let schema = |sql_type: fn(&(SqlType, SqlType)) -> SqlType| {
        let columns = pairs.iter().enumerate();
        let columns = columns.map(|(at, pair)| Column::new(name(at), sql_type(pair)));
        Schema::new([Table::new("t", ["id"]).columns([id()]).columns(columns)])
    };
    let texts = |sql_type: fn(&(SqlType, SqlType)) -> SqlType| {
        let columns = pairs.iter().enumerate();
        let rows = columns.map(|(at, pair)| {
            format!("SELECT {} FROM t", dialect.as_text(sql_type(pair), &name(at)))
        });
        rows.collect::<Vec<_>>().join(" UNION ALL ")
    };
    let (from, to) = (schema(|pair| pair.0), schema(|pair| pair.1));
    for number in [1, 2, 3] {
        database.migrate(&Schema::EMPTY, &from);
        let values = pairs.iter().map(|&(from, to)| {
            // A value that is converted to a truth value must be 0 or 1.
            let number = if to == Bool { number % 2 } else { number };
            // Of a text, the usual sample is no literal of a type that has some.
            dialect.sample(
                if from.can_become(Text) && to.literal_words().is_some() { to } else { from },
                number,
            )
        });
        let values = values.collect::<Vec<_>>().join(", ");
        database.execute(&format!("INSERT INTO t VALUES (DEFAULT, {values})"));
        let before = database.column(&texts(|pair| pair.0));
        database.migrate(&from, &to);
        assert_eq!(database.column(&texts(|pair| pair.1)), before, "{pairs:?}");
        database.execute("DROP TABLE t");
    }
}
