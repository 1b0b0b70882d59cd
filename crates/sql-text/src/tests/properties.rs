use proptest::prelude::*;
use proptest::sample::select;

use super::ALL;
use super::shown::kind;
use super::statements::{
    CHANGES_ROWS, CHANGES_SCHEMA, CONTROLS_TRANSACTION, EMPTIES_TABLES, LEAVES_DATABASE, LOCKS,
    MAINTAINS, MYSQL_SETTINGS, OTHER, POSTGRES_SETTINGS, PRAGMAS, READS, TEMPORARY,
};
use crate::{
    SchemaChange, SessionChange, Statement, StatementKind, Syntax, Token, TokenKind, replaced,
    split, tokens,
};

/// The statements of all tables.
fn known() -> impl Strategy<Value = &'static str> {
    let of_each_kind = [
        READS,
        CHANGES_ROWS,
        EMPTIES_TABLES,
        CHANGES_SCHEMA,
        POSTGRES_SETTINGS,
        MYSQL_SETTINGS,
        PRAGMAS,
        TEMPORARY,
        CONTROLS_TRANSACTION,
        LEAVES_DATABASE,
        LOCKS,
        MAINTAINS,
        OTHER,
    ];
    select(of_each_kind.concat())
}

/// White space and comments, beginning and ending with white space.
fn gap() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        "[ \t\n\r]{1,3}",
        "\n/\\* [^*/]{0,9}\\*/ ",
        " -- [^\n\r]{0,9}\n",
        Just(" /* it's; DROP TABLE t */\t".to_owned()),
        Just(" -- COMMIT; \"\n".to_owned()),
    ]
}

/// The statement with different white space and comments between its words, and different case.
fn respaced(tokens: &[Token<'_>], gaps: &[String], in_upper_case: &[bool]) -> String {
    let mut sql = gaps[0].clone();
    for (index, token) in tokens.iter().enumerate() {
        match token.kind {
            TokenKind::Word if in_upper_case[index % in_upper_case.len()] => {
                sql.push_str(&token.text.to_ascii_uppercase());
            }
            TokenKind::Word => sql.push_str(&token.text.to_ascii_lowercase()),
            _ => sql.push_str(token.text),
        }
        let Some(next) = tokens.get(index + 1) else { continue };
        let gap = &gaps[index % gaps.len()];
        match token.touches(next) {
            // An operator or an account must not be torn apart.
            true if is_joint(token) && is_joint(next) => {}
            true if token.is_symbol('@') || next.is_symbol('@') => {}
            true => sql.push_str(gap),
            false => {
                sql.push(' ');
                sql.push_str(gap);
            }
        }
    }
    sql
}

fn is_joint(token: &Token<'_>) -> bool {
    matches!(token.kind, TokenKind::Symbol(_))
}

fn kind_of(sql: &str, syntax: Syntax) -> StatementKind {
    Statement::unplaced(sql, syntax).kind
}

/// A kind without its table: with a versioned comment, no table is certain.
fn without_table(kind: StatementKind) -> StatementKind {
    let without = |change| SchemaChange { table: None, ..change };
    match kind {
        StatementKind::ChangesSchema(change) => StatementKind::ChangesSchema(without(change)),
        StatementKind::ChangesSession(SessionChange::Temporary(change)) => {
            StatementKind::ChangesSession(SessionChange::Temporary(without(change)))
        }
        other => other,
    }
}

/// A statement that every back end reads as one: it begins and ends in a token, and has semicolons
/// where they do not split.
fn statement() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-z0-9_]{1,8}",
        "'([^'\\\\]|'')*'",
        "\"([^\"\\\\]|\"\")*\"",
        "-- [^\n\r]{0,9}\n",
        "/\\* [^*/]{0,9}\\*/",
        "[=<>+,]",
        Just("\n".to_owned()),
    ];
    proptest::collection::vec(piece, 0..8)
        .prop_map(|pieces| format!("SELECT {}\n1", pieces.join(" ")))
}

/// Any text, with many special characters and words.
fn any_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        ".{0,9}",
        "[;'\"`$*/# eE\n\\[\\]@!-]{0,9}",
        select(vec![
            "/*!40101 ",
            " */",
            "BEGIN",
            " END ",
            "CASE",
            "CREATE TRIGGER ",
            "CREATE FUNCTION ",
            "DELIMITER $$\n",
            "COPY t FROM stdin;\n",
            "\\.\n",
            "U&\"",
            "$t$",
            "--\r",
            "0x",
            "1e",
        ])
        .prop_map(str::to_owned),
    ];
    proptest::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

const READ_BY: [Syntax; 4] = [Syntax::Sqlite, Syntax::Postgres, Syntax::Mysql, Syntax::Portable];

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn white_space_comments_and_case_change_no_kind(
        sql in known(),
        gaps in proptest::collection::vec(gap(), 1..9),
        in_upper_case in proptest::collection::vec(any::<bool>(), 1..9),
    ) {
        for (syntax, name) in ALL {
            let respaced = respaced(&tokens(sql, syntax).unwrap(), &gaps, &in_upper_case);
            // Names have their case from the text.
            let lower = |sql: &str| kind(&kind_of(sql, syntax)).to_ascii_lowercase();
            prop_assert_eq!(lower(&respaced), lower(sql), "{}: {:?}", name, respaced);
        }
    }

    #[test]
    fn versioned_comments_change_no_kind(sql in known(), from in 0_usize..9, length in 1_usize..9) {
        let tokens = tokens(sql, Syntax::Mysql).unwrap();
        let from = from.min(tokens.len());
        let to = (from + length).min(tokens.len());
        let is_whole = |at: usize| {
            tokens.get(at).is_none_or(|token| !token.is_symbol('@') && !is_joint(token))
        };
        let is_part = from < to && is_whole(from) && is_whole(to) && is_whole(to - 1);
        // There, a semicolon would not split.
        if !is_part || split(sql, Syntax::Mysql).unwrap().len() != 1 {
            return Ok(());
        }
        let (start, end) = (tokens[from].start, tokens[to - 1].end());
        let versioned =
            format!("{}/*!50000 {} */{}", &sql[..start], &sql[start..end], &sql[end..]);
        let expected = without_table(kind_of(sql, Syntax::Mysql));
        prop_assert_eq!(without_table(kind_of(&versioned, Syntax::Mysql)), expected, "{}", versioned);
    }

    #[test]
    fn the_join_of_statements_splits_into_them(
        statements in proptest::collection::vec(statement(), 0..6),
        separator in prop_oneof![Just(";"), Just(";\n"), Just(" ;\n-- ;\n")],
    ) {
        for (syntax, name) in ALL {
            let split = split(&statements.join(separator), syntax);
            let texts: Vec<_> = split.unwrap().into_iter().map(|statement| statement.sql).collect();
            prop_assert_eq!(&texts, &statements, "{}", name);
        }
    }

    #[test]
    fn statements_of_all_kinds_split_as_they_were(
        statements in proptest::collection::vec(known(), 0..6),
    ) {
        for (syntax, name) in ALL {
            let alone: Vec<Vec<Statement>> =
                statements.iter().map(|sql| split(sql, syntax).unwrap()).collect();
            // Lines are counted in the file.
            let placeless = |statement: Statement| Statement { line: 0, ..statement };
            let alone: Vec<_> = alone.concat().into_iter().map(placeless).collect();
            let together = split(&statements.join(";\n"), syntax).unwrap();
            let together: Vec<_> = together.into_iter().map(placeless).collect();
            prop_assert_eq!(together, alone, "{}", name);
        }
    }

    #[test]
    fn any_text_is_split_or_refused(text in any_text()) {
        for syntax in READ_BY {
            let mut from = 0;
            for statement in split(&text, syntax).unwrap_or_default() {
                // Statements follow one another, and each is on its line.
                let at = text[from..].find(&statement.sql).map(|at| from + at);
                prop_assert!(at.is_some(), "{:?} is not in {:?}", statement.sql, text);
                from = at.unwrap() + statement.sql.len();
                let rest = text.lines().nth(statement.line as usize - 1);
                prop_assert!(rest.is_some(), "{} is not a line of {:?}", statement.line, text);
            }
        }
    }

    #[test]
    fn no_token_is_lost(text in any_text()) {
        for (syntax, name) in ALL {
            let (Ok(all), Ok(statements)) = (tokens(&text, syntax), split(&text, syntax)) else {
                continue;
            };
            prop_assert_eq!(replaced(&text, &all, |_| None), text.clone());
            if statements.iter().any(|own| matches!(
                own.kind,
                StatementKind::ForClient(_) | StatementKind::LeavesDatabase(_)
            )) {
                continue;
            }
            // MySQL's `--` is no comment before anything, but is one at the end.
            if statements.iter().any(|own| own.sql.ends_with("--")) {
                continue;
            }
            let kept = statements.iter().flat_map(|own| tokens(&own.sql, syntax).unwrap());
            let kept: Vec<&str> = kept.map(|token| token.text).filter(|text| *text != ";").collect();
            let all: Vec<&str> =
                all.iter().map(|token| token.text).filter(|text| *text != ";").collect();
            prop_assert_eq!(kept, all, "{}", name);
        }
    }
}
