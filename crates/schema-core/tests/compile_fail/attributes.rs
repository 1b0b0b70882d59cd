//! Attributes that do not exist, are in the wrong place, or have the wrong shape.

schema_core::tenant_schema! {
    #[primary_key(id)]
    #[derive(Debug)]
    #[max_length = 10]
    #[references(notes.id)]
    #[check]
    #[check("size > 0")]
    #[check(size > 0)]
    #[check(positive, "size > 0", 1)]
    #[check(Size, "size > 0")]
    #[check(nothing, " ")]
    #[renamed_from(old)]
    #[renamed_from = old]
    #[renamed_from = ]
    #[renamed_from old]
    #[renamed_from = "old"]
    #[renamed_from = "older"]
    notes (id) {
        #[auto_increment(1)]
        id -> BigInt,
        #[index(size)]
        #[foreign_key((size) -> notes(id))]
        #[check(positive, "size > 0")]
        #[serde::skip]
        #[unique(size)]
        #[unique = true]
        #[unique]
        #[unique]
        size -> BigInt,
        #[max_length]
        #[max_length = "10"]
        #[max_length(10)]
        a -> Varchar,
        #[max_length = -1]
        #[renamed_from]
        b -> Varchar,
        #[max_length = 10]
        #[max_length = 20]
        c -> Varchar,
        #[default]
        #[default = 1]
        #[default()]
        #[default(1, 2)]
        #[default(1)]
        #[default(2)]
        d -> BigInt,
        #[default(today)]
        e -> UtcTimestamp,
        #[default(1.5)]
        f -> Double,
        #[default(-true)]
        g -> Bool,
        #[backfill]
        #[backfill = "size"]
        #[backfill()]
        #[backfill(size)]
        #[backfill("size", "id")]
        #[backfill(" ")]
        #[backfill("id")]
        h -> BigInt,
        #[sample]
        #[sample()]
        #[sample(1.5)]
        #[sample(99999999999999999999)]
        i -> BigInt,
    }
}

fn main() {}
