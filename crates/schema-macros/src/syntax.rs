//! The small parts that a declaration is made of: names, lists of names, and `name = value`.

use std::fmt::Display;

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::spanned::Spanned;
use syn::{Attribute, Ident, LitStr, Token};

use crate::errors::Errors;

/// Keywords that not even `r#` makes a name.
const PATH_KEYWORDS: [&str; 4] = ["self", "Self", "super", "crate"];

/// A name. A keyword of Rust is reported, and then taken as if it were written as it has to be.
/// Equal names are equal afterwards, with or without an `r#` that is not needed.
pub(crate) fn name(input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<Ident> {
    let ident = input.call(Ident::parse_any).map_err(|error| expected(error.span(), "a name"))?;
    let plain = ident.unraw().to_string();
    let name = rust_name(&plain, ident.span());
    if name != ident && name != plain {
        errors.add(ident.span(), keyword_message(&plain, &name));
    }
    Ok(name)
}

/// `(a, b)`; never empty.
pub(crate) fn names_in_parentheses(
    input: ParseStream<'_>,
    errors: &mut Errors,
) -> syn::Result<Vec<Ident>> {
    let content;
    let parentheses = syn::parenthesized!(content in input);
    let mut names = Vec::new();
    while !content.is_empty() {
        // What can't be read must not stay behind, or syn reports it a second time.
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

/// The comma between two things, or the end.
pub(crate) fn comma(input: ParseStream<'_>) -> syn::Result<()> {
    if !input.is_empty() {
        input.parse::<Token![,]>()?;
    }
    Ok(())
}

/// What has to come after the last thing in an attribute.
pub(crate) fn end(input: ParseStream<'_>) -> syn::Result<()> {
    if input.is_empty() { Ok(()) } else { Err(input.error("expected the end")) }
}

/// What an attribute is called: `index` for `#[index(…)]`.
pub(crate) fn name_of(attribute: &Attribute) -> String {
    let segments: Vec<String> =
        attribute.path().segments.iter().map(|segment| segment.ident.to_string()).collect();
    segments.join("::")
}

/// The name as it is written in Rust: `r#type` for `type`, `self_` for `self`.
pub(crate) fn rust_name(plain: &str, span: Span) -> Ident {
    // A keyword of Rust 2024 that syn does not know as one.
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
            "`{plain}` can't be a name in Rust, not even with `r#`; expected another, such as `{name}`"
        )
    } else {
        format!("`{plain}` is a keyword of Rust; write `{name}`")
    }
}

/// The `name = value`s of one attribute. Values are looked at later, so that one which can't be
/// read still counts as given.
#[derive(Default)]
pub(crate) struct NamedArgs(Vec<NamedArg>);

/// One of them.
pub(crate) struct NamedArg {
    pub(crate) name: Ident,
    /// Nothing where there is none, which is reported already.
    pub(crate) value: Option<TokenStream>,
}

impl NamedArgs {
    /// Whether one of them is next, and no name of a column.
    pub(crate) fn is_next(input: ParseStream<'_>) -> bool {
        input.peek(Ident::peek_any) && input.peek2(Token![=])
    }

    /// Reads one of them, up to the comma. A name that is not known or was there before is reported
    /// and left out.
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
            errors.add(name.span(), format!("unknown word `{text}`; {}", list()));
        } else if self.get(&text).is_some() {
            errors.add(name.span(), format!("`{text}` stands here twice; expected it once"));
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

    /// The value of `name = …`, which whatever has a generated name can have.
    pub(crate) fn name(&self, errors: &mut Errors) -> Option<Ident> {
        let value = self.get("name")?.value.as_ref()?;
        let read = (|input: ParseStream<'_>| name(input, errors)).parse2(value.clone());
        if read.is_err() {
            errors.add(value.span(), "expected `name = …` with a name, not in quotes");
        }
        read.ok()
    }

    /// The value of `name = "text"`, for that name.
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

/// All that is left before the next comma.
pub(crate) fn to_comma(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let mut tokens = Vec::new();
    while !input.is_empty() && !input.peek(Token![,]) {
        tokens.push(input.parse::<TokenTree>()?);
    }
    Ok(tokens.into_iter().collect())
}
