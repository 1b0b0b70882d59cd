//! `diesel.toml`: where the migrations are, and what `diesel print-schema` writes.

mod fields;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

use regex::Regex;
use toml::de::DeTable;

use self::fields::Fields;

/// The name of the file.
pub const DIESEL_TOML: &str = "diesel.toml";

/// The key of what `[print_schema]` itself says, beside the tables in it.
pub const DEFAULT_KEY: &str = "default";

/// What a `diesel.toml` says. Its paths start where those of the reader start.
#[derive(Debug, Clone)]
pub struct DieselToml {
    /// The file.
    pub path: PathBuf,
    /// The folder of the migrations.
    pub migrations_dir: PathBuf,
    /// What is printed, by its key in `[print_schema]`.
    pub schemas: BTreeMap<String, PrintSchema>,
    /// What a person should know: keys that change what Diesel prints, and that are not followed.
    pub notes: Vec<String>,
}

/// What `print-schema` writes into one file.
#[derive(Debug, Clone, Default)]
pub struct PrintSchema {
    /// The file; `None` if it is only printed.
    pub file: Option<PathBuf>,
    /// The documentation of tables and columns.
    pub with_docs: Docs,
    /// The tables.
    pub filter: Filter,
    /// The order of the columns.
    pub column_sorting: ColumnSorting,
    /// The schema of the tables; `None` is the default one.
    pub schema: Option<String>,
    /// Imports for each table.
    pub import_types: Vec<String>,
    /// Whether types that Diesel does not have are not defined.
    pub without_missing_types: bool,
    /// Names of types that are not defined.
    pub except_custom_type_definitions: Vec<Regex>,
    /// What a type that is defined derives, beside `SqlType`.
    pub custom_type_derives: Vec<String>,
    /// The diff that is applied in the end.
    pub patch_file: Option<PathBuf>,
    /// Whether the numbers of rows are 64 bits wide on SQLite, as they are.
    pub sqlite_integer_primary_key_is_bigint: bool,
    /// Names of PostgreSQL's domains that are types of their own.
    pub pg_domains_as_custom_types: Vec<Regex>,
    /// Whether views are printed too.
    pub include_views: bool,
    /// Which tables `allow_tables_to_appear_in_same_query!` has together.
    pub same_query: SameQuery,
}

/// The documentation of tables and columns.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Docs {
    /// None.
    #[default]
    None,
    /// The database's comments.
    Comments,
    /// The database's comments; without one, a text that says what it is.
    CommentsOrGenerated,
}

/// The order of the columns.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ColumnSorting {
    /// Their order in the table.
    #[default]
    OrdinalPosition,
    /// By name.
    Name,
}

/// Which tables can appear in one query.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SameQuery {
    /// All.
    #[default]
    AllTables,
    /// Those that foreign keys lead to from each other.
    FkRelatedTables,
    /// None.
    None,
}

/// The tables that are printed.
#[derive(Debug, Clone, Default)]
pub enum Filter {
    /// All.
    #[default]
    All,
    /// Those with a name that one of these matches.
    Only(Vec<Regex>),
    /// Those with a name that none of these matches.
    Except(Vec<Regex>),
}

/// What is wrong with a `diesel.toml`.
#[derive(Debug, thiserror::Error)]
pub enum DieselTomlError {
    /// It can't be read.
    #[error("{} can't be read", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The reason.
        source: io::Error,
    },
    /// It says what it can't say: each problem with its line.
    #[error("{}", problems.join("\n"))]
    Wrong {
        /// The problems.
        problems: Vec<String>,
    },
}

impl DieselToml {
    /// Reads the file of a folder; `None` without one.
    ///
    /// # Errors
    /// Everything that is wrong with it. Keys that are not known here are Diesel's business.
    pub fn read(folder: &Path) -> Result<Option<Self>, DieselTomlError> {
        let path = folder.join(DIESEL_TOML);
        match fs::read_to_string(&path) {
            Ok(text) => Self::parse(&text, &path).map(Some),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(DieselTomlError::Unreadable { path, source }),
        }
    }

    /// Reads the text of that file.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn parse(text: &str, path: &Path) -> Result<Self, DieselTomlError> {
        let file = DeTable::parse(text).map_err(|error| DieselTomlError::Wrong {
            problems: vec![format!("{}: {}", path.display(), error.to_string().trim())],
        })?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let mut problems = Vec::new();
        let mut root = Fields::new(text, String::new(), file.get_ref(), folder, &mut problems);
        let mut toml = Self {
            path: path.to_owned(),
            migrations_dir: folder.join("migrations"),
            schemas: BTreeMap::new(),
            notes: Vec::new(),
        };
        root.within("migrations_directory", |fields| {
            if let Some(dir) = fields.path("dir") {
                toml.migrations_dir = dir;
            }
        });
        let mut default = None;
        root.within("print_schema", |fields| {
            default = Some(print_schema(fields, &mut toml.notes));
            for key in fields.other_tables() {
                fields.within(&key, |fields| {
                    let printed = print_schema(fields, &mut toml.notes);
                    toml.schemas.insert(key.clone(), printed);
                });
            }
        });
        toml.schemas.entry(DEFAULT_KEY.to_owned()).or_insert(default.unwrap_or_default());
        if problems.is_empty() {
            return Ok(toml);
        }
        problems.sort();
        let located = |(line, problem)| format!("{}:{line}: {problem}", path.display());
        Err(DieselTomlError::Wrong { problems: problems.into_iter().map(located).collect() })
    }
}

/// Keys that change what is printed in ways that are not followed.
const NOT_FOLLOWED: [&str; 3] = [
    "custom_enum_derives",
    "experimental_infer_nullable_for_views",
    "generate_rust_enum_definitions",
];

fn print_schema(fields: &mut Fields<'_, '_>, notes: &mut Vec<String>) -> PrintSchema {
    for key in NOT_FOLLOWED {
        if fields.ignore(key) {
            notes.push(format!("`{}` is not followed", fields.full(key)));
        }
    }
    let mut filter = Filter::All;
    fields.within("filter", |fields| {
        let lists = (fields.regexes("only_tables"), fields.regexes("except_tables"));
        filter = match lists {
            (Some(only), None) => Filter::Only(only),
            (None, Some(except)) => Filter::Except(except),
            (None, None) => Filter::All,
            (Some(_), Some(_)) => {
                fields.problem("only_tables", "can't be there together with `except_tables`");
                Filter::All
            }
        };
    });
    PrintSchema {
        file: fields.path("file"),
        with_docs: fields.choice_or_flag(
            "with_docs",
            &[
                (
                    "database-comments-fallback-to-auto-generated-doc-comment",
                    Docs::CommentsOrGenerated,
                ),
                ("only-database-comments", Docs::Comments),
                ("no-doc-comments", Docs::None),
            ],
            |flag| if flag { Docs::CommentsOrGenerated } else { Docs::None },
        ),
        filter,
        column_sorting: fields.choice(
            "column_sorting",
            &[("ordinal_position", ColumnSorting::OrdinalPosition), ("name", ColumnSorting::Name)],
        ),
        schema: fields.text("schema"),
        import_types: fields.texts("import_types"),
        without_missing_types: fields.flag("generate_missing_sql_type_definitions") == Some(false),
        except_custom_type_definitions: fields
            .regexes("except_custom_type_definitions")
            .unwrap_or_default(),
        custom_type_derives: fields.texts("custom_type_derives"),
        patch_file: fields.path("patch_file"),
        sqlite_integer_primary_key_is_bigint: fields
            .flag("sqlite_integer_primary_key_is_bigint")
            .unwrap_or_default(),
        pg_domains_as_custom_types: fields
            .regexes("pg_domains_as_custom_types")
            .unwrap_or_default(),
        include_views: fields.flag("include_views").unwrap_or_default(),
        same_query: fields.choice(
            "allow_tables_to_appear_in_same_query_config",
            &[
                ("all_tables", SameQuery::AllTables),
                ("fk_related_tables", SameQuery::FkRelatedTables),
                ("none", SameQuery::None),
            ],
        ),
    }
}

impl Filter {
    /// Whether it lets a table of that name through.
    pub fn allows(&self, table: &str) -> bool {
        let matches = |regexes: &[Regex]| regexes.iter().any(|regex| regex.is_match(table));
        match self {
            Self::All => true,
            Self::Only(regexes) => matches(regexes),
            Self::Except(regexes) => !matches(regexes),
        }
    }
}
