//! `references(…)` of a column and `foreign_key(…)` of a table.

use proc_macro2::Span;
use schema_model::Action;
use syn::parse::ParseStream;
use syn::spanned::Spanned;
use syn::{Attribute, Ident, Meta, Token};

use crate::declared::{ForeignKey, SpannedAction};
use crate::errors::Errors;
use crate::syntax::{self, NamedArgs, comma, expected, names_in_parentheses};

const ARGS: [&str; 3] = ["on_delete", "on_update", "name"];

pub(super) fn references(
    attribute: &Attribute,
    column: &Ident,
    errors: &mut Errors,
) -> syn::Result<ForeignKey> {
    let shape = "`references(table.column)` or `references(table.column, on_delete = …)`";
    read(attribute, shape, errors, |input, errors| {
        let parent = syntax::name(input, errors)?;
        input.parse::<Token![.]>()?;
        let parent_column = syntax::name(input, errors)?;
        Ok(Sides { columns: vec![column.clone()], parent, parent_columns: vec![parent_column] })
    })
}

pub(super) fn foreign_key(attribute: &Attribute, errors: &mut Errors) -> syn::Result<ForeignKey> {
    let shape = "`foreign_key((a, b) -> table(x, y))` or `foreign_key((a, b) -> table(x, y), on_delete = …)`";
    read(attribute, shape, errors, |input, errors| {
        let columns = names_in_parentheses(input, errors)?;
        input.parse::<Token![->]>()?;
        let parent = syntax::name(input, errors)?;
        Ok(Sides { columns, parent, parent_columns: names_in_parentheses(input, errors)? })
    })
}

/// The two sides of a foreign key.
struct Sides {
    columns: Vec<Ident>,
    parent: Ident,
    parent_columns: Vec<Ident>,
}

fn read(
    attribute: &Attribute,
    shape: &str,
    errors: &mut Errors,
    sides: impl FnOnce(ParseStream<'_>, &mut Errors) -> syn::Result<Sides>,
) -> syn::Result<ForeignKey> {
    let span = attribute.path().span();
    let Meta::List(list) = &attribute.meta else { return Err(expected(span, shape)) };
    list.parse_args_with(|input: ParseStream<'_>| {
        let sides = sides(input, errors)
            .and_then(|sides| comma(input).map(|()| sides))
            .map_err(|error| expected(error.span(), shape))?;
        let mut args = NamedArgs::default();
        while !input.is_empty() {
            args.parse_one(input, &ARGS, errors)?;
            comma(input)?;
        }
        let Sides { columns, parent, parent_columns } = sides;
        Ok(ForeignKey {
            span,
            columns,
            parent,
            parent_columns,
            on_delete: action(&args, "on_delete", span, errors),
            on_update: action(&args, "on_update", span, errors),
            name: args.name(errors),
        })
    })
}

fn action(args: &NamedArgs, name: &str, whole: Span, errors: &mut Errors) -> SpannedAction {
    let Some(value) = args.get(name).and_then(|arg| arg.value.as_ref()) else {
        return SpannedAction { action: Action::NoAction, span: whole };
    };
    let written = value.to_string();
    let span = value.span();
    let action =
        Action::ALL.into_iter().find(|action| action.name() == written).unwrap_or_else(|| {
            let known = Action::ALL.map(Action::name).join(", ");
            errors.add(span, format!("unknown action `{written}`; expected one of {known}"));
            Action::NoAction
        });
    SpannedAction { action, span }
}
