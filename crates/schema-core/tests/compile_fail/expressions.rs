//! Expressions that are not one expression, or that mean something else on some back end.

schema_core::tenant_schema! {
    #[check(kind, "kind <> \"draft\"")]
    #[check(quoted, "\"order\" > 0 AND kind <> 'a \"b\"'")]
    #[index(order, where = "\"state\" = 'open'", mysql = full)]
    notes (id) {
        id -> BigInt,
        #[backfill("kind || 'x; -- /*'")]
        joined -> Text,
        #[backfill("id; DROP TABLE notes -- /*")]
        ended -> BigInt,
        order -> Integer,
        #[max_length = 10]
        kind -> Varchar,
    }

    #[check(ended, "size > 0) OR (1 = 1")]
    #[check(open, "(size > 0")]
    #[check(quote, "kind <> 'draft")]
    #[check(name, "\"size > 0")]
    #[check(comment, "size > 0 /* and more")]
    #[check(why, "size > 0 /* why */")]
    #[check(nothing, "/* size > 0 */")]
    #[index(size, where = "-- size > 0", mysql = none)]
    #[check(in_a_text, "kind <> ')' AND kind <> ';' AND kind <> '\"none\"'")]
    drafts (id) {
        id -> BigInt,
        #[backfill("/* 0 */")]
        size -> Integer,
        // The apostrophe in the name opens no text.
        #[backfill("coalesce(\"it's\", 'none') || id")]
        #[max_length = 10]
        kind -> Varchar,
    }

    #[check(half, "size / 2 = 1")]
    #[check(fraction, "size / 2.0 = 1 AND ratio / size > 2")]
    #[check(pattern, "kind LIKE note")]
    #[check(escape, r"kind LIKE 'a\_%'")]
    #[check(empty, "concat(kind, note) <> ''")]
    #[check(left, "left(kind, 1) = 'a'")]
    #[check(glob, "kind GLOB 'a*'")]
    #[check(own, "size / 2 = 1", mysql = "size DIV 2 = 1")]
    #[check(twice, "size > 0", mysql = "size > 1", mysql = "size > 2")]
    #[check(unknown, "size > 0", oracle = "size > 1")]
    #[index(size, where = "size / 2 = 1", mysql = none)]
    #[index(size, where = "size > 0", mysql = "size > 1", name = servers)]
    #[index(size, where = "size > 0", postgres = 1, mysql = full, name = number)]
    #[index(size, postgres = "size > 0", name = missing)]
    #[index(size, where = "size / 2 = 1", postgres = "(size / 2 = 1", mysql = none, name = open)]
    meanings (id) {
        id -> BigInt,
        #[backfill("id / 2", mysql = "id DIV 2")]
        half -> BigInt,
        #[backfill("id", mysql = "id;")]
        ended -> BigInt,
        #[backfill("id", oracle = "id")]
        unknown -> BigInt,
        #[backfill("id", sqlite = id)]
        unquoted -> BigInt,
        size -> Integer,
        ratio -> Double,
        #[max_length = 10]
        #[backfill("if(size > 1, 'a', 'b')")]
        kind -> Varchar,
        note -> Nullable<Text>,
    }
}

fn main() {}
