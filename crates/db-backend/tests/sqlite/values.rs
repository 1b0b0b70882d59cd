//! Conversions of values, and sample values.

use db_backend::{AnyConnection, BackendKind};
use insta::assert_snapshot;
use schema_model::Column;
use schema_model::SqlType::{
    self, BigInt, Bool, Date, Double, Float, Integer, Json, JsonDoc, Numeric, SmallInt, Text,
    Timestamp, UtcTimestamp, Uuid, Varchar,
};
use schema_model::diff::conversion;

use super::apply::{apply, created, one};
use super::query;

const PRICE: SqlType = Numeric { precision: 9, scale: 2 };

/// Migrates one value, given as a literal, and returns what it becomes.
fn converted(from: SqlType, to: SqlType, value: &str) -> String {
    let (old, new) = (one(Column::new("v", from).nullable()), one(Column::new("v", to).nullable()));
    let mut database = created(&old, &format!("INSERT INTO t (v) VALUES ({value})"));
    match apply(&mut database, &old, &new) {
        Ok(_) => query(&mut database, "SELECT typeof(v) || ' ' || quote(v) FROM t"),
        Err(error) => error,
    }
}

#[test]
fn every_conversion_keeps_every_value_that_fits_and_fails_on_others() {
    let rows: &[(SqlType, SqlType, &[&str])] = &[
        (Bool, SmallInt, &["0", "1"]),
        (BigInt, Bool, &["0", "1", "2", "-1"]),
        (SmallInt, BigInt, &["-32768"]),
        (Integer, SmallInt, &["-32768", "32767", "0", "-32769", "32768"]),
        (BigInt, SmallInt, &["5", "9223372036854775807"]),
        (BigInt, Integer, &["-2147483648", "2147483647", "-2147483649", "2147483648"]),
        (Integer, Double, &["2147483647", "-1"]),
        (BigInt, Double, &["9007199254740992", "-9007199254740992", "9007199254740993"]),
        (Double, SmallInt, &["-32768.0", "-0.0", "32768.0", "0.5"]),
        (Double, Integer, &["2147483647.0", "2147483648.0"]),
        (
            Double,
            BigInt,
            &["-9223372036854775808.0", "1e18", "9223372036854775808.0", "1e300", "-9e999", "1.5"],
        ),
        (BigInt, Text, &["-9223372036854775808", "0"]),
        (BigInt, Varchar(3), &["-12", "999", "1000", "-100"]),
        (SmallInt, Varchar(6), &["-32768"]),
        (Varchar(9), Varchar(3), &["''", "'äöü'", "'äöüx'"]),
        (Varchar(9), Text, &["''", "'1e3'"]),
        (Text, Varchar(3), &["'abc'", "'abcd'"]),
        (JsonDoc, Text, &["'{\"a\": 1}'"]),
        (JsonDoc, Varchar(4), &["'null'", "'[1,2]'"]),
        (
            Text,
            SmallInt,
            &["'-32768'", "'0'", "'32768'", "''", "' 1'", "'1 '", "'007'", "'1.0'", "'1e3'", "'x'"],
        ),
        (Varchar(30), BigInt, &["'9223372036854775807'", "'9223372036854775808'", "'-7'"]),
        (Integer, PRICE, &["-9999999", "10000000"]),
        (PRICE, BigInt, &["-999999900", "50", "-1"]),
        (PRICE, SmallInt, &["-3276800", "3276800"]),
        (PRICE, Numeric { precision: 12, scale: 4 }, &["-999999999", "1"]),
        (
            PRICE,
            Numeric { precision: 5, scale: 1 },
            &["-999990", "50", "1000000", "1", "-1000000", "999999"],
        ),
        (Integer, Float, &["16777216", "16777217", "-16777217"]),
        (Float, Double, &["0.5", "16777215.0"]),
        (
            Double,
            Float,
            &["0.5", "0.10000000149011612", "0.0", "0.1", "16777217.0", "1e300", "1e-300", "9e999"],
        ),
        (Float, SmallInt, &["-32768.0", "0.5", "32768.0"]),
        (Text, Json, &["'{\"b\":1}'", "'{'"]),
        (JsonDoc, Json, &["'[1]'"]),
        (Date, Timestamp, &["'2024-02-29'"]),
        (
            Timestamp,
            Date,
            &["'2024-02-29 00:00:00'", "'2024-02-29 00:00:00.000'", "'2024-02-29 00:00:00.000001'"],
        ),
        (
            UtcTimestamp,
            Timestamp,
            &[
                "'2024-02-29 00:00:00.000000'",
                "'2024-02-29 00:00:10.000000'",
                "'2024-02-29 00:00:00.100000'",
                "'2024-02-29 00:00:00.000100'",
            ],
        ),
        (
            Timestamp,
            UtcTimestamp,
            &[
                "'2024-02-29 00:00:00'",
                "'2024-02-29 00:00:00.100'",
                "'2024-02-29 00:00:00.123456'",
                "'2024-02-29 00:00:00.123456789'",
            ],
        ),
        (Uuid, Varchar(36), &["'018f4e2a-0000-7000-8000-00000000002a'"]),
        (
            Text,
            Uuid,
            &[
                "'018f4e2a-0000-7000-8000-00000000002a'",
                "'018F4E2A-0000-7000-8000-00000000002A'",
                "'018f4e2a-0000-7000-8000-00000000002g'",
                "'018f4e2a-0000-7000-8000--0000000002a'",
                "'018f4e2a000070008000000000000000002a'",
                "''",
            ],
        ),
    ];
    let mut all = Vec::new();
    for &(from, to, values) in rows {
        assert_eq!(converted(from, to, "NULL"), "null NULL");
        for value in values {
            all.push(format!("{from} {value} → {to}: {}", converted(from, to, value)));
        }
    }
    for value in ["'{}'", "'1'", "''", "'{'"] {
        all.push(format!("Text {value} → JsonDoc: {}", converted(Text, JsonDoc, value)));
    }
    assert_snapshot!(all.join("\n"), @r#"
    Bool 0 → SmallInt: integer 0
    Bool 1 → SmallInt: integer 1
    BigInt 0 → Bool: integer 0
    BigInt 1 → Bool: integer 1
    BigInt 2 → Bool: bad JSON path: 't.v: the value in row 1 does not fit Bool'
    BigInt -1 → Bool: bad JSON path: 't.v: the value in row 1 does not fit Bool'
    SmallInt -32768 → BigInt: integer -32768
    Integer -32768 → SmallInt: integer -32768
    Integer 32767 → SmallInt: integer 32767
    Integer 0 → SmallInt: integer 0
    Integer -32769 → SmallInt: bad JSON path: 't.v: the value in row 1 does not fit SmallInt'
    Integer 32768 → SmallInt: bad JSON path: 't.v: the value in row 1 does not fit SmallInt'
    BigInt 5 → SmallInt: integer 5
    BigInt 9223372036854775807 → SmallInt: bad JSON path: 't.v: the value in row 1 does not fit SmallInt'
    BigInt -2147483648 → Integer: integer -2147483648
    BigInt 2147483647 → Integer: integer 2147483647
    BigInt -2147483649 → Integer: bad JSON path: 't.v: the value in row 1 does not fit Integer'
    BigInt 2147483648 → Integer: bad JSON path: 't.v: the value in row 1 does not fit Integer'
    Integer 2147483647 → Double: real 2147483647.0
    Integer -1 → Double: real -1.0
    BigInt 9007199254740992 → Double: real 9007199254740992.0
    BigInt -9007199254740992 → Double: real -9007199254740992.0
    BigInt 9007199254740993 → Double: bad JSON path: 't.v: the value in row 1 does not fit Double'
    Double -32768.0 → SmallInt: integer -32768
    Double -0.0 → SmallInt: integer 0
    Double 32768.0 → SmallInt: bad JSON path: 't.v: the value in row 1 does not fit SmallInt'
    Double 0.5 → SmallInt: bad JSON path: 't.v: the value in row 1 does not fit SmallInt'
    Double 2147483647.0 → Integer: integer 2147483647
    Double 2147483648.0 → Integer: bad JSON path: 't.v: the value in row 1 does not fit Integer'
    Double -9223372036854775808.0 → BigInt: integer -9223372036854775808
    Double 1e18 → BigInt: integer 1000000000000000000
    Double 9223372036854775808.0 → BigInt: bad JSON path: 't.v: the value in row 1 does not fit BigInt'
    Double 1e300 → BigInt: bad JSON path: 't.v: the value in row 1 does not fit BigInt'
    Double -9e999 → BigInt: bad JSON path: 't.v: the value in row 1 does not fit BigInt'
    Double 1.5 → BigInt: bad JSON path: 't.v: the value in row 1 does not fit BigInt'
    BigInt -9223372036854775808 → Text: text '-9223372036854775808'
    BigInt 0 → Text: text '0'
    BigInt -12 → Varchar(3): text '-12'
    BigInt 999 → Varchar(3): text '999'
    BigInt 1000 → Varchar(3): bad JSON path: 't.v: the value in row 1 does not fit Varchar(3)'
    BigInt -100 → Varchar(3): bad JSON path: 't.v: the value in row 1 does not fit Varchar(3)'
    SmallInt -32768 → Varchar(6): text '-32768'
    Varchar(9) '' → Varchar(3): text ''
    Varchar(9) 'äöü' → Varchar(3): text 'äöü'
    Varchar(9) 'äöüx' → Varchar(3): bad JSON path: 't.v: the value in row 1 does not fit Varchar(3)'
    Varchar(9) '' → Text: text ''
    Varchar(9) '1e3' → Text: text '1e3'
    Text 'abc' → Varchar(3): text 'abc'
    Text 'abcd' → Varchar(3): bad JSON path: 't.v: the value in row 1 does not fit Varchar(3)'
    JsonDoc '{"a": 1}' → Text: text '{"a": 1}'
    JsonDoc 'null' → Varchar(4): text 'null'
    JsonDoc '[1,2]' → Varchar(4): bad JSON path: 't.v: the value in row 1 does not fit Varchar(4)'
    Text '-32768' → SmallInt: integer -32768
    Text '0' → SmallInt: integer 0
    Text '32768' → SmallInt: bad JSON path: 't.v: the value in row 1 does not fit SmallInt'
    Text '' → SmallInt: bad JSON path: 't.v: the value in row 1 does not fit SmallInt'
    Text ' 1' → SmallInt: bad JSON path: 't.v: the value in row 1 does not fit SmallInt'
    Text '1 ' → SmallInt: bad JSON path: 't.v: the value in row 1 does not fit SmallInt'
    Text '007' → SmallInt: bad JSON path: 't.v: the value in row 1 does not fit SmallInt'
    Text '1.0' → SmallInt: bad JSON path: 't.v: the value in row 1 does not fit SmallInt'
    Text '1e3' → SmallInt: bad JSON path: 't.v: the value in row 1 does not fit SmallInt'
    Text 'x' → SmallInt: bad JSON path: 't.v: the value in row 1 does not fit SmallInt'
    Varchar(30) '9223372036854775807' → BigInt: integer 9223372036854775807
    Varchar(30) '9223372036854775808' → BigInt: bad JSON path: 't.v: the value in row 1 does not fit BigInt'
    Varchar(30) '-7' → BigInt: integer -7
    Integer -9999999 → Numeric(9, 2): integer -999999900
    Integer 10000000 → Numeric(9, 2): bad JSON path: 't.v: the value in row 1 does not fit Numeric(9, 2)'
    Numeric(9, 2) -999999900 → BigInt: integer -9999999
    Numeric(9, 2) 50 → BigInt: bad JSON path: 't.v: the value in row 1 does not fit BigInt'
    Numeric(9, 2) -1 → BigInt: bad JSON path: 't.v: the value in row 1 does not fit BigInt'
    Numeric(9, 2) -3276800 → SmallInt: integer -32768
    Numeric(9, 2) 3276800 → SmallInt: bad JSON path: 't.v: the value in row 1 does not fit SmallInt'
    Numeric(9, 2) -999999999 → Numeric(12, 4): integer -99999999900
    Numeric(9, 2) 1 → Numeric(12, 4): integer 100
    Numeric(9, 2) -999990 → Numeric(5, 1): integer -99999
    Numeric(9, 2) 50 → Numeric(5, 1): integer 5
    Numeric(9, 2) 1000000 → Numeric(5, 1): bad JSON path: 't.v: the value in row 1 does not fit Numeric(5, 1)'
    Numeric(9, 2) 1 → Numeric(5, 1): bad JSON path: 't.v: the value in row 1 does not fit Numeric(5, 1)'
    Numeric(9, 2) -1000000 → Numeric(5, 1): bad JSON path: 't.v: the value in row 1 does not fit Numeric(5, 1)'
    Numeric(9, 2) 999999 → Numeric(5, 1): bad JSON path: 't.v: the value in row 1 does not fit Numeric(5, 1)'
    Integer 16777216 → Float: real 16777216.0
    Integer 16777217 → Float: bad JSON path: 't.v: the value in row 1 does not fit Float'
    Integer -16777217 → Float: bad JSON path: 't.v: the value in row 1 does not fit Float'
    Float 0.5 → Double: real 0.5
    Float 16777215.0 → Double: real 16777215.0
    Double 0.5 → Float: real 0.5
    Double 0.10000000149011612 → Float: real 0.10000000149011612
    Double 0.0 → Float: real 0.0
    Double 0.1 → Float: bad JSON path: 't.v: the value in row 1 does not fit Float'
    Double 16777217.0 → Float: bad JSON path: 't.v: the value in row 1 does not fit Float'
    Double 1e300 → Float: bad JSON path: 't.v: the value in row 1 does not fit Float'
    Double 1e-300 → Float: bad JSON path: 't.v: the value in row 1 does not fit Float'
    Double 9e999 → Float: bad JSON path: 't.v: the value in row 1 does not fit Float'
    Float -32768.0 → SmallInt: integer -32768
    Float 0.5 → SmallInt: bad JSON path: 't.v: the value in row 1 does not fit SmallInt'
    Float 32768.0 → SmallInt: bad JSON path: 't.v: the value in row 1 does not fit SmallInt'
    Text '{"b":1}' → Json: text '{"b":1}'
    Text '{' → Json: bad JSON path: 't.v: the value in row 1 does not fit Json'
    JsonDoc '[1]' → Json: text '[1]'
    Date '2024-02-29' → Timestamp: text '2024-02-29 00:00:00'
    Timestamp '2024-02-29 00:00:00' → Date: text '2024-02-29'
    Timestamp '2024-02-29 00:00:00.000' → Date: text '2024-02-29'
    Timestamp '2024-02-29 00:00:00.000001' → Date: bad JSON path: 't.v: the value in row 1 does not fit Date'
    UtcTimestamp '2024-02-29 00:00:00.000000' → Timestamp: text '2024-02-29 00:00:00'
    UtcTimestamp '2024-02-29 00:00:10.000000' → Timestamp: text '2024-02-29 00:00:10'
    UtcTimestamp '2024-02-29 00:00:00.100000' → Timestamp: text '2024-02-29 00:00:00.100'
    UtcTimestamp '2024-02-29 00:00:00.000100' → Timestamp: text '2024-02-29 00:00:00.000100'
    Timestamp '2024-02-29 00:00:00' → UtcTimestamp: text '2024-02-29 00:00:00.000000'
    Timestamp '2024-02-29 00:00:00.100' → UtcTimestamp: text '2024-02-29 00:00:00.100000'
    Timestamp '2024-02-29 00:00:00.123456' → UtcTimestamp: text '2024-02-29 00:00:00.123456'
    Timestamp '2024-02-29 00:00:00.123456789' → UtcTimestamp: text '2024-02-29 00:00:00.123456'
    Uuid '018f4e2a-0000-7000-8000-00000000002a' → Varchar(36): text '018f4e2a-0000-7000-8000-00000000002a'
    Text '018f4e2a-0000-7000-8000-00000000002a' → Uuid: text '018f4e2a-0000-7000-8000-00000000002a'
    Text '018F4E2A-0000-7000-8000-00000000002A' → Uuid: bad JSON path: 't.v: the value in row 1 does not fit Uuid'
    Text '018f4e2a-0000-7000-8000-00000000002g' → Uuid: bad JSON path: 't.v: the value in row 1 does not fit Uuid'
    Text '018f4e2a-0000-7000-8000--0000000002a' → Uuid: bad JSON path: 't.v: the value in row 1 does not fit Uuid'
    Text '018f4e2a000070008000000000000000002a' → Uuid: bad JSON path: 't.v: the value in row 1 does not fit Uuid'
    Text '' → Uuid: bad JSON path: 't.v: the value in row 1 does not fit Uuid'
    Text '{}' → JsonDoc: text '{}'
    Text '1' → JsonDoc: text '1'
    Text '' → JsonDoc: bad JSON path: 't.v: the value in row 1 does not fit JsonDoc'
    Text '{' → JsonDoc: bad JSON path: 't.v: the value in row 1 does not fit JsonDoc'
    "#);
}

#[test]
fn samples_stay_the_same_text_through_every_conversion() {
    let types = SqlType::ALL.map(|sql_type| sql_type.with_length(40));
    let dialect = BackendKind::Sqlite.dialect();
    let text = |database: &mut AnyConnection, sql_type| {
        query(database, &format!("SELECT {} FROM t", dialect.as_text(sql_type, "\"v\"")))
    };
    let mut all = Vec::new();
    for from in types {
        let values = [1, 2, 3].map(|number| format!("({})", dialect.sample(from, number)));
        let rows = format!("INSERT INTO t (v) VALUES {}, (NULL)", values.join(", "));
        let old = one(Column::new("v", from).nullable());
        let before = text(&mut created(&old, &rows), from);
        all.push(format!("{from}: {}", before.replace('\n', ", ")));
        for to in types.into_iter().filter(|to| conversion(from, *to).is_some()) {
            // Only 0 and 1 are truth values, and only some texts are literals of a type.
            let numbers = if to == Bool { [1, 1, 1] } else { [1, 2, 3] };
            let sampled =
                if from.can_become(Text) && to.literal_words().is_some() { to } else { from };
            let values = numbers.map(|number| format!("({})", dialect.sample(sampled, number)));
            let rows = format!("INSERT INTO t (v) VALUES {}, (NULL)", values.join(", "));
            let before = text(&mut created(&old, &rows), from);
            let mut database = created(&old, &rows);
            apply(&mut database, &old, &one(Column::new("v", to).nullable())).unwrap();
            assert_eq!(text(&mut database, to), before, "{from} → {to}");
        }
    }
    assert_snapshot!(all.join("\n"), @"
    SmallInt: 1, 2, 3, NULL
    Integer: 1, 2, 3, NULL
    BigInt: 1, 2, 3, NULL
    Bool: 1, 0, 1, NULL
    Double: 1, 2, 3, NULL
    Text: 1, 2, 3, NULL
    Varchar(40): 1, 2, 3, NULL
    Binary: 01, 02, 03, NULL
    UtcTimestamp: 2026-01-01 00:00:00.000000, 2026-01-02 00:00:00.000000, 2026-01-03 00:00:00.000000, NULL
    JsonDoc: 1, 2, 3, NULL
    Uuid: 00000000-0000-4000-8000-000000000001, 00000000-0000-4000-8000-000000000002, 00000000-0000-4000-8000-000000000003, NULL
    Date: 2026-01-01 00:00:00.000000, 2026-01-02 00:00:00.000000, 2026-01-03 00:00:00.000000, NULL
    Time: 00:00:01, 00:00:02, 00:00:03, NULL
    Timestamp: 2026-01-01 00:00:00.000000, 2026-01-02 00:00:00.000000, 2026-01-03 00:00:00.000000, NULL
    Float: 1, 2, 3, NULL
    Json: 1, 2, 3, NULL
    Numeric(18, 6): 1, 2, 3, NULL
    ");
}
