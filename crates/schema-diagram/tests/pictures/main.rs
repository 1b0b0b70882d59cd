//! Pictures of schemas, by what can be seen in them.

mod diagram;
mod picture;
