use insta::assert_snapshot;

use super::ALL;
use crate::{
    Cursor, Syntax, TokenKind, list_items, on_one_line, outermost, reads_alike, text_of, tokens,
};

/// The tokens by kind: `w` word, `n` number, `'` text, `"` name, `@` variable; symbols bare.
fn lexed(syntax: Syntax, sql: &str) -> String {
    let letter = |kind| match kind {
        TokenKind::Word => "w",
        TokenKind::Number => "n",
        TokenKind::Text => "'",
        TokenKind::QuotedName => "\"",
        TokenKind::Variable => "@",
        TokenKind::Symbol(_) => "",
    };
    match tokens(sql, syntax) {
        Ok(tokens) => {
            let shown =
                tokens.iter().map(|token| format!("{}⟨{}⟩", letter(token.kind), token.text));
            shown.collect::<Vec<_>>().join(" ")
        }
        Err(error) => error.to_string(),
    }
}

fn by_all(sql: &str) -> String {
    ALL.map(|(syntax, name)| format!("{name:<9}{}", lexed(syntax, sql))).join("\n")
}

#[test]
fn quotes() {
    assert_snapshot!(by_all(r#"'a''b' "c""d" `e``f` [g]"#), @r#"
    sqlite   '⟨'a''b'⟩ "⟨"c""d"⟩ "⟨`e``f`⟩ "⟨[g]⟩
    postgres '⟨'a''b'⟩ "⟨"c""d"⟩ ⟨`⟩ w⟨e⟩ ⟨`⟩ ⟨`⟩ w⟨f⟩ ⟨`⟩ ⟨[⟩ w⟨g⟩ ⟨]⟩
    mysql    '⟨'a''b'⟩ '⟨"c""d"⟩ "⟨`e``f`⟩ ⟨[⟩ w⟨g⟩ ⟨]⟩
    "#);
    assert_snapshot!(by_all(r#"x'41' N'a' E'b' U&'a' u&"n" b "x" X"y""#), @r#"
    sqlite   '⟨x'41'⟩ w⟨N⟩ '⟨'a'⟩ w⟨E⟩ '⟨'b'⟩ w⟨U⟩ ⟨&⟩ '⟨'a'⟩ w⟨u⟩ ⟨&⟩ "⟨"n"⟩ w⟨b⟩ "⟨"x"⟩ w⟨X⟩ "⟨"y"⟩
    postgres '⟨x'41'⟩ '⟨N'a'⟩ '⟨E'b'⟩ '⟨U&'a'⟩ "⟨u&"n"⟩ w⟨b⟩ "⟨"x"⟩ w⟨X⟩ "⟨"y"⟩
    mysql    '⟨x'41'⟩ '⟨N'a'⟩ w⟨E⟩ '⟨'b'⟩ w⟨U⟩ ⟨&⟩ '⟨'a'⟩ w⟨u⟩ ⟨&⟩ '⟨"n"⟩ w⟨b⟩ '⟨"x"⟩ w⟨X⟩ '⟨"y"⟩
    "#);
    assert_snapshot!(lexed(Syntax::Postgres, r"E'it\'s' e'\\' 'back\'"), @r"'⟨E'it\'s'⟩ '⟨e'\\'⟩ '⟨'back\'⟩");
    assert_snapshot!(lexed(Syntax::Mysql, r"'it\'s' n'\'' `b\`"), @r#"'⟨'it\'s'⟩ '⟨n'\''⟩ "⟨`b\`⟩"#);
    assert_snapshot!(by_all("$1 $$a$$ $t$ $$ $t$ a$$"), @"
    sqlite   w⟨$1⟩ w⟨$$a$$⟩ w⟨$t$⟩ w⟨$$⟩ w⟨$t$⟩ w⟨a$$⟩
    postgres w⟨$1⟩ '⟨$$a$$⟩ '⟨$t$ $$ $t$⟩ w⟨a$$⟩
    mysql    w⟨$1⟩ w⟨$$a$$⟩ w⟨$t$⟩ w⟨$$⟩ w⟨$t$⟩ w⟨a$$⟩
    ");
}

#[test]
fn numbers_and_names() {
    assert_snapshot!(by_all("1 1.5 1e-3 0x1F 2fa a1 a.b 1..2 é_ü"), @"
    sqlite   n⟨1⟩ n⟨1.5⟩ n⟨1e-3⟩ n⟨0x1F⟩ n⟨2fa⟩ w⟨a1⟩ w⟨a⟩ ⟨.⟩ w⟨b⟩ n⟨1⟩ ⟨.⟩ ⟨.⟩ n⟨2⟩ w⟨é_ü⟩
    postgres n⟨1⟩ n⟨1.5⟩ n⟨1e-3⟩ n⟨0x1F⟩ n⟨2fa⟩ w⟨a1⟩ w⟨a⟩ ⟨.⟩ w⟨b⟩ n⟨1⟩ ⟨.⟩ ⟨.⟩ n⟨2⟩ w⟨é_ü⟩
    mysql    n⟨1⟩ n⟨1.5⟩ n⟨1e-3⟩ n⟨0x1F⟩ w⟨2fa⟩ w⟨a1⟩ w⟨a⟩ ⟨.⟩ w⟨b⟩ n⟨1⟩ ⟨.⟩ ⟨.⟩ n⟨2⟩ w⟨é_ü⟩
    ");
}

#[test]
fn variables_and_accounts() {
    let sql = "@a @`b c` @@global.x @'d' root@localhost 'root'@'%' `r`@`h` a.@b";
    assert_snapshot!(lexed(Syntax::Mysql, sql), @r#"@⟨@a⟩ @⟨@`b c`⟩ @⟨@@global.x⟩ @⟨@'d'⟩ w⟨root⟩ ⟨@⟩ w⟨localhost⟩ '⟨'root'⟩ ⟨@⟩ '⟨'%'⟩ "⟨`r`⟩ ⟨@⟩ "⟨`h`⟩ w⟨a⟩ ⟨.⟩ @⟨@b⟩"#);
    assert_snapshot!(lexed(Syntax::Postgres, "@a <@ b"), @"⟨@⟩ w⟨a⟩ ⟨<⟩ ⟨@⟩ w⟨b⟩");
}

#[test]
fn comments() {
    assert_snapshot!(by_all("1 -- a\r2\n3 /* b /* c */ 4 */ 5"), @"
    sqlite   n⟨1⟩ n⟨3⟩ n⟨4⟩ ⟨*⟩ ⟨/⟩ n⟨5⟩
    postgres n⟨1⟩ n⟨2⟩ n⟨3⟩ n⟨5⟩
    mysql    n⟨1⟩ n⟨3⟩ n⟨4⟩ ⟨*⟩ ⟨/⟩ n⟨5⟩
    ");
    assert_snapshot!(by_all("1 --2\n, 3 # 4\n, /*! 5 */ /*!50000 '*/' */ /*M!999999 ' */ 6"), @"
    sqlite   n⟨1⟩ ⟨,⟩ n⟨3⟩ ⟨#⟩ n⟨4⟩ ⟨,⟩ '⟨' */ /*M!999999 '⟩ ⟨*⟩ ⟨/⟩ n⟨6⟩
    postgres n⟨1⟩ ⟨,⟩ n⟨3⟩ ⟨#⟩ n⟨4⟩ ⟨,⟩ '⟨' */ /*M!999999 '⟩ ⟨*⟩ ⟨/⟩ n⟨6⟩
    mysql    n⟨1⟩ ⟨-⟩ ⟨-⟩ n⟨2⟩ ⟨,⟩ n⟨3⟩ ⟨,⟩ n⟨5⟩ '⟨'*/'⟩ n⟨6⟩
    ");
}

#[test]
fn what_is_in_quotes() {
    let unquoted = |syntax, sql| -> Vec<String> {
        let tokens = tokens(sql, syntax).unwrap();
        tokens.iter().map(|token| token.unquoted().into_owned()).collect()
    };
    let sqlite = unquoted(Syntax::Sqlite, r#"'it''s' "a""b" `c``d` [e"f] x'41' g"#);
    assert_eq!(sqlite, ["it's", "a\"b", "c`d", "e\"f", "41", "g"]);
    let postgres = unquoted(Syntax::Postgres, "$$$$ $t$a$b$t$ E'a\\'b' U&\"n\" $1");
    assert_eq!(postgres, ["", "a$b", "a\\'b", "n", "$1"]);
    let mysql = tokens("@A @`B c` @@d @'e' f", Syntax::Mysql).unwrap();
    let variables: Vec<_> = mysql.iter().map(|token| token.user_variable()).collect();
    let some = |name: &str| Some(name.to_owned());
    assert_eq!(variables, [some("a"), some("b c"), None, some("e"), None]);
}

#[test]
fn parts_of_a_definition() {
    let sql = "CREATE TABLE t (a int, b decimal(1, 2) /* c */ CHECK (b > 0)) STRICT, x";
    let tokens = tokens(sql, Syntax::Sqlite).unwrap();
    let mut cursor = Cursor::new(&tokens);
    assert!(cursor.skip_words(&["CREATE", "TABLE"]) && !cursor.skip_word("IF"));
    assert_eq!(cursor.name().as_deref(), Some("t"));
    let body = cursor.group().unwrap();
    let items: Vec<&str> = list_items(body).map(|item| text_of(sql, item)).collect();
    assert_eq!(items, ["a int", "b decimal(1, 2) /* c */ CHECK (b > 0)"]);
    assert_eq!(text_of(sql, cursor.rest()), "STRICT, x");
    let outer: Vec<&str> = outermost(&tokens).map(|token| token.text).collect();
    assert_eq!(outer, ["CREATE", "TABLE", "t", "STRICT", ",", "x"]);
}

#[test]
fn texts_that_read_alike() {
    let rows = [
        ("SELECT a FROM t", "select  A /* b */ from\nT", "spm"),
        ("\"a\" > 0", "a > 0", "sp-"),
        ("`a` > 0", "a > 0", "s-m"),
        ("\"A\" > 0", "a > 0", "s--"),
        ("\"a\" > 0", "\"A\" > 0", "s--"),
        ("a <> 'b'", "a <> 'B'", "---"),
        ("a > 0", "a > 00", "---"),
        ("a", "a b", "---"),
        ("a", "'a'", "---"),
    ];
    for (a, b, expected) in rows {
        let letter = |(syntax, name): (Syntax, &str)| {
            if reads_alike(a, b, syntax).unwrap() { &name[..1] } else { "-" }.to_owned()
        };
        assert_eq!(ALL.map(letter).concat(), expected, "{a} and {b}");
    }
}

#[test]
fn a_text_on_one_line() {
    let sql =
        "CREATE TABLE t ( -- the table\n  a int DEFAULT 'b  c',\r\n  d text DEFAULT 'e\n f'\n)";
    assert_eq!(
        on_one_line(sql, Syntax::Sqlite),
        "CREATE TABLE t ( a int DEFAULT 'b  c', d text DEFAULT 'e f' )"
    );
    assert_eq!(on_one_line("SELECT 'a \n b", Syntax::Sqlite), "SELECT 'a b");
}
