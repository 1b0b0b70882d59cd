//! What is printed for relations and options.

use std::path::Path;

use insta::assert_snapshot;
use schema_rs::{DieselToml, print};
use sql_dialect::BackendKind;
use sql_dialect::relations::{
    Reference, Relation, RelationColumn, RelationKind, RelationName, Relations,
};

/// Relations from lines such as `users (id): id integer, name? text(20)` and `posts.user_id ->
/// users.id`. A view has no key, and `?` allows NULL.
fn relations(lines: &str) -> Relations {
    let mut relations = Relations::default();
    for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if let Some((child, parent)) = line.split_once(" -> ") {
            let side = |side: &str| {
                let (table, columns) = side.split_once('.').expect("a table and its columns");
                (name(table), columns.split('+').map(ToOwned::to_owned).collect())
            };
            let ((table, columns), (foreign_table, foreign_columns)) = (side(child), side(parent));
            let reference = Reference { table, foreign_table, columns, foreign_columns };
            relations.references.push(reference);
            continue;
        }
        let (head, columns) = line.split_once(": ").expect("a name and columns");
        let (table, key) = head.split_once(" (").unwrap_or((head, ")"));
        let key = key.trim_end_matches(')');
        relations.relations.push(Relation {
            name: name(table),
            kind: if head.contains('(') { RelationKind::Table } else { RelationKind::View },
            columns: columns.split(", ").map(column).collect(),
            primary_key: key.split_whitespace().map(ToOwned::to_owned).collect(),
            comment: None,
        });
    }
    relations
}

fn name(name: &str) -> RelationName {
    RelationName { name: name.to_owned(), schema: None }
}

fn column(text: &str) -> RelationColumn {
    let (name, sql_type) = text.split_once(' ').unwrap_or((text, ""));
    let length = sql_type.split(['(', ')']).nth(1);
    RelationColumn {
        name: name.trim_end_matches('?').to_owned(),
        sql_type: sql_type.to_owned(),
        type_schema: None,
        domain: None,
        nullable: name.ends_with('?'),
        length_max: length.and_then(|length| length.parse().ok()),
        comment: None,
    }
}

fn printed(kind: BackendKind, options: &str, lines: &str) -> String {
    let toml = DieselToml::parse(&format!("[print_schema]\n{options}"), Path::new("diesel.toml"));
    let toml = toml.expect("the options are right");
    match print(&relations(lines), kind, &toml.schemas["default"]) {
        Ok(text) => text,
        Err(error) => format!("error:\n{error}"),
    }
}

const BLOG: &str = "
    comments (post_id number): post_id integer, number integer, text text
    posts (id): id integer, author integer, reviewer? integer, type text
    tags (id): id integer
    top_posts: id? integer
    users (id): id integer, users text, best_post? integer
    comments.post_id -> posts.id
    posts.author -> users.id
    posts.reviewer -> users.id
    users.best_post -> users.id
";

#[test]
fn tables_keys_and_what_belongs_together() {
    assert_snapshot!(printed(BackendKind::Sqlite, "", BLOG), @r#"
    // @generated automatically by Diesel CLI.

    diesel::table! {
        comments (post_id, number) {
            post_id -> Integer,
            number -> Integer,
            text -> Text,
        }
    }

    diesel::table! {
        posts (id) {
            id -> Integer,
            author -> Integer,
            reviewer -> Nullable<Integer>,
            #[sql_name = "type"]
            type_ -> Text,
        }
    }

    diesel::table! {
        tags (id) {
            id -> Integer,
        }
    }

    diesel::table! {
        users (id) {
            id -> Integer,
            #[sql_name = "users"]
            users_ -> Text,
            best_post -> Nullable<Integer>,
        }
    }

    diesel::joinable!(comments -> posts (post_id));

    diesel::allow_tables_to_appear_in_same_query!(comments, posts, tags, users,);
    "#);
}

#[test]
fn options_are_followed() {
    let rows = [
        r#"filter = { only_tables = ["^t", "users"] }"#,
        "column_sorting = \"name\"\nallow_tables_to_appear_in_same_query_config = \"fk_related_tables\"\n\
         filter = { except_tables = [\"tags\", \"users\"] }",
        "allow_tables_to_appear_in_same_query_config = \"none\"\ninclude_views = true\n\
         import_types = [\"crate::types::*\"]\nfilter = { only_tables = [\"top\"] }\nwith_docs = true",
    ];
    let texts = rows.map(|options| {
        format!(
            "# {}\n{}",
            options.replace('\n', "\n# "),
            printed(BackendKind::Sqlite, options, BLOG)
        )
    });
    assert_snapshot!(texts.join("\n"), @r#"
    # filter = { only_tables = ["^t", "users"] }
    // @generated automatically by Diesel CLI.

    diesel::table! {
        tags (id) {
            id -> Integer,
        }
    }

    diesel::table! {
        users (id) {
            id -> Integer,
            #[sql_name = "users"]
            users_ -> Text,
            best_post -> Nullable<Integer>,
        }
    }

    diesel::allow_tables_to_appear_in_same_query!(tags, users,);

    # column_sorting = "name"
    # allow_tables_to_appear_in_same_query_config = "fk_related_tables"
    # filter = { except_tables = ["tags", "users"] }
    // @generated automatically by Diesel CLI.

    diesel::table! {
        comments (post_id, number) {
            number -> Integer,
            post_id -> Integer,
            text -> Text,
        }
    }

    diesel::table! {
        posts (id) {
            author -> Integer,
            id -> Integer,
            reviewer -> Nullable<Integer>,
            #[sql_name = "type"]
            type_ -> Text,
        }
    }

    diesel::joinable!(comments -> posts (post_id));

    diesel::allow_tables_to_appear_in_same_query!(comments, posts,);

    # allow_tables_to_appear_in_same_query_config = "none"
    # include_views = true
    # import_types = ["crate::types::*"]
    # filter = { only_tables = ["top"] }
    # with_docs = true
    // @generated automatically by Diesel CLI.

    diesel::view! {
        use crate::types::*;

        /// Representation of the `top_posts` view.
        ///
        /// (Automatically generated by Diesel.)
        top_posts {
            /// The `id` column of the `top_posts` view.
            ///
            /// Its SQL type is `Nullable<Integer>`.
            ///
            /// (Automatically generated by Diesel.)
            id -> Nullable<Integer>,
        }
    }
    "#);
}

#[test]
fn many_tables_and_derives_are_on_a_line_each() {
    let tables: String =
        (10..20).map(|number| format!("a_table_{number} (id): id int4, mood mood\n")).collect();
    let options = "custom_type_derives = [\"diesel::query_builder::QueryId\", \"Clone\", \"Copy\", \
                   \"Debug\", \"PartialEq\", \"Eq\"]\nfilter = { except_tables = [\"1[1-8]\"] }";
    assert_snapshot!(printed(BackendKind::Postgres, options, &tables), @r#"
    // @generated automatically by Diesel CLI.

    pub mod sql_types {
        #[derive(
            diesel::query_builder::QueryId,
            Clone,
            Copy,
            Debug,
            PartialEq,
            Eq,
            diesel::sql_types::SqlType,
        )]
        #[diesel(postgres_type(name = "mood"))]
        pub struct Mood;
    }

    diesel::table! {
        use diesel::sql_types::*;
        use super::sql_types::Mood;

        a_table_10 (id) {
            id -> Int4,
            mood -> Mood,
        }
    }

    diesel::table! {
        use diesel::sql_types::*;
        use super::sql_types::Mood;

        a_table_19 (id) {
            id -> Int4,
            mood -> Mood,
        }
    }

    diesel::allow_tables_to_appear_in_same_query!(a_table_10, a_table_19,);
    "#);
    let names =
        printed(BackendKind::Postgres, "generate_missing_sql_type_definitions = false", &tables);
    let (_, names) = names.split_once("diesel::allow").expect("the tables");
    assert_snapshot!(names, @"
    _tables_to_appear_in_same_query!(
        a_table_10,
        a_table_11,
        a_table_12,
        a_table_13,
        a_table_14,
        a_table_15,
        a_table_16,
        a_table_17,
        a_table_18,
        a_table_19,
    );
    ");
}

#[test]
fn what_diesel_can_not_describe_is_named_at_once() {
    let rows = [
        (BackendKind::Sqlite, "", "a (): b geometry\nb (): a integer"),
        (BackendKind::Sqlite, "schema = \"other\"", "a (id): id integer"),
        (BackendKind::Postgres, "", "a (): a int4\nb (): a int4"),
        (BackendKind::Mysql, "", "a (id): id int(11), b double unsigned zerofill, c lol wat"),
    ];
    let texts = rows.map(|(kind, options, tables)| printed(kind, options, tables));
    assert_snapshot!(texts.join("\n\n"), @"
    error:
    table a: Diesel has no type for `geometry` of column b

    error:
    sqlite has no schemas, so there is no schema other

    error:
    table a: it has no primary key, and Diesel can't describe a table without one
    table b: it has no primary key, and Diesel can't describe a table without one

    error:
    table a: Diesel has no type for `lol wat` of column c
    ");
}
