//! What can be told of an SQL expression without understanding it: which names it mentions.

/// Whether the expression mentions that column.
pub(super) fn mentions(expression: &str, column: &str) -> bool {
    words(expression).any(|(_, word)| word.eq_ignore_ascii_case(column))
}

/// The expression with each `(old, new)` name replaced.
pub(super) fn with_renamed(expression: &str, renames: &[(&str, &str)]) -> String {
    let mut renamed = String::with_capacity(expression.len());
    let mut copied = 0;
    for (start, word) in words(expression) {
        let Some((_, new)) = renames.iter().find(|(old, _)| word.eq_ignore_ascii_case(old)) else {
            continue;
        };
        renamed.push_str(&expression[copied..start]);
        renamed.push_str(new);
        copied = start + word.len();
    }
    renamed.push_str(&expression[copied..]);
    renamed
}

/// The words of an expression, each with the byte at which it starts; not those in `'…'`, which is
/// text and names nothing.
fn words(expression: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let mut rest = 0;
    std::iter::from_fn(move || {
        loop {
            let start = rest + expression[rest..].find(|c| is_part(c) || c == '\'')?;
            let found = &expression[start..];
            if let Some(text) = found.strip_prefix('\'') {
                // A doubled quote ends one text, and begins the next.
                rest = start + text.find('\'').map_or(found.len(), |end| end + 2);
                continue;
            }
            let length = found.find(|c| !is_part(c)).unwrap_or(found.len());
            rest = start + length;
            return Some((start, &found[..length]));
        }
    })
}

#[cfg(test)]
mod tests {
    use super::{mentions, with_renamed};

    #[test]
    fn names_are_whole_words() {
        let rows = [
            ("cents > 0", "cents", true),
            ("\"cents\" > 0", "cents", true),
            ("cents_due > 0", "cents", false),
            ("abs(Cents)", "cents", true),
            ("", "cents", false),
            ("kind <> 'cents'", "cents", false),
            ("kind <> 'it''s cents' AND cents > 0", "cents", true),
            ("kind <> 'never closed, cents", "cents", false),
        ];
        for (expression, column, expected) in rows {
            assert_eq!(mentions(expression, column), expected, "{expression}");
        }
        let renamed = with_renamed("a > 0 AND \"b\" < a_b - a", &[("a", "b"), ("b", "c")]);
        assert_eq!(renamed, "b > 0 AND \"c\" < a_b - b");
    }

    #[test]
    fn texts_stay_as_they_are() {
        let renamed = with_renamed("a <> 'a' AND 'it''s a' <> a OR a IN ('ü', '')", &[("a", "b")]);
        assert_eq!(renamed, "b <> 'a' AND 'it''s a' <> b OR b IN ('ü', '')");
    }
}
