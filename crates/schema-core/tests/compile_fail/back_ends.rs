//! The back ends that a schema is for, and what it can't say about others.

mod unknown {
    schema_core::tenant_schema! {
        back_ends = [postgres, oracle, postgres];
        notes (id) {
            id -> BigInt,
        }
    }
}

mod none {
    schema_core::tenant_schema! {
        back_ends = [];
        notes (id) {
            id -> BigInt,
        }
    }
}

mod word {
    schema_core::tenant_schema! {
        backends = [postgres];
        notes (id) {
            id -> BigInt,
        }
    }
}

mod unended {
    schema_core::tenant_schema! {
        back_ends = [postgres]
        notes (id) {
            id -> BigInt,
        }
    }
}

mod others {
    schema_core::tenant_schema! {
        back_ends = [sqlite, postgres];

        #[index(body, where = "size > 0", mysql = full)]
        #[check(sized, "size > 0", mysql = "size >= 1")]
        #[check(upper, "upper(body) = body")]
        notes (id) {
            id -> BigInt,
            #[default(7)]
            body -> Text,
            size -> BigInt,
            ctid -> BigInt,
        }
    }
}

mod only {
    schema_core::tenant_schema! {
        back_ends = [mysql];

        #[index(body)]
        #[index(size, where = "size > 0")]
        #[check(sized, "size > 0;")]
        notes (id) {
            id -> BigInt,
            #[default("x")]
            body -> Text,
            size -> BigInt,
        }
    }
}

fn main() {}
