//! Pictures of schemas, checked by what they show.

mod diagram;
mod picture;
