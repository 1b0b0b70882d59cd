//! Names in double quotes that are none: SQLite would take them for texts.

schema_core::tenant_schema! {
    #[check(kind, "kind <> \"draft\"")]
    #[check(quoted, "\"order\" > 0 AND kind <> 'a \"b\"'")]
    #[index(order, where = "\"state\" = 'open'", mysql = full)]
    notes (id) {
        id -> BigInt,
        #[backfill("kind || 'x; -- /*'")]
        joined -> Text,
        #[backfill("id; DROP TABLE notes -- /*")]
        ended -> BigInt,
        order -> Integer,
        #[max_length = 10]
        kind -> Varchar,
    }
}

fn main() {}
