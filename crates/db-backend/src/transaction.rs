//! A transaction that writes, for the registry and for services.

use diesel::connection::{AnsiTransactionManager, TransactionManager};

use crate::dispatch;
use crate::driver::AnyConnection;

impl AnyConnection {
    /// Runs `body` in a transaction that may write from its start. Commits if it returns `Ok`, and
    /// rolls back if it returns `Err`.
    ///
    /// # Errors
    /// The error that `body` returns, or the database's if the commit fails.
    pub fn write_transaction<T, E: From<diesel::result::Error>>(
        &mut self,
        body: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        // A deferred transaction of SQLite that has read and then writes fails immediately if
        // another one is writing: https://www.sqlite.org/lang_transaction.html
        let embedded = self.capabilities().embedded;
        let begin = if embedded { "BEGIN IMMEDIATE" } else { "BEGIN" };
        dispatch!(self, c => AnsiTransactionManager::begin_transaction_sql(c, begin))?;
        match body(self) {
            Ok(value) => {
                dispatch!(self, c => AnsiTransactionManager::commit_transaction(c))?;
                Ok(value)
            }
            Err(error) => {
                // The body's error says more than the rollback's could. The pool does not hand out
                // a connection that is still in a transaction.
                let _ = dispatch!(self, c => AnsiTransactionManager::rollback_transaction(c));
                Err(error)
            }
        }
    }
}
