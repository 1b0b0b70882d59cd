//! From tokens to declared tables. A part that can't be read is reported and left out.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Attribute, Ident, LitStr, Token};

use crate::attributes::{self, Default, References};
use crate::errors::Errors;
use crate::types::SqlType;

pub(crate) struct Table {
    pub(crate) docs: Vec<Attribute>,
    pub(crate) name: Ident,
    pub(crate) primary_key: Vec<Ident>,
    pub(crate) columns: Vec<Column>,
    pub(crate) indexes: Vec<Index>,
    pub(crate) checks: Vec<Check>,
    pub(crate) renamed_from: Option<LitStr>,
}

pub(crate) struct Column {
    pub(crate) docs: Vec<Attribute>,
    pub(crate) name: Ident,
    /// Nothing where the type could not be read, which is reported already.
    pub(crate) column_type: Option<ColumnType>,
    pub(crate) max_length: Option<Length>,
    pub(crate) auto_increment: Option<Span>,
    pub(crate) unique: Option<Span>,
    pub(crate) default: Option<Default>,
    pub(crate) references: Option<References>,
    pub(crate) renamed_from: Option<LitStr>,
}

#[derive(Clone)]
pub(crate) struct ColumnType {
    pub(crate) ident: Ident,
    pub(crate) sql_type: SqlType,
    pub(crate) nullable: bool,
}

#[derive(Clone, Copy)]
pub(crate) struct Length {
    pub(crate) characters: u32,
    pub(crate) span: Span,
}

pub(crate) struct Index {
    pub(crate) span: Span,
    pub(crate) unique: bool,
    pub(crate) columns: Vec<Ident>,
}

pub(crate) struct Check {
    pub(crate) name: Ident,
    pub(crate) expression: LitStr,
}

impl Table {
    pub(crate) fn column(&self, name: &Ident) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == *name)
    }
}

impl Column {
    pub(crate) fn sql_type(&self) -> Option<SqlType> {
        self.column_type.as_ref().map(|column_type| column_type.sql_type)
    }

    pub(crate) fn is_nullable(&self) -> bool {
        self.column_type.as_ref().is_some_and(|column_type| column_type.nullable)
    }

    /// The declared length; zero where there is none.
    pub(crate) fn characters_max(&self) -> u32 {
        self.max_length.map_or(0, |length| length.characters)
    }
}

/// All tables that can be read.
pub(crate) fn tables(tokens: TokenStream, errors: &mut Errors) -> Vec<Table> {
    let mut tables = Vec::new();
    let parsed = (|input: ParseStream<'_>| {
        while !input.is_empty() {
            match table(input, errors) {
                Ok(table) => tables.push(table),
                Err(error) => {
                    errors.push(error);
                    skip_past_braces(input)?;
                }
            }
        }
        Ok(())
    })
    .parse2(tokens);
    errors.ok(parsed);
    tables
}

fn table(input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<Table> {
    let attributes = input.call(Attribute::parse_outer)?;
    let name: Ident = input.parse()?;
    let declared_key = if input.peek(syn::token::Paren) { Some(primary_key(input)?) } else { None };
    let body;
    syn::braced!(body in input);
    let columns = columns(&body, errors)?;
    let primary_key = declared_key.unwrap_or_else(|| implied_primary_key(&name, &columns, errors));

    let mut table = Table {
        docs: Vec::new(),
        name,
        primary_key,
        indexes: column_uniques(&columns),
        columns,
        checks: Vec::new(),
        renamed_from: None,
    };
    attributes::apply_to_table(&mut table, attributes, errors);
    Ok(table)
}

fn primary_key(input: ParseStream<'_>) -> syn::Result<Vec<Ident>> {
    let key;
    let parentheses = syn::parenthesized!(key in input);
    let columns = Punctuated::<Ident, Token![,]>::parse_terminated(&key)?;
    if columns.is_empty() {
        return Err(syn::Error::new(
            parentheses.span.join(),
            "expected the columns of the primary key",
        ));
    }
    Ok(columns.into_iter().collect())
}

/// As in Diesel: `id`, where the table does not say.
fn implied_primary_key(table: &Ident, columns: &[Column], errors: &mut Errors) -> Vec<Ident> {
    match columns.iter().find(|column| column.name == "id") {
        Some(id) => vec![id.name.clone()],
        None => {
            let message =
                format!("no primary key; expected `{table} (column) {{ … }}` or a column `id`");
            errors.add(table.span(), message);
            Vec::new()
        }
    }
}

fn columns(input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<Vec<Column>> {
    let mut columns = Vec::new();
    while !input.is_empty() {
        match column(input, errors) {
            Ok(column) => columns.push(column),
            Err(error) => errors.push(error),
        }
        if !input.is_empty() && !input.peek(Token![,]) {
            errors.add(input.span(), "expected `,`");
            skip_to_comma(input)?;
        }
        input.parse::<Option<Token![,]>>()?;
    }
    Ok(columns)
}

fn column(input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<Column> {
    let read = (|| {
        let attributes = input.call(Attribute::parse_outer)?;
        let name: Ident = input.parse()?;
        input.parse::<Token![->]>()?;
        Ok((attributes, name))
    })();
    let (attributes, name) = match read {
        Ok(read) => read,
        Err(error) => {
            skip_to_comma(input)?;
            return Err(error);
        }
    };
    let column_type = errors.ok(column_type(input));
    if column_type.is_none() {
        skip_to_comma(input)?;
    }
    let mut column = Column {
        docs: Vec::new(),
        name,
        column_type,
        max_length: None,
        auto_increment: None,
        unique: None,
        default: None,
        references: None,
        renamed_from: None,
    };
    attributes::apply_to_column(&mut column, attributes, errors);
    Ok(column)
}

fn column_type(input: ParseStream<'_>) -> syn::Result<ColumnType> {
    let outer: Ident = input.parse()?;
    if outer != "Nullable" {
        let sql_type = SqlType::from_ident(&outer)?;
        return Ok(ColumnType { ident: outer, sql_type, nullable: false });
    }
    input.parse::<Token![<]>()?;
    let ident: Ident = input.parse()?;
    let sql_type = SqlType::from_ident(&ident)?;
    input.parse::<Token![>]>()?;
    Ok(ColumnType { ident, sql_type, nullable: true })
}

fn column_uniques(columns: &[Column]) -> Vec<Index> {
    let unique = |column: &Column| {
        Some(Index { span: column.unique?, unique: true, columns: vec![column.name.clone()] })
    };
    columns.iter().filter_map(unique).collect()
}

fn skip_to_comma(input: ParseStream<'_>) -> syn::Result<()> {
    while !input.is_empty() && !input.peek(Token![,]) {
        input.parse::<TokenTree>()?;
    }
    Ok(())
}

fn skip_past_braces(input: ParseStream<'_>) -> syn::Result<()> {
    while !input.is_empty() {
        if let TokenTree::Group(group) = input.parse()?
            && group.delimiter() == Delimiter::Brace
        {
            break;
        }
    }
    Ok(())
}
