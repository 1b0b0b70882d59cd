//! Comparisons of texts: by their bytes, with the spaces at their end. PostgreSQL compares so, and
//! SQLite; on MySQL and MariaDB, a dialect writes so, if a column of texts is compared.

use std::ops::Range;

use sql_text::{Token, TokenKind};

use super::{Kind, Meaning};

/// One side of a comparison.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    /// A column by itself.
    Column(Kind),
    Value(Kind),
}

impl Side {
    fn kind(self) -> Kind {
        match self {
            Self::Column(kind) | Self::Value(kind) => kind,
        }
    }
}

impl Meaning<'_> {
    /// The problem with the comparison whose operator begins at that place.
    pub(super) fn comparison(&self, at: usize) -> Option<String> {
        let token = self.token(at)?;
        let negated = at.checked_sub(1).filter(|before| self.is_word(*before, "NOT"));
        let left = negated.unwrap_or(at).checked_sub(1);
        // The sides, and the place of the values that a side consists of.
        let (sides, values) = if token.is_word("LIKE") {
            return self.text_of_pattern(self.ends_at(left?));
        } else if token.is_word("IN") {
            let inner = sql_text::Cursor::new(&self.tokens[at + 1..]).group()?;
            let has = |kind: TokenKind| inner.iter().any(|token: &Token<'_>| token.kind == kind);
            let listed = match (has(TokenKind::Text), has(TokenKind::Number)) {
                (true, _) => Kind::Text,
                (false, true) => Kind::Other,
                (false, false) => Kind::Unknown,
            };
            ([self.ends_at(left?), Side::Value(listed)], at + 1..at + 3 + inner.len())
        } else if token.is_word("BETWEEN") {
            ([self.ends_at(left?), self.begins_at(at + 1)], at + 1..at + 4)
        } else if token.is_word("WHEN") {
            ([self.selected(at)?, self.begins_at(at + 1)], at + 1..at + 2)
        } else if "=<>!".chars().any(|symbol| token.is_symbol(symbol)) {
            let is_symbol = |at: usize| "=<>!".chars().any(|symbol| self.is_symbol(at, symbol));
            if left.is_some_and(is_symbol) {
                return None;
            }
            let right = if is_symbol(at + 1) { at + 2 } else { at + 1 };
            ([self.ends_at(left?), self.begins_at(right)], left?..right + 1)
        } else {
            return None;
        };
        let has = |kind: Kind| sides.iter().any(|side| side.kind() == kind);
        let otherwise = self.otherwise();
        if has(Kind::Document) {
            return Some(format!(
                "documents are compared by their text on SQLite, and by their content elsewhere; \
                 expected {otherwise}"
            ));
        }
        if let Some(problem) = self.literals(sides, values) {
            return Some(problem);
        }
        if !has(Kind::Text) || sides.iter().any(|side| matches!(side.kind(), Kind::Literal(_))) {
            return None;
        }
        if has(Kind::Other) {
            return Some(format!(
                "a text is compared with something else, which each back end converts in its own \
                 way; expected two texts, or {otherwise}"
            ));
        }
        let only_left_counts = token.is_any_word(&["IN", "WHEN"]);
        let compared = if only_left_counts { &sides[..1] } else { &sides[..] };
        if !compared.iter().any(|side| self.is_column_of_texts(*side)) {
            return Some(format!(
                "a text is compared with something other than a column of texts, and then MySQL \
                 and MariaDB ignore the spaces at its end; expected such a column by itself, or {otherwise}"
            ));
        }
        let is_equality = only_left_counts
            || token.is_symbol('=')
            || token.is_symbol('!')
            || token.is_symbol('<') && self.is_symbol(at + 1, '>');
        (!is_equality).then(|| {
            format!(
                "which of two texts is less depends on the collation of a PostgreSQL database; \
                 expected another comparison, or {otherwise}"
            )
        })
    }

    /// The problem with a comparison of a column whose type has literals: with anything except
    /// these, and others of its type.
    fn literals(&self, sides: [Side; 2], values: Range<usize>) -> Option<String> {
        let sql_type = sides.iter().find_map(|side| match side.kind() {
            Kind::Literal(sql_type) => Some(sql_type),
            Kind::Text | Kind::Document | Kind::Other | Kind::Unknown => None,
        })?;
        let is_one = |side: &Side| match side {
            Side::Column(kind) => *kind == Kind::Literal(sql_type) || *kind == Kind::Unknown,
            Side::Value(kind) => matches!(kind, Kind::Text | Kind::Unknown),
        };
        let words = sql_type.literal_words()?;
        if !sides.iter().all(is_one) {
            return Some(format!(
                "a {sql_type} is compared with something else, which each back end converts in its \
                 own way; expected another {sql_type}, {words}, or {}",
                self.otherwise()
            ));
        }
        let texts = self.tokens.get(values)?.iter().filter(|token| token.kind == TokenKind::Text);
        let other = texts.into_iter().find(|text| !sql_type.is_literal(&text.unquoted()))?;
        Some(format!("{} is no {sql_type}; expected {words}", other.text))
    }

    /// The problem with the text that is compared with a pattern.
    fn text_of_pattern(&self, side: Side) -> Option<String> {
        (!self.is_column_of_texts(side)).then(|| {
            format!(
                "`LIKE` ignores the case of letters on MySQL and MariaDB unless a column of texts is \
                 before it; expected such a column by itself, or {}",
                self.otherwise()
            )
        })
    }

    /// What a query reads from another table, a dialect does not know.
    fn is_column_of_texts(&self, side: Side) -> bool {
        match side {
            Side::Column(Kind::Text) => true,
            Side::Column(Kind::Unknown) => !self.is_query(),
            Side::Column(Kind::Document | Kind::Literal(_) | Kind::Other) | Side::Value(_) => false,
        }
    }

    /// The value that ends at that place.
    fn ends_at(&self, at: usize) -> Side {
        if self.nesting(at) < 0 {
            let mut depth = 0;
            let opening = (0..=at).rev().find(|at| {
                depth -= self.nesting(*at);
                depth == 0
            });
            let opening = opening.unwrap_or_default();
            let function = opening.checked_sub(1).filter(|at| self.is_call(*at));
            return Side::Value(match function {
                Some(function) => self.kind_of_call(function),
                None => self.kind_within(opening..at),
            });
        }
        match self.token(at) {
            Some(token) if self.is_name(at) => Side::Column(self.kind(token)),
            Some(token) => Side::Value(self.kind(token)),
            None => Side::Value(Kind::Unknown),
        }
    }

    /// The value that begins at that place.
    fn begins_at(&self, at: usize) -> Side {
        if self.is_call(at) {
            return Side::Value(self.kind_of_call(at));
        }
        if self.nesting(at) > 0 {
            let mut depth = 0;
            let closing = (at..self.tokens.len()).find(|at| {
                depth += self.nesting(*at);
                depth == 0
            });
            return Side::Value(self.kind_within(at..closing.unwrap_or(at)));
        }
        self.ends_at(at)
    }

    /// 1 for what opens parentheses or a `CASE`, and -1 for what closes one of them.
    fn nesting(&self, at: usize) -> i32 {
        if self.is_symbol(at, '(') || self.is_word(at, "CASE") {
            1
        } else if self.is_symbol(at, ')') || self.is_word(at, "END") {
            -1
        } else {
            0
        }
    }

    /// The type of what is in parentheses or in a `CASE`: a text, if one of its values is a text by
    /// itself.
    fn kind_within(&self, mut places: Range<usize>) -> Kind {
        let is_plain = |at: usize| !at.checked_sub(1).is_some_and(|before| self.is_call(before));
        let opens = |at: usize| {
            self.is_symbol(at, '(') && is_plain(at)
                || ["THEN", "ELSE"].iter().any(|word| self.is_word(at, word))
        };
        let closes = |at: usize| {
            self.nesting(at) < 0 || ["WHEN", "ELSE"].iter().any(|word| self.is_word(at, word))
        };
        let is_text = |at: usize| match self.token(at) {
            Some(_) if self.is_call(at) => self.kind_of_call(at) == Kind::Text,
            Some(token) => self.kind(token) == Kind::Text && closes(at + 1),
            None => false,
        };
        match places.any(|at| opens(at) && is_text(at + 1)) {
            true => Kind::Text,
            false => Kind::Unknown,
        }
    }

    /// The value after the `CASE` of this `WHEN`. `CASE WHEN` has a condition instead, and compares
    /// nothing.
    fn selected(&self, when: usize) -> Option<Side> {
        let mut depth = 0_usize;
        let case = (0..when).rev().find(|at| {
            if self.is_word(*at, "END") {
                depth += 1;
            } else if self.is_word(*at, "CASE") {
                if depth == 0 {
                    return true;
                }
                depth -= 1;
            }
            false
        })?;
        if self.is_word(case + 1, "WHEN") {
            return None;
        }
        match self.is_word(case + 2, "WHEN") {
            true => Some(self.begins_at(case + 1)),
            false => Some(Side::Value(Kind::Unknown)),
        }
    }
}
