//! Types that do not exist.

schema_core::tenant_schema! {
    notes (id) {
        id -> BigInt,
        a -> DateTime,
        b -> Nullable<Nullable<Text>>,
        c -> Nullable<String>,
        d -> Nullable,
        e -> diesel::sql_types::Text,
        f -> Vec<Text>,
        g -> ,
        h -> Varchar(64),
        i -> Nullable<Varchar(64)>,
        j -> Nullable<Text,
        k -> "Text",
        l -> Text?,
        m -> Numeric,
        n -> Numeric(10),
        o -> Nullable<Numeric(10, 2, 1)>,
        p -> Numeric("10", 2),
        r -> BigInt(20),
        s -> Numeric(10, -2),
    }
}

fn main() {}
