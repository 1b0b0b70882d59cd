//! Things declared twice, in one table or in two.

schema_core::tenant_schema! {
    #[index(body)]
    #[index(body)]
    #[index(size)]
    #[index(size desc)]
    #[index(size, where = "code > 0", mysql = none)]
    #[index(size, where = "code > 1", mysql = none, name = good)]
    #[unique(code)]
    #[check(positive, "size > 0")]
    #[check(positive, "size > 1")]
    #[foreign_key((code) -> a(id))]
    notes (id) {
        id -> BigInt,
        #[max_length = 10]
        body -> Varchar,
        #[unique]
        #[references(a_b.id)]
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

    ix_notes_body (id) {
        id -> BigInt,
    }
}

fn main() {}
