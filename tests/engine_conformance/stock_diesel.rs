//! Stock Diesel's own history, without a journal.

use db_backend::{Access, AnyConnection, Timeouts, dispatch};
use diesel_migrations::MigrationHarness;
use tenant_migrate::Outcome;

use super::ground::{ALL, FIRST, Ground, SECOND, versions};
use super::on_real;
use crate::support::cases::test_on;

test_on! {
    sqlite, postgres, mysql: on_real {
        its_history_is_continued,
    }
}

#[expect(clippy::disallowed_methods, reason = "what stock Diesel leaves behind is the matter here")]
fn its_history_is_continued(ground: &Ground<'_>) {
    let database = (ground.fresh)();
    let begun = ground.set(&[FIRST, SECOND]);
    let mut connection =
        AnyConnection::establish(&database, Access::ReadWrite, &Timeouts::default())
            .expect("the database can be opened");
    dispatch!(&mut connection, c => {
        c.run_pending_migrations(begun).map(drop).expect("stock Diesel migrates it");
    });
    drop(connection);
    let report = ground.migrate(&database, ALL);
    assert_eq!(report.outcome, Outcome::Migrated { applied: versions("20260103") });
    ground.assert_migrated(&database, ALL, "carried on");
}
