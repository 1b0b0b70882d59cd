//! Foreign keys of a table that can't be read, or whose two sides do not match.

schema_core::tenant_schema! {
    #[unique(c, b)]
    pairs (a, b) {
        a -> BigInt,
        b -> BigInt,
        c -> BigInt,
    }

    #[foreign_key]
    #[foreign_key()]
    #[foreign_key = "x"]
    #[foreign_key(x -> pairs(a))]
    #[foreign_key((x, y))]
    #[foreign_key((x, y) -> pairs)]
    #[foreign_key((x, y) -> pairs.a)]
    #[foreign_key((x y) -> pairs(a, b))]
    #[foreign_key(() -> pairs(a, b))]
    #[foreign_key((x, y) -> pairs())]
    #[foreign_key((x, y) -> pairs(a, b) on_delete = cascade)]
    #[foreign_key((x, y) -> pairs(a, b), cascade)]
    #[foreign_key((x, y) -> pairs(a, b), match = full, name = full)]
    shapes (id) {
        id -> BigInt,
        x -> BigInt,
        y -> BigInt,
    }

    #[foreign_key((x, missing) -> pairs(a, b))]
    #[foreign_key((x, y) -> pairs(a, missing), name = n1)]
    #[foreign_key((x, y) -> missing(a, b), name = n2)]
    #[foreign_key((x) -> pairs(a, b))]
    #[foreign_key((x, y) -> pairs(a), name = n3)]
    #[foreign_key((x, x) -> pairs(a, b))]
    #[foreign_key((x, y) -> pairs(a, a), name = n4)]
    #[foreign_key((y, x) -> pairs(b, a))]
    #[foreign_key((x, y) -> pairs(b, c), name = n5)]
    #[foreign_key((x, small) -> pairs(a, b))]
    #[foreign_key((x, y) -> pairs(a, b), on_delete = set_null, name = n6)]
    #[foreign_key((x, y) -> pairs(a, b), on_delete = delete, on_update = cascade, on_update = cascade, name = n7)]
    sides (id) {
        id -> BigInt,
        x -> BigInt,
        y -> Nullable<BigInt>,
        small -> SmallInt,
    }

    #[foreign_key((team, id) -> members(team, id))]
    #[foreign_key((team, mentor) -> members(team, id), on_update = cascade)]
    #[foreign_key((team, mentor) -> pairs(a, b), on_update = cascade, name = pair)]
    #[foreign_key((team, mentor) -> pairs(c, b), name = other)]
    #[foreign_key((id) -> members(team), name = Other)]
    #[check(ranked, "mentor <> id")]
    members (team, id) {
        team -> BigInt,
        id -> BigInt,
        mentor -> BigInt,
    }
}

fn main() {}
