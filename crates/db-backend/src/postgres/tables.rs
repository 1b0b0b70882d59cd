//! PostgreSQL: tenantctl's own tables.

use crate::tables::{self, TableSql};

pub(super) static TABLE_SQL: TableSql = TableSql {
    // In the schema in which tables are created: `read` has found none elsewhere.
    create: tables::create_tables!(
        "CREATE TABLE IF NOT EXISTS ",
        "CREATE TABLE IF NOT EXISTS ",
        "CREATE TABLE IF NOT EXISTS ",
        "",
        ""
    ),
    // The schema in which tables are created comes first, as the only one without a name.
    present: "SELECT c.relname::text, \
              CASE WHEN n.nspname IS DISTINCT FROM current_schema() THEN n.nspname::text END, \
              (n.nspname = ANY (current_schemas(false)))::text, current_schema()::text \
              FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace \
              WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_(temp|toast)' \
              AND c.relname IN ('__diesel_schema_migrations', '__tenantctl_journal', \
              '__tenantctl_owner') \
              UNION ALL SELECT '__tenantctl_journal.' || a.attname, NULL, 'true', \
              current_schema()::text \
              FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid \
              JOIN pg_namespace AS n ON n.oid = c.relnamespace \
              WHERE c.relname = '__tenantctl_journal' AND n.nspname = current_schema() \
              AND a.attname = 'written_by' AND NOT a.attisdropped",
    // What belongs to an extension is not the database's own.
    other_table: "SELECT relname::text FROM pg_class \
                  WHERE relkind IN ('r', 'p', 'v', 'm', 'f') AND pg_table_is_visible(oid) \
                  AND relnamespace IN (SELECT oid FROM pg_namespace \
                  WHERE nspname = ANY (current_schemas(false))) \
                  AND relname NOT IN ('__diesel_schema_migrations', '__tenantctl_journal', \
                  '__tenantctl_owner') \
                  AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass \
                  AND objid = pg_class.oid AND deptype = 'e') LIMIT 1",
    asks_first: true,
    text: "TEXT",
    on_conflict: |key| format!("ON CONFLICT ({key}) DO UPDATE SET"),
    inserted: ("excluded.", ""),
    parameter: |index| format!("${index}"),
};
