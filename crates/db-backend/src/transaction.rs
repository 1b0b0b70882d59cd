//! A transaction that writes, for the registry and for services.

use diesel::connection::{AnsiTransactionManager, TransactionManager};

use crate::dispatch;
use crate::driver::AnyConnection;

impl AnyConnection {
    /// Runs `body` in a transaction that may write from its start, commits where it returns `Ok`
    /// and rolls back where it returns `Err`.
    ///
    /// # Errors
    /// What `body` returns, or what the database says to the commit.
    pub fn write_transaction<T, E: From<diesel::result::Error>>(
        &mut self,
        body: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        // SQLite's deferred transaction that turns from reading to writing fails at once if another
        // one is writing: https://www.sqlite.org/lang_transaction.html
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
