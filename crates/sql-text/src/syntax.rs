//! The kinds of SQL, and how their texts differ.

/// Which SQL a text is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Syntax {
    /// SQLite.
    Sqlite,
    /// PostgreSQL, with `standard_conforming_strings` on, which is its default.
    Postgres,
    /// MySQL and MariaDB in their default SQL mode: a backslash escapes, and `"…"` is a text.
    Mysql,
    /// The expressions of a declared schema, which are for all back ends: `'…'` is a text
    /// without escapes, and `"…"` (or `` `…` ``) is a name.
    Portable,
}

impl Syntax {
    /// What is special about its texts.
    pub(crate) const fn grammar(self) -> &'static Grammar {
        match self {
            Self::Sqlite => &SQLITE,
            Self::Postgres => &POSTGRES,
            Self::Mysql => &MYSQL,
            Self::Portable => &PORTABLE,
        }
    }
}

/// What a token is, and where a semicolon does not split.
#[derive(Debug)]
pub(crate) struct Grammar {
    pub(crate) lexicon: Lexicon,
    /// The form of a routine's or trigger's body of statements.
    pub(crate) bodies: Bodies,
    /// A semicolon in parentheses does not split (the actions of a PostgreSQL rule).
    pub(crate) parentheses_hold: bool,
    /// The client program whose commands may be among the statements.
    pub(crate) client: Client,
}

/// How quotes, comments and names differ.
#[derive(Debug)]
pub(crate) struct Lexicon {
    /// The characters that open a quoted name.
    pub(crate) name_quotes: &'static [char],
    /// The characters that open a text.
    pub(crate) text_quotes: &'static [char],
    /// A backslash escapes the next character of a text.
    pub(crate) backslash_escapes: bool,
    /// Prefixes that belong to a text and come directly before its `'`, in lower case.
    pub(crate) text_prefixes: &'static [&'static str],
    /// `E'…'` has backslash escapes, `U&"…"` is a name, and `$tag$…$tag$` is a text.
    pub(crate) postgres_quotes: bool,
    /// `/* … /* … */ … */` is one comment.
    pub(crate) nested_comments: bool,
    /// `#` begins a comment, `--` does only before white space, and `/*! … */` is code.
    pub(crate) mysql_comments: bool,
    /// The characters that end a `--` comment.
    pub(crate) line_ends: &'static [char],
    /// `@name` is a variable, and a name may begin with a digit.
    pub(crate) mysql_names: bool,
}

/// What a body of statements looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bodies {
    /// `BEGIN … END` of a trigger.
    Trigger,
    /// `BEGIN ATOMIC … END` of a function or procedure; other bodies are quoted.
    Atomic,
    /// `BEGIN … END` of any stored program, with `IF … END IF` and loops.
    StoredProgram,
}

/// The client program whose commands are recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Client {
    /// `sqlite3`: lines that begin with a dot.
    Sqlite,
    /// `psql`: from a backslash to the end of the line, and rows after `COPY … FROM stdin`.
    Psql,
    /// `mysql`: `DELIMITER`, `SOURCE`, and lines that begin with a backslash.
    Mysql,
    /// None.
    None,
}

const SQLITE: Grammar = Grammar {
    lexicon: Lexicon {
        name_quotes: &['"', '`', '['],
        text_quotes: &['\''],
        backslash_escapes: false,
        text_prefixes: &["x"],
        postgres_quotes: false,
        nested_comments: false,
        mysql_comments: false,
        line_ends: &['\n'],
        mysql_names: false,
    },
    bodies: Bodies::Trigger,
    parentheses_hold: false,
    client: Client::Sqlite,
};

const POSTGRES: Grammar = Grammar {
    lexicon: Lexicon {
        name_quotes: &['"'],
        text_quotes: &['\''],
        backslash_escapes: false,
        text_prefixes: &["e", "x", "b", "n", "u&"],
        postgres_quotes: true,
        nested_comments: true,
        mysql_comments: false,
        line_ends: &['\n', '\r'],
        mysql_names: false,
    },
    bodies: Bodies::Atomic,
    parentheses_hold: true,
    client: Client::Psql,
};

const MYSQL: Grammar = Grammar {
    lexicon: Lexicon {
        name_quotes: &['`'],
        text_quotes: &['\'', '"'],
        backslash_escapes: true,
        text_prefixes: &["x", "b", "n"],
        postgres_quotes: false,
        nested_comments: false,
        mysql_comments: true,
        line_ends: &['\n'],
        mysql_names: true,
    },
    bodies: Bodies::StoredProgram,
    parentheses_hold: false,
    client: Client::Mysql,
};

const PORTABLE: Grammar = Grammar {
    lexicon: Lexicon {
        name_quotes: &['"', '`'],
        text_quotes: &['\''],
        backslash_escapes: false,
        text_prefixes: &["x"],
        postgres_quotes: false,
        nested_comments: false,
        mysql_comments: false,
        line_ends: &['\n'],
        mysql_names: false,
    },
    bodies: Bodies::Trigger,
    parentheses_hold: false,
    client: Client::None,
};
