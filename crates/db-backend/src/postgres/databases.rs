//! PostgreSQL: whole databases.

use crate::error::DbErrorKind;
use crate::server::ServerSql;

pub(super) static SERVER_SQL: ServerSql = ServerSql {
    find: "SELECT '1' FROM pg_database WHERE datname = $1",
    list: "SELECT datname::text FROM pg_database \
           WHERE NOT datistemplate AND datallowconn AND datname <> 'postgres'",
    find_session: "SELECT '1' FROM pg_stat_activity WHERE datname = $1 LIMIT 1",
    keeps_from_creating: &[
        (
            DbErrorKind::Denied,
            "SELECT '1' FROM pg_roles \
             WHERE rolname = current_user AND NOT (rolcreatedb OR rolsuper)",
        ),
        // The template of a new database must have no sessions.
        (DbErrorKind::ServerBusy, "SELECT '1' FROM pg_stat_activity WHERE datname = 'template1'"),
    ],
    keeps_from_dropping: &[
        (
            DbErrorKind::Denied,
            "SELECT '1' FROM pg_database WHERE datname = $1 AND NOT pg_has_role(datdba, 'USAGE')",
        ),
        (DbErrorKind::LockTimeout, "SELECT '1' FROM pg_stat_activity WHERE datname = $1"),
    ],
};
