//! The system database's own tables, declared with the tenants' DSL.

schema_core::tenant_schema! {
    /// Which registry this is; it has one row.
    registry (number) {
        number -> Integer,
        /// Random, and in the mark of each tenant's database.
        #[max_length = 32]
        id -> Varchar,
        #[default(now)]
        created_at -> UtcTimestamp,
    }

    /// Where tenant databases live.
    servers (id) {
        #[auto_increment]
        id -> BigInt,
        #[unique]
        #[max_length = 63]
        name -> Varchar,
        /// The back end's name, as in `BackendKind::name`.
        #[max_length = 16]
        backend -> Varchar,
        /// With its credentials: this column is never printed.
        url -> Text,
        #[default(now)]
        created_at -> UtcTimestamp,
    }

    /// One customer's database each.
    #[unique(server_id, database)]
    #[index(state)]
    tenants (id) {
        #[auto_increment]
        id -> BigInt,
        #[unique]
        #[max_length = 63]
        slug -> Varchar,
        #[references(servers.id)]
        server_id -> BigInt,
        #[max_length = 255]
        database -> Varchar,
        /// Which of the program's schemas its database has.
        #[max_length = 48]
        #[default("tenant")]
        schema_name -> Varchar,
        #[max_length = 16]
        state -> Varchar,
        /// The version last seen in the tenant's own history: a hint, never the truth.
        #[max_length = 50]
        recorded_version -> Nullable<Varchar>,
        #[default(now)]
        created_at -> UtcTimestamp,
        #[default(now)]
        updated_at -> UtcTimestamp,
    }

    /// What tenants are selected by, beside their slug.
    #[index(name, value)]
    tenant_labels (tenant_id, name) {
        #[references(tenants.id, on_delete = cascade)]
        tenant_id -> BigInt,
        #[max_length = 63]
        name -> Varchar,
        #[max_length = 255]
        value -> Varchar,
    }

    /// The ledger: one row per fleet migration or provisioning.
    #[index(started_at)]
    runs (id) {
        #[max_length = 36]
        id -> Varchar,
        #[max_length = 32]
        command -> Varchar,
        /// The version to reach; NULL is the head of the binary.
        #[max_length = 50]
        goal -> Nullable<Varchar>,
        targets -> BigInt,
        started_at -> UtcTimestamp,
        /// NULL while it runs, and after a crash.
        finished_at -> Nullable<UtcTimestamp>,
        exit_code -> Nullable<Integer>,
    }

    /// What became of each tenant in each run.
    #[index(tenant_id)]
    run_outcomes (run_id, tenant_id) {
        #[references(runs.id, on_delete = cascade)]
        #[max_length = 36]
        run_id -> Varchar,
        #[references(tenants.id, on_delete = cascade)]
        tenant_id -> BigInt,
        #[max_length = 32]
        outcome -> Varchar,
        #[max_length = 50]
        version -> Nullable<Varchar>,
        /// The error in one text, for outcomes that have one.
        error -> Nullable<Text>,
        /// The whole outcome, as in the JSON lines.
        detail -> JsonDoc,
        duration_ms -> BigInt,
        #[default(now)]
        finished_at -> UtcTimestamp,
    }
}
