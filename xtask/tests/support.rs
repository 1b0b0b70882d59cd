//! Helpers that these tests share with those of tenantctl.

#[path = "../../tests/support/cases.rs"]
#[expect(dead_code, reason = "the tests of tenantctl use all of it")]
pub mod cases;
#[path = "../../tests/support/cli.rs"]
pub mod cli;
#[path = "../../tests/support/server.rs"]
#[expect(dead_code, reason = "the tests of tenantctl use all of it")]
pub mod server;
