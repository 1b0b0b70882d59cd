use crate::{Expression, Syntax};

fn read(text: &str) -> Expression<'_> {
    Expression::read(text, Syntax::Portable).unwrap()
}

#[test]
fn columns_are_mentioned_as_whole_names_outside_of_texts() {
    let rows = [
        ("cents > 0", true),
        ("\"cents\" > 0", true),
        ("`cents` > 0", true),
        ("t.cents > 0", true),
        ("cents_due > 0", false),
        ("abs(Cents)", true),
        ("cents(a)", false),
        ("cents", true),
        ("", false),
        ("kind <> 'cents'", false),
        ("kind <> 'it''s cents' AND cents > 0", true),
        ("kind <> 'it''s' AND cents > 0", true),
        ("\"it's cents\" > 0 AND kind <> 'x'", false),
        ("\"a cents b\" > 0", false),
        ("x'41' = a /* cents */ -- cents", false),
    ];
    for (expression, expected) in rows {
        assert_eq!(read(expression).mentions("cents"), expected, "{expression}");
    }
    // Neither a word of SQL nor the prefix of a text is a column.
    assert!(!read("CASE WHEN a IN (1) THEN 1 END").mentions("end"));
    assert!(read("\"end\" > 0").mentions("end"));
    assert!(!read("a = x'41'").mentions("x"));
    let error = Expression::read("kind <> 'never closed, cents", Syntax::Portable).unwrap_err();
    assert_eq!(error.to_string(), "line 1: this quote is never closed");
}

#[test]
fn names_are_replaced_all_at_once() {
    let rows = [
        ("a > 0 AND \"b\" < a_b - a", "b > 0 AND \"c\" < a_b - b"),
        (
            "a <> 'a' AND 'it''s a' <> a OR a IN ('ü', '')",
            "b <> 'a' AND 'it''s a' <> b OR b IN ('ü', '')",
        ),
        ("\"a a\" > a", "\"a a\" > b"),
        ("a(A) /* a */ > `a`", "a(b) /* a */ > `b`"),
    ];
    for (expression, expected) in rows {
        let renamed = read(expression).with_renamed(&[("a", "b"), ("b", "c")]);
        assert_eq!(renamed, expected);
    }
    assert_eq!(
        read("\"a\" = a").with_renamed(&[("a", "say \"hi\"")]),
        "\"say \"\"hi\"\"\" = say \"hi\""
    );
}

#[test]
fn what_is_in_an_expression() {
    let text = "/* why */ coalesce(a, 'b;c') || \"count\" > length(trim(d)) AND e IN (1, 2) ";
    let expression = read(text);
    assert_eq!(expression.calls().collect::<Vec<_>>(), ["coalesce", "length", "trim"]);
    let names: Vec<_> = expression.names().map(|token| token.text).collect();
    assert_eq!(names, ["a", "\"count\"", "d", "e"]);
    assert_eq!(expression.comments(), ["/* why */"]);
    assert_eq!(expression.trimmed(), text[10..].trim_end());
    assert!(expression.has_operator("||") && expression.has_operator(">"));
    assert!(!expression.has_operator(";") && !expression.has_operator("|||"));
    assert!(!read("a | | b").has_operator("||"));
    assert!(expression.is_balanced() && !expression.is_empty());
    assert!(read(" -- nothing\n").is_empty());
    for unbalanced in ["a > 0) OR (1 = 1", "(a > 0", "a > 0)"] {
        assert!(!read(unbalanced).is_balanced(), "{unbalanced}");
    }
    assert!(read("a > ')'").is_balanced());
}

#[test]
fn tokens_are_replaced() {
    let rows = [
        (r#""order" > 0 AND "a" < b"#, "`order` > 0 AND `a` < b"),
        (r#"kind <> 'say "hi"' OR "kind" = ''"#, r#"kind <> 'say "hi"' OR `kind` = ''"#),
        (
            r#"`order` <> 'it''s "' AND /* "b" */ "c`" > 0"#,
            r#"`order` <> 'it''s "' AND /* "b" */ `c``` > 0"#,
        ),
    ];
    for (declared, expected) in rows {
        let mysql = read(declared).replaced(|token| {
            let is_standard = token.text.starts_with('"');
            is_standard.then(|| format!("`{}`", token.unquoted().replace('`', "``")))
        });
        assert_eq!(mysql, expected);
    }
}
