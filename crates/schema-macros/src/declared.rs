//! What a declaration says, once it is read: what the model has of it, and where each part stands.

use proc_macro2::Span;
use schema_model::{Action, DefaultValue, SqlType, WithoutPartial};
use syn::{Attribute, Ident, LitStr};

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
    /// Without its length, which another attribute declares.
    pub(crate) sql_type: SqlType,
    pub(crate) nullable: bool,
}

#[derive(Clone, Copy)]
pub(crate) struct Length {
    pub(crate) characters: u32,
    pub(crate) span: Span,
}

pub(crate) struct Default {
    /// An integer that no type has stays what it is, to be reported with those that the column has.
    pub(crate) value: Result<DefaultValue, i128>,
    pub(crate) span: Span,
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
    pub(crate) without_partial: WithoutPartial,
}

pub(crate) struct ForeignKey {
    pub(crate) span: Span,
    pub(crate) columns: Vec<Ident>,
    pub(crate) parent: Ident,
    pub(crate) parent_columns: Vec<Ident>,
    pub(crate) on_delete: SpannedAction,
    pub(crate) on_update: SpannedAction,
    /// What its name ends in, if not in its columns.
    pub(crate) name: Option<Ident>,
}

/// An action, and where it is written; the whole attribute where it is not.
#[derive(Clone, Copy)]
pub(crate) struct SpannedAction {
    pub(crate) action: Action,
    pub(crate) span: Span,
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
    /// The type with its declared length; one of zero where it has to have one, but none is declared.
    pub(crate) fn sql_type(&self) -> Option<SqlType> {
        let length = self.max_length.map_or(0, |length| length.characters);
        self.column_type.as_ref().map(|column_type| column_type.sql_type.with_length(length))
    }

    pub(crate) fn is_nullable(&self) -> bool {
        self.column_type.as_ref().is_some_and(|column_type| column_type.nullable)
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
