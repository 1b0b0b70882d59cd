//! Lengths that are missing, out of range, or too long for a key or a row.

schema_core::tenant_schema! {
    #[index(body)]
    #[index(title, code)]
    #[unique(payload)]
    notes (name) {
        #[max_length = 769]
        name -> Varchar,
        missing -> Varchar,
        #[max_length = 0]
        zero -> Varchar,
        #[max_length = 16384]
        too_long -> Varchar,
        #[max_length = 10]
        id -> BigInt,
        body -> Text,
        #[max_length = 700]
        title -> Varchar,
        #[max_length = 69]
        code -> Varchar,
        #[unique]
        payload -> JsonDoc,
    }

    wide (id) {
        id -> BigInt,
        #[max_length = 16382]
        text -> Varchar,
    }
}

fn main() {}
