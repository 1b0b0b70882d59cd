//! References from one column that lead nowhere, or to something that can't be referred to.

schema_core::tenant_schema! {
    #[unique(name_hash, where = "id > 0", mysql = none)]
    #[unique(rank desc)]
    customers (id) {
        id -> BigInt,
        #[unique]
        #[max_length = 20]
        code -> Varchar,
        #[unique]
        #[max_length = 30]
        email -> Varchar,
        name -> Text,
        #[unique]
        fax -> Nullable<BigInt>,
        name_hash -> BigInt,
        rank -> BigInt,
    }

    pairs (a, b) {
        a -> BigInt,
        b -> BigInt,
    }

    #[check(change, "p > 0 OR qq > 0")]
    #[check(texts, "r <> 'o' AND r <> 'p'")]
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
        #[references(customers.id, on_delete = set_null, on_update = set_null)]
        g -> BigInt,
        #[references(customers.id, on_delete = restrict, on_update = "cascade")]
        h -> BigInt,
        #[references(customers.id, on_insert = cascade)]
        i -> BigInt,
        #[references(customers)]
        #[references(customers.id,, on_delete = cascade)]
        #[references(customers::id)]
        #[references = "customers.id"]
        j -> BigInt,
        #[references]
        #[references()]
        k -> BigInt,
        #[references(customers.id, on_delete)]
        l -> BigInt,
        #[references(customers.id, on_delete = cascade, on_delete = set_null)]
        m -> BigInt,
        #[references(customers.id)]
        #[references(customers.code)]
        n -> BigInt,
        #[references(customers.name_hash, on_delete = cascade)]
        o -> BigInt,
        #[references(customers.rank, on_delete = cascade, on_update = cascade)]
        p -> BigInt,
        #[references(customers.id, on_delete = set_null)]
        qq -> Nullable<BigInt>,
        #[max_length = 9]
        r -> Varchar,
        #[references(invoices.id, on_update = cascade)]
        s -> BigInt,
        #[references(invoices.id, on_update = set_null)]
        t -> Nullable<BigInt>,
        #[references(customers.fax, on_update = cascade)]
        u -> BigInt,
        #[references(customers.fax, on_update = cascade)]
        v -> Nullable<BigInt>,
    }
}

fn main() {}
