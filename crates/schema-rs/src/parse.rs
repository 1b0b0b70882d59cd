//! Reads what a `schema.rs` declares.

use std::collections::{BTreeMap, BTreeSet};

use diesel_table_macro_syntax::{ColumnDef, TableDecl};
use quote::ToTokens as _;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{GenericArgument, Ident, Item, Macro, Path, PathArguments, Token, Type};

/// A line that can't be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UnreadableLine {
    /// From 1.
    pub(crate) line: usize,
    pub(crate) message: String,
}

/// What a `schema.rs` declares.
#[derive(Debug, Default)]
pub(crate) struct Declared {
    /// By their names in the database, with the schema if there is one.
    pub(crate) tables: BTreeMap<String, DeclaredTable>,
    /// Child and parent, and the column between them.
    pub(crate) joinables: BTreeSet<[String; 3]>,
    /// Pairs of tables that can appear in one query, each in ascending order.
    pub(crate) together: BTreeSet<[String; 2]>,
    /// The types that are defined, with the database's name of each.
    pub(crate) definitions: BTreeMap<String, String>,
}

#[derive(Debug)]
pub(crate) struct DeclaredTable {
    pub(crate) rust_name: String,
    pub(crate) is_view: bool,
    /// The Rust names of the columns of the primary key.
    pub(crate) primary_key: Vec<String>,
    pub(crate) columns: Vec<DeclaredColumn>,
}

#[derive(Debug)]
pub(crate) struct DeclaredColumn {
    /// The name in the database.
    pub(crate) name: String,
    pub(crate) rust_name: String,
    /// The type as it is written, without paths.
    pub(crate) written: String,
    /// The type by one of its names.
    pub(crate) meant: String,
    pub(crate) length_max: Option<u64>,
}

/// Reads the text of a `schema.rs`. Other code in it is allowed, and ignored.
///
/// # Errors
/// The first thing that can't be read.
pub(crate) fn parse(text: &str) -> Result<Declared, UnreadableLine> {
    let mut declared = Declared::default();
    let read = syn::parse_file(text).and_then(|file| declared.add_items(&file.items));
    read.map_err(|error| UnreadableLine {
        line: error.span().start().line,
        message: error.to_string(),
    })?;
    Ok(declared)
}

impl Declared {
    fn add_items(&mut self, items: &[Item]) -> syn::Result<()> {
        for item in items {
            match item {
                Item::Macro(item) => self.add_macro(&item.mac)?,
                Item::Mod(module) => {
                    if let Some((_, items)) = &module.content {
                        self.add_items(items)?;
                    }
                }
                Item::Struct(definition) => self.add_definition(definition),
                _ => {}
            }
        }
        Ok(())
    }

    fn add_macro(&mut self, call: &Macro) -> syn::Result<()> {
        let name = call.path.segments.last().map(|segment| segment.ident.to_string());
        match name.as_deref() {
            Some("table") => self.add_table(&call.parse_body()?, false),
            Some("view") => self.add_table(&call.parse_body()?, true),
            Some("joinable") => {
                let Joinable { child, parent, column } = call.parse_body()?;
                self.joinables.insert([child, parent, column]);
            }
            Some("allow_tables_to_appear_in_same_query") => {
                let tables =
                    call.parse_body_with(Punctuated::<Path, Token![,]>::parse_terminated)?;
                let names: BTreeSet<String> = tables.iter().map(last_name).collect();
                for first in &names {
                    let later = names.range::<String, _>(first..).skip(1);
                    self.together.extend(later.map(|second| [first.clone(), second.clone()]));
                }
            }
            Some(_) | None => {}
        }
        Ok(())
    }

    fn add_table(&mut self, table: &TableDecl, is_view: bool) {
        let rust_name = plain(&table.table_name);
        let schema = table.schema.iter().map(|schema| format!("{}.", plain(schema)));
        let schema = schema.collect::<String>();
        let name = table.sql_name.trim_start_matches("r#");
        let name = name.strip_prefix(&schema).unwrap_or(name);
        let primary_key = match &table.primary_keys {
            Some(key) => key.keys.iter().map(plain).collect(),
            None if is_view => Vec::new(),
            None => vec!["id".to_owned()],
        };
        let declared = DeclaredTable {
            rust_name,
            is_view,
            primary_key,
            columns: table.column_defs.iter().map(column).collect(),
        };
        self.tables.insert(format!("{schema}{name}"), declared);
    }

    /// A struct with the attribute of a type; others are ignored.
    fn add_definition(&mut self, definition: &syn::ItemStruct) {
        for attribute in &definition.attrs {
            if let Some(list) = attribute.path().is_ident("diesel").then_some(&attribute.meta)
                && let syn::Meta::List(list) = list
            {
                let meaning = list.tokens.to_string().replace([' ', '\n'], "");
                if meaning.contains("_type(") {
                    self.definitions.insert(definition.ident.to_string(), meaning);
                }
            }
        }
    }
}

fn column(column: &ColumnDef) -> DeclaredColumn {
    DeclaredColumn {
        name: column.sql_name.trim_start_matches("r#").to_owned(),
        rust_name: plain(&column.column_name),
        written: type_name(&column.tpe.path, &str::to_owned),
        meant: type_name(&column.tpe.path, &meaning),
        length_max: column.max_length.as_ref().and_then(|length| length.base10_parse().ok()),
    }
}

/// A type without paths, each of its names replaced.
fn type_name(path: &Path, name: &impl Fn(&str) -> String) -> String {
    let Some(segment) = path.segments.last() else { return String::new() };
    let outer = name(&plain(&segment.ident));
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else { return outer };
    let inner = |argument: &GenericArgument| match argument {
        GenericArgument::Type(inner) => any_type_name(inner, name),
        other => other.to_token_stream().to_string(),
    };
    let inner: Vec<String> = arguments.args.iter().map(inner).collect();
    format!("{outer}<{}>", inner.join(", "))
}

fn any_type_name(any: &Type, name: &impl Fn(&str) -> String) -> String {
    match any {
        Type::Path(path) => type_name(&path.path, name),
        Type::Tuple(tuple) => {
            let parts: Vec<String> =
                tuple.elems.iter().map(|part| any_type_name(part, name)).collect();
            format!("({})", parts.join(", "))
        }
        other => other.to_token_stream().to_string(),
    }
}

/// The first of the names that Diesel has for a type.
fn meaning(name: &str) -> String {
    let meaning = match name {
        "SmallInt" | "Smallint" | "Int2" | "SmallSerial" => "SmallInt",
        "Integer" | "Int4" | "Serial" => "Integer",
        "BigInt" | "Bigint" | "Int8" | "BigSerial" => "BigInt",
        "TinyInt" | "Tinyint" => "TinyInt",
        "Float" | "Float4" => "Float",
        "Double" | "Float8" => "Double",
        "Numeric" | "Decimal" => "Numeric",
        "Text" | "VarChar" | "Varchar" | "Char" | "Bpchar" | "Tinytext" | "Mediumtext"
        | "Longtext" => "Text",
        "Binary" | "Bytea" | "Tinyblob" | "Blob" | "Mediumblob" | "Longblob" | "Varbinary"
        | "Bit" => "Binary",
        "MacAddr" | "Macaddr" => "MacAddr",
        "MacAddr8" | "Macaddr8" => "MacAddr8",
        "Int4range" => "Range<Integer>",
        "Int8range" => "Range<BigInt>",
        "Daterange" => "Range<Date>",
        "Numrange" => "Range<Numeric>",
        "Tsrange" => "Range<Timestamp>",
        "Tstzrange" => "Range<Timestamptz>",
        "Int4multirange" => "Multirange<Integer>",
        "Int8multirange" => "Multirange<BigInt>",
        "Datemultirange" => "Multirange<Date>",
        "Nummultirange" => "Multirange<Numeric>",
        "Tsmultirange" => "Multirange<Timestamp>",
        "Tstzmultirange" => "Multirange<Timestamptz>",
        other => other,
    };
    meaning.to_owned()
}

/// `child -> parent (column)`.
struct Joinable {
    child: String,
    parent: String,
    column: String,
}

impl Parse for Joinable {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let child: Path = input.parse()?;
        input.parse::<Token![->]>()?;
        // A path would take the parentheses for arguments.
        let parent = Path::parse_mod_style(input)?;
        let column;
        syn::parenthesized!(column in input);
        let column: Ident = column.parse()?;
        Ok(Self { child: last_name(&child), parent: last_name(&parent), column: plain(&column) })
    }
}

fn last_name(path: &Path) -> String {
    path.segments.last().map(|segment| plain(&segment.ident)).unwrap_or_default()
}

/// The identifier without `r#`.
fn plain(identifier: &Ident) -> String {
    let text = identifier.to_string();
    text.trim_start_matches("r#").to_owned()
}
