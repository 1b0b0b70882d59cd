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

fn main() {}
