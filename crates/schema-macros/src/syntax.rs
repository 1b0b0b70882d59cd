//! The small parts of a declaration: names, lists of names, and `name = value`.

use std::fmt::Display;

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::spanned::Spanned;
use syn::{Attribute, Ident, LitStr, Token};

use crate::declared::OwnName;
use crate::errors::Errors;

/// Keywords that can't be a name, not even with `r#`.
const PATH_KEYWORDS: [&str; 4] = ["self", "Self", "super", "crate"];

/// Reads a name. A keyword of Rust is reported, and then treated as if it were written correctly.
/// Names that differ only in an unnecessary `r#` are equal afterwards.
pub(crate) fn name(input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<Ident> {
    let ident = input.call(Ident::parse_any).map_err(|error| expected(error.span(), "a name"))?;
    let plain = ident.unraw().to_string();
    let name = rust_name(&plain, ident.span());
    if name != ident && name != plain {
        errors.add(ident.span(), keyword_message(&plain, &name));
    }
    Ok(name)
}

/// Reads the name of an index or a constraint.
pub(crate) fn own_name(input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<OwnName> {
    if input.peek(LitStr) {
        return input.parse().map(OwnName::Whole);
    }
    name(input, errors).map(OwnName::Suffix)
}

/// Reads `(a, b)`, which is never empty.
pub(crate) fn names_in_parentheses(
    input: ParseStream<'_>,
    errors: &mut Errors,
) -> syn::Result<Vec<Ident>> {
    let content;
    let parentheses = syn::parenthesized!(content in input);
    let mut names = Vec::new();
    while !content.is_empty() {
        // What can't be read must be consumed, or syn reports it a second time.
        match name(&content, errors).and_then(|name| comma(&content).map(|()| name)) {
            Ok(name) => names.push(name),
            Err(error) => {
                content.parse::<TokenStream>()?;
                return Err(error);
            }
        }
    }
    if names.is_empty() {
        return Err(expected(parentheses.span.join(), "the names of columns"));
    }
    Ok(names)
}

/// Reads the comma between two things, or the end.
pub(crate) fn comma(input: ParseStream<'_>) -> syn::Result<()> {
    if !input.is_empty() {
        input.parse::<Token![,]>()?;
    }
    Ok(())
}

/// Reads the end of an attribute.
pub(crate) fn end(input: ParseStream<'_>) -> syn::Result<()> {
    if input.is_empty() { Ok(()) } else { Err(input.error("expected the end")) }
}

/// The name of an attribute: `index` for `#[index(…)]`.
pub(crate) fn name_of(attribute: &Attribute) -> String {
    let segments: Vec<String> =
        attribute.path().segments.iter().map(|segment| segment.ident.to_string()).collect();
    segments.join("::")
}

/// The name as Rust writes it: `r#type` for `type`, `self_` for `self`.
pub(crate) fn rust_name(plain: &str, span: Span) -> Ident {
    // `gen` is a keyword of Rust 2024 that syn does not know.
    let is_keyword = plain == "gen" || syn::parse_str::<Ident>(plain).is_err();
    if PATH_KEYWORDS.contains(&plain) {
        Ident::new(&format!("{}_", plain.to_lowercase()), span)
    } else if is_keyword && plain != "_" {
        Ident::new_raw(plain, span)
    } else {
        Ident::new(plain, span)
    }
}

fn keyword_message(plain: &str, name: &Ident) -> String {
    if PATH_KEYWORDS.contains(&plain) {
        format!(
            "`{plain}` can't be a name in Rust, not even with `r#`; expected another name, such as \
             `{name}`"
        )
    } else {
        format!("`{plain}` is a keyword of Rust; write `{name}`")
    }
}

/// The `name = value` arguments of one attribute. Values are read later, so that an argument whose
/// value can't be read still counts as given.
#[derive(Default)]
pub(crate) struct NamedArgs(Vec<NamedArg>);

/// One `name = value` argument.
pub(crate) struct NamedArg {
    pub(crate) name: Ident,
    /// `None` if the value is missing, which was already reported.
    pub(crate) value: Option<TokenStream>,
}

impl NamedArgs {
    /// Whether the next thing is an argument and not the name of a column.
    pub(crate) fn is_next(input: ParseStream<'_>) -> bool {
        input.peek(Ident::peek_any) && input.peek2(Token![=])
    }

    /// Reads one argument, up to the comma. An unknown or repeated name is reported and left out.
    pub(crate) fn parse_one(
        &mut self,
        input: ParseStream<'_>,
        known: &[&str],
        errors: &mut Errors,
    ) -> syn::Result<()> {
        let list = || format!("expected one of {}", known.join(", "));
        let name =
            input.call(Ident::parse_any).map_err(|error| syn::Error::new(error.span(), list()))?;
        let has_value = input.parse::<Option<Token![=]>>()?.is_some();
        let value = to_comma(input)?;
        let value = Some(value).filter(|value| has_value && !value.is_empty());
        let text = name.to_string();
        if !known.contains(&text.as_str()) {
            errors.add(name.span(), format!("unknown argument `{text}`; {}", list()));
        } else if self.get(&text).is_some() {
            errors.add(name.span(), format!("`{text}` is given twice; expected it once"));
        } else {
            if value.is_none() {
                errors.add(name.span(), format!("expected a value: `{text} = …`"));
            }
            self.0.push(NamedArg { name, value });
        }
        Ok(())
    }

    pub(crate) fn get(&self, name: &str) -> Option<&NamedArg> {
        self.0.iter().find(|arg| arg.name == name)
    }

    /// Those of these arguments that are given.
    pub(crate) fn of(&self, names: &[&str]) -> impl Iterator<Item = &NamedArg> {
        self.0.iter().filter(move |arg| names.iter().any(|name| arg.name == name))
    }

    /// The value of `name = …`, which everything with a generated name accepts.
    pub(crate) fn name(&self, errors: &mut Errors) -> Option<OwnName> {
        let value = self.get("name")?.value.as_ref()?;
        let read = (|input: ParseStream<'_>| own_name(input, errors)).parse2(value.clone());
        if read.is_err() {
            let message = "expected `name = short`, or `name = \"…\"` for the whole name";
            errors.add(value.span(), message);
        }
        read.ok()
    }

    /// The text of the argument with that name.
    pub(crate) fn text(&self, name: &str, errors: &mut Errors) -> Option<LitStr> {
        let value = self.get(name)?.value.as_ref()?;
        let read = syn::parse2(value.clone());
        if read.is_err() {
            errors.add(value.span(), format!("expected `{name} = \"…\"`"));
        }
        read.ok()
    }
}

pub(crate) fn expected(span: Span, what: impl Display) -> syn::Error {
    syn::Error::new(span, format!("expected {what}"))
}

/// Everything before the next comma.
pub(crate) fn to_comma(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let mut tokens = Vec::new();
    while !input.is_empty() && !input.peek(Token![,]) {
        tokens.push(input.parse::<TokenTree>()?);
    }
    Ok(tokens.into_iter().collect())
}
