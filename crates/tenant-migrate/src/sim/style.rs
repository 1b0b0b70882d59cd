//! The kinds of back end, as far as the engine can tell them apart.

use db_backend::Capabilities;

/// Which kind of back end is simulated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SimStyle {
    /// As SQLite: the lock is the write transaction.
    LockIsTransaction,
    /// As PostgreSQL: a lock beside transactions that hold DDL.
    TransactionalDdl,
    /// As MySQL: each DDL statement commits by itself.
    ImplicitCommit,
}

impl SimStyle {
    /// All of them.
    pub const ALL: [Self; 3] =
        [Self::LockIsTransaction, Self::TransactionalDdl, Self::ImplicitCommit];

    pub(crate) const fn capabilities(self) -> Capabilities {
        Capabilities {
            transactional_ddl: !matches!(self, Self::ImplicitCommit),
            lock_is_transaction: matches!(self, Self::LockIsTransaction),
            embedded: matches!(self, Self::LockIsTransaction),
        }
    }
}
