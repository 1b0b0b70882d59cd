//! Names that a back end or Diesel can't accept.

schema_core::tenant_schema! {
    Invoices (id) {
        id -> BigInt,
        größe -> BigInt,
        名前 -> BigInt,
        lastName -> BigInt,
        Type -> BigInt,
    }

    __journal (id) {
        id -> BigInt,
        _hidden -> BigInt,
    }

    sqlite_notes (id) {
        id -> BigInt,
        a_column_with_a_name_that_is_longer_than_postgres_would_keep_of_it -> BigInt,
    }

    a_table_with_a_name_that_is_longer_than_postgres_would_keep_of_it (id) {
        id -> BigInt,
    }

    notes (id) {
        id -> BigInt,
        notes -> Text,
        table -> Text,
        r#type -> Text,
        #[renamed_from = "Titel und Größe"]
        title -> Text,
        #[renamed_from = ""]
        empty -> Text,
        q -> Text,
        ctid -> Text,
    }
}

schema_core::tenant_schema! {
    #[index(code, name = "")]
    #[unique(code, name = "sqlite_autoindex_kept_1")]
    #[index(code desc, name = "a whole name that is longer than what PostgreSQL would keep of it all")]
    #[index(code, name = 7)]
    #[check("Kept\u{0}", "code > 0")]
    #[foreign_key((code) -> others(id), name = "Others_FK")]
    kept (id) {
        id -> BigInt,
        code -> BigInt,
    }

    #[index(id, name = "others_fk")]
    others (id) {
        id -> BigInt,
    }
}

fn main() {}
