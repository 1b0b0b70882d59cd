//! The registry as a library: the promises of the system database's tables.

use std::collections::BTreeMap;

use db_backend::{
    Access, AnyConnection, DatabaseUrl, HISTORY_TABLE, JOURNAL_TABLE, ServerUrl, Timeouts,
};
use insta::assert_snapshot;
use serde_json::json;
use system_db::{NewTenant, Registry, RegistryError, RunOutcome, Slug, Tenant, TenantState};

use crate::support::cases::test_on;
use crate::support::server::{TestServer, on_server};

fn open(database: &DatabaseUrl) -> Result<Registry, RegistryError> {
    Registry::open_or_create(database, &system_db::default_timeouts())
}

fn slug(text: &str) -> Slug {
    text.parse().expect("a slug")
}

fn new_tenant(name: &str, server_id: i64, labels: &[(&str, &str)]) -> NewTenant {
    let labels = labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    NewTenant {
        slug: slug(name),
        server_id,
        database: format!("{name}.db"),
        state: TenantState::Provisioning,
        schema: "tenant".to_owned(),
        labels: labels.collect(),
    }
}

fn in_words(tenants: &[Tenant]) -> String {
    let words = tenants.iter().map(|tenant| {
        let version = tenant.recorded_version.as_ref().map_or("-", |version| version.0.as_str());
        format!("{} {} {version} {:?}", tenant.slug, tenant.state, tenant.labels)
    });
    words.collect::<Vec<_>>().join("\n")
}

test_on! {
    sqlite, postgres, mysql: on_server {
        tenants_are_registered_once_and_keep_their_labels,
        states_follow_a_tenants_life,
        the_ledger_keeps_outcomes_and_what_they_mean_for_the_tenant,
        a_tenant_archived_meanwhile_is_not_made_active,
        each_registry_has_an_id_of_its_own,
    }
}

fn tenants_are_registered_once_and_keep_their_labels(server: &TestServer) {
    let registry = open(&server.fresh_database()).expect("an empty database will do");
    let home = registry.add_server("home", &ServerUrl::folder("tenants")).unwrap();
    let acme = new_tenant("acme", home.id, &[("region", "eu"), ("plan", "gold")]);
    let beta = new_tenant("beta", home.id, &[]);

    registry.register(&[beta.clone(), acme.clone()]).unwrap();
    let again = registry.register(&[acme.clone(), new_tenant("gamma", home.id, &[])]).unwrap();
    assert_eq!(again.len(), 2, "existing tenants are returned as well");
    assert_snapshot!(in_words(&registry.tenants().unwrap()), @r#"
    acme provisioning - {"plan": "gold", "region": "eu"}
    beta provisioning - {}
    gamma provisioning - {}
    "#);

    let taken = NewTenant { slug: slug("other"), ..acme };
    let error = registry.register(&[taken]).unwrap_err();
    assert_snapshot!(error, @"database `acme.db` of tenant `other` belongs to another tenant of that server");
    let error = registry.add_server("home", &ServerUrl::folder("elsewhere")).unwrap_err();
    assert!(matches!(error, RegistryError::ServerExists(_)), "{error}");
    assert!(matches!(registry.server("moon"), Err(RegistryError::UnknownServer(_))));
    assert!(matches!(registry.tenant(&slug("moon")), Err(RegistryError::UnknownTenant(_))));
}

fn each_registry_has_an_id_of_its_own(server: &TestServer) {
    let databases = [server.fresh_database(), server.fresh_database()];
    let open = |database| open(database).expect("it can be opened");
    let [first, other] = databases.each_ref().map(open);
    assert_ne!(first.id(), other.id());
    assert_eq!(open(&databases[0]).id(), first.id());

    // As a registry from before there were ids.
    let mut system =
        AnyConnection::establish(&databases[1], Access::ReadWrite, &Timeouts::default()).unwrap();
    system.execute("DROP TABLE registry").unwrap();
    system.execute("ALTER TABLE tenants DROP COLUMN schema_name").unwrap();
    for table in [HISTORY_TABLE, JOURNAL_TABLE] {
        let newest = format!("DELETE FROM {table} WHERE version >= '20261130'");
        system.execute(&newest).unwrap();
    }
    let (mut upgraded, again) = (open(&databases[1]), open(&databases[1]));
    assert_eq!(upgraded.id(), again.id());
    assert_ne!(upgraded.id(), other.id());

    assert_eq!(upgraded.fork().unwrap(), again.id());
    assert_eq!(open(&databases[1]).id(), upgraded.id());
    assert_ne!(upgraded.id(), again.id());
}

fn states_follow_a_tenants_life(server: &TestServer) {
    use TenantState::{Active, Archived, Provisioning, Suspended};
    let registry = open(&server.fresh_database()).unwrap();
    let home = registry.add_server("home", &ServerUrl::folder("tenants")).unwrap();
    registry.register(&[new_tenant("acme", home.id, &[])]).unwrap();
    let mut shown = String::new();
    let mut take_to = |to| {
        shown += &match registry.set_state(&slug("acme"), to) {
            Ok(from) => format!("{from} → {to}\n"),
            Err(error) => format!("{error}\n"),
        };
    };
    [Active, Suspended, Archived].into_iter().for_each(&mut take_to);
    assert_eq!(registry.withdrawn().unwrap().len(), 0);
    registry.finish_provisioning(&slug("acme")).unwrap();
    [Archived, Provisioning, Suspended, Active, Active].into_iter().for_each(&mut take_to);
    assert_snapshot!(shown, @"
    tenant `acme` is provisioning and can't become active
    tenant `acme` is provisioning and can't become suspended
    tenant `acme` is provisioning and can't become archived
    active → archived
    tenant `acme` is archived and can't become provisioning
    archived → suspended
    suspended → active
    active → active
    ");
    registry.set_state(&slug("acme"), Suspended).unwrap();
    assert_eq!(registry.withdrawn().unwrap().into_values().collect::<Vec<_>>(), [Suspended]);
}

fn the_ledger_keeps_outcomes_and_what_they_mean_for_the_tenant(server: &TestServer) {
    let registry = open(&server.fresh_database()).unwrap();
    let home = registry.add_server("home", &ServerUrl::folder("tenants")).unwrap();
    // More rows than one statement can take.
    let many: Vec<NewTenant> = (0..500)
        .map(|number| new_tenant(&format!("t{number:03}"), home.id, &[("k", "v")]))
        .collect();
    let tenants = registry.register(&many).unwrap();
    let outcome = |tenant: &Tenant| RunOutcome {
        tenant_id: tenant.id,
        outcome: "migrated".to_owned(),
        version: Some(db_backend::Version("2".to_owned())),
        error: None,
        detail: json!({ "text": "größe \" ' \\ \u{1f600}", "null": null, "big": 9_007_199_254_740_993_i64 }),
        duration_ms: i64::from(i32::MAX) + 1,
        new_state: Some(TenantState::Active),
    };
    let outcomes: Vec<RunOutcome> = tenants.iter().map(outcome).collect();
    registry.begin_run("run-1", "provision", None, 500).unwrap();
    assert_eq!(registry.runs(1).unwrap()[0].finished_at, None);
    registry.record("run-1", &outcomes).unwrap();
    registry.finish_run("run-1", 0).unwrap();

    let tenants = registry.tenants().unwrap();
    assert_eq!(tenants.len(), 500);
    assert!(tenants.iter().all(|tenant| tenant.state == TenantState::Active));
    assert!(
        tenants
            .iter()
            .all(|tenant| tenant.labels == BTreeMap::from([("k".to_owned(), "v".to_owned())]))
    );
    let kept = registry.outcomes_of(tenants[499].id, 10).unwrap();
    let expected = RunOutcome { new_state: None, ..outcomes[499].clone() };
    assert_eq!(kept, [("run-1".to_owned(), expected)], "{}", server.kind());
    let run = &registry.runs(10).unwrap()[0];
    assert_eq!((run.targets, run.exit_code), (500, Some(0)));
    assert!(run.finished_at.is_some_and(|finished| finished >= run.started_at));
}

fn a_tenant_archived_meanwhile_is_not_made_active(server: &TestServer) {
    let registry = open(&server.fresh_database()).unwrap();
    let home = registry.add_server("home", &ServerUrl::folder("tenants")).unwrap();
    let acme = registry.register(&[new_tenant("acme", home.id, &[])]).unwrap().remove(0);
    // Another provisioning was faster, and someone has archived the tenant since then.
    registry.finish_provisioning(&acme.slug).unwrap();
    registry.set_state(&acme.slug, TenantState::Archived).unwrap();
    registry.begin_run("run-1", "provision", None, 1).unwrap();
    let outcome = RunOutcome {
        tenant_id: acme.id,
        outcome: "migrated".to_owned(),
        version: None,
        error: None,
        detail: json!({}),
        duration_ms: 0,
        new_state: Some(TenantState::Active),
    };
    registry.record("run-1", &[outcome]).unwrap();
    assert_eq!(registry.tenant(&acme.slug).unwrap().state, TenantState::Archived);
}
