//! The schema of every tenant database.

crate::tenant_schema! {
    /// One JSON document per setting.
    settings (key) {
        /// The setting's name.
        #[max_length = 255]
        key -> Varchar,
        /// Its value. JSON has its own null, so a second one in SQL would only be a trap.
        value -> JsonDoc,
        /// The time when the value was last written. The writer sets it on an update.
        #[default(now)]
        updated_at -> UtcTimestamp,
    }

    /// Append-only audit trail. A reader must be able to tell what happened to which entity and
    /// when, so none of these may be NULL. Details depend on the action, and some actions have
    /// none.
    #[index(entity_type, entity_id)]
    #[index(created_at)]
    activity_log (id) {
        /// Ascending in the order of insertion.
        #[auto_increment]
        id -> BigInt,
        /// The action, such as `invoice.sent`.
        #[max_length = 64]
        action -> Varchar,
        /// The kind of entity, such as `invoice`.
        #[max_length = 64]
        entity_type -> Varchar,
        /// The entity. This is text, because some systems number entities and others name them.
        #[max_length = 255]
        entity_id -> Varchar,
        /// Other details.
        details -> Nullable<JsonDoc>,
        /// The time of the action.
        #[default(now)]
        created_at -> UtcTimestamp,
    }
}
