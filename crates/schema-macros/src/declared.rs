//! What a declaration says, once it is read.

use proc_macro2::Span;
use syn::{Attribute, Ident, LitBool, LitStr};

use crate::types::SqlType;

pub(crate) struct Table {
    pub(crate) docs: Vec<Attribute>,
    pub(crate) name: Ident,
    pub(crate) primary_key: Vec<Ident>,
    pub(crate) columns: Vec<Column>,
    pub(crate) indexes: Vec<Index>,
    pub(crate) foreign_keys: Vec<ForeignKey>,
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
    /// Becomes one of the table's indexes.
    pub(crate) unique: Option<Span>,
    pub(crate) default: Option<Default>,
    /// Becomes one of the table's foreign keys.
    pub(crate) references: Option<ForeignKey>,
    pub(crate) renamed_from: Option<LitStr>,
    pub(crate) backfill: Option<LitStr>,
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

/// A column's default, as written.
pub(crate) enum Default {
    Now(Span),
    Bool(LitBool),
    Int(i128, Span),
    Text(LitStr),
}

pub(crate) struct Index {
    pub(crate) span: Span,
    pub(crate) unique: bool,
    pub(crate) columns: Vec<IndexColumn>,
    pub(crate) partial: Option<Partial>,
    /// What its name ends in, if not in its columns.
    pub(crate) name: Option<Ident>,
}

pub(crate) struct IndexColumn {
    pub(crate) name: Ident,
    pub(crate) descending: bool,
}

pub(crate) struct Partial {
    pub(crate) condition: LitStr,
    pub(crate) elsewhere: Elsewhere,
}

/// What MySQL and MariaDB have in the place of a partial index.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Elsewhere {
    Full,
    Nothing,
}

pub(crate) struct ForeignKey {
    pub(crate) span: Span,
    pub(crate) columns: Vec<Ident>,
    pub(crate) parent: Ident,
    pub(crate) parent_columns: Vec<Ident>,
    pub(crate) on_delete: Rule,
    pub(crate) on_update: Rule,
    /// What its name ends in, if not in its columns.
    pub(crate) name: Option<Ident>,
}

/// An action, and where it is said, if it is.
#[derive(Clone, Copy)]
pub(crate) struct Rule {
    pub(crate) action: Action,
    pub(crate) span: Span,
}

#[derive(Clone, Copy, PartialEq, Eq)]
#[expect(clippy::enum_variant_names, reason = "`NO ACTION` is the word of SQL and of the model")]
pub(crate) enum Action {
    NoAction,
    Cascade,
    SetNull,
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

impl Default {
    pub(crate) fn span(&self) -> Span {
        match self {
            Self::Now(span) | Self::Int(_, span) => *span,
            Self::Bool(literal) => literal.span(),
            Self::Text(literal) => literal.span(),
        }
    }
}

impl Index {
    /// The columns, in index order.
    pub(crate) fn column_names(&self) -> impl Iterator<Item = &Ident> {
        self.columns.iter().map(|column| &column.name)
    }

    /// Whether a foreign key can refer to exactly these columns by it.
    pub(crate) fn is_key(&self) -> bool {
        let ascending = self.columns.iter().all(|column| !column.descending);
        self.unique && self.partial.is_none() && ascending
    }
}

impl ForeignKey {
    /// Where it says what it refers to.
    pub(crate) fn target_span(&self) -> Span {
        self.parent_columns.first().unwrap_or(&self.parent).span()
    }
}

impl Action {
    /// The word for it in the DSL.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::NoAction => "no_action",
            Self::Cascade => "cascade",
            Self::SetNull => "set_null",
        }
    }
}
