//! What the cases share: real servers, and the program run as a user would.

pub mod cases;
pub mod cli;
pub mod fleet;
pub mod server;
pub mod user;
