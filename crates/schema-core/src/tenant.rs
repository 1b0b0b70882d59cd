//! The schema of every tenant database.

crate::tenant_schema! {
    /// One JSON document per setting.
    settings (key) {
        /// The setting's name.
        #[max_length = 255]
        key -> Varchar,
        /// Its value. JSON has a null of its own, so a second one in SQL would only be a trap.
        value -> JsonDoc,
        /// When the value was last written; the writer sets it on an update.
        #[default(now)]
        updated_at -> UtcTimestamp,
    }

    /// Append-only audit trail: who reads it must be able to tell what happened to which entity and
    /// when, so none of these may be NULL. Details differ from action to action, and some have none.
    #[index(entity_type, entity_id)]
    #[index(created_at)]
    activity_log (id) {
        /// Ascending in the order of insertion.
        #[auto_increment]
        id -> BigInt,
        /// What was done, such as `invoice.sent`.
        #[max_length = 64]
        action -> Varchar,
        /// The kind of thing that it was done to, such as `invoice`.
        #[max_length = 64]
        entity_type -> Varchar,
        /// Which one; text, because entities are numbered in some systems and named in others.
        #[max_length = 255]
        entity_id -> Varchar,
        /// What else is worth knowing.
        details -> Nullable<JsonDoc>,
        /// When it was done.
        #[default(now)]
        created_at -> UtcTimestamp,
    }
}
