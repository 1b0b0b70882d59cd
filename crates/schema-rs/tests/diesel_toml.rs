//! What a `diesel.toml` says.

use std::path::Path;

use insta::{assert_debug_snapshot, assert_snapshot};

use schema_rs::{DieselToml, Filter};

fn parse(text: &str) -> Result<DieselToml, String> {
    DieselToml::parse(text, Path::new("app/diesel.toml")).map_err(|error| error.to_string())
}

#[test]
fn an_empty_file_has_diesels_defaults() {
    let toml = parse("").expect("a file");
    assert_eq!(toml.migrations_dir, Path::new("app/migrations"));
    assert_eq!(toml.schemas.keys().collect::<Vec<_>>(), ["default"]);
    assert_eq!(toml.schemas["default"].file, None);
}

#[test]
fn everything_is_read() {
    let toml = parse(
        r#"
        [unknown]
        key = 1

        [print_schema]
        file = "src/schema.rs"
        with_docs = "only-database-comments"
        filter = { except_tables = ["^spatial_"] }
        column_sorting = "name"
        import_types = ["diesel::sql_types::*"]
        generate_missing_sql_type_definitions = false
        except_custom_type_definitions = ["Vector"]
        custom_type_derives = ["Clone"]
        patch_file = "/etc/schema.patch"
        sqlite_integer_primary_key_is_bigint = true
        pg_domains_as_custom_types = ["_id$"]
        include_views = true
        allow_tables_to_appear_in_same_query_config = "fk_related_tables"
        generate_rust_enum_definitions = true
        something_new = 7

        [print_schema.archive]
        file = "src/archive.rs"
        schema = "archive"
        with_docs = true

        [migrations_directory]
        dir = "db/migrations"
        "#,
    );
    let toml = toml.expect("a file");
    assert!(matches!(&toml.schemas["default"].filter, Filter::Except(tables) if tables.len() == 1));
    assert_debug_snapshot!(toml, @r#"
    DieselToml {
        path: "app/diesel.toml",
        migrations_dir: "app/db/migrations",
        schemas: {
            "archive": PrintSchema {
                file: Some(
                    "app/src/archive.rs",
                ),
                with_docs: CommentsOrGenerated,
                filter: All,
                column_sorting: OrdinalPosition,
                schema: Some(
                    "archive",
                ),
                import_types: [],
                without_missing_types: false,
                except_custom_type_definitions: [],
                custom_type_derives: [],
                patch_file: None,
                sqlite_integer_primary_key_is_bigint: false,
                pg_domains_as_custom_types: [],
                include_views: false,
                same_query: AllTables,
            },
            "default": PrintSchema {
                file: Some(
                    "app/src/schema.rs",
                ),
                with_docs: Comments,
                filter: Except(
                    [
                        Regex(
                            "^spatial_",
                        ),
                    ],
                ),
                column_sorting: Name,
                schema: None,
                import_types: [
                    "diesel::sql_types::*",
                ],
                without_missing_types: true,
                except_custom_type_definitions: [
                    Regex(
                        "Vector",
                    ),
                ],
                custom_type_derives: [
                    "Clone",
                ],
                patch_file: Some(
                    "/etc/schema.patch",
                ),
                sqlite_integer_primary_key_is_bigint: true,
                pg_domains_as_custom_types: [
                    Regex(
                        "_id$",
                    ),
                ],
                include_views: true,
                same_query: FkRelatedTables,
            },
        },
        notes: [
            "`print_schema.generate_rust_enum_definitions` is not followed",
        ],
    }
    "#);
}

#[test]
fn all_problems_are_named_with_their_lines() {
    let problems = [
        "[print_schema]\nfile = 3\nwith_docs = \"yes\"\nschema = [\"a\"]\n",
        "[print_schema]\nfilter = { only_tables = [\"(\"], except_tables = [1] }\n\
         column_sorting = \"size\"\nimport_types = \"a\"",
        "print_schema = 1\n[migrations_directory]\ndir = true",
        "[print_schema.archive]\ninclude_views = 1",
        "[print_schema\n",
    ];
    let problems = problems.map(|text| parse(text).expect_err("a problem"));
    assert_snapshot!(problems.join("\n\n"), @r#"
    app/diesel.toml:2: `print_schema.file` must be a text
    app/diesel.toml:3: `print_schema.with_docs` must be "database-comments-fallback-to-auto-generated-doc-comment" or "only-database-comments" or "no-doc-comments"
    app/diesel.toml:4: `print_schema.schema` must be a text

    app/diesel.toml:2: `print_schema.filter.except_tables` must be a list of texts
    app/diesel.toml:2: `print_schema.filter.only_tables` can't be there together with `except_tables`
    app/diesel.toml:2: `print_schema.filter.only_tables` has `(`, which is not a regular expression
    app/diesel.toml:3: `print_schema.column_sorting` must be "ordinal_position" or "name"
    app/diesel.toml:4: `print_schema.import_types` must be a list of texts

    app/diesel.toml:1: `print_schema` must be a table
    app/diesel.toml:3: `migrations_directory.dir` must be a text

    app/diesel.toml:2: `print_schema.archive.include_views` must be true or false

    app/diesel.toml: TOML parse error at line 1, column 14
      |
    1 | [print_schema
      |              ^
    unclosed table, expected `]`
    "#);
}
