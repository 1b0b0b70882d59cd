//! PostgreSQL: whole databases.

use crate::server::ServerSql;

pub(super) static SERVER_SQL: ServerSql = ServerSql {
    create_options: "",
    // The second text is that of two sessions that create it at the same moment.
    name_taken: &["already exists", "pg_database_datname_index"],
    find: "SELECT '1' FROM pg_database WHERE datname = $1",
};
