//! Defaults of another type than the column, or out of its range.

schema_core::tenant_schema! {
    notes (id) {
        id -> BigInt,
        #[default(32768)]
        a -> SmallInt,
        #[default(-2147483649)]
        b -> Integer,
        #[default(9223372036854775808)]
        c -> Nullable<BigInt>,
        #[default(9223372036854775808)]
        d -> Double,
        #[default("1")]
        e -> BigInt,
        #[default(1)]
        f -> Bool,
        #[default(now)]
        #[max_length = 10]
        g -> Varchar,
        #[default("four and more")]
        #[max_length = 4]
        h -> Varchar,
        #[default("a\0b")]
        #[max_length = 4]
        i -> Varchar,
        #[default("text")]
        j -> Text,
        #[default("{}")]
        k -> JsonDoc,
        #[default(0)]
        l -> Binary,
        #[default("2026-03-01")]
        m -> UtcTimestamp,
        #[default("018F4E2A-0000-7000-8000-00000000002A")]
        n -> Uuid,
        #[default(now)]
        o -> Uuid,
        #[sample("018f4e2a-0000-7000-8000-00000000002a", "2")]
        #[backfill("'none'", mysql = "'nobody'", sqlite = "concat('a', 'b')")]
        p -> Uuid,
        #[default(16777217)]
        dd -> Float,
        #[default("{}")]
        ee -> Json,
        #[backfill("m")]
        aa -> Date,
        #[backfill("coalesce(x, w)")]
        bb -> UtcTimestamp,
        #[backfill("m", postgres = "m AT TIME ZONE 'UTC'")]
        cc -> Timestamp,
        #[default("2026-02-29")]
        s -> Date,
        #[default("2024-2-29")]
        t -> Date,
        #[default("24:00:00")]
        u -> Time,
        #[default("12:00:00.500000")]
        v -> Time,
        #[default("2026-01-01T12:00:00")]
        w -> Timestamp,
        #[default("0999-12-31 00:00:00")]
        x -> Timestamp,
        #[default(0)]
        y -> Timestamp,
        #[default("00000000-0000-0000-0000-000000000000")]
        #[backfill("'00000000-0000-0000-0000-000000000001'")]
        r -> Uuid,
    }
}

fn main() {}
