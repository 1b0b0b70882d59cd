//! Keys and indexes over columns that do not exist or can't be part of them.

schema_core::tenant_schema! {
    #[index(missing)]
    #[unique(size, size)]
    #[index(id, code)]
    notes (id, code) {
        id -> Nullable<BigInt>,
        size -> BigInt,
    }

    #[index(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, qq)]
    many (a) {
        a -> Bool, b -> Bool, c -> Bool, d -> Bool, e -> Bool, f -> Bool, g -> Bool, h -> Bool,
        i -> Bool, j -> Bool, k -> Bool, l -> Bool, m -> Bool, n -> Bool, o -> Bool, p -> Bool,
        qq -> Bool, r -> Bool, s -> Bool, t -> Bool, u -> Bool, v -> Bool, w -> Bool, x -> Bool,
        y -> Bool, z -> Bool, a1 -> Bool, b1 -> Bool, c1 -> Bool, d1 -> Bool, e1 -> Bool,
        f1 -> Bool, g1 -> Bool,
    }
}

fn main() {}
