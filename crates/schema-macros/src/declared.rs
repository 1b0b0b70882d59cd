//! A declaration that was read: the content of the model, and the place of each part.

use proc_macro2::Span;
use schema_model::{Action, BackEnds, DefaultValue, SqlType, WithoutPartial};
use syn::{Attribute, Ident, LitStr};

/// All of a declaration.
pub(crate) struct Schema {
    pub(crate) back_ends: BackEnds,
    pub(crate) tables: Vec<Table>,
}

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
    /// `None` if the type could not be read, which was already reported.
    pub(crate) column_type: Option<ColumnType>,
    pub(crate) max_length: Option<Length>,
    pub(crate) auto_increment: Option<Span>,
    /// Is moved to the table's indexes.
    pub(crate) unique: Option<Span>,
    pub(crate) default: Option<Default>,
    /// Is moved to the table's foreign keys.
    pub(crate) references: Option<ForeignKey>,
    pub(crate) renamed_from: Option<LitStr>,
    pub(crate) backfill: Option<RowExpression>,
    /// Values for the rows on which migrations are tried.
    pub(crate) samples: Vec<Default>,
}

#[derive(Clone)]
pub(crate) struct ColumnType {
    pub(crate) ident: Ident,
    /// The type without its length, which another attribute declares.
    pub(crate) sql_type: SqlType,
    /// The place of its digits, if it has some.
    pub(crate) digits_span: Option<Span>,
    pub(crate) nullable: bool,
}

#[derive(Clone, Copy)]
pub(crate) struct Length {
    pub(crate) characters: u32,
    pub(crate) span: Span,
}

pub(crate) struct Default {
    /// The value, or an integer that fits no type. A check reports it with the range of the column.
    pub(crate) value: Result<DefaultValue, i128>,
    pub(crate) span: Span,
}

pub(crate) struct Index {
    pub(crate) span: Span,
    pub(crate) unique: bool,
    pub(crate) columns: Vec<IndexColumn>,
    pub(crate) partial: Option<Partial>,
    /// Without one, its name is made from its columns.
    pub(crate) name: Option<OwnName>,
}

/// The declared name of an index or a constraint.
pub(crate) enum OwnName {
    /// What comes after the kind and the table: `short`.
    Suffix(Ident),
    /// All of it, as a database has it already: `"invoices_customer_id_key"`.
    Whole(LitStr),
}

pub(crate) struct IndexColumn {
    pub(crate) name: Ident,
    pub(crate) descending: bool,
}

pub(crate) struct Partial {
    pub(crate) condition: RowExpression,
    pub(crate) without_partial: WithoutPartial,
    /// The place of `where`.
    pub(crate) span: Span,
    /// The place of `mysql`, which says what is there instead.
    pub(crate) choice: Option<Span>,
}

pub(crate) struct ForeignKey {
    pub(crate) span: Span,
    pub(crate) columns: Vec<Ident>,
    pub(crate) parent: Ident,
    pub(crate) parent_columns: Vec<Ident>,
    pub(crate) on_delete: SpannedAction,
    pub(crate) on_update: SpannedAction,
    /// Without one, its name is made from its columns.
    pub(crate) name: Option<OwnName>,
}

/// An action and its place; the place of the whole attribute if the action is not given.
#[derive(Clone, Copy)]
pub(crate) struct SpannedAction {
    pub(crate) action: Action,
    pub(crate) span: Span,
}

pub(crate) struct Check {
    pub(crate) name: OwnName,
    pub(crate) expression: RowExpression,
}

/// What an expression is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    Check,
    Index,
    /// It may mention former columns, which are not known.
    Backfill,
}

/// An expression, and what single back ends have instead, by their name.
pub(crate) struct RowExpression {
    pub(crate) common: LitStr,
    pub(crate) instead: Vec<(Ident, LitStr)>,
}

impl Table {
    /// All expressions, each with what it is for: conditions of indexes, checks, backfills.
    pub(crate) fn expressions(&self) -> impl Iterator<Item = (Purpose, &RowExpression)> {
        let partial = self.indexes.iter().filter_map(|index| index.partial.as_ref());
        let partial = partial.map(|partial| (Purpose::Index, &partial.condition));
        let checks = self.checks.iter().map(|check| (Purpose::Check, &check.expression));
        let backfills = self.columns.iter().filter_map(|column| column.backfill.as_ref());
        partial.chain(checks).chain(backfills.map(|backfill| (Purpose::Backfill, backfill)))
    }

    /// The same expressions in the same order.
    pub(crate) fn expressions_mut(&mut self) -> impl Iterator<Item = &mut RowExpression> {
        let partial = self.indexes.iter_mut().filter_map(|index| index.partial.as_mut());
        let partial = partial.map(|partial| &mut partial.condition);
        let checks = self.checks.iter_mut().map(|check| &mut check.expression);
        let backfills = self.columns.iter_mut().filter_map(|column| column.backfill.as_mut());
        partial.chain(checks).chain(backfills)
    }

    pub(crate) fn column(&self, name: &Ident) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == *name)
    }
}

impl Column {
    /// The type with its declared length. The length is zero if one is needed but missing.
    pub(crate) fn sql_type(&self) -> Option<SqlType> {
        let length = self.max_length.map_or(0, |length| length.characters);
        self.column_type.as_ref().map(|column_type| column_type.sql_type.with_length(length))
    }

    pub(crate) fn is_nullable(&self) -> bool {
        self.column_type.as_ref().is_some_and(|column_type| column_type.nullable)
    }
}

impl OwnName {
    pub(crate) fn span(&self) -> Span {
        match self {
            Self::Suffix(name) => name.span(),
            Self::Whole(name) => name.span(),
        }
    }
}

impl RowExpression {
    /// The expressions of all back ends, the common one first.
    pub(crate) fn all(&self) -> impl Iterator<Item = &LitStr> {
        std::iter::once(&self.common).chain(self.instead.iter().map(|(_, own)| own))
    }
}

impl Index {
    /// The columns, in index order.
    pub(crate) fn column_names(&self) -> impl Iterator<Item = &Ident> {
        self.columns.iter().map(|column| &column.name)
    }

    /// Whether a foreign key can refer to exactly the columns of this index.
    pub(crate) fn is_key(&self) -> bool {
        let ascending = self.columns.iter().all(|column| !column.descending);
        self.unique && self.partial.is_none() && ascending
    }
}

impl ForeignKey {
    /// The place of its target.
    pub(crate) fn target_span(&self) -> Span {
        self.parent_columns.first().unwrap_or(&self.parent).span()
    }
}
