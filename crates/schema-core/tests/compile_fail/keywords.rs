//! Keywords of Rust as names, wherever a name is allowed.

schema_core::tenant_schema! {
    #[index(type, where desc)]
    #[unique(match, where = "type > 0", mysql = none, name = in)]
    #[check(for, "type > 0")]
    #[foreign_key((type, match) -> struct(mod, use))]
    notes (type) {
        type -> BigInt,
        match -> BigInt,
        #[references(struct.mod)]
        where -> BigInt,
        gen -> BigInt,
        self -> BigInt,
        Self -> BigInt,
        crate -> BigInt,
        super -> struct,
        _ -> BigInt,
    }

    struct (mod, use) {
        mod -> BigInt,
        use -> BigInt,
        r#const -> BigInt,
        r#size -> BigInt,
        size -> BigInt,
    }
}

fn main() {}
