//! What a statement does.
//!
//! A kind states what is certain from the text, not what a server does with it: a view is read like
//! a table, and the text of a call does not show what the routine does.

/// What a statement does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StatementKind {
    /// Only reads: `SELECT`, `VALUES`, `TABLE`, `SHOW`, `EXPLAIN`, MySQL's `DO`.
    Reads,
    /// Inserts, updates or deletes rows. It may read as well.
    ChangesRows,
    /// Empties tables as DDL does: `TRUNCATE`. MySQL commits with it.
    EmptiesTables,
    /// Changes the schema.
    ChangesSchema(SchemaChange),
    /// Changes what lives as long as the session.
    ChangesSession(SessionChange),
    /// Begins or ends a transaction, or a part of one.
    ControlsTransaction(TransactionStep),
    /// Goes to another database, or brings one in.
    LeavesDatabase(Departure),
    /// Locks tables by name, or unlocks them.
    LocksTables(TableLock),
    /// Discards the session's state: `DISCARD`.
    Discards(Discard),
    /// Maintains storage or statistics, and changes neither rows, schema nor session: `VACUUM`,
    /// `ANALYZE`, `REINDEX`, `REFRESH`.
    Maintains,
    /// Is not for a database: only a client program understands it.
    ForClient(ClientText),
    /// Runs several statements, some of which may have committed if it fails: `CALL`, PostgreSQL's
    /// `DO` with a `COMMIT`, MariaDB's `BEGIN NOT ATOMIC`.
    RunsProgram,
    /// Anything else, which may do anything, but as a whole: PostgreSQL's `DO`, `EXECUTE`, and text
    /// that is not SQL.
    Other,
}

/// How a statement changes the schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaChange {
    /// What happens.
    pub action: SchemaAction,
    /// To what.
    pub object: SchemaObject,
    /// The one table whose definition tells whether the statement took effect, as its name is
    /// written (in PostgreSQL, without quotes, in lower case). `None` if that is not certain:
    /// a table of another schema or database, or one of several.
    pub table: Option<String>,
}

/// What happens to an object of the schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SchemaAction {
    /// `CREATE`, and PostgreSQL's `SELECT … INTO`.
    Create,
    /// `CREATE OR REPLACE`: an existing object of that name is dropped first.
    Replace,
    /// `ALTER`.
    Alter,
    /// MySQL's `RENAME`.
    Rename,
    /// `DROP`.
    Drop,
    /// `COMMENT`, `GRANT`, `REVOKE` and the like.
    Annotate,
}

/// The kinds of objects in a schema that a caller may need to tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SchemaObject {
    /// A table, including virtual and foreign tables.
    Table,
    /// An index.
    Index,
    /// A view, including materialized views.
    View,
    /// A trigger of a table.
    Trigger,
    /// A function, procedure or aggregate.
    Routine,
    /// An event of MySQL's scheduler, or PostgreSQL's event trigger.
    Event,
    /// Anything else: databases, roles, types, sequences.
    Other,
}

/// What a statement changes in its session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SessionChange {
    /// Gives values to settings and variables: `SET`, `RESET`, `set_config(…)`, `SELECT … INTO @a`.
    Assigns(Vec<Assignment>),
    /// SQLite's `PRAGMA`, with or without a value. Some only read, and some change the database.
    Pragma(Pragma),
    /// Creates or drops what ends with the session: `CREATE TEMPORARY TABLE`.
    Temporary(SchemaChange),
    /// Names something that the session keeps, or forgets it: `PREPARE`, `DECLARE`, `LISTEN`.
    Keeps(Kept),
}

/// Something that a session keeps under a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The name in lower case; `None` if the statement is about all of them.
    pub name: Option<String>,
    /// Whether the session forgets it: `DEALLOCATE`, `CLOSE`, `UNLISTEN`.
    pub ends: bool,
}

/// One `name = value`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// The name in lower case, without `@`. Special forms have the name of their setting
    /// (`SET TIME ZONE` is `timezone`), or else their own words (`transaction`).
    pub name: String,
    /// What has that name.
    pub target: Target,
    /// The value.
    pub value: Value,
}

/// What a value is given to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// A user variable of MySQL, `@name`.
    Variable,
    /// A setting of the session.
    Session,
    /// A setting until the end of the transaction: `SET LOCAL` of PostgreSQL.
    Transaction,
    /// A setting of the whole server: `SET GLOBAL`, `SET PERSIST`.
    Server,
}

/// What a setting or variable gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// These values, without their quotes; only a list such as a search path has several. The
    /// statement has the same result each time it is executed.
    Constant(Vec<String>),
    /// The value that it has in a new session: `DEFAULT`, `RESET`.
    Default,
    /// A value that is known only when it is executed: a query, a function, another variable.
    Computed,
}

/// A `PRAGMA`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pragma {
    /// The name in lower case, without a schema.
    pub name: String,
    /// The value after `=` or in parentheses, without its quotes; `None` if it only reads.
    pub value: Option<String>,
}

/// The steps of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransactionStep {
    /// `BEGIN`, `START TRANSACTION`.
    Begin,
    /// `COMMIT`, `END`.
    Commit,
    /// `ROLLBACK`, `ABORT`.
    Rollback,
    /// `ROLLBACK TO` a savepoint.
    RollbackTo,
    /// `SAVEPOINT`.
    Savepoint,
    /// `RELEASE` of a savepoint.
    Release,
    /// A transaction that another session can finish: `PREPARE TRANSACTION`, `COMMIT PREPARED`,
    /// `XA`.
    TwoPhase,
}

/// How a statement leaves its database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Departure {
    /// `USE`.
    Use,
    /// SQLite's `ATTACH`.
    Attach,
    /// SQLite's `DETACH`.
    Detach,
    /// `\connect`, `CONNECT` of the clients.
    Connect,
    /// `CREATE DATABASE` or `DROP DATABASE`.
    WholeDatabase,
}

/// How long tables are locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableLock {
    /// To the end of the transaction: PostgreSQL's `LOCK TABLE`.
    UntilCommit,
    /// Until they are unlocked: MySQL's `LOCK TABLES`, which shuts out every other table.
    UntilUnlocked,
    /// `UNLOCK TABLES`.
    Unlocked,
}

/// What is discarded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Discard {
    /// Everything, including the locks of the session.
    All,
    /// Temporary tables, plans, or the state of sequences.
    Part,
}

/// What is for a client only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientText {
    /// From `DELIMITER` to the point where the delimiter is the semicolon again.
    Delimiter,
    /// A command on a line of its own: `\restrict`, `.read`, `SOURCE`.
    Command,
    /// `COPY … FROM stdin`, with the rows that follow.
    CopyIn,
    /// `COPY … TO stdout`.
    CopyOut,
}

impl StatementKind {
    /// Whether it only reads and writes rows and user variables. Only such statements are certain,
    /// on every back end, to be allowed in a transaction and not to end it. `CALL` and PostgreSQL's
    /// `DO` are excluded, since a procedure may commit or change tables. Settings are excluded,
    /// since some can't be changed in a transaction.
    pub fn only_touches_rows(&self) -> bool {
        match self {
            Self::Reads | Self::ChangesRows => true,
            Self::ChangesSession(SessionChange::Assigns(assignments)) => {
                assignments.iter().all(|assignment| assignment.target == Target::Variable)
            }
            Self::ChangesSession(
                SessionChange::Pragma(_) | SessionChange::Temporary(_) | SessionChange::Keeps(_),
            )
            | Self::EmptiesTables
            | Self::ChangesSchema(_)
            | Self::ControlsTransaction(_)
            | Self::LeavesDatabase(_)
            | Self::LocksTables(_)
            | Self::Discards(_)
            | Self::Maintains
            | Self::ForClient(_)
            | Self::RunsProgram
            | Self::Other => false,
        }
    }

    /// Whether it drops a table that is not temporary.
    pub fn drops_table(&self) -> bool {
        self.is_change_of_table(&[SchemaAction::Drop, SchemaAction::Replace])
    }

    /// Whether it creates a table that is not temporary.
    pub fn creates_table(&self) -> bool {
        self.is_change_of_table(&[SchemaAction::Create, SchemaAction::Replace])
    }

    /// The one table whose definition tells whether the statement took effect: see
    /// [`SchemaChange::table`].
    pub fn changed_table(&self) -> Option<&str> {
        let Self::ChangesSchema(change) = self else { return None };
        change.table.as_deref()
    }

    /// The pragma, if it is one.
    pub const fn pragma(&self) -> Option<&Pragma> {
        let Self::ChangesSession(SessionChange::Pragma(pragma)) = self else { return None };
        Some(pragma)
    }

    /// Whether it may change the session for the statements that follow, as far as its kind shows.
    /// See [`Statement::may_change_session`](crate::Statement::may_change_session).
    pub(crate) const fn may_change_session(&self) -> bool {
        match self {
            Self::ChangesSession(_)
            | Self::LeavesDatabase(_)
            | Self::LocksTables(TableLock::UntilUnlocked | TableLock::Unlocked)
            | Self::Discards(_)
            | Self::ForClient(_)
            | Self::RunsProgram
            | Self::Other => true,
            Self::Reads
            | Self::ChangesRows
            | Self::EmptiesTables
            | Self::ChangesSchema(_)
            | Self::ControlsTransaction(_)
            | Self::LocksTables(TableLock::UntilCommit)
            | Self::Maintains => false,
        }
    }

    fn is_change_of_table(&self, actions: &[SchemaAction]) -> bool {
        let Self::ChangesSchema(change) = self else { return false };
        change.object == SchemaObject::Table && actions.contains(&change.action)
    }
}

impl Pragma {
    /// How SQLite reads the value of a pragma that is a switch, such as `foreign_keys`: any value
    /// that does not mean on means off. `None` if the pragma only reads.
    pub fn switch(&self) -> Option<bool> {
        let value = self.value.as_deref()?;
        let on = ["on", "yes", "true"].iter().any(|word| value.eq_ignore_ascii_case(word));
        let digits = value.bytes().take_while(u8::is_ascii_digit).count();
        Some(on || value[..digits].bytes().any(|digit| digit != b'0'))
    }
}
