//! PostgreSQL: tenantctl's own tables.

use crate::tables::{self, TableSql};

pub(super) static TABLE_SQL: TableSql = TableSql {
    // `IF NOT EXISTS` only looks into the first schema of the search path, and would create a
    // second history there if the existing one is in a later schema.
    create: tables::create_tables!(
        "DO $$ BEGIN \
         IF to_regclass('__diesel_schema_migrations') IS NULL THEN CREATE TABLE ",
        "END IF; IF to_regclass('__tenantctl_journal') IS NULL THEN CREATE TABLE ",
        "END IF; IF to_regclass('__tenantctl_owner') IS NULL THEN CREATE TABLE ",
        "",
        "; END IF; END $$"
    ),
    // Anywhere in the search path, which is where Diesel finds them.
    present: "SELECT name FROM (VALUES ('__diesel_schema_migrations'), ('__tenantctl_journal'), \
              ('__tenantctl_owner')) AS ours (name) WHERE to_regclass(name) IS NOT NULL",
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
