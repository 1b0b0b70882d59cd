//! What clients of a real database see of it, as the text of a `schema.rs`.

use db_backend::{BackendKind, Scratch};
use insta::assert_snapshot;
use schema_rs::{Docs, PrintSchema, print};

use crate::support::cases::test_on;
use crate::support::server::{TestServer, on_server};

test_on! {
    sqlite, postgres, mysql: on_server {
        a_database_is_printed,
        a_schema_is_printed,
        a_declared_schema_is_printed_as_its_database,
    }
}

fn scratch(server: &TestServer, sql: &str) -> Scratch {
    let mut scratch = Scratch::on(server.url()).unwrap();
    for statement in sql_text::split(sql, server.kind().syntax()).unwrap() {
        scratch.connection().execute(&statement.sql).unwrap();
    }
    scratch
}

fn printed(scratch: &mut Scratch, options: &PrintSchema) -> String {
    let relations = scratch.connection().relations(options.schema.as_deref()).unwrap();
    let text = print(&relations, scratch.dialect().kind(), options).unwrap();
    assert_eq!(schema_rs::differences(&text, &text).unwrap(), []);
    text
}

fn a_database_is_printed(server: &TestServer) {
    let documented =
        PrintSchema { with_docs: Docs::Comments, include_views: true, ..PrintSchema::default() };
    match server.kind() {
        BackendKind::Sqlite => {
            let mut scratch = scratch(server, SQLITE);
            assert_snapshot!(printed(&mut scratch, &documented), @r#"
            // @generated automatically by Diesel CLI.

            diesel::table! {
                comments (number, post) {
                    number -> Integer,
                    post -> Integer,
                    at -> Nullable<Timestamp>,
                    words -> Nullable<Integer>,
                }
            }

            diesel::table! {
                #[sql_name = "hour-rates"]
                hour_rates (rowid) {
                    rowid -> Integer,
                    from -> Nullable<Time>,
                    #[sql_name = "type"]
                    type_ -> Nullable<Bool>,
                    any -> Nullable<Binary>,
                }
            }

            diesel::table! {
                posts (id) {
                    id -> Nullable<Integer>,
                    title -> Text,
                    score -> Nullable<Double>,
                }
            }

            diesel::view! {
                titles {
                    title -> Nullable<Text>,
                }
            }

            diesel::joinable!(comments -> posts (post));

            diesel::allow_tables_to_appear_in_same_query!(comments, hour_rates, posts, titles,);
            "#);
            let with_big_keys = PrintSchema {
                sqlite_integer_primary_key_is_bigint: true,
                ..PrintSchema::default()
            };
            let text = printed(&mut scratch, &with_big_keys);
            let big: Vec<&str> = text.lines().filter(|line| line.contains("BigInt")).collect();
            assert_eq!(
                big.join("\n").replace("        ", ""),
                "post -> BigInt,\nrowid -> BigInt,\nid -> Nullable<BigInt>,"
            );
        }
        BackendKind::Postgres => {
            assert_snapshot!(printed(&mut scratch(server, POSTGRES), &documented), @r#"
            // @generated automatically by Diesel CLI.

            pub mod sql_types {
                #[derive(diesel::sql_types::SqlType)]
                #[diesel(postgres_type(name = "mood"))]
                pub struct Mood;
            }

            diesel::table! {
                comments (post, number) {
                    number -> Int4,
                    post -> Int8,
                    answer -> Nullable<Int4>,
                }
            }

            diesel::table! {
                use diesel::sql_types::*;
                use super::sql_types::Mood;

                /// What people wrote.
                posts (id) {
                    id -> Int8,
                    /// At most 20 characters.
                    ///
                    /// Never empty.
                    #[max_length = 20]
                    title -> Varchar,
                    score -> Nullable<Numeric>,
                    tags -> Array<Nullable<Text>>,
                    mood -> Nullable<Mood>,
                    moods -> Nullable<Array<Nullable<Mood>>>,
                    #[max_length = 4]
                    flags -> Nullable<Bit>,
                    #[max_length = 7]
                    slug -> Varchar,
                    at -> Nullable<Timestamptz>,
                }
            }

            diesel::view! {
                titles {
                    #[max_length = 20]
                    title -> Nullable<Varchar>,
                }
            }

            diesel::joinable!(comments -> posts (post));

            diesel::allow_tables_to_appear_in_same_query!(comments, posts, titles,);
            "#);
        }
        BackendKind::Mysql => {
            assert_snapshot!(printed(&mut scratch(server, MYSQL), &documented), @r#"
            // @generated automatically by Diesel CLI.

            pub mod sql_types {
                #[derive(diesel::sql_types::SqlType)]
                #[diesel(mysql_type(name = "Enum"))]
                pub struct PostsMoodEnum;
            }

            diesel::table! {
                comments (post, number) {
                    number -> Integer,
                    post -> Unsigned<Bigint>,
                    answer -> Nullable<Integer>,
                }
            }

            diesel::table! {
                use diesel::sql_types::*;
                use super::sql_types::PostsMoodEnum;

                /// What people wrote.
                posts (id) {
                    id -> Unsigned<Bigint>,
                    /// At most 20 characters.
                    #[max_length = 20]
                    title -> Varchar,
                    score -> Nullable<Decimal>,
                    #[max_length = 5]
                    mood -> Nullable<PostsMoodEnum>,
                    is_read -> Bool,
                    size -> Nullable<Tinyint>,
                    body -> Nullable<Text>,
                    at -> Nullable<Datetime>,
                    data -> Nullable<Longtext>,
                }
            }

            diesel::view! {
                /// VIEW
                titles {
                    /// At most 20 characters.
                    #[max_length = 20]
                    title -> Varchar,
                }
            }

            diesel::joinable!(comments -> posts (post));

            diesel::allow_tables_to_appear_in_same_query!(comments, posts, titles,);
            "#);
        }
    }
}

const SQLITE: &str = "
    CREATE TABLE posts (id INTEGER PRIMARY KEY, title VARCHAR(20) NOT NULL, score NUMERIC);
    CREATE TABLE comments (
        number INT NOT NULL, post INTEGER REFERENCES posts, at DATETIME, words INT AS (number + 1),
        PRIMARY KEY (post, number)
    ) WITHOUT ROWID;
    CREATE TABLE \"hour-rates\" (\"from\" TIME, \"type\" TINYINT, any);
    CREATE TABLE __hidden (id INTEGER PRIMARY KEY);
    CREATE VIEW titles AS SELECT title FROM posts";

const POSTGRES: &str = "
    CREATE TYPE mood AS ENUM ('sad', 'happy');
    CREATE DOMAIN short AS varchar(7) NOT NULL;
    CREATE TABLE posts (
        id bigserial PRIMARY KEY, title varchar(20) NOT NULL, score numeric, tags text[] NOT NULL,
        mood mood, moods mood[], flags bit(4), slug short, at timestamptz, gone int
    );
    ALTER TABLE posts DROP COLUMN gone;
    COMMENT ON TABLE posts IS 'What people wrote.';
    COMMENT ON COLUMN posts.title IS E'At most 20 characters.\n\nNever empty.';
    CREATE TABLE comments (
        number int, post bigint REFERENCES posts, answer int, PRIMARY KEY (post, number),
        FOREIGN KEY (post, answer) REFERENCES comments (post, number)
    );
    CREATE TABLE __hidden (id int PRIMARY KEY);
    CREATE VIEW titles AS SELECT title FROM posts";

const MYSQL: &str = "
    CREATE TABLE posts (
        id bigint unsigned AUTO_INCREMENT PRIMARY KEY,
        title varchar(20) NOT NULL COMMENT 'At most 20 characters.',
        score decimal(10, 2), mood enum('sad', 'happy'), is_read bool NOT NULL, size tinyint,
        body text, at datetime(6), data json
    ) COMMENT 'What people wrote.';
    CREATE TABLE comments (
        number int, post bigint unsigned, answer int, PRIMARY KEY (post, number),
        FOREIGN KEY (post) REFERENCES posts (id),
        FOREIGN KEY (post, answer) REFERENCES comments (post, number)
    );
    CREATE TABLE __hidden (id int PRIMARY KEY);
    CREATE VIEW titles AS SELECT title FROM posts";

fn a_schema_is_printed(server: &TestServer) {
    let of_schema =
        |schema: &str| PrintSchema { schema: Some(schema.to_owned()), ..PrintSchema::default() };
    match server.kind() {
        BackendKind::Sqlite => {
            let mut scratch = scratch(server, "CREATE TABLE a (id INTEGER PRIMARY KEY)");
            let refused = scratch.connection().relations(Some("other")).unwrap_err();
            assert_snapshot!(refused, @"SQLite has no schema `other`");
        }
        BackendKind::Postgres => {
            let sql = "
                CREATE SCHEMA archive;
                CREATE TYPE archive.mood AS ENUM ('sad');
                CREATE TABLE users (id int PRIMARY KEY);
                CREATE TABLE archive.posts (
                    id int PRIMARY KEY, mood archive.mood NOT NULL, \"user\" int REFERENCES users
                );
                CREATE TABLE archive.\"comment s\" (id int PRIMARY KEY, post int REFERENCES archive.posts)";
            let text = printed(&mut scratch(server, sql), &of_schema("archive"));
            assert_snapshot!(text, @r#"
            // @generated automatically by Diesel CLI.

            pub mod archive {
                pub mod sql_types {
                    #[derive(diesel::sql_types::SqlType)]
                    #[diesel(postgres_type(name = "mood", schema = "archive"))]
                    pub struct Mood;
                }

                diesel::table! {
                    #[sql_name = "archive.comment s"]
                    archive.comment_s (id) {
                        id -> Int4,
                        post -> Nullable<Int4>,
                    }
                }

                diesel::table! {
                    use diesel::sql_types::*;
                    use super::sql_types::Mood;

                    archive.posts (id) {
                        id -> Int4,
                        mood -> Mood,
                        user -> Nullable<Int4>,
                    }
                }

                diesel::joinable!(comment_s -> posts (post));

                diesel::allow_tables_to_appear_in_same_query!(comment_s, posts,);
            }
            "#);
        }
        BackendKind::Mysql => {
            let mut scratch = scratch(server, "CREATE TABLE a (id int PRIMARY KEY)");
            let own = scratch.connection().text("SELECT DATABASE()", &[]).unwrap().unwrap();
            let text = printed(&mut scratch, &of_schema(&own)).replace(&own, "own");
            assert_snapshot!(text, @"
            // @generated automatically by Diesel CLI.

            pub mod own {
                diesel::table! {
                    a (id) {
                        id -> Integer,
                    }
                }
            }
            ");
        }
    }
}

/// The print of a declared schema is that of a database which has it.
fn a_declared_schema_is_printed_as_its_database(server: &TestServer) {
    let mut scratch = Scratch::on(server.url()).unwrap();
    let schema = &declared::SCHEMA;
    let changes = schema_model::diff::diff(&schema_model::Schema::EMPTY, schema).unwrap();
    scratch.apply(&scratch.dialect().render(&changes)).unwrap();
    let version = scratch.connection().text(
        match server.kind() {
            BackendKind::Sqlite => "SELECT sqlite_version()",
            BackendKind::Postgres | BackendKind::Mysql => "SELECT version()",
        },
        &[],
    );
    let version = version.unwrap().unwrap();
    let expected = scratch.dialect().expected_relations(schema, &version);
    for is_bigint in [false, true] {
        let options = PrintSchema {
            sqlite_integer_primary_key_is_bigint: is_bigint,
            ..PrintSchema::default()
        };
        let text = print(&expected, server.kind(), &options).unwrap();
        assert_eq!(text, printed(&mut scratch, &options));
    }
}

mod declared {
    schema_core::tenant_schema! {
        notes (id) {
            #[auto_increment]
            id -> BigInt,
            #[references(companies.id, on_delete = cascade)]
            company -> Nullable<Integer>,
            #[max_length = 20]
            code -> Varchar,
            body -> Text,
            size -> SmallInt,
            is_read -> Bool,
            weight -> Nullable<Double>,
            file -> Binary,
            data -> JsonDoc,
            created_at -> UtcTimestamp,
            token -> Nullable<Uuid>,
            rating -> Float,
            price -> Numeric(10, 2),
            raw -> Json,
            born_on -> Date,
            opens_at -> Nullable<Time>,
            local_at -> Timestamp,
        }

        companies (id) {
            id -> Integer,
        }
    }
}
