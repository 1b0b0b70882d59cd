//! The attributes of tables and columns.

use proc_macro2::Span;
use schema_model::BackEnds;
use syn::parse::ParseStream;
use syn::spanned::Spanned;
use syn::{Attribute, Expr, ExprLit, Ident, Lit, LitStr, Meta, Token};

use crate::declared::{Check, Column, Length, RowExpression, Table};
use crate::errors::Errors;
use crate::syntax::{self, expected, name_of};

mod default;
mod index;
mod keys;

const TABLE_ATTRIBUTES: [&str; 5] = [
    "index(…)",
    "unique(…)",
    "foreign_key(…)",
    "check(name, \"expression\")",
    "renamed_from = \"old\"",
];
const COLUMN_ATTRIBUTES: [&str; 8] = [
    "max_length = N",
    "auto_increment",
    "unique",
    "default(…)",
    "references(table.column)",
    "renamed_from = \"old\"",
    "backfill(\"expression\")",
    "sample(…)",
];

pub(crate) fn apply_to_table(table: &mut Table, attributes: Vec<Attribute>, errors: &mut Errors) {
    for attribute in attributes {
        let result = match name_of(&attribute).as_str() {
            "doc" => {
                table.docs.push(attribute);
                Ok(())
            }
            "index" => {
                index::read(&attribute, false, errors).map(|index| table.indexes.push(index))
            }
            "unique" => {
                index::read(&attribute, true, errors).map(|index| table.indexes.push(index))
            }
            "foreign_key" => {
                keys::foreign_key(&attribute, errors).map(|key| table.foreign_keys.push(key))
            }
            "check" => check(&attribute, errors).map(|check| table.checks.push(check)),
            "renamed_from" => set(&mut table.renamed_from, &attribute, renamed_from),
            other => Err(unknown(&attribute, other, "table", &TABLE_ATTRIBUTES)),
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
            "default" => set(&mut column.default, &attribute, default::read),
            "references" => set(&mut column.references, &attribute, |attribute| {
                keys::references(attribute, &column.name, errors)
            }),
            "renamed_from" => set(&mut column.renamed_from, &attribute, renamed_from),
            "backfill" => set(&mut column.backfill, &attribute, backfill),
            "sample" => default::read_list(&attribute).map(|read| column.samples.extend(read)),
            other => Err(unknown(&attribute, other, "column", &COLUMN_ATTRIBUTES)),
        };
        errors.ok(result);
    }
}

fn unknown(attribute: &Attribute, name: &str, place: &str, known: &[&str]) -> syn::Error {
    let is_known = |attributes: &[&str]| {
        attributes.iter().any(|known| {
            known.strip_prefix(name).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
        })
    };
    let what = if is_known(&TABLE_ATTRIBUTES) {
        format!("`{name}` is for a table, not for a {place}")
    } else if is_known(&COLUMN_ATTRIBUTES) {
        format!("`{name}` is for a column, not for a {place}")
    } else {
        format!("unknown attribute `{name}` on a {place}")
    };
    let message = format!("{what}; expected one of {}", known.join(", "));
    syn::Error::new(attribute.path().span(), message)
}

/// Reads an attribute that may be given only once.
fn set<T>(
    slot: &mut Option<T>,
    attribute: &Attribute,
    read: impl FnOnce(&Attribute) -> syn::Result<T>,
) -> syn::Result<()> {
    if slot.is_some() {
        let message = format!("`{}` is given twice; expected it once", name_of(attribute));
        return Err(syn::Error::new(attribute.path().span(), message));
    }
    *slot = Some(read(attribute)?);
    Ok(())
}

fn check(attribute: &Attribute, errors: &mut Errors) -> syn::Result<Check> {
    const SHAPE: &str = "`check(name, \"expression\")`, and for a back end that needs another \
                         one, `sqlite = \"…\"`, `postgres = \"…\"` or `mysql = \"…\"`";
    let Meta::List(list) = &attribute.meta else {
        return Err(expected(attribute.meta.span(), SHAPE));
    };
    list.parse_args_with(|input: ParseStream<'_>| {
        let name = syntax::own_name(input, errors)?;
        syntax::comma(input)?;
        Ok(Check { name, expression: row_expression(input)? })
    })
    .map_err(|error| expected(error.span(), SHAPE))
}

fn backfill(attribute: &Attribute) -> syn::Result<RowExpression> {
    const SHAPE: &str = "`backfill(\"expression\")` with an SQL expression over the other columns, \
                         and for a back end that needs another one, `sqlite = \"…\"`, \
                         `postgres = \"…\"` or `mysql = \"…\"`";
    let Meta::List(list) = &attribute.meta else {
        return Err(expected(attribute.meta.span(), SHAPE));
    };
    list.parse_args_with(row_expression).map_err(|error| expected(error.span(), SHAPE))
}

/// Reads an expression, and those that single back ends have instead, up to the end.
fn row_expression(input: ParseStream<'_>) -> syn::Result<RowExpression> {
    let common = input.parse()?;
    syntax::comma(input)?;
    let mut instead: Vec<(Ident, LitStr)> = Vec::new();
    while !input.is_empty() {
        let back_end: Ident = input.parse()?;
        let is_known = BackEnds::NAMES.iter().any(|known| back_end == known);
        if !is_known || instead.iter().any(|(other, _)| *other == back_end) {
            return Err(syn::Error::new(back_end.span(), "expected another back end"));
        }
        input.parse::<Token![=]>()?;
        instead.push((back_end, input.parse()?));
        syntax::comma(input)?;
    }
    Ok(RowExpression { common, instead })
}

fn renamed_from(attribute: &Attribute) -> syn::Result<LitStr> {
    match value(attribute) {
        Some(Lit::Str(name)) => Ok(name.clone()),
        _ => Err(expected(attribute.meta.span(), "`renamed_from = \"old_name\"`")),
    }
}

fn max_length(attribute: &Attribute) -> syn::Result<Length> {
    let wanted = || expected(attribute.meta.span(), "`max_length = N` with a number of characters");
    let Some(Lit::Int(literal)) = value(attribute) else { return Err(wanted()) };
    let characters = literal.base10_parse().map_err(|_| wanted())?;
    Ok(Length { characters, span: literal.span() })
}

fn flag(attribute: &Attribute) -> syn::Result<Span> {
    let name = name_of(attribute);
    match &attribute.meta {
        Meta::Path(path) => Ok(path.span()),
        Meta::List(_) if name == "unique" => Err(expected(
            attribute.meta.span(),
            "`unique` without arguments on a column; `unique(column, …)` goes on the table",
        )),
        Meta::List(_) | Meta::NameValue(_) => {
            Err(expected(attribute.meta.span(), format!("`{name}` without arguments")))
        }
    }
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
