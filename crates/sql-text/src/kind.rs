//! What a statement does.
//!
//! A kind says what the text says, and not what a server would make of it: a view is read like a
//! table, and what a routine does when it is called, no text says.

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
    ControlsTransaction(TransactionControl),
    /// Goes to another database, or brings one in.
    LeavesDatabase(Departure),
    /// Locks tables by name, or lets go of them.
    LocksTables(TableLock),
    /// Throws the session's state away: `DISCARD`.
    Discards(Discard),
    /// Puts storage or statistics in order, and changes neither rows, schema nor session: `VACUUM`,
    /// `ANALYZE`, `REINDEX`, `REFRESH`.
    Maintains,
    /// Nothing for a database: only a client program understands it.
    ForClient(ClientText),
    /// Anything else, which may do anything: `CALL`, PostgreSQL's `DO`, `EXECUTE`, and what is no
    /// SQL.
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
    /// written (in PostgreSQL, without quotes, in lower case). None where that is not certain:
    /// a table of another schema or database, or one of several.
    pub table: Option<String>,
}

/// What happens to a thing of the schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SchemaAction {
    /// `CREATE`, and PostgreSQL's `SELECT … INTO`.
    Create,
    /// `CREATE OR REPLACE`: one of that name is dropped before.
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

/// What kinds of things a schema has, as far as it matters to somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SchemaObject {
    /// A table, virtual and foreign ones among them.
    Table,
    /// An index.
    Index,
    /// A view, materialized ones among them.
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
    Keeps,
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
    /// These values, without their quotes; only a list such as a search path has several. Executed
    /// again, the statement has the same result.
    Constant(Vec<String>),
    /// What it has in a new session: `DEFAULT`, `RESET`.
    Default,
    /// What can only be known when it is executed: a query, a function, another variable.
    Computed,
}

/// A `PRAGMA`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pragma {
    /// The name in lower case, without a schema.
    pub name: String,
    /// What follows `=`, or stands in parentheses, without its quotes; none where it only asks.
    pub value: Option<String>,
}

/// A step of a transaction, and the word that it begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TransactionControl {
    /// The step.
    pub step: TransactionStep,
    /// The statement's first word in upper case.
    pub keyword: &'static str,
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
    /// A transaction that a session hands on: `PREPARE TRANSACTION`, `COMMIT PREPARED`, `XA`.
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

/// What is thrown away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Discard {
    /// Everything, locks of the session among them.
    All,
    /// Temporary tables, plans, or the state of sequences.
    Part,
}

/// What is for a client only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientText {
    /// From `DELIMITER` to where it is the semicolon again.
    Delimiter,
    /// A command that is a line of its own: `\restrict`, `.read`, `SOURCE`.
    Command,
    /// `COPY … FROM stdin`, with the rows that follow.
    CopyIn,
    /// `COPY … TO stdout`.
    CopyOut,
}

impl StatementKind {
    /// Whether it does nothing but read and write rows and user variables. Only of these it is
    /// certain on every back end that they may stand in a transaction, and do not end it. `CALL`
    /// and the `DO` of PostgreSQL are not among them, since a procedure may commit or change
    /// tables; nor are settings, since some can't be changed in a transaction.
    pub fn only_touches_rows(&self) -> bool {
        match self {
            Self::Reads | Self::ChangesRows => true,
            Self::ChangesSession(SessionChange::Assigns(assignments)) => {
                assignments.iter().all(|assignment| assignment.target == Target::Variable)
            }
            Self::ChangesSession(
                SessionChange::Pragma(_) | SessionChange::Temporary(_) | SessionChange::Keeps,
            )
            | Self::EmptiesTables
            | Self::ChangesSchema(_)
            | Self::ControlsTransaction(_)
            | Self::LeavesDatabase(_)
            | Self::LocksTables(_)
            | Self::Discards(_)
            | Self::Maintains
            | Self::ForClient(_)
            | Self::Other => false,
        }
    }

    /// The word that begins or ends a transaction, or goes back in it, if the statement does that.
    /// A savepoint does not by itself.
    pub fn transaction_boundary(&self) -> Option<&'static str> {
        let Self::ControlsTransaction(TransactionControl { step, keyword }) = self else {
            return None;
        };
        match step {
            TransactionStep::Begin
            | TransactionStep::Commit
            | TransactionStep::Rollback
            | TransactionStep::RollbackTo
            | TransactionStep::TwoPhase => Some(keyword),
            TransactionStep::Savepoint | TransactionStep::Release => None,
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

    /// Whether what follows in the session may find it another than before, as far as the text
    /// tells. Rows can call routines that do more: see [`calls`](crate::calls).
    pub const fn may_change_session(&self) -> bool {
        match self {
            Self::ChangesSession(_)
            | Self::LeavesDatabase(_)
            | Self::LocksTables(TableLock::UntilUnlocked | TableLock::Unlocked)
            | Self::Discards(_)
            | Self::ForClient(_)
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
    /// What SQLite makes of the value where the pragma is a switch, as `foreign_keys` is. What is
    /// no word for on is off. None where it only asks.
    pub fn switch(&self) -> Option<bool> {
        let value = self.value.as_deref()?;
        let on = ["on", "yes", "true"].iter().any(|word| value.eq_ignore_ascii_case(word));
        let digits = value.bytes().take_while(u8::is_ascii_digit).count();
        Some(on || value[..digits].bytes().any(|digit| digit != b'0'))
    }
}
