//! A check's condition, as far as it is simple: comparisons of one column with constants.

use schema_model::DefaultValue;
use sql_text::{Cursor, Expression, Syntax, Token, TokenKind, list_items};

/// A condition on a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Condition {
    /// All of these hold.
    All(Vec<Condition>),
    /// One of these holds.
    Any(Vec<Condition>),
    /// A condition on one column.
    On(String, Test),
    /// One that is not understood.
    Unknown,
}

/// A condition on the value of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Test {
    /// It compares in one of these ways with a constant.
    Compare(Operator, DefaultValue),
    /// Its length compares in one of these ways with a number.
    Length(Operator, i64),
    /// It is one of these, or none of them.
    OneOf(bool, Vec<DefaultValue>),
    /// It matches the pattern, or does not match it.
    Like(bool, String),
    /// It is NULL, or not NULL.
    Null(bool),
}

/// A comparison, as the results that satisfy it: less, equal, greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Operator {
    less: bool,
    equal: bool,
    greater: bool,
}

impl Operator {
    const EQUAL: Self = Self { less: false, equal: true, greater: false };
    const DIFFERS: Self = Self { less: true, equal: false, greater: true };
    const AT_LEAST: Self = Self { less: false, equal: true, greater: true };
    const AT_MOST: Self = Self { less: true, equal: true, greater: false };
    const MORE: Self = Self { less: false, equal: false, greater: true };
    const LESS: Self = Self { less: true, equal: false, greater: false };

    /// Whether it is satisfied by that result.
    pub(crate) fn allows(self, ordering: std::cmp::Ordering) -> bool {
        match ordering {
            std::cmp::Ordering::Less => self.less,
            std::cmp::Ordering::Equal => self.equal,
            std::cmp::Ordering::Greater => self.greater,
        }
    }

    /// The same comparison with its sides exchanged.
    fn turned(self) -> Self {
        Self { less: self.greater, equal: self.equal, greater: self.less }
    }
}

/// Reads the expression of a check.
pub(crate) fn read(expression: &str) -> Condition {
    match Expression::read(expression, Syntax::Portable) {
        Ok(expression) => condition(expression.tokens()),
        Err(_) => Condition::Unknown,
    }
}

fn condition(tokens: &[Token<'_>]) -> Condition {
    if tokens.iter().any(|token| token.is_word("CASE")) {
        return Condition::Unknown;
    }
    let either = parts(tokens, "OR");
    if either.len() > 1 {
        return Condition::Any(either.into_iter().map(condition).collect());
    }
    let both = parts(tokens, "AND");
    if both.len() > 1 {
        return Condition::All(both.into_iter().map(condition).collect());
    }
    let mut rest = Cursor::new(tokens);
    match rest.group() {
        Some(inner) if rest.peek().is_none() => condition(inner),
        _ => predicate(tokens).unwrap_or(Condition::Unknown),
    }
}

/// The parts between that word outside of parentheses. The `AND` of a `BETWEEN` does not separate.
fn parts<'t, 's>(tokens: &'t [Token<'s>], word: &str) -> Vec<&'t [Token<'s>]> {
    let (mut depth, mut in_between) = (0_usize, false);
    let parts = tokens.split(|token| {
        if token.is_symbol('(') {
            depth += 1;
        } else if token.is_symbol(')') {
            depth = depth.saturating_sub(1);
        }
        if depth > 0 {
            return false;
        }
        in_between |= token.is_word("BETWEEN");
        let ends_between = in_between && token.is_word("AND");
        in_between &= !ends_between;
        token.is_word(word) && !ends_between
    });
    parts.collect()
}

/// What is compared.
enum Operand {
    Column(String),
    LengthOf(String),
    Constant(DefaultValue),
}

fn predicate(tokens: &[Token<'_>]) -> Option<Condition> {
    let mut rest = Cursor::new(tokens);
    if rest.skip_word("NOT") {
        let name = rest.name()?;
        let is_false = Test::Compare(Operator::EQUAL, DefaultValue::Bool(false));
        return rest.peek().is_none().then(|| Condition::On(name.into_owned(), is_false));
    }
    let left = operand(&mut rest)?;
    let condition = match left {
        Operand::Column(name) if rest.peek().is_none() => {
            Condition::On(name, Test::Compare(Operator::EQUAL, DefaultValue::Bool(true)))
        }
        left => match operator(&mut rest) {
            Some(operator) => compared(left, operator, operand(&mut rest)?)?,
            None => keyword(left, &mut rest)?,
        },
    };
    rest.peek().is_none().then_some(condition)
}

/// `IS NULL`, `IN`, `BETWEEN` and `LIKE`, each with or without `NOT`.
fn keyword(left: Operand, rest: &mut Cursor<'_, '_>) -> Option<Condition> {
    if rest.skip_word("IS") {
        let is_null = !rest.skip_word("NOT");
        let Operand::Column(name) = left else { return None };
        return rest.skip_word("NULL").then_some(Condition::On(name, Test::Null(is_null)));
    }
    let holds = !rest.skip_word("NOT");
    if rest.skip_word("BETWEEN") {
        let least = operand(rest)?;
        let is_whole = holds && rest.skip_word("AND");
        let greatest = operand(rest)?;
        let (again, left) = match left {
            Operand::Column(name) => (Operand::Column(name.clone()), Operand::Column(name)),
            Operand::LengthOf(name) => (Operand::LengthOf(name.clone()), Operand::LengthOf(name)),
            Operand::Constant(_) => return None,
        };
        let least = compared(left, Operator::AT_LEAST, least)?;
        let greatest = compared(again, Operator::AT_MOST, greatest)?;
        return is_whole.then(|| Condition::All(vec![least, greatest]));
    }
    let Operand::Column(name) = left else { return None };
    if rest.skip_word("IN") {
        let values = list_items(rest.group()?).map(|item| constant(&mut Cursor::new(item)));
        let values: Option<Vec<DefaultValue>> = values.collect();
        return values.map(|values| Condition::On(name, Test::OneOf(holds, values)));
    }
    if rest.skip_word("LIKE") {
        let DefaultValue::Text(pattern) = constant(rest)? else { return None };
        return Some(Condition::On(name, Test::Like(holds, pattern.into_owned())));
    }
    None
}

fn compared(left: Operand, operator: Operator, right: Operand) -> Option<Condition> {
    match (left, right) {
        (Operand::Column(name), Operand::Constant(value)) => {
            Some(Condition::On(name, Test::Compare(operator, value)))
        }
        (Operand::LengthOf(name), Operand::Constant(DefaultValue::Int(length))) => {
            Some(Condition::On(name, Test::Length(operator, length)))
        }
        (constant @ Operand::Constant(_), other @ (Operand::Column(_) | Operand::LengthOf(_))) => {
            compared(other, operator.turned(), constant)
        }
        _ => None,
    }
}

fn operator(rest: &mut Cursor<'_, '_>) -> Option<Operator> {
    if rest.skip_symbol('=') {
        return Some(Operator::EQUAL);
    }
    if rest.skip_symbol('!') {
        return rest.skip_symbol('=').then_some(Operator::DIFFERS);
    }
    if rest.skip_symbol('<') {
        let differs = rest.skip_symbol('>').then_some(Operator::DIFFERS);
        let at_most = || rest.skip_symbol('=').then_some(Operator::AT_MOST);
        return differs.or_else(at_most).or(Some(Operator::LESS));
    }
    if rest.skip_symbol('>') {
        let at_least = rest.skip_symbol('=').then_some(Operator::AT_LEAST);
        return at_least.or(Some(Operator::MORE));
    }
    None
}

fn operand(rest: &mut Cursor<'_, '_>) -> Option<Operand> {
    let mut ahead = rest.clone();
    if let Some(value) = constant(&mut ahead) {
        *rest = ahead;
        return Some(Operand::Constant(value));
    }
    let is_length = rest.peek()?.is_any_word(&["LENGTH", "CHAR_LENGTH"]);
    let name = rest.name()?;
    match rest.group() {
        Some([column]) if is_length => Some(Operand::LengthOf(column.name()?.into_owned())),
        Some(_) => None,
        None => Some(Operand::Column(name.into_owned())),
    }
}

fn constant(rest: &mut Cursor<'_, '_>) -> Option<DefaultValue> {
    let is_negative = rest.skip_symbol('-');
    let token = rest.next()?;
    match token.kind {
        TokenKind::Number => {
            let number: i64 = token.text.parse().ok()?;
            Some(DefaultValue::Int(if is_negative { -number } else { number }))
        }
        TokenKind::Text if !is_negative => {
            Some(DefaultValue::Text(token.unquoted().into_owned().into()))
        }
        TokenKind::Word if token.is_word("TRUE") => Some(DefaultValue::Bool(true)),
        TokenKind::Word if token.is_word("FALSE") => Some(DefaultValue::Bool(false)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::{Condition, read};

    #[test]
    fn simple_conditions_are_read() {
        let conditions = [
            "url LIKE 'https://%'",
            "a >= 0 AND a < 10",
            "10 <> a",
            "status IN ('new', 'done') OR status IS NULL",
            "length(code) BETWEEN 2 AND 4 AND code NOT LIKE 'x%'",
            "(paid AND NOT late)",
            "a < b",
            "lower(a) = 'a'",
            "a NOT BETWEEN 1 AND 2",
        ];
        let shown = conditions.map(|text| match read(text) {
            Condition::Unknown => format!("{text}: unknown"),
            condition => format!("{text}: {condition:?}"),
        });
        assert_snapshot!(shown.join("\n"), @r#"
        url LIKE 'https://%': On("url", Like(true, "https://%"))
        a >= 0 AND a < 10: All([On("a", Compare(Operator { less: false, equal: true, greater: true }, Int(0))), On("a", Compare(Operator { less: true, equal: false, greater: false }, Int(10)))])
        10 <> a: On("a", Compare(Operator { less: true, equal: false, greater: true }, Int(10)))
        status IN ('new', 'done') OR status IS NULL: Any([On("status", OneOf(true, [Text("new"), Text("done")])), On("status", Null(true))])
        length(code) BETWEEN 2 AND 4 AND code NOT LIKE 'x%': All([All([On("code", Length(Operator { less: false, equal: true, greater: true }, 2)), On("code", Length(Operator { less: true, equal: true, greater: false }, 4))]), On("code", Like(false, "x%"))])
        (paid AND NOT late): All([On("paid", Compare(Operator { less: false, equal: true, greater: false }, Bool(true))), On("late", Compare(Operator { less: false, equal: true, greater: false }, Bool(false)))])
        a < b: unknown
        lower(a) = 'a': unknown
        a NOT BETWEEN 1 AND 2: unknown
        "#);
    }
}
