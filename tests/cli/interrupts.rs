//! Ctrl-C drains the run; a second one aborts it. A lock held by the test keeps a tenant in flight.

use insta::assert_snapshot;
use nix::sys::signal::Signal;

use crate::support::cases::test_on;
use crate::support::fleet::{Fleet, outcomes_in_words};
use crate::support::server::{TestServer, on_server};
use crate::support::waiting::WaitingRun;

/// Three tenants with one migration pending.
fn pending_fleet(server: &TestServer) -> Fleet<'_> {
    let fleet = Fleet::new(server);
    fleet.succeed("provision @acme @beta @gamma --to 20261123154648");
    fleet
}

test_on! {
    sqlite, postgres, mysql: on_server {
        once_drains,
        twice_aborts_and_names_the_tenants_in_flight,
    }
}

fn once_drains(server: &TestServer) {
    for signal in [Signal::SIGINT, Signal::SIGTERM] {
        let fleet = pending_fleet(server);
        let mut run = WaitingRun::start(&fleet);
        assert_snapshot!(fleet.without_prefix(&run.signal(signal)), @"stopping: waiting for acme; no other tenant is started; press Ctrl-C again to abort");
        run.lock.unlock().expect("the lock is held");
        let (code, events, rest) = run.end();
        assert_eq!((code, rest.as_str()), (Some(130), ""), "{}", server.kind());
        assert_snapshot!(
            fleet.without_prefix(&outcomes_in_words(&events)),
            @"acme migrated, beta not_started, gamma not_started"
        );
        assert_eq!(events.last().unwrap()["event"], "run_finished");

        let (code, lines) = fleet.json("migrate-all");
        assert_eq!(code, Some(0), "{lines:?}");
        assert_snapshot!(outcomes_in_words(&lines), @"acme up_to_date, beta migrated, gamma migrated");
    }
}

fn twice_aborts_and_names_the_tenants_in_flight(server: &TestServer) {
    let fleet = pending_fleet(server);
    let mut run = WaitingRun::start(&fleet);
    run.signal(Signal::SIGINT);
    let said = fleet.without_prefix(&run.signal(Signal::SIGINT));
    assert_snapshot!(said, @"aborted; in progress: acme");
    let (code, _, rest) = run.end();
    assert_eq!(code, Some(130));
    assert_snapshot!(rest, @"the next run finds out how far those tenants came, and finishes them");
    assert_eq!(fleet.history("acme").len(), 1);

    let (code, lines) = fleet.json("migrate-all");
    assert_eq!(code, Some(0), "{}: {lines:?}", server.kind());
    assert_snapshot!(outcomes_in_words(&lines), @"acme migrated, beta migrated, gamma migrated");
}
