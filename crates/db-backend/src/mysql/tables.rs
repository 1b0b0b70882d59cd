//! MySQL and MariaDB: tenantctl's own tables.

use crate::tables::{self, TableSql};

pub(super) static TABLE_SQL: TableSql = TableSql {
    create: tables::create_tables!(
        "CREATE TABLE IF NOT EXISTS ",
        "CREATE TABLE IF NOT EXISTS ",
        "CREATE TABLE IF NOT EXISTS ",
        // They must be able to share a transaction, whatever the server's default engine.
        " ENGINE = InnoDB",
        ""
    ),
    present: "SELECT table_name FROM information_schema.tables \
              WHERE table_schema = DATABASE() \
              AND table_name IN ('__diesel_schema_migrations', '__tenantctl_journal', \
              '__tenantctl_owner') \
              UNION ALL SELECT concat(table_name, '.', column_name) \
              FROM information_schema.columns WHERE table_schema = DATABASE() \
              AND table_name = '__tenantctl_journal' AND column_name = 'written_by'",
    other_table: "SELECT table_name FROM information_schema.tables \
                  WHERE table_schema = DATABASE() \
                  AND table_name NOT IN ('__diesel_schema_migrations', '__tenantctl_journal', \
                  '__tenantctl_owner') LIMIT 1",
    asks_first: false,
    text: "CHAR",
    on_conflict: |_| "ON DUPLICATE KEY UPDATE".to_owned(),
    inserted: ("VALUES(", ")"),
    parameter: |_| "?".to_owned(),
};
