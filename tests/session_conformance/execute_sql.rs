//! Statements that are not in a file.

use db_backend::{Capabilities, DbError, Statement, TenantConnection};
use sql_text::Syntax;

/// Executes SQL that is not in a file.
pub trait ExecuteSql {
    fn execute_sql(&mut self, sql: &str) -> Result<(), DbError>;
}

impl ExecuteSql for dyn TenantConnection + '_ {
    fn execute_sql(&mut self, sql: &str) -> Result<(), DbError> {
        let Capabilities { embedded, transactional_ddl, .. } = self.capabilities();
        let syntax = match (embedded, transactional_ddl) {
            (true, _) => Syntax::Sqlite,
            (false, true) => Syntax::Postgres,
            (false, false) => Syntax::Mysql,
        };
        self.execute(&Statement::unplaced(sql, syntax))
    }
}
