//! Attributes that do not exist, stand in the wrong place, or are of the wrong shape.

schema_core::tenant_schema! {
    #[primary_key(id)]
    #[derive(Debug)]
    #[max_length = 10]
    #[index]
    #[index()]
    #[unique = "a"]
    #[check]
    #[check("size > 0")]
    #[check(Size, "size > 0")]
    #[check(nothing, " ")]
    #[renamed_from(old)]
    #[renamed_from = "old"]
    #[renamed_from = "older"]
    notes (id) {
        #[auto_increment(1)]
        id -> BigInt,
        #[index(size)]
        #[serde::skip]
        #[unique(a)]
        size -> BigInt,
        #[max_length]
        #[max_length = "10"]
        a -> Varchar,
        #[max_length = -1]
        b -> Varchar,
        #[max_length = 10]
        #[max_length = 20]
        c -> Varchar,
        #[default]
        d -> BigInt,
        #[default(today)]
        e -> UtcTimestamp,
        #[default(1.5)]
        f -> Double,
        #[default(-true)]
        g -> Bool,
        #[default(1, 2)]
        h -> BigInt,
    }
}

fn main() {}
