//! Former names that are not names, or not former.

schema_core::tenant_schema! {
    #[renamed_from = "notes"]
    notes (id) {
        id -> BigInt,
        #[renamed_from = "id"]
        code -> BigInt,
        #[renamed_from = "Old Name"]
        a -> BigInt,
        #[renamed_from = "old"]
        b -> BigInt,
        #[renamed_from = "old"]
        c -> BigInt,
    }

    #[renamed_from = "notes"]
    remarks (id) {
        id -> BigInt,
    }
}

fn main() {}
