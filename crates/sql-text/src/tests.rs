//! Tables of texts, and how each is read.

mod client;
mod expressions;
mod kinds;
mod lexing;
mod predicates;
mod properties;
mod shown;
mod splitting;
mod statements;

use crate::{Statement, Syntax, split};

const ALL: [(Syntax, &str); 3] =
    [(Syntax::Sqlite, "sqlite"), (Syntax::Postgres, "postgres"), (Syntax::Mysql, "mysql")];

#[test]
fn a_comment_does_not_hide_that_a_table_is_dropped() {
    for (syntax, name) in ALL {
        let statements = split("DROP /* old */ TABLE t", syntax).unwrap();
        assert!(statements.iter().any(|statement| statement.kind.drops_table()), "{name}");
        assert!(Statement::unplaced("DROP -- old\nTABLE t", syntax).kind.drops_table(), "{name}");
    }
}
