//! From checked tables to code: Diesel's tables, their joins, and the model.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use schema_model::{Action, BackEnds, DefaultValue, Digits, SqlType, WithoutPartial};
use syn::{Ident, LitStr};

use crate::declared::{Check, Column, ForeignKey, Index, RowExpression, Schema, Table};
use crate::names::{check_name, foreign_key_name, index_name, sql_name};

pub(crate) fn expand(Schema { back_ends, tables }: &Schema) -> TokenStream {
    let diesel_tables = tables.iter().map(diesel_table);
    let joins = joins(tables);
    let in_same_query = tables.iter().map(|table| in_same_query(&table.name, tables));
    let model = list(&quote!(Table), tables.iter().map(table_model));
    let BackEnds { sqlite, postgres, mysql } = back_ends;
    let back_ends = quote!(BackEnds { sqlite: #sqlite, postgres: #postgres, mysql: #mysql });
    quote! {
        #(#diesel_tables)*
        #(#joins)*
        #(#in_same_query)*

        /// The declared schema as data, for the tools that diff, render and check it.
        pub static SCHEMA: ::schema_core::model::Schema = {
            use ::schema_core::model::*;
            Schema { back_ends: #back_ends, tables: #model }
        };
    }
}

/// That two tables may be in one query. Diesel's own macro calls itself for each table, which Rust
/// allows only 128 times, and has ten more implementations for each two tables where PostgreSQL is
/// a back end: those for `ONLY` and `TABLESAMPLE`, which are a few for each table here.
fn in_same_query(table: &Ident, tables: &[Table]) -> TokenStream {
    let others = tables.iter().map(|other| &other.name).filter(|other| *other != table);
    quote! {
        #(impl ::schema_core::diesel::query_source::TableNotEqual<#others::table>
            for #table::table {})*
        ::schema_core::__in_same_query_on_postgres!(#table);
    }
}

fn diesel_table(table: &Table) -> TokenStream {
    let Table { docs, name, primary_key, .. } = table;
    let columns = table.columns.iter().map(diesel_column);
    quote! {
        ::schema_core::diesel::table! {
            use ::schema_core::types::dsl::*;

            #(#docs)*
            #[allow(missing_docs)]
            #name (#(#primary_key),*) {
                #(#columns,)*
            }
        }
    }
}

fn diesel_column(column: &Column) -> TokenStream {
    let Column { docs, name, column_type, max_length, .. } = column;
    let length = max_length.map(|length| {
        let characters = proc_macro2::Literal::u32_unsuffixed(length.characters);
        quote!(#[max_length = #characters])
    });
    let sql_type = column_type.as_ref().map(|column_type| {
        let ident = &column_type.ident;
        let ident = match column_type.sql_type.digits() {
            Some(Digits { scale, .. }) => {
                let of_scale = quote::format_ident!("{ident}OfScale");
                quote!(#of_scale<#scale>)
            }
            None => quote!(#ident),
        };
        if column_type.nullable { quote!(Nullable<#ident>) } else { quote!(#ident) }
    });
    quote!(#(#docs)* #length #name -> #sql_type)
}

/// Diesel can join two tables without an `on` clause if there is exactly one foreign key between
/// them and it refers from one column to the primary key.
fn joins(tables: &[Table]) -> Vec<TokenStream> {
    let keys: Vec<_> = tables
        .iter()
        .flat_map(|table| table.foreign_keys.iter().map(move |key| (&table.name, key)))
        .collect();
    let joinable = |(child, key): &(&Ident, &ForeignKey)| {
        let between = keys.iter().filter(|(other, other_key)| {
            (other == child && other_key.parent == key.parent)
                || (**other == key.parent && other_key.parent == **child)
        });
        let leads_to_primary_key = tables
            .iter()
            .any(|parent| parent.name == key.parent && parent.primary_key == key.parent_columns);
        let [column] = &*key.columns else { return None };
        let parent = &key.parent;
        let is_only_one = between.count() == 1;
        (**child != *parent && leads_to_primary_key && is_only_one)
            .then(|| quote!(::schema_core::diesel::joinable!(#child -> #parent (#column));))
    };
    keys.iter().filter_map(joinable).collect()
}

fn table_model(table: &Table) -> TokenStream {
    let name = text(&sql_name(&table.name));
    let columns = list(&quote!(Column), table.columns.iter().map(column_model));
    let primary_key = names(&table.primary_key);
    let index = |index| index_model(table, index);
    let indexes = list(&quote!(Index), table.indexes.iter().map(index));
    let foreign_key = |key| foreign_key_model(table, key);
    let foreign_keys = list(&quote!(ForeignKey), table.foreign_keys.iter().map(foreign_key));
    let check = |check| check_model(table, check);
    let checks = list(&quote!(Check), table.checks.iter().map(check));
    let renamed_from = option(table.renamed_from.as_ref().map(literal));
    quote! {
        Table {
            name: #name,
            columns: #columns,
            primary_key: #primary_key,
            indexes: #indexes,
            foreign_keys: #foreign_keys,
            checks: #checks,
            renamed_from: #renamed_from,
        }
    }
}

fn column_model(column: &Column) -> TokenStream {
    let name = text(&sql_name(&column.name));
    let ident = column.column_type.as_ref().map(|column_type| &column_type.ident);
    let length = column.sql_type().and_then(SqlType::length).map(|length| quote!((#length)));
    let digits = column.sql_type().and_then(SqlType::digits);
    let digits =
        digits.map(|Digits { precision, scale }| quote!({ precision: #precision, scale: #scale }));
    let nullable = column.is_nullable();
    let auto_increment = column.auto_increment.is_some();
    // A default that fits no type is an error, and then nothing is expanded.
    let default = column.default.as_ref().and_then(|default| default.value.as_ref().ok());
    let default = option(default.map(default_model));
    let renamed_from = option(column.renamed_from.as_ref().map(literal));
    let backfill = option(column.backfill.as_ref().map(row_expression));
    let samples = column.samples.iter().filter_map(|sample| sample.value.as_ref().ok());
    let samples = list(&quote!(DefaultValue), samples.map(default_model));
    quote! {
        Column {
            name: #name,
            sql_type: SqlType::#ident #length #digits,
            nullable: #nullable,
            auto_increment: #auto_increment,
            default: #default,
            renamed_from: #renamed_from,
            backfill: #backfill,
            samples: #samples,
        }
    }
}

fn default_model(default: &DefaultValue) -> TokenStream {
    match default {
        DefaultValue::Now => quote!(DefaultValue::Now),
        DefaultValue::Bool(value) => quote!(DefaultValue::Bool(#value)),
        DefaultValue::Int(value) => quote!(DefaultValue::Int(#value)),
        DefaultValue::Decimal(value) => {
            let value = text(value);
            quote!(DefaultValue::Decimal(#value))
        }
        DefaultValue::Text(value) => {
            let value = text(value);
            quote!(DefaultValue::Text(#value))
        }
    }
}

fn index_model(table: &Table, index: &Index) -> TokenStream {
    let name = text(&index_name(table, index));
    let columns = index.columns.iter().map(|column| {
        let (name, descending) = (text(&sql_name(&column.name)), column.descending);
        quote!(IndexColumn { name: #name, descending: #descending })
    });
    let columns = list(&quote!(IndexColumn), columns);
    let unique = index.unique;
    let partial = option(index.partial.as_ref().map(|partial| {
        let condition = row_expression(&partial.condition);
        let without_partial = match partial.without_partial {
            WithoutPartial::FullIndex => quote!(FullIndex),
            WithoutPartial::NoIndex => quote!(NoIndex),
        };
        quote!(Partial { condition: #condition, without_partial: WithoutPartial::#without_partial })
    }));
    quote!(Index { name: #name, columns: #columns, unique: #unique, partial: #partial })
}

fn foreign_key_model(table: &Table, key: &ForeignKey) -> TokenStream {
    let name = text(&foreign_key_name(table, key));
    let columns = names(&key.columns);
    let foreign_table = text(&sql_name(&key.parent));
    let foreign_columns = names(&key.parent_columns);
    let on_delete = action_model(key.on_delete.action);
    let on_update = action_model(key.on_update.action);
    quote! {
        ForeignKey {
            name: #name,
            columns: #columns,
            foreign_table: #foreign_table,
            foreign_columns: #foreign_columns,
            on_delete: #on_delete,
            on_update: #on_update,
        }
    }
}

fn action_model(action: Action) -> TokenStream {
    match action {
        Action::NoAction => quote!(Action::NoAction),
        Action::Cascade => quote!(Action::Cascade),
        Action::SetNull => quote!(Action::SetNull),
    }
}

fn check_model(table: &Table, check: &Check) -> TokenStream {
    let name = text(&check_name(table, check));
    let expression = row_expression(&check.expression);
    quote!(Check { name: #name, expression: #expression })
}

fn row_expression(expression: &RowExpression) -> TokenStream {
    let common = literal(&expression.common);
    let own = BackEnds::NAMES.map(|back_end| {
        let mut instead = expression.instead.iter();
        option(instead.find(|(name, _)| name == back_end).map(|(_, own)| literal(own)))
    });
    let [sqlite, postgres, mysql] = own;
    quote!(RowExpression {
        common: #common,
        instead: Instead { sqlite: #sqlite, postgres: #postgres, mysql: #mysql },
    })
}

fn names(idents: &[Ident]) -> TokenStream {
    list(&quote!(Text), idents.iter().map(|ident| text(&sql_name(ident))))
}

fn literal(literal: &LitStr) -> TokenStream {
    text(&literal.value())
}

fn text(value: &str) -> TokenStream {
    let literal = LitStr::new(value, Span::call_site());
    quote!(::std::borrow::Cow::Borrowed(#literal))
}

/// A borrowed list. The constant gives the slice its `'static` lifetime, because a slice of values
/// with destructors is not promoted.
fn list(element: &TokenStream, values: impl Iterator<Item = TokenStream>) -> TokenStream {
    quote!({
        const LIST: &[#element] = &[#(#values,)*];
        ::std::borrow::Cow::Borrowed(LIST)
    })
}

fn option(value: Option<TokenStream>) -> TokenStream {
    match value {
        Some(value) => quote!(::std::option::Option::Some(#value)),
        None => quote!(::std::option::Option::None),
    }
}
