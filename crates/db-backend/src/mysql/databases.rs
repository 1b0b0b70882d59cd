//! MySQL and MariaDB: whole databases.

use crate::server::ServerSql;

pub(super) static SERVER_SQL: ServerSql = ServerSql {
    // Binary order, so that texts compare as they do on the other back ends.
    create_options: " CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
    name_taken: &["database exists"],
    find: "SELECT schema_name FROM information_schema.schemata WHERE schema_name = ?",
};
