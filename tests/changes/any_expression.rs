//! Random expressions that say only what means the same on every back end have the same values on
//! all of them: those that SQLite gives.

use db_backend::BackendKind;
use migration_folder::ScratchHost;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::{create, host};
use crate::support::cases::test_on;

test_on! {
    postgres, mysql: on_host {
        any_expression_has_the_values_of_sqlite,
    }
}

fn on_host(kind: BackendKind, case: fn(&ScratchHost)) {
    let Some(host) = host(kind) else { return };
    case(&host);
}

mod samples {
    schema_core::tenant_schema! {
        samples (id) {
            id -> BigInt,
            a -> Nullable<Text>,
            b -> Text,
            order -> Nullable<Text>,
            n -> Nullable<BigInt>,
            size -> BigInt,
        }
    }
}

/// A text with a backslash would be written in two ways.
const ROWS: [&str; 6] = [
    "1, NULL, '', ' ', NULL, 7",
    "2, 'a', 'a ', 'A', -3, 0",
    "3, 'ä x ', ' a', NULL, 0, -8",
    "4, 'A', 'A', 'a', 12, 3",
    "5, ' ', '*', '', 5, 1",
    "6, 'it''s', '[a]?', 'ab', NULL, 2",
];

const EXPRESSIONS: usize = 2_000;

fn any_expression_has_the_values_of_sqlite(host: &ScratchHost) {
    let expressions = expressions();
    let expected = values(&ScratchHost::memory(), &expressions);
    let found = values(host, &expressions);
    for ((expression, expected), found) in expressions.iter().zip(expected).zip(found) {
        assert_eq!(found, expected, "{expression}");
    }
}

/// The value of each expression in each row, or the error.
fn values(host: &ScratchHost, expressions: &[String]) -> Vec<Result<Vec<Option<String>>, String>> {
    let mut scratch = host.scratch().unwrap();
    create(&mut scratch, &samples::SCHEMA, &[]).unwrap();
    for row in ROWS {
        scratch.connection().execute(&format!("INSERT INTO samples VALUES ({row})")).unwrap();
    }
    let dialect = scratch.dialect();
    let text = match host.kind() {
        BackendKind::Mysql => "CHAR",
        BackendKind::Sqlite | BackendKind::Postgres => "TEXT",
    };
    let mut values = |expression: &String| {
        let spelled =
            dialect.expression(&expression.clone().into(), &samples::SCHEMA.tables[0].columns);
        let query = format!("SELECT CAST(({spelled}) AS {text}) FROM samples ORDER BY id");
        let rows = scratch.connection().rows(&query, &[]);
        rows.map(|rows| rows.into_iter().flatten().collect()).map_err(|error| error.to_string())
    };
    expressions.iter().map(&mut values).collect()
}

/// The same ones in each run.
fn expressions() -> Vec<String> {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let truth = condition(3).prop_map(|holds| format!("CASE WHEN {holds} THEN 1 ELSE 0 END"));
    let any = prop_oneof![text(3), integer(3), truth];
    (0..EXPRESSIONS).map(|_| any.new_tree(&mut runner).unwrap().current()).collect()
}

const LITERALS: [&str; 11] =
    ["''", "'a'", "' '", "'a '", "'A'", "'x y'", "'ä'", "'%'", r"'\'", "'it''s'", "'0'"];
const TEXTS: [&str; 3] = ["a", "b", r#""order""#];
const INTEGERS: [&str; 5] = ["n", "size", "3", "0", "-12"];
const PATTERNS: [&str; 10] =
    ["'a%'", "'%A'", "'_'", "'%'", "'a_'", "'*'", "'[a]%'", "'% '", "'ä'", "'?%'"];
const NOT: [&str; 2] = ["", "NOT "];

/// An expression whose value is a text.
fn text(depth: u32) -> BoxedStrategy<String> {
    let leaf = prop_oneof![select(&TEXTS[..]), select(&LITERALS[..])].prop_map(str::to_owned);
    if depth == 0 {
        return leaf.boxed();
    }
    let (one, other, known) = (text(depth - 1), text(depth - 1), never_null());
    prop_oneof![
        leaf,
        (select(vec!["trim", "ltrim", "rtrim"]), one.clone())
            .prop_map(|(function, text)| format!("{function}({text})")),
        (one.clone(), known.clone(), known.clone())
            .prop_map(|(text, old, new)| format!("replace({text}, {old}, {new})")),
        (one.clone(), 1..5, 0..4)
            .prop_map(|(text, first, length)| format!("substr({text}, {first}, {length})")),
        (one.clone(), other.clone()).prop_map(|(one, other)| format!("coalesce({one}, {other})")),
        (known, select(vec!["size", "7", "b"]))
            .prop_map(|(text, other)| format!("concat({text}, {other}, ':')")),
        (condition(depth - 1), one.clone(), other.clone()).prop_map(|(holds, one, other)| format!(
            "CASE WHEN {holds} THEN {one} ELSE {other} END"
        )),
        (select(&TEXTS[..]), one.clone(), one, other).prop_map(|(column, a, b, c)| format!(
            "CASE {column} WHEN {a} THEN {b} WHEN 'a' THEN {c} END"
        )),
    ]
    .boxed()
}

fn never_null() -> BoxedStrategy<String> {
    prop_oneof![
        Just("b".to_owned()),
        select(&LITERALS[..]).prop_map(str::to_owned),
        select(&TEXTS[..]).prop_map(|column| format!("coalesce({column}, '-')")),
        Just("trim(b)".to_owned()),
    ]
    .boxed()
}

/// An expression whose value is an integer.
fn integer(depth: u32) -> BoxedStrategy<String> {
    let leaf = select(&INTEGERS[..]).prop_map(str::to_owned);
    if depth == 0 {
        return leaf.boxed();
    }
    let (one, other) = (integer(depth - 1), integer(depth - 1));
    prop_oneof![
        leaf,
        text(depth - 1).prop_map(|text| format!("length({text})")),
        one.clone().prop_map(|integer| format!("abs({integer})")),
        (one.clone(), select(vec!["+", "- "]), other.clone())
            .prop_map(|(one, operator, other)| format!("({one} {operator}{other})")),
        select(&INTEGERS[..]).prop_map(|integer| format!("{integer} * -2")),
        one.clone().prop_map(|integer| format!("({integer}) % 7")),
        (one.clone(), other.clone()).prop_map(|(one, other)| format!("coalesce({one}, {other})")),
        (condition(depth - 1), one, other).prop_map(|(holds, one, other)| format!(
            "CASE WHEN {holds} THEN {one} ELSE {other} END"
        )),
    ]
    .boxed()
}

fn condition(depth: u32) -> BoxedStrategy<String> {
    let column = || select(&TEXTS[..]);
    let literal = || select(&LITERALS[..]);
    let comparison = || select(vec!["=", "<>", "!=", "<", ">=", "<=", ">"]);
    let leaf = prop_oneof![
        (column(), literal()).prop_map(|(column, text)| format!("{column} = {text}")),
        (literal(), column()).prop_map(|(text, column)| format!("{text} <> {column}")),
        (column(), select(&NOT[..]), literal(), literal())
            .prop_map(|(column, not, a, b)| format!("{column} {not}IN ({a}, {b})")),
        (column(), select(&NOT[..])).prop_map(|(column, not)| format!("{column} IS {not}NULL")),
        (column(), select(&NOT[..]), select(&PATTERNS[..]))
            .prop_map(|(column, not, pattern)| format!("{column} {not}LIKE {pattern}")),
    ];
    if depth == 0 {
        return leaf.boxed();
    }
    let (one, other) = (condition(depth - 1), condition(depth - 1));
    prop_oneof![
        leaf,
        (one.clone(), select(vec!["AND", "OR"]), other)
            .prop_map(|(one, word, other)| format!("({one} {word} {other})")),
        one.prop_map(|condition| format!("NOT ({condition})")),
        (integer(depth - 1), comparison(), integer(depth - 1))
            .prop_map(|(one, operator, other)| format!("{one} {operator} {other}")),
        (integer(depth - 1), select(&NOT[..]))
            .prop_map(|(integer, not)| format!("{integer} {not}BETWEEN 0 AND 3")),
        (column(), text(depth - 1)).prop_map(|(column, text)| format!("{column} = {text}")),
        (text(depth - 1), column()).prop_map(|(text, column)| format!("{text} <> {column}")),
        (column(), text(depth - 1))
            .prop_map(|(column, text)| format!("{column} IN ({text}, 'a ')")),
    ]
    .boxed()
}
