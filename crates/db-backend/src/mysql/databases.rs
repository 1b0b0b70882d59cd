//! MySQL and MariaDB: whole databases.

use crate::server::ServerSql;

pub(super) static SERVER_SQL: ServerSql = ServerSql {
    find: "SELECT schema_name FROM information_schema.schemata WHERE schema_name = ?",
    list: "SELECT schema_name FROM information_schema.schemata WHERE schema_name NOT IN \
           ('information_schema', 'mysql', 'performance_schema', 'sys')",
    find_session: "SELECT '1' FROM information_schema.processlist WHERE db = ? LIMIT 1",
    // The session's messages are in English, and state the reason.
    keeps_from_creating: &[],
    keeps_from_dropping: &[],
};
