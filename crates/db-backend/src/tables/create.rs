//! How tenantctl's own tables are created.

/// Creates the tables if they are missing, the history exactly as Diesel does.
macro_rules! create_tables {
    ($create_history:literal, $create_journal:literal, $create_owner:literal, $engine:literal, $end:literal) => {
        concat!(
            $create_history,
            "__diesel_schema_migrations (\
             version VARCHAR(50) PRIMARY KEY NOT NULL, \
             run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP); ",
            $create_journal,
            "__tenantctl_journal (\
             version VARCHAR(50) PRIMARY KEY NOT NULL, \
             checksum VARCHAR(64) NOT NULL, \
             statements_total INTEGER NOT NULL, \
             statements_done INTEGER NOT NULL, \
             done_checksum VARCHAR(64) NOT NULL, \
             in_flight VARCHAR(64), \
             finished SMALLINT NOT NULL, \
             run_id VARCHAR(64) NOT NULL, \
             duration_ms BIGINT NOT NULL, \
             started_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, \
             finished_at TIMESTAMP NULL, \
             written_by VARCHAR(64))",
            $engine,
            "; ",
            $create_owner,
            "__tenantctl_owner (\
             id SMALLINT PRIMARY KEY NOT NULL, \
             registry VARCHAR(64) NOT NULL, \
             tenant BIGINT NOT NULL, \
             marked_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP)",
            $engine,
            $end,
        )
    };
}
pub(crate) use create_tables;
