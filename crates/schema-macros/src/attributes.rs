//! The attributes of tables and columns.

use std::fmt::Display;

use proc_macro2::Span;
use syn::parse::ParseStream;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Attribute, Expr, ExprLit, Ident, Lit, LitBool, LitInt, LitStr, Meta, Token};

use crate::errors::Errors;
use crate::parse::{Check, Column, Index, Length, Table};

const TABLE_ATTRIBUTES: &str =
    "index(…), unique(…), check(name, \"expression\"), renamed_from = \"old\"";
const COLUMN_ATTRIBUTES: &str = "max_length = N, auto_increment, unique, default(…), \
     references(table.column), renamed_from = \"old\"";

/// A column's default, as written.
pub(crate) enum Default {
    Now(Span),
    Bool(LitBool),
    Int(i128, Span),
    Text(LitStr),
}

impl Default {
    pub(crate) fn span(&self) -> Span {
        match self {
            Self::Now(span) | Self::Int(_, span) => *span,
            Self::Bool(literal) => literal.span(),
            Self::Text(literal) => literal.span(),
        }
    }
}

/// What a foreign key refers to.
pub(crate) struct References {
    pub(crate) table: Ident,
    pub(crate) column: Ident,
    pub(crate) on_delete: OnDelete,
    /// Where `on_delete` stands, or else the whole attribute.
    pub(crate) on_delete_span: Span,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum OnDelete {
    NoAction,
    Cascade,
    SetNull,
}

pub(crate) fn apply_to_table(table: &mut Table, attributes: Vec<Attribute>, errors: &mut Errors) {
    for attribute in attributes {
        let result = match name_of(&attribute).as_str() {
            "doc" => {
                table.docs.push(attribute);
                Ok(())
            }
            "index" => index(&attribute, false).map(|index| table.indexes.push(index)),
            "unique" => index(&attribute, true).map(|index| table.indexes.push(index)),
            "check" => check(&attribute).map(|check| table.checks.push(check)),
            "renamed_from" => set(&mut table.renamed_from, &attribute, renamed_from),
            other => Err(unknown(&attribute, other, "table", TABLE_ATTRIBUTES)),
        };
        errors.ok(result);
    }
}

pub(crate) fn apply_to_column(
    column: &mut Column,
    attributes: Vec<Attribute>,
    errors: &mut Errors,
) {
    for attribute in attributes {
        let result = match name_of(&attribute).as_str() {
            "doc" => {
                column.docs.push(attribute);
                Ok(())
            }
            "max_length" => set(&mut column.max_length, &attribute, max_length),
            "auto_increment" => set(&mut column.auto_increment, &attribute, flag),
            "unique" => set(&mut column.unique, &attribute, flag),
            "default" => set(&mut column.default, &attribute, default),
            "references" => set(&mut column.references, &attribute, references),
            "renamed_from" => set(&mut column.renamed_from, &attribute, renamed_from),
            other => Err(unknown(&attribute, other, "column", COLUMN_ATTRIBUTES)),
        };
        errors.ok(result);
    }
}

fn name_of(attribute: &Attribute) -> String {
    let segments: Vec<String> =
        attribute.path().segments.iter().map(|segment| segment.ident.to_string()).collect();
    segments.join("::")
}

fn unknown(attribute: &Attribute, name: &str, place: &str, known: &str) -> syn::Error {
    let message = format!("unknown attribute `{name}` on a {place}; expected one of {known}");
    syn::Error::new(attribute.path().span(), message)
}

fn expected(span: Span, what: impl Display) -> syn::Error {
    syn::Error::new(span, format!("expected {what}"))
}

/// Reads an attribute that may stand only once.
fn set<T>(
    slot: &mut Option<T>,
    attribute: &Attribute,
    read: fn(&Attribute) -> syn::Result<T>,
) -> syn::Result<()> {
    if slot.is_some() {
        let message = format!("`{}` stands here twice; expected it once", name_of(attribute));
        return Err(syn::Error::new(attribute.span(), message));
    }
    *slot = Some(read(attribute)?);
    Ok(())
}

fn index(attribute: &Attribute, unique: bool) -> syn::Result<Index> {
    let name = name_of(attribute);
    let wanted = || expected(attribute.meta.span(), format!("`{name}(column, …)`"));
    let Meta::List(list) = &attribute.meta else { return Err(wanted()) };
    let columns = list.parse_args_with(Punctuated::<Ident, Token![,]>::parse_terminated)?;
    if columns.is_empty() {
        return Err(wanted());
    }
    Ok(Index { span: attribute.meta.span(), unique, columns: columns.into_iter().collect() })
}

fn check(attribute: &Attribute) -> syn::Result<Check> {
    let Meta::List(list) = &attribute.meta else {
        return Err(expected(attribute.meta.span(), "`check(name, \"expression\")`"));
    };
    list.parse_args_with(|input: ParseStream<'_>| {
        let name = input.parse()?;
        input.parse::<Token![,]>()?;
        let expression = input.parse()?;
        input.parse::<Option<Token![,]>>()?;
        Ok(Check { name, expression })
    })
}

fn renamed_from(attribute: &Attribute) -> syn::Result<LitStr> {
    match value(attribute) {
        Some(Lit::Str(name)) => Ok(name.clone()),
        _ => Err(expected(attribute.meta.span(), "`renamed_from = \"old_name\"`")),
    }
}

fn max_length(attribute: &Attribute) -> syn::Result<Length> {
    let wanted =
        || expected(attribute.meta.span(), "`max_length = N`, N being a number of characters");
    let Some(Lit::Int(literal)) = value(attribute) else { return Err(wanted()) };
    let characters = literal.base10_parse().map_err(|_| wanted())?;
    Ok(Length { characters, span: literal.span() })
}

fn flag(attribute: &Attribute) -> syn::Result<Span> {
    match &attribute.meta {
        Meta::Path(path) => Ok(path.span()),
        Meta::List(_) | Meta::NameValue(_) => {
            let name = name_of(attribute);
            Err(expected(attribute.meta.span(), format!("`{name}` alone, without arguments")))
        }
    }
}

fn default(attribute: &Attribute) -> syn::Result<Default> {
    const WANTED: &str =
        "`default(now)`, or `default(…)` with true, false, an integer or a \"text\"";
    let Meta::List(list) = &attribute.meta else {
        return Err(expected(attribute.meta.span(), WANTED));
    };
    list.parse_args_with(|input: ParseStream<'_>| {
        if input.peek(Ident) {
            let word: Ident = input.parse()?;
            return if word == "now" {
                Ok(Default::Now(word.span()))
            } else {
                Err(expected(word.span(), WANTED))
            };
        }
        let minus: Option<Token![-]> = input.parse()?;
        match input.parse().map_err(|error| expected(error.span(), WANTED))? {
            Lit::Int(literal) => integer(minus, &literal),
            Lit::Bool(literal) if minus.is_none() => Ok(Default::Bool(literal)),
            Lit::Str(literal) if minus.is_none() => Ok(Default::Text(literal)),
            other => Err(expected(other.span(), WANTED)),
        }
    })
}

fn integer(minus: Option<Token![-]>, literal: &LitInt) -> syn::Result<Default> {
    let magnitude: i128 = literal.base10_parse()?;
    let value = if minus.is_some() { -magnitude } else { magnitude };
    Ok(Default::Int(value, literal.span()))
}

fn references(attribute: &Attribute) -> syn::Result<References> {
    let whole = attribute.meta.span();
    let Meta::List(list) = &attribute.meta else {
        return Err(expected(
            whole,
            "`references(table.column)` or `references(table.column, on_delete = …)`",
        ));
    };
    list.parse_args_with(|input: ParseStream<'_>| {
        let table = input.parse()?;
        input.parse::<Token![.]>()?;
        let column = input.parse()?;
        let comma: Option<Token![,]> = input.parse()?;
        if comma.is_none() || input.is_empty() {
            return Ok(References {
                table,
                column,
                on_delete: OnDelete::NoAction,
                on_delete_span: whole,
            });
        }
        let (on_delete, on_delete_span) = on_delete(input)?;
        input.parse::<Option<Token![,]>>()?;
        Ok(References { table, column, on_delete, on_delete_span })
    })
}

fn on_delete(input: ParseStream<'_>) -> syn::Result<(OnDelete, Span)> {
    let key: Ident = input.parse()?;
    if key != "on_delete" {
        return Err(expected(key.span(), "`on_delete = cascade`, `set_null` or `no_action`"));
    }
    input.parse::<Token![=]>()?;
    let action: Ident = input.parse()?;
    let on_delete = match action.to_string().as_str() {
        "cascade" => OnDelete::Cascade,
        "set_null" => OnDelete::SetNull,
        "no_action" => OnDelete::NoAction,
        other => {
            let message =
                format!("unknown action `{other}`; expected cascade, set_null or no_action");
            return Err(syn::Error::new(action.span(), message));
        }
    };
    Ok((on_delete, action.span()))
}

/// The literal of `#[name = literal]`.
fn value(attribute: &Attribute) -> Option<&Lit> {
    match &attribute.meta {
        Meta::NameValue(pair) => match &pair.value {
            Expr::Lit(ExprLit { lit, .. }) => Some(lit),
            _ => None,
        },
        Meta::Path(_) | Meta::List(_) => None,
    }
}
