//! Indexes and uniques that say too little, too much, or something impossible.

schema_core::tenant_schema! {
    #[index]
    #[index()]
    #[index = "size"]
    #[index("size")]
    #[index(size asc)]
    #[index(size desc desc)]
    #[index(-size)]
    #[index(name = empty)]
    #[index(missing, size desc, size)]
    #[index(body desc)]
    #[unique]
    #[unique = "size"]
    notes (id) {
        id -> BigInt,
        size -> BigInt,
        body -> Text,
    }

    #[index(a, where = "b > 0", name = p1)]
    #[index(a, mysql = full, name = p2)]
    #[index(a, where = "b > 0", mysql = partial, name = p3)]
    #[index(a, where = "b > 0", mysql = "full", name = p4)]
    #[index(a, where = " ", mysql = none, name = p5)]
    #[index(a, where = b > 0, mysql = none, name = p6)]
    #[index(a, where = b, mysql = none, name = p7)]
    #[index(a, where, mysql = none, name = p8)]
    #[index(a, where = , mysql = none, name = p9)]
    #[unique(a, where = "b > 0", name = p10)]
    #[unique(a, where = "b > 0", mysql = full, name = p11)]
    #[unique(a, mysql = none, name = p12)]
    partial (id) {
        id -> BigInt,
        a -> BigInt,
        b -> BigInt,
    }

    #[index(a, order = desc, name = "quoted")]
    #[index(a, name = Camel)]
    #[index(b, name = 1)]
    #[index(a, where = "b > 0", where = "b > 1", mysql = none, mysql = full, name = one, name = two)]
    words (id) {
        id -> BigInt,
        a -> BigInt,
        b -> BigInt,
    }
}

fn main() {}
