//! `references(…)` of a column and `foreign_key(…)` of a table.

use proc_macro2::Span;
use schema_model::Action;
use syn::parse::ParseStream;
use syn::spanned::Spanned;
use syn::{Attribute, Ident, Meta, Token};

use crate::declared::{ForeignKey, Rule};
use crate::errors::Errors;
use crate::words::{self, Words, comma, expected, names_in_parentheses};

const WORDS: [&str; 3] = ["on_delete", "on_update", "name"];

pub(super) fn references(
    attribute: &Attribute,
    column: &Ident,
    errors: &mut Errors,
) -> syn::Result<ForeignKey> {
    let shape = "`references(table.column)` or `references(table.column, on_delete = …)`";
    read(attribute, shape, errors, |input, errors| {
        let parent = words::name(input, errors)?;
        input.parse::<Token![.]>()?;
        let parent_column = words::name(input, errors)?;
        Ok(Sides { columns: vec![column.clone()], parent, parent_columns: vec![parent_column] })
    })
}

pub(super) fn foreign_key(attribute: &Attribute, errors: &mut Errors) -> syn::Result<ForeignKey> {
    let shape = "`foreign_key((a, b) -> table(x, y))` or `foreign_key((a, b) -> table(x, y), on_delete = …)`";
    read(attribute, shape, errors, |input, errors| {
        let columns = names_in_parentheses(input, errors)?;
        input.parse::<Token![->]>()?;
        let parent = words::name(input, errors)?;
        Ok(Sides { columns, parent, parent_columns: names_in_parentheses(input, errors)? })
    })
}

/// What refers, and to what.
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
        let mut words = Words::default();
        while !input.is_empty() {
            words.read_one(input, &WORDS, errors)?;
            comma(input)?;
        }
        let Sides { columns, parent, parent_columns } = sides;
        Ok(ForeignKey {
            span,
            columns,
            parent,
            parent_columns,
            on_delete: rule(&words, "on_delete", span, errors),
            on_update: rule(&words, "on_update", span, errors),
            name: words.name(errors),
        })
    })
}

fn rule(words: &Words, word: &str, whole: Span, errors: &mut Errors) -> Rule {
    let Some(value) = words.get(word).and_then(|said| said.value.as_ref()) else {
        return Rule { action: Action::NoAction, span: whole };
    };
    let said = value.to_string();
    let span = value.span();
    let action =
        Action::ALL.into_iter().find(|action| action.name() == said).unwrap_or_else(|| {
            let known = Action::ALL.map(Action::name).join(", ");
            errors.add(span, format!("unknown action `{said}`; expected one of {known}"));
            Action::NoAction
        });
    Rule { action, span }
}
