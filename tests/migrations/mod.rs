//! Every change of a schema, on tables with rows.

mod mysql;
mod postgres;
