//! Parts that can't be read are left out, and the rest is still checked.

schema_core::tenant_schema! {
    no_arrow (id) {
        id -> BigInt,
        size BigInt,
        after -> Unknown,
    }

    no_comma (id) {
        id -> BigInt
        size -> BigInt,
    }

    keyword (id) {
        id -> BigInt,
        type -> Text,
    }

    no_key {
        code -> BigInt,
    }

    empty_key () {
        id -> BigInt,
    }

    not a table {
        id -> BigInt,
    }

    no_columns (id) {}
}

fn main() {}
