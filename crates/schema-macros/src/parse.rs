//! Reads tokens as declared tables. A part that can't be read is reported and left out.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use schema_model::{BackEnds, Digits, SqlType};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{AttrStyle, Attribute, Ident, LitInt, Meta, Token};

use crate::attributes;
use crate::declared::{Column, ColumnType, Index, IndexColumn, Schema, Table};
use crate::errors::Errors;
use crate::syntax::{comma, expected, name, names_in_parentheses, to_comma};

/// Everything that can be read.
pub(crate) fn schema(tokens: TokenStream, errors: &mut Errors) -> Schema {
    let mut tables = Vec::new();
    let mut back_ends = BackEnds::ALL;
    let parsed = (|input: ParseStream<'_>| {
        if input.peek(Ident) && input.peek2(Token![=]) {
            let read = self::back_ends(input, errors);
            back_ends = errors.ok(read).unwrap_or_default();
        }
        while !input.is_empty() {
            match table(input, errors) {
                Ok(table) => tables.push(table),
                Err(error) => {
                    errors.push(error);
                    skip_past_table(input)?;
                }
            }
            if input.peek(Token![,]) || input.peek(Token![;]) {
                let separator: TokenTree = input.parse()?;
                errors.add(separator.span(), "expected nothing between two tables");
            }
        }
        Ok(())
    })
    .parse2(tokens);
    errors.ok(parsed);
    Schema { back_ends, tables }
}

/// `back_ends = [sqlite, postgres];`
fn back_ends(input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<BackEnds> {
    let name: Ident = input.parse()?;
    input.parse::<Token![=]>()?;
    let value = input.parse::<TokenTree>()?;
    if !input.peek(Token![;]) {
        let message = "`;` after the list of back ends";
        return Err(expected(input.span(), message));
    }
    input.parse::<Token![;]>()?;
    let known = BackEnds::NAMES.join(", ");
    let wanted =
        || expected(name.span(), format!("`back_ends = […];` with one or more of {known}"));
    let TokenTree::Group(list) = value else { return Err(wanted()) };
    let is_list = name == "back_ends" && list.delimiter() == Delimiter::Bracket;
    let mut names: Vec<String> = Vec::new();
    let read = (|input: ParseStream<'_>| {
        while !input.is_empty() {
            let back_end = input.call(Ident::parse_any)?;
            let text = back_end.to_string();
            if !BackEnds::NAMES.contains(&text.as_str()) {
                let message = format!("unknown back end `{text}`; expected one of {known}");
                errors.add(back_end.span(), message);
            } else if names.contains(&text) {
                errors.add(back_end.span(), format!("`{text}` is given twice; expected it once"));
            }
            names.push(text);
            comma(input)?;
        }
        Ok(())
    })
    .parse2(list.stream());
    if !is_list || names.is_empty() {
        return Err(wanted());
    }
    read?;
    Ok(BackEnds::of(names.iter().map(String::as_str)))
}

fn table(input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<Table> {
    let attributes = outer_attributes(input, errors)?;
    let name =
        name(input, errors).map_err(|error| expected(error.span(), "the name of a table"))?;
    let has_key = input.peek(syn::token::Paren);
    // `None` if no key is declared, and an empty one if it can't be read.
    let declared_key = has_key.then(|| {
        let key = names_in_parentheses(input, errors);
        errors.ok(key).unwrap_or_default()
    });
    if !input.peek(syn::token::Brace) {
        let key = if has_key { "" } else { "`(primary_key, …)` or " };
        return Err(expected(input.span(), format!("{key}`{{ column -> Type, … }}`")));
    }
    let body;
    syn::braced!(body in input);
    let mut columns = columns(&body, errors)?;
    let primary_key = declared_key.unwrap_or_else(|| implied_primary_key(&name, &columns, errors));
    let mut table = Table {
        docs: Vec::new(),
        name,
        primary_key,
        indexes: column_uniques(&columns),
        foreign_keys: columns.iter_mut().filter_map(|column| column.references.take()).collect(),
        columns,
        checks: Vec::new(),
        renamed_from: None,
    };
    attributes::apply_to_table(&mut table, attributes, errors);
    Ok(table)
}

/// Like syn's own function, except that an attribute that can't be read does not make the table or
/// column below it unreadable.
fn outer_attributes(input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<Vec<Attribute>> {
    let mut attributes = Vec::new();
    while input.peek(Token![#]) {
        let pound_token = input.parse()?;
        let content;
        let bracket_token = syn::bracketed!(content in input);
        let meta = content.parse::<Meta>();
        let rest: TokenStream = content.parse()?;
        match (meta, rest.into_iter().next()) {
            (Ok(meta), None) => {
                let style = AttrStyle::Outer;
                attributes.push(Attribute { pound_token, style, bracket_token, meta });
            }
            (Ok(_), Some(token)) => errors.add(token.span(), "expected the attribute to end here"),
            (Err(error), _) => errors.push(error),
        }
    }
    Ok(attributes)
}

/// Diesel's default: `id`, if the table does not declare a key.
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
            Err(error) => {
                errors.push(error);
                to_comma(input)?;
            }
        }
        if !input.is_empty() && !input.peek(Token![,]) {
            errors.add(input.span(), "expected `,`");
            to_comma(input)?;
        }
        input.parse::<Option<Token![,]>>()?;
    }
    Ok(columns)
}

fn column(input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<Column> {
    let attributes = outer_attributes(input, errors)?;
    let name =
        name(input, errors).map_err(|error| expected(error.span(), "the name of a column"))?;
    let column_type = errors.ok(column_type(input));
    if column_type.is_none() {
        to_comma(input)?;
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
        backfill: None,
        samples: Vec::new(),
    };
    attributes::apply_to_column(&mut column, attributes, errors);
    Ok(column)
}

fn column_type(input: ParseStream<'_>) -> syn::Result<ColumnType> {
    input.parse::<Token![->]>()?;
    let outer = type_word(input)?;
    let nullable = outer == "Nullable";
    let column_type = if nullable {
        input.parse::<Token![<]>()?;
        let ident = type_word(input)?;
        let column_type = with_parameters(ident, nullable, input)?;
        input.parse::<Token![>]>()?;
        column_type
    } else {
        with_parameters(outer, nullable, input)?
    };
    refuse_length(input)?;
    Ok(column_type)
}

/// The type of that name, with the digits that follow it.
fn with_parameters(
    ident: Ident,
    nullable: bool,
    input: ParseStream<'_>,
) -> syn::Result<ColumnType> {
    let sql_type = named_type(&ident)?;
    if sql_type.digits().is_none() {
        refuse_length(input)?;
        return Ok(ColumnType { ident, sql_type, digits_span: None, nullable });
    }
    let shape = format!("`{ident}(p, s)` with p digits in all and s of them after the point");
    if !input.peek(syn::token::Paren) {
        return Err(expected(ident.span(), shape));
    }
    let content;
    let parentheses = syn::parenthesized!(content in input);
    let span = parentheses.span.join();
    let numbers = Punctuated::<LitInt, Token![,]>::parse_terminated(&content);
    // What could not be read must not be read as what follows.
    let rest: TokenStream = content.parse()?;
    let numbers = numbers.map(|numbers| {
        let numbers = numbers.iter().map(LitInt::base10_parse).collect::<syn::Result<Vec<u32>>>();
        numbers.ok().filter(|_| rest.is_empty())
    });
    let Ok(Some(numbers)) = numbers else { return Err(expected(span, shape)) };
    let [precision, scale] = *numbers else { return Err(expected(span, shape)) };
    let sql_type = sql_type.with_digits(Digits { precision, scale });
    Ok(ColumnType { ident, sql_type, digits_span: Some(span), nullable })
}

fn type_word(input: ParseStream<'_>) -> syn::Result<Ident> {
    input
        .call(Ident::parse_any)
        .map_err(|error| expected(error.span(), format!("a type: one of {}", known_types())))
}

fn named_type(ident: &Ident) -> syn::Result<SqlType> {
    SqlType::from_name(&ident.to_string()).ok_or_else(|| {
        let message = format!("unknown type `{ident}`; expected one of {}", known_types());
        syn::Error::new(ident.span(), message)
    })
}

/// Everything that can be written as a type.
fn known_types() -> String {
    let name = |sql_type: SqlType| match sql_type.digits() {
        Some(_) => format!("{}(p, s)", sql_type.name()),
        None => sql_type.name().to_owned(),
    };
    format!("{}, or Nullable<…> of one", SqlType::ALL.map(name).join(", "))
}

/// Refuses a length in parentheses as SQL has it, such as `Varchar(64)`.
fn refuse_length(input: ParseStream<'_>) -> syn::Result<()> {
    if input.peek(syn::token::Paren) {
        return Err(expected(input.span(), "a length above the column: `#[max_length = N]`"));
    }
    Ok(())
}

fn column_uniques(columns: &[Column]) -> Vec<Index> {
    let unique = |column: &Column| {
        let name = column.name.clone();
        Some(Index {
            span: column.unique?,
            unique: true,
            columns: vec![IndexColumn { name, descending: false }],
            partial: None,
            name: None,
        })
    };
    columns.iter().filter_map(unique).collect()
}

/// Skips to where the next table may begin.
fn skip_past_table(input: ParseStream<'_>) -> syn::Result<()> {
    while !input.is_empty() {
        match input.parse()? {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => break,
            TokenTree::Punct(punctuation) if punctuation.as_char() == ';' => break,
            TokenTree::Group(_)
            | TokenTree::Punct(_)
            | TokenTree::Ident(_)
            | TokenTree::Literal(_) => {}
        }
    }
    Ok(())
}
