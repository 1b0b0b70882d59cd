//! Numbering anything except a single integer primary key.

schema_core::tenant_schema! {
    not_the_key (id) {
        id -> BigInt,
        #[auto_increment]
        number -> BigInt,
    }

    composite (a, b) {
        #[auto_increment]
        a -> BigInt,
        b -> BigInt,
    }

    text (id) {
        #[auto_increment]
        #[auto_increment]
        #[max_length = 36]
        id -> Varchar,
    }

    with_default (id) {
        #[auto_increment]
        #[default(1)]
        id -> BigInt,
    }

    with_backfill (id) {
        #[auto_increment]
        #[backfill("number")]
        id -> BigInt,
        number -> BigInt,
    }
}

fn main() {}
