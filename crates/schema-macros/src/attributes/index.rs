//! `index(…)` and `unique(…)` of a table.

use schema_model::WithoutPartial;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::spanned::Spanned;
use syn::{Attribute, Ident, Meta, Token};

use crate::check::partial_choice;
use crate::declared::{Index, IndexColumn, Partial, RowExpression};
use crate::errors::Errors;
use crate::syntax::{self, NamedArg, NamedArgs, comma, expected, name_of};

const ARGS: [&str; 5] = ["where", "sqlite", "postgres", "mysql", "name"];
/// The back ends that have partial indexes, and so can have a condition of their own.
const WITH_PARTIAL: [&str; 2] = ["sqlite", "postgres"];

pub(super) fn read(attribute: &Attribute, unique: bool, errors: &mut Errors) -> syn::Result<Index> {
    let span = attribute.path().span();
    let wanted = || expected(span, format!("`{}(column, …)`", name_of(attribute)));
    let Meta::List(list) = &attribute.meta else { return Err(wanted()) };
    list.parse_args_with(|input: ParseStream<'_>| {
        let mut columns = Vec::new();
        let mut args = NamedArgs::default();
        while !input.is_empty() {
            // A column named `where` would be written `r#where`.
            if NamedArgs::is_next(input) || input.peek(Token![where]) {
                args.parse_one(input, &ARGS, errors)?;
            } else {
                columns.push(column(input, errors)?);
            }
            comma(input)?;
        }
        if columns.is_empty() {
            return Err(wanted());
        }
        let partial = partial(&args, unique, errors);
        Ok(Index { span, unique, columns, partial, name: args.name(errors) })
    })
}

fn column(input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<IndexColumn> {
    let name = syntax::name(input, errors).map_err(|error| expected(error.span(), "a column"))?;
    let descending = input.peek(Ident::peek_any);
    if descending {
        let order = input.call(Ident::parse_any)?;
        if order != "desc" {
            errors.add(order.span(), "expected `desc` (greatest first), `,` or the end");
        }
    } else if !input.is_empty() && !input.peek(Token![,]) {
        return Err(expected(input.span(), "`desc` (greatest first), `,` or the end"));
    }
    Ok(IndexColumn { name, descending })
}

/// The rows that the index covers, if not all. MySQL and MariaDB have no partial indexes, and the
/// macro does not guess what they should have instead.
fn partial(args: &NamedArgs, unique: bool, errors: &mut Errors) -> Option<Partial> {
    let Some(partial) = args.get("where") else {
        for given in args.of(&["sqlite", "postgres", "mysql"]) {
            let message = format!(
                "`{}` says what a back end has instead of a partial index or its condition; \
                 expected it together with `where = \"condition\"`",
                given.name
            );
            errors.add(given.name.span(), message);
        }
        return None;
    };
    let (span, choice) = (partial.name.span(), args.get("mysql").map(|given| given.name.span()));
    let without_partial = without_partial(args.get("mysql"), unique, errors);
    let common = args.text("where", errors)?;
    let own = args.of(&WITH_PARTIAL).filter_map(|given| {
        let text = args.text(&given.name.to_string(), errors)?;
        Some((given.name.clone(), text))
    });
    let instead = own.collect();
    Some(Partial { condition: RowExpression { common, instead }, without_partial, span, choice })
}

fn without_partial(given: Option<&NamedArg>, unique: bool, errors: &mut Errors) -> WithoutPartial {
    let choice = partial_choice(unique);
    // Whether it must be given is checked when the back ends are known.
    let Some(given) = given else { return WithoutPartial::NoIndex };
    let Some(value) = &given.value else { return WithoutPartial::NoIndex };
    match value.to_string().as_str() {
        "full" if unique => {
            let message = format!(
                "a unique index over all rows would reject rows on MySQL and MariaDB that the \
                 other back ends accept; expected {choice}"
            );
            errors.add(value.span(), message);
            WithoutPartial::NoIndex
        }
        "full" => WithoutPartial::FullIndex,
        "none" => WithoutPartial::NoIndex,
        _ => {
            errors.add(value.span(), format!("expected {choice}"));
            WithoutPartial::NoIndex
        }
    }
}
