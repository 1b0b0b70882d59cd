//! `default(…)`, and `sample(…)` with values of the same kind.

use schema_model::DefaultValue;
use syn::parse::ParseStream;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Attribute, Ident, Lit, LitInt, Meta, Token};

use crate::declared::Default;
use crate::syntax::{comma, end, expected};

const SHAPE: &str = "`default(now)`, or `default(…)` with true, false, a number or a \"text\"";
const SAMPLES_SHAPE: &str =
    "`sample(…)` with true, false, numbers or \"texts\", which the rows of a proof get in turn";

pub(super) fn read(attribute: &Attribute) -> syn::Result<Default> {
    in_list(attribute, SHAPE, |input| {
        let default = value(input)?;
        comma(input)?;
        end(input)?;
        Ok(default)
    })
}

pub(super) fn read_list(attribute: &Attribute) -> syn::Result<Vec<Default>> {
    in_list(attribute, SAMPLES_SHAPE, |input| {
        let values = Punctuated::<Default, Token![,]>::parse_terminated_with(input, value)?;
        match values.is_empty() {
            true => Err(input.error("expected a value")),
            false => Ok(values.into_iter().collect()),
        }
    })
}

/// Reads what is in the parentheses of the attribute.
fn in_list<T>(
    attribute: &Attribute,
    shape: &str,
    read: impl FnOnce(ParseStream<'_>) -> syn::Result<T>,
) -> syn::Result<T> {
    let Meta::List(list) = &attribute.meta else {
        return Err(expected(attribute.meta.span(), shape));
    };
    list.parse_args_with(read).map_err(|error| expected(error.span(), shape))
}

fn value(input: ParseStream<'_>) -> syn::Result<Default> {
    if input.peek(Ident) {
        let word: Ident = input.parse()?;
        return if word == "now" {
            Ok(Default { value: Ok(DefaultValue::Now), span: word.span() })
        } else {
            Err(expected(word.span(), SHAPE))
        };
    }
    let minus: Option<Token![-]> = input.parse()?;
    match input.parse()? {
        Lit::Int(literal) => integer(minus, &literal),
        Lit::Float(literal) if literal.suffix().is_empty() => {
            let sign = if minus.is_some() { "-" } else { "" };
            let number = format!("{sign}{}", literal.base10_digits());
            Ok(Default { value: Ok(DefaultValue::Decimal(number.into())), span: literal.span() })
        }
        Lit::Bool(literal) if minus.is_none() => {
            Ok(Default { value: Ok(DefaultValue::Bool(literal.value())), span: literal.span() })
        }
        Lit::Str(literal) if minus.is_none() => {
            let text = literal.value().into();
            Ok(Default { value: Ok(DefaultValue::Text(text)), span: literal.span() })
        }
        other => Err(expected(other.span(), SHAPE)),
    }
}

fn integer(minus: Option<Token![-]>, literal: &LitInt) -> syn::Result<Default> {
    let magnitude: i128 = literal.base10_parse()?;
    let written = if minus.is_some() { -magnitude } else { magnitude };
    let value = i64::try_from(written).map(DefaultValue::Int).map_err(|_| written);
    Ok(Default { value, span: literal.span() })
}
