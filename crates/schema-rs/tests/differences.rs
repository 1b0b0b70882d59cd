//! How two texts of a `schema.rs` are compared.

use insta::assert_snapshot;
use schema_rs::differences;

const PRINTED: &str = r#"
// @generated automatically by Diesel CLI.

pub mod sql_types {
    #[derive(diesel::sql_types::SqlType)]
    #[diesel(postgres_type(name = "mood"))]
    pub struct Mood;
}

diesel::table! {
    use diesel::sql_types::*;
    use super::sql_types::Mood;

    users (id) {
        id -> Int4,
        #[max_length = 20]
        name -> Varchar,
        mood -> Nullable<Mood>,
        #[sql_name = "type"]
        type_ -> Array<Nullable<Text>>,
    }
}

diesel::table! {
    archive.posts (user_id, number) {
        user_id -> Int4,
        number -> Int8,
    }
}

diesel::table! {
    tags (id) {
        id -> Int4,
    }
}

diesel::joinable!(posts -> users (user_id));

diesel::allow_tables_to_appear_in_same_query!(posts, tags, users,);
"#;

fn found(printed: &str, declared: &str) -> String {
    match differences(printed, declared) {
        Ok(differences) => {
            let lines: Vec<String> = differences.iter().map(ToString::to_string).collect();
            if lines.is_empty() { "equal".to_owned() } else { lines.join("\n") }
        }
        Err(unreadable) => format!("error (printed: {}): {unreadable}", unreadable.is_printed),
    }
}

#[test]
fn equal_means_equal_for_diesel() {
    let rows: &[&[(&str, &str)]] = &[
        &[],
        // Other names of the same types, and paths to them.
        &[("id -> Int4", "id -> diesel::sql_types::Integer"), ("-> Varchar", "-> Text")],
        &[("number -> Int8", "number -> BigInt"), ("Nullable<Mood>", "Nullable<sql_types::Mood>")],
        // The order of tables, what documents them, and other code.
        &[
            ("(posts, tags, users,)", "(users, tags, posts)"),
            ("tags (id)", "/// Tags.\n tags (id)"),
        ],
        &[("diesel::joinable!", "use crate::x;\nfn f() {}\ndiesel::joinable!")],
        &[("diesel::joinable!(posts", "joinable!(self::posts")],
        &[("tags (id)", "tags")],
        &[("#[sql_name = \"type\"]\n        type_", "#[sql_name = \"type\"]\n r#type_")],
    ];
    for changes in rows {
        let declared = changes.iter().fold(PRINTED.to_owned(), |text, (from, to)| {
            assert!(text.contains(from), "{from}");
            text.replacen(from, to, 1)
        });
        assert_eq!(found(PRINTED, &declared), "equal", "{changes:?}");
    }
}

#[test]
fn each_difference_is_named() {
    let rows: &[(&str, &str, &[&str])] = &[
        (
            "Nullable<Mood>",
            "Mood",
            &["table users: column mood is Mood in schema.rs, Nullable<Mood> in the database"],
        ),
        (
            "name -> Varchar,",
            "name -> Varchar,\n        email -> Text,",
            &["table users: column email is not in the database"],
        ),
        (
            "        mood -> Nullable<Mood>,\n",
            "",
            &["table users: column mood (Nullable<Mood>) is not in schema.rs"],
        ),
        (
            "#[max_length = 20]",
            "#[max_length = 30]",
            &["table users: the max_length of column name is 30 in schema.rs, 20 in the database"],
        ),
        (
            "#[max_length = 20]\n",
            "\n",
            &[
                "table users: the max_length of column name is none in schema.rs, 20 in the database",
            ],
        ),
        (
            "type_ ->",
            "kind ->",
            &["table users: the Rust name of column type is kind in schema.rs, type_ in the \
               database"],
        ),
        (
            "(user_id, number)",
            "(number, user_id)",
            &["table archive.posts: its primary key is (number, user_id) in schema.rs, \
               (user_id, number) in the database"],
        ),
        (
            "user_id -> Int4,\n        number -> Int8,",
            "number -> Int8,\n        user_id -> Int4,",
            &["table archive.posts: the order of its columns is number, user_id in schema.rs, \
               user_id, number in the database"],
        ),
        (
            "archive.posts",
            "posts",
            &[
                "table archive.posts: it is not in schema.rs",
                "table posts: it is not in the database",
            ],
        ),
        (
            "tags (id)",
            "#[sql_name = \"tags\"]\n    labels (id)",
            &["table tags: its Rust name is labels in schema.rs, tags in the database"],
        ),
        (
            "diesel::table! {\n    tags (id)",
            "diesel::view! {\n    tags",
            &["table tags: it is a view in schema.rs, a table in the database"],
        ),
        (
            "(posts, tags, users,)",
            "(posts, users,)",
            &[
                "table posts: it can't appear in one query in schema.rs with tags",
                "table tags: it can't appear in one query in schema.rs with users",
            ],
        ),
        (
            "joinable!(posts -> users (user_id))",
            "joinable!(posts -> users (id))",
            &[
                "joinable!(posts -> users (user_id)) is not in schema.rs",
                "joinable!(posts -> users (id)) is only in schema.rs",
            ],
        ),
        (
            "name = \"mood\"",
            "name = \"moods\"",
            &["type Mood is postgres_type(name=\"moods\") in schema.rs, \
               postgres_type(name=\"mood\") in the database"],
        ),
        (
            "pub struct Mood;",
            "pub struct Feeling;",
            &["type Mood is not in schema.rs", "type Feeling is not in the database"],
        ),
    ];
    for (from, to, expected) in rows {
        assert!(PRINTED.contains(from), "{from}");
        assert_eq!(found(PRINTED, &PRINTED.replacen(from, to, 1)), expected.join("\n"));
    }
    let (without_tags, _) = PRINTED.split_once("diesel::table! {\n    tags").expect("the table");
    let added = format!("{without_tags}diesel::table! {{ tags (id) {{ id -> Int4, }} }}");
    assert_eq!(
        found(&added, PRINTED),
        "joinable!(posts -> users (user_id)) is only in schema.rs\n\
         table posts: it can appear in one query only in schema.rs with tags, users\n\
         table tags: it can appear in one query only in schema.rs with users"
    );
}

#[test]
fn a_text_that_can_not_be_read_is_told_by_its_line() {
    let broken = PRINTED.replace("id -> Int4", "id = Int4");
    let texts = [found(PRINTED, &broken), found(&broken, PRINTED), found(PRINTED, "mod {")];
    assert_snapshot!(texts.join("\n"), @"
    error (printed: false): line 15: expected `->`
    error (printed: true): line 15: expected `->`
    error (printed: false): line 1: cannot parse string into token stream
    ");
}
