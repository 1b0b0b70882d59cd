//! Whether a statement may leave another session behind than a new one.

use crate::cursor::Cursor;
use crate::expression::calls;
use crate::kind::StatementKind;
use crate::syntax::Syntax;
use crate::token::Token;

/// Whether the statements after it may find another session.
pub(crate) fn may_change_session(
    kind: &StatementKind,
    tokens: &[Token<'_>],
    syntax: Syntax,
) -> bool {
    match kind {
        StatementKind::Reads | StatementKind::ChangesRows => calls_routine(tokens, syntax),
        StatementKind::ChangesSchema(_) => changes_new_sessions(tokens),
        _ => kind.may_change_session(),
    }
}

/// `ALTER ROLE … SET search_path`, `ALTER DATABASE … SET`.
fn changes_new_sessions(tokens: &[Token<'_>]) -> bool {
    let mut cursor = Cursor::new(tokens);
    cursor.skip_word("ALTER") && cursor.skip_any_word(&["DATABASE", "ROLE", "USER"])
}

/// Whether it calls a function that is not known to belong to the database itself. SQLite has no
/// stored functions.
fn calls_routine(tokens: &[Token<'_>], syntax: Syntax) -> bool {
    if syntax == Syntax::Sqlite {
        return false;
    }
    let query = without_target(tokens);
    calls(query).any(|name| !HARMLESS.iter().any(|known| name.eq_ignore_ascii_case(known)))
}

/// The tokens after `INSERT INTO t (a, b)`, whose columns look like the arguments of a call.
fn without_target<'t, 's>(tokens: &'t [Token<'s>]) -> &'t [Token<'s>] {
    let Some(into) = tokens.iter().position(|token| token.is_word("INTO")) else { return tokens };
    let mut cursor = Cursor::new(&tokens[into + 1..]);
    while cursor.name().is_some() && cursor.skip_symbol('.') {}
    cursor.group();
    cursor.rest()
}

/// Functions of the databases that read and compute, and words that may come before a
/// parenthesis. A name that is missing here costs a new connection, no more.
const HARMLESS: &[&str] = &[
    "ABS",
    "ADDDATE",
    "AGE",
    "ARRAY_AGG",
    "ARRAY_APPEND",
    "ARRAY_LENGTH",
    "AVG",
    "CEIL",
    "CHAR",
    "CHARACTER_LENGTH",
    "CHAR_LENGTH",
    "CHECK",
    "CLOCK_TIMESTAMP",
    "COALESCE",
    "CONCAT",
    "CONCAT_WS",
    "CONFLICT",
    "CONVERT",
    "COUNT",
    "CURDATE",
    "CURRENT_DATE",
    "CURRENT_SETTING",
    "CURRENT_TIMESTAMP",
    "CURRVAL",
    "CURTIME",
    "DATE",
    "DATEDIFF",
    "DATE_ADD",
    "DATE_FORMAT",
    "DATE_PART",
    "DATE_SUB",
    "DATE_TRUNC",
    "DECIMAL",
    "DECODE",
    "DENSE_RANK",
    "ENCODE",
    "EXTRACT",
    "FILTER",
    "FIRST_VALUE",
    "FLOOR",
    "FORMAT",
    "FOUND_ROWS",
    "FROM_UNIXTIME",
    "GEN_RANDOM_UUID",
    "GENERATE_SERIES",
    "GREATEST",
    "GROUP_CONCAT",
    "HEX",
    "IF",
    "IFNULL",
    "INITCAP",
    "INSTR",
    "JSONB_AGG",
    "JSONB_ARRAY_ELEMENTS",
    "JSONB_BUILD_ARRAY",
    "JSONB_BUILD_OBJECT",
    "JSONB_OBJECT_AGG",
    "JSONB_SET",
    "JSON_AGG",
    "JSON_ARRAY",
    "JSON_BUILD_ARRAY",
    "JSON_BUILD_OBJECT",
    "JSON_EXTRACT",
    "JSON_OBJECT",
    "JSON_SET",
    "JSON_UNQUOTE",
    "JSON_VALID",
    "JSON_VALUE",
    "KEY",
    "LAG",
    "LAST_INSERT_ID",
    "LAST_VALUE",
    "LASTVAL",
    "LEAD",
    "LEAST",
    "LEFT",
    "LENGTH",
    "LOCATE",
    "LOWER",
    "LPAD",
    "LTRIM",
    "MATERIALIZED",
    "MAX",
    "MD5",
    "MIN",
    "MOD",
    "NEXTVAL",
    "NOW",
    "NULLIF",
    "NUMERIC",
    "OF",
    "PG_TYPEOF",
    "PERCENT_RANK",
    "PG_GET_SERIAL_SEQUENCE",
    "PG_SLEEP",
    "POSITION",
    "POWER",
    "RAND",
    "RANDOM",
    "RANK",
    "RECURSIVE",
    "REGEXP_MATCHES",
    "REGEXP_REPLACE",
    "REPEAT",
    "REPLACE",
    "RETURNING",
    "REVERSE",
    "RIGHT",
    "ROUND",
    "ROW",
    "ROW_COUNT",
    "ROW_NUMBER",
    "ROW_TO_JSON",
    "RPAD",
    "RTRIM",
    "SETVAL",
    "SHA1",
    "SHA2",
    "SIGN",
    "SLEEP",
    "SPLIT_PART",
    "SQRT",
    "STRING_AGG",
    "STRING_TO_ARRAY",
    "STRPOS",
    "STR_TO_DATE",
    "SUBSTR",
    "SUBSTRING",
    "SUBSTRING_INDEX",
    "SUM",
    "TIME",
    "TIMESTAMP",
    "TIMESTAMPADD",
    "TIMESTAMPDIFF",
    "TO_CHAR",
    "TO_DATE",
    "TO_JSON",
    "TO_JSONB",
    "TO_NUMBER",
    "TO_TIMESTAMP",
    "TRANSLATE",
    "TRIM",
    "TRUNC",
    "UNHEX",
    "UNIX_TIMESTAMP",
    "UNNEST",
    "UPPER",
    "UTC_TIMESTAMP",
    "UUID",
    "UUID_GENERATE_V4",
    "VALUE",
    "VARCHAR",
    "YEAR",
];
