//! The facts of each type and the conversions between them, as pages to read.

use std::fmt::Write;

use schema_model::diff::{Conversion, conversion};
use schema_model::{BackEnds, DefaultMistake, DefaultValue, SqlType};

#[test]
fn the_facts_of_each_type() {
    let mut page = String::new();
    for sql_type in SqlType::ALL.map(|sql_type| sql_type.with_length(10)) {
        let key = sql_type.key_bytes().map_or("no key".to_owned(), |bytes| format!("key {bytes}"));
        let (values, row) = (sql_type.values(), sql_type.row_bytes());
        let (default, placeholder) = (sql_type.allowed_default(), sql_type.placeholder());
        writeln!(
            page,
            "{sql_type}: {values:?}, {key}, row {row}, else {placeholder}, default {default}"
        )
        .expect("memory");
    }
    insta::assert_snapshot!(page, @r#"
    SmallInt: Number, key 2, row 2, else 0, default an integer
    Integer: Number, key 4, row 4, else 0, default an integer
    BigInt: Number, key 8, row 8, else 0, default an integer
    Bool: Truth, key 1, row 1, else FALSE, default true or false
    Double: Number, key 8, row 8, else 0, default an integer
    Text: Text, no key, row 12, else '', default none, because MySQL has no default for a Text; Varchar can have one
    Varchar(10): Text, key 40, row 42, else '', default a "text"
    Binary: Other, no key, row 12, else '', default none, because a Binary can't have one
    UtcTimestamp: Other, key 8, row 8, else '1970-01-01 00:00:00.000000', default now
    JsonDoc: Other, no key, row 12, else 'null', default none, because a JsonDoc can't have one
    Uuid: Other, key 144, row 144, else '00000000-0000-0000-0000-000000000000', default a UUID in lower case, such as "00000000-0000-0000-0000-000000000000"
    Date: Other, key 3, row 3, else '1970-01-01', default now, or a date such as "2026-03-01"
    Time: Other, key 6, row 6, else '00:00:00', default now, or a time of day such as "18:30:00" or "18:30:00.250"
    Timestamp: Other, key 8, row 8, else '1970-01-01 00:00:00', default now, or a date and time such as "2026-03-01 18:30:00" or "2026-03-01 18:30:00.250"
    Float: Number, key 4, row 4, else 0, default an integer
    Json: Other, no key, row 12, else 'null', default none, because a Json can't have one
    Numeric(18, 6): Other, key 9, row 9, else 0, default an integer, or a number with 6 digits after the point, not all zeros
    "#);
}

#[test]
fn each_type_is_found_by_its_name() {
    for sql_type in SqlType::ALL {
        assert_eq!(SqlType::from_name(sql_type.name()), Some(sql_type));
        assert_eq!(sql_type.length(), sql_type.lengths().map(|lengths| *lengths.end()));
        assert_eq!(sql_type.with_length(3).length(), sql_type.length().map(|_| 3));
    }
    assert_eq!(SqlType::from_name("varchar"), None);
    assert_eq!(SqlType::from_name("Varchar(10)"), None);
}

/// `!` always, `?` if it fits, `-` never.
#[test]
fn what_a_type_can_become() {
    let mut types: Vec<SqlType> = SqlType::ALL.to_vec();
    types.splice(6..7, [5, 6, 11, 20, 36].map(SqlType::Varchar));
    let digits = |precision, scale| SqlType::Numeric { precision, scale };
    types.extend([digits(5, 0), digits(7, 2), digits(18, 2)]);
    let mut page = String::new();
    for from in &types {
        let marks = types.iter().map(|to| match (from == to, conversion(*from, *to)) {
            (true, _) => "=",
            (false, Some(Conversion::Always)) => "!",
            (false, Some(Conversion::IfItFits)) => "?",
            (false, None) => "-",
        });
        writeln!(page, "{} {from}", marks.collect::<Vec<_>>().join(" ")).expect("memory");
    }
    insta::assert_snapshot!(page, @"
    = ! ! ? ! ! ? ! ! ! ! - - - - - - - ! - ! ! ! ! SmallInt
    ? = ! ? ! ! ? ? ! ! ! - - - - - - - ? - ! ? ? ! Integer
    ? ? = ? ? ! ? ? ? ! ! - - - - - - - ? - ? ? ? ? BigInt
    ! ! ! = - - - - - - - - - - - - - - - - - - - - Bool
    ? ? ? - = - - - - - - - - - - - - - ? - - - - - Double
    ? ? ? - - = ? ? ? ? ? - - ? ? - - - - ? - - - - Text
    ? ? ? - - ! = ! ! ! ! - - ? - - - - - ? - - - - Varchar(5)
    ? ? ? - - ! ? = ! ! ! - - ? - - - - - ? - - - - Varchar(6)
    ? ? ? - - ! ? ? = ! ! - - ? - - - - - ? - - - - Varchar(11)
    ? ? ? - - ! ? ? ? = ! - - ? - - - - - ? - - - - Varchar(20)
    ? ? ? - - ! ? ? ? ? = - - ? ? - - - - ? - - - - Varchar(36)
    - - - - - - - - - - - = - - - - - - - - - - - - Binary
    - - - - - - - - - - - - = - - - - ! - - - - - - UtcTimestamp
    - - - - - ! ? ? ? ? ? - - = - - - - - ! - - - - JsonDoc
    - - - - - ! - - - - ! - - - = - - - - - - - - - Uuid
    - - - - - - - - - - - - - - - = - ! - - - - - - Date
    - - - - - - - - - - - - - - - - = - - - - - - - Time
    - - - - - - - - - - - - ! - - ? - = - - - - - - Timestamp
    ? ? ? - ! - - - - - - - - - - - - - = - - - - - Float
    - - - - - ! ? ? ? ? ? - - ? - - - - - = - - - - Json
    ? ? ? - - - - - - - - - - - - - - - - - = ? ? ? Numeric(18, 6)
    ? ? ? - - - - - - - - - - - - - - - - - ! = ! ! Numeric(5, 0)
    ? ? ? - - - - - - - - - - - - - - - - - ! ? = ! Numeric(7, 2)
    ? ? ? - - - - - - - - - - - - - - - - - ? ? ? = Numeric(18, 2)
    ");
}

#[test]
fn the_literals_of_a_type_are_its_own() {
    for sql_type in SqlType::ALL {
        let samples: Vec<String> =
            (1..=9).filter_map(|number| sql_type.literal_sample(number)).collect();
        assert_eq!(samples.len(), if sql_type.literal_words().is_some() { 9 } else { 0 });
        assert!(samples.is_sorted_by(|one, next| one < next), "{samples:?}");
        assert!(samples.iter().all(|sample| sql_type.is_literal(sample)));
        let placeholder = sql_type.placeholder().trim_matches('\'');
        assert_eq!(sql_type.is_literal(placeholder), sql_type.literal_words().is_some());
    }
}

#[test]
fn defaults_fit_their_type() {
    use DefaultMistake::{NoLiteral, Nul, OutOfRange, TooLong, WrongKind};
    let text = |text: &'static str| DefaultValue::Text(text.into());
    let decimal = |text: &'static str| DefaultValue::Decimal(text.into());
    let rows = [
        (DefaultValue::Now, SqlType::UtcTimestamp, Ok(())),
        (text("2026-03-01"), SqlType::UtcTimestamp, Err(WrongKind)),
        (DefaultValue::Bool(true), SqlType::Bool, Ok(())),
        (DefaultValue::Int(1), SqlType::Bool, Err(WrongKind)),
        (DefaultValue::Int(-32_768), SqlType::SmallInt, Ok(())),
        (DefaultValue::Int(32_768), SqlType::SmallInt, Err(OutOfRange)),
        (DefaultValue::Int(-2_147_483_649), SqlType::Integer, Err(OutOfRange)),
        (DefaultValue::Int(i64::MIN), SqlType::BigInt, Ok(())),
        (DefaultValue::Int(i64::MAX), SqlType::Double, Ok(())),
        (DefaultValue::Bool(true), SqlType::Integer, Err(WrongKind)),
        (text("größe"), SqlType::Varchar(5), Ok(())),
        (text("größer"), SqlType::Varchar(5), Err(TooLong { characters: 6, characters_max: 5 })),
        (text("a\0b"), SqlType::Varchar(5), Err(Nul)),
        (DefaultValue::Now, SqlType::Varchar(5), Err(WrongKind)),
        (text(""), SqlType::Text, Err(WrongKind)),
        (text(""), SqlType::Binary, Err(WrongKind)),
        (text("{}"), SqlType::JsonDoc, Err(WrongKind)),
        (text("018f4e2a-0000-7000-8000-00000000002a"), SqlType::Uuid, Ok(())),
        (text("018f4e2a-0000-7000-8000-00000000002A"), SqlType::Uuid, Err(NoLiteral)),
        (text("018f4e2a-0000-7000-8000-00000000002"), SqlType::Uuid, Err(NoLiteral)),
        (DefaultValue::Now, SqlType::Uuid, Err(WrongKind)),
        (DefaultValue::Int(99), SqlType::Numeric { precision: 4, scale: 2 }, Ok(())),
        (DefaultValue::Int(-100), SqlType::Numeric { precision: 4, scale: 2 }, Err(OutOfRange)),
        (decimal("-99.05"), SqlType::Numeric { precision: 4, scale: 2 }, Ok(())),
        (decimal("0.05"), SqlType::Numeric { precision: 2, scale: 2 }, Ok(())),
        (decimal("1.05"), SqlType::Numeric { precision: 2, scale: 2 }, Err(OutOfRange)),
        (decimal("1.5"), SqlType::Numeric { precision: 4, scale: 2 }, Err(OutOfRange)),
        (decimal("1.500"), SqlType::Numeric { precision: 4, scale: 2 }, Err(OutOfRange)),
        (decimal("1.00"), SqlType::Numeric { precision: 4, scale: 2 }, Err(OutOfRange)),
        (decimal("1e1"), SqlType::Numeric { precision: 4, scale: 2 }, Err(OutOfRange)),
        (decimal("1.50"), SqlType::Double, Err(WrongKind)),
        (DefaultValue::Now, SqlType::Date, Ok(())),
        (text("2024-02-29"), SqlType::Date, Ok(())),
        (text("2100-02-29"), SqlType::Date, Err(NoLiteral)),
        (text("2026-00-01"), SqlType::Date, Err(NoLiteral)),
        (text("2026-01-01 00:00:00"), SqlType::Date, Err(NoLiteral)),
        (text("23:59:59.999999"), SqlType::Time, Ok(())),
        (text("23:59:59.250"), SqlType::Time, Ok(())),
        (text("23:59:59.25"), SqlType::Time, Err(NoLiteral)),
        (text("23:59:59.250000"), SqlType::Time, Err(NoLiteral)),
        (text("23:59:60"), SqlType::Time, Err(NoLiteral)),
        (text("23:59"), SqlType::Time, Err(NoLiteral)),
        (text("2026-01-01 00:00:00.001"), SqlType::Timestamp, Ok(())),
        (text("2026-01-01 00:00:00Z"), SqlType::Timestamp, Err(NoLiteral)),
        (text("2026-01-01 00:00:0é"), SqlType::Timestamp, Err(NoLiteral)),
    ];
    for (default, sql_type, expected) in rows {
        assert_eq!(default.check(sql_type, BackEnds::ALL), expected, "{default:?} for {sql_type}");
    }
}
