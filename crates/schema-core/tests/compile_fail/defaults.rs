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
    }

    lines (id) {
        id -> BigInt,
        ff -> Numeric(0, 5),
        gg -> Nullable<Numeric(40, 2)>,
        hh -> Numeric(4, 5),
        #[default(100)]
        ii -> Numeric(4, 2),
        #[default(1.5)]
        jj -> Numeric(4, 2),
        #[default("1.50")]
        kk -> Numeric(4, 2),
        #[default(2.00)]
        ll -> Numeric(4, 2),
        #[default(99.99)]
        #[backfill("nn * 2")]
        mm -> Numeric(4, 2),
        #[default(-0.05)]
        #[backfill("nn * 2", sqlite = "nn * 2")]
        nn -> Numeric(4, 2),
        #[default(1.5)]
        oo -> Double,
        #[backfill("nn")]
        pp -> Numeric(8, 4),
        #[backfill("id")]
        qq -> Numeric(8, 4),
        #[backfill("former")]
        rr -> Numeric(8, 4),
        #[backfill("nn")]
        ss -> BigInt,
        #[backfill("nn")]
        tt -> Numeric(9, 2),
        #[backfill("0.12345")]
        uu -> Numeric(8, 4),
        #[backfill("-0.1")]
        #[sample(1.25, 0.5)]
        vv -> Numeric(9, 2),
        #[backfill("coalesce(id, 1)")]
        ww -> Numeric(9, 2),
        #[backfill("id", sqlite = "id * 100")]
        xx -> Numeric(9, 2),
        #[default(16777217)]
        dd -> Float,
        #[default("{}")]
        ee -> Json,
        m -> UtcTimestamp,
        #[backfill("m")]
        aa -> Date,
        #[backfill("coalesce(cc, m)")]
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
