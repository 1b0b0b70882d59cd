//! Every change of a schema, on tables with rows.

mod postgres;
