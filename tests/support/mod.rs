//! Shared by the cases: real servers, and the program run as a user would run it.

pub mod cases;
pub mod cli;
pub mod document;
pub mod fleet;
pub mod git;
pub mod proxy;
pub mod server;
pub mod user;
pub mod waiting;
