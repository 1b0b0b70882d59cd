//! The manager as a service uses it.

use insta::assert_snapshot;
use system_db::TenantState;
use tempfile::TempDir;
use tenant_manager::{Config, ManagerError, Placement, Selection, TenantManager, new_run_id};
use tenant_migrate::{Goal, Outcome, RunOptions, TenantPlan, Version};

use crate::support::cases::test_on;
use crate::support::server::{TestServer, on_server};

const FIRST: &str = "20261123154648";
const HEAD: &str = "20261123154738";

/// A manager with one server, and a slug that no other case has on it.
struct Service<'s> {
    manager: TenantManager,
    slug: String,
    _server: &'s TestServer,
    _folder: TempDir,
}

impl<'s> Service<'s> {
    fn new(server: &'s TestServer) -> Self {
        let folder = tempfile::tempdir().expect("the temporary folder is writable");
        let manager = TenantManager::open_or_create(&Config::embedded(folder.path()))
            .expect("an empty folder will do");
        manager.registry().add_server("main", server.url()).expect("the registry is empty");
        let slug = server.fresh_name();
        server.drop_at_end(&format!("tenant_{slug}"));
        Self { manager, slug, _server: server, _folder: folder }
    }

    /// The error of a call that must fail, without the slug.
    fn error<T>(&self, result: Result<T, ManagerError>) -> String {
        let error = result.err().expect("it is refused");
        let hint = tenantctl::hints::manager(&error).hint;
        let hint = hint.map_or(String::new(), |hint| format!("; hint: {hint}"));
        format!("{error}{hint}").replace(&self.slug, "[SLUG]")
    }
}

test_on! {
    sqlite, postgres, mysql: on_server {
        provision_migrate_and_ask,
        a_new_tenant_is_at_head,
        tenants_that_cannot_be_served_are_refused,
        a_failure_is_an_error_with_its_report_and_can_be_fixed,
        threads_share_one_manager,
        a_service_gets_no_connection_to_another_tenants_database,
    }
}

fn provision_migrate_and_ask(server: &TestServer) {
    let service = Service::new(server);
    let Service { manager, slug, .. } = &service;
    let mut options = RunOptions::new(new_run_id());
    options.goal = Goal::Version(Version(FIRST.to_owned()));
    manager.fleet_run(options).provision(&[slug.parse().unwrap()], &Placement::default()).unwrap();

    let before = manager.migration_status(slug).unwrap();
    assert!(!before.is_current());
    let pending: Vec<&Version> = before.pending().iter().map(|one| &one.version).collect();
    assert_eq!(pending, [&Version(HEAD.to_owned())]);
    assert_eq!(
        (before.version, before.head),
        (Some(Version(FIRST.to_owned())), Some(Version(HEAD.to_owned())))
    );

    let report = manager.run_tenant_migrations(slug).unwrap();
    assert_eq!(report.outcome, Outcome::Migrated { applied: vec![Version(HEAD.to_owned())] });
    let report = manager.run_tenant_migrations(slug).unwrap();
    assert_eq!(report.outcome, Outcome::UpToDate);

    let after = manager.migration_status(slug).unwrap();
    assert!(after.is_current());
    assert_eq!((after.plan, after.state), (TenantPlan::UpToDate, TenantState::Active));
    assert!(manager.provision(slug).unwrap().is_none(), "it is active already");
}

fn a_new_tenant_is_at_head(server: &TestServer) {
    let service = Service::new(server);
    let report = service.manager.provision(&service.slug).unwrap().expect("it is new");
    assert_eq!(report.version, Some(Version(HEAD.to_owned())));
    assert!(service.manager.migration_status(&service.slug).unwrap().is_current());
}

fn tenants_that_cannot_be_served_are_refused(server: &TestServer) {
    let service = Service::new(server);
    let Service { manager, slug, .. } = &service;
    let shown = [
        service.error(manager.run_tenant_migrations(slug)),
        service.error(manager.migration_status("../etc")),
        service.error(manager.provision("Größe")),
        service.error(manager.connect(slug)),
    ];
    assert_snapshot!(shown.join("\n"), @"
    there is no tenant `[SLUG]`; hint: `tenants list` shows all of them
    `../etc` can't be a tenant's slug: only a-z, 0-9, `-` and `_` may stand in it
    `Größe` can't be a tenant's slug: only a-z, 0-9, `-` and `_` may stand in it
    there is no tenant `[SLUG]`; hint: `tenants list` shows all of them
    ");

    manager.provision(slug).unwrap();
    let slug_value = slug.parse().unwrap();
    manager.registry().set_state(&slug_value, TenantState::Suspended).unwrap();
    let shown = [
        service.error(manager.run_tenant_migrations(slug)),
        service.error(manager.provision(slug)),
        service.error(manager.connect(slug)),
    ];
    assert_snapshot!(shown.join("\n"), @"
    tenant `[SLUG]` is suspended; hint: include it in runs again with `tenants activate [SLUG]`
    tenant `[SLUG]` is suspended; hint: include it in runs again with `tenants activate [SLUG]`
    tenant `[SLUG]` is suspended; hint: include it in runs again with `tenants activate [SLUG]`
    ");
    assert!(manager.migration_status(slug).unwrap().is_current(), "looking is allowed");
    assert!(manager.active(&Selection::all()).unwrap().is_empty());
}

fn a_failure_is_an_error_with_its_report_and_can_be_fixed(server: &TestServer) {
    let service = Service::new(server);
    let Service { manager, slug, .. } = &service;
    let mut options = RunOptions::new(new_run_id());
    options.goal = manager.goal(Some(FIRST)).unwrap();
    let placement = Placement { server: Some("main".to_owned()), ..Placement::default() };
    manager.fleet_run(options).provision(&[slug.parse().unwrap()], &placement).unwrap();
    manager.connect(slug).unwrap().execute("CREATE TABLE activity_log (id INTEGER)").unwrap();

    let ManagerError::Tenant(report) = manager.run_tenant_migrations(slug).unwrap_err() else {
        panic!("the tenant's own failure");
    };
    assert_eq!(report.version, Some(Version(FIRST.to_owned())));
    manager.connect(slug).unwrap().execute("DROP TABLE activity_log").unwrap();
    manager.run_tenant_migrations(slug).unwrap();
}

fn a_service_gets_no_connection_to_another_tenants_database(server: &TestServer) {
    let service = Service::new(server);
    let Service { manager, slug, .. } = &service;
    manager.provision(slug).unwrap();
    let mut connection = manager.connect(slug).unwrap();
    connection.execute("UPDATE __tenantctl_owner SET registry = 'b'").unwrap();
    assert_snapshot!(
        service.error(manager.connect(slug)),
        @"tenant `[SLUG]`: its database belongs to another registry, b; hint: if no one else works on this database any more, add --take-over: then it belongs to this tenant, and no longer to its owner"
    );
    // As one from before there were marks.
    connection.execute("DROP TABLE __tenantctl_owner").unwrap();
    assert!(manager.connect(slug).is_ok());
}

fn threads_share_one_manager(server: &TestServer) {
    let service = Service::new(server);
    let Service { manager, slug, .. } = &service;
    std::thread::scope(|scope| {
        let calls: Vec<_> = (0..4).map(|_| scope.spawn(|| manager.provision(slug))).collect();
        for call in calls {
            call.join().unwrap().unwrap_or_else(|error| panic!("{}: {error}", server.kind()));
        }
    });
    assert!(manager.migration_status(slug).unwrap().is_current());
}
