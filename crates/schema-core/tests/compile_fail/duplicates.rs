//! Things declared twice, in one table or over two.

schema_core::tenant_schema! {
    #[index(body)]
    #[index(body)]
    #[unique(code)]
    #[check(positive, "size > 0")]
    #[check(positive, "size > 1")]
    notes (id) {
        id -> BigInt,
        #[max_length = 10]
        body -> Varchar,
        #[unique]
        code -> BigInt,
        size -> BigInt,
        size -> Integer,
    }

    notes (id) {
        id -> BigInt,
    }

    #[index(b_c)]
    a (id) {
        id -> BigInt,
        b_c -> BigInt,
    }

    #[index(c)]
    a_b (id) {
        id -> BigInt,
        c -> BigInt,
    }
}

fn main() {}
