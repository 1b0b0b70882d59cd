//! Columns of each kind of type.

use super::{Case, cases};

cases! {
    add_column_uuid "a key that is a UUID, and a column with a constant one": {
        #[check(known, "id <> '00000000-0000-0000-0000-000000000000'")]
        sessions (id) {
            id -> Uuid,
            other -> Nullable<Uuid>,
        }
    } => {
        #[check(known, "id <> '00000000-0000-0000-0000-000000000000'")]
        sessions (id) {
            id -> Uuid,
            other -> Nullable<Uuid>,
            #[unique]
            #[backfill("coalesce(other, id)")]
            token -> Uuid,
            #[backfill("CASE WHEN id = other THEN '00000000-0000-0000-0000-000000000001' \
                ELSE coalesce(other, '00000000-0000-0000-0000-000000000002') END")]
            kind -> Uuid,
            #[default("00000000-0000-0000-0000-000000000001")]
            owner -> Uuid,
        }
    }

    uuid_to_text "a UUID becomes a text, and back": {
        sessions (id) { id -> Uuid, token -> Nullable<Uuid>, }
    } => {
        sessions (id) { #[max_length = 36] id -> Varchar, token -> Nullable<Text>, }
    }

    add_column_dates "columns with days and times": {
        meetings (id) { id -> BigInt, at -> Timestamp, told_at -> UtcTimestamp, }
    } => {
        #[index(day desc, begin)]
        #[check(after, "day >= '2000-01-01' AND begin <> '12:00:00.500'")]
        #[unique(at, where = "at > '2026-01-01 00:00:00'", mysql = none)]
        meetings (id) {
            id -> BigInt,
            at -> Timestamp,
            told_at -> UtcTimestamp,
            #[backfill("at")]
            day -> Date,
            #[default("12:00:00")]
            begin -> Time,
            #[default(now)]
            seen_on -> Date,
            #[default(now)]
            seen_at -> Time,
            #[default(now)]
            seen -> Timestamp,
            #[backfill("CASE WHEN at > '2026-01-02 00:00:00' THEN '2026-01-01 12:00:00.500' ELSE at END")]
            until -> Timestamp,
            #[backfill("CURRENT_TIMESTAMP")]
            made -> Timestamp,
            #[backfill("told_at", postgres = "told_at AT TIME ZONE 'UTC'")]
            told -> Timestamp,
            #[backfill("'2026-01-01'")]
            made_on -> Date,
        }
    }

    add_column_numeric "columns with decimal numbers, and some that get other digits": {
        #[index(price)]
        lines (id) {
            id -> BigInt,
            price -> Numeric(9, 2),
            size -> Integer,
            old -> Nullable<Numeric(9, 2)>,
        }
    } => {
        #[unique(price desc, size, where = "old IS NOT NULL", mysql = none)]
        #[check(known, "price IS NOT NULL")]
        #[check(dear, "total > 0.5", sqlite = "total > 50")]
        lines (id) {
            id -> BigInt,
            price -> Numeric(14, 4),
            size -> Numeric(18, 6),
            old -> Nullable<Numeric(9, 2)>,
            #[default(1.50)]
            total -> Numeric(9, 2),
            #[default(-3)]
            whole -> Numeric(5, 0),
            #[backfill("-0.0500")]
            rate -> Numeric(4, 4),
            #[backfill("old")]
            copy -> Nullable<Numeric(9, 2)>,
            #[backfill("coalesce(old, 0)", sqlite = "coalesce(old, 0) * 10")]
            exact -> Numeric(10, 3),
            #[backfill("1.5", sqlite = "150")]
            constant -> Numeric(9, 2),
        }
    }

    add_column_float "columns with fractions of 32 bits, and documents as they were written": {
        readings (id) { id -> BigInt, size -> Integer, old -> Nullable<Float>, note -> JsonDoc, }
    } => {
        #[check(small, "ratio < 1000")]
        readings (id) {
            id -> BigInt,
            size -> Float,
            old -> Nullable<Float>,
            note -> Json,
            #[default(1)]
            ratio -> Float,
            #[backfill("coalesce(old, 0.5)")]
            copy -> Float,
            raw -> Nullable<Json>,
        }
    }

    dates_to_timestamps "dates and times that become others, and back": {
        meetings (id) {
            id -> BigInt,
            day -> Date,
            at -> Nullable<Timestamp>,
            told_at -> UtcTimestamp,
        }
    } => {
        meetings (id) {
            id -> BigInt,
            day -> Timestamp,
            at -> Nullable<UtcTimestamp>,
            told_at -> Timestamp,
        }
    }
}
