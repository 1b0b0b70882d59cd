//! MySQL and MariaDB: whole databases.

use crate::server::ServerSql;

pub(super) static SERVER_SQL: ServerSql = ServerSql {
    // Binary collation, so that texts compare as they do on the other back ends.
    create_options: " CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
    find: "SELECT schema_name FROM information_schema.schemata WHERE schema_name = ?",
    // The session's messages are in English, and state the reason.
    keeps_from_creating: &[],
    keeps_from_dropping: &[],
};
