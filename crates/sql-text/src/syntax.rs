//! How the three dialects of SQL are read.

use crate::lexer::Lexicon;
use crate::split::{Bodies, Grammar};

/// Whose SQL a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Syntax {
    /// SQLite's.
    Sqlite,
    /// PostgreSQL's.
    Postgres,
    /// That of MySQL and MariaDB.
    Mysql,
}

impl Syntax {
    pub(crate) const fn grammar(self) -> &'static Grammar {
        match self {
            Self::Sqlite => &SQLITE,
            Self::Postgres => &POSTGRES,
            Self::Mysql => &MYSQL,
        }
    }
}

const SQLITE: Grammar = Grammar {
    lexicon: Lexicon {
        more_quotes: &['`', '['],
        backslash_escapes: false,
        postgres_quotes: false,
        nested_comments: false,
        mysql_comments: false,
    },
    bodies: Bodies::Trigger,
    parentheses_hold: false,
};

const POSTGRES: Grammar = Grammar {
    lexicon: Lexicon {
        more_quotes: &[],
        backslash_escapes: false,
        postgres_quotes: true,
        nested_comments: true,
        mysql_comments: false,
    },
    bodies: Bodies::Atomic,
    parentheses_hold: true,
};

const MYSQL: Grammar = Grammar {
    lexicon: Lexicon {
        more_quotes: &['`'],
        backslash_escapes: true,
        postgres_quotes: false,
        nested_comments: false,
        mysql_comments: true,
    },
    bodies: Bodies::StoredProgram,
    parentheses_hold: false,
};
