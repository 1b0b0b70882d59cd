//! SQLite: tenantctl's own tables.

use crate::tables::{self, TableSql};

pub(super) static TABLE_SQL: TableSql = TableSql {
    create: tables::create_tables!(
        "CREATE TABLE IF NOT EXISTS ",
        "CREATE TABLE IF NOT EXISTS ",
        "CREATE TABLE IF NOT EXISTS ",
        "",
        ""
    ),
    present: "SELECT name FROM sqlite_master WHERE type = 'table' \
              AND name IN ('__diesel_schema_migrations', '__tenantctl_journal', '__tenantctl_owner') \
              UNION ALL SELECT '__tenantctl_journal.' || name \
              FROM pragma_table_info('__tenantctl_journal') WHERE name = 'written_by'",
    other_table: "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') \
                  AND name NOT IN ('__diesel_schema_migrations', '__tenantctl_journal', '__tenantctl_owner') \
                  AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' LIMIT 1",
    asks_first: false,
    text: "TEXT",
    on_conflict: |key| format!("ON CONFLICT ({key}) DO UPDATE SET"),
    inserted: ("excluded.", ""),
    parameter: |_| "?".to_owned(),
};
