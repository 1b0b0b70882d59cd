//! Parts that can't be read are left out, and the rest is still checked.

schema_core::tenant_schema! {
    #[index(size)]
    no_arrow (id) {
        id -> BigInt,
        size BigInt,
        after -> Unknown,
    }

    no_comma (id) {
        id -> BigInt
        size -> BigInt,
    }

    no_name (id) {
        id -> BigInt,
        "size" -> Text,
        -> Text,
    }

    no_key {
        code -> BigInt,
    }

    empty_key () {
        id -> BigInt,
    }

    odd_key (id, 1) {
        id -> BigInt,
    }

    not a table {
        id -> BigInt,
    }

    no_body (id);

    no_columns (id) {},

    "text" (id) {
        id -> BigInt,
    }

    #[unique(missing)]
    last (id) {
        id -> BigInt,
        #[references(no_arrow.size)]
        size -> Integer,
    }
}

fn main() {}
