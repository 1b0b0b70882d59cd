//! References that lead nowhere, or to something that can't be referred to.

schema_core::tenant_schema! {
    customers (id) {
        id -> BigInt,
        #[unique]
        #[max_length = 20]
        code -> Varchar,
        #[unique]
        #[max_length = 30]
        email -> Varchar,
        name -> Text,
    }

    pairs (a, b) {
        a -> BigInt,
        b -> BigInt,
    }

    invoices (id) {
        #[references(invoices.id)]
        id -> BigInt,
        #[references(clients.id)]
        a -> BigInt,
        #[references(customers.number)]
        b -> BigInt,
        #[references(customers.name)]
        c -> Text,
        #[references(pairs.a)]
        d -> BigInt,
        #[references(customers.id)]
        e -> Integer,
        #[references(customers.code)]
        #[max_length = 21]
        f -> Varchar,
        #[references(customers.id, on_delete = set_null)]
        g -> BigInt,
        #[references(customers.id, on_delete = restrict)]
        h -> BigInt,
        #[references(customers.id, on_update = cascade)]
        i -> BigInt,
        #[references(customers)]
        j -> BigInt,
        #[references]
        k -> BigInt,
        #[references(customers.id, on_delete)]
        l -> BigInt,
    }
}

fn main() {}
