//! Errors of the registry and of the manager.

use std::io;

use db_backend::{BackendKind, DbError, DbErrorKind};
use insta::assert_snapshot;
use system_db::{InvalidSlug, RegistryError, Slug, TenantState};
use tenant_manager::ManagerError;
use tenant_migrate::{MigrationSet, SetKey, UnknownGoal};

use super::{boxed, fails, reported, version};

fn slug() -> Slug {
    "acme".parse().unwrap()
}

fn not_a_slug() -> InvalidSlug {
    "A".parse::<Slug>().unwrap_err()
}

#[test]
fn errors_of_the_registry() {
    let transition =
        |from| RegistryError::Transition { slug: slug(), from, to: TenantState::Active };
    let errors = [
        RegistryError::Missing { place: "data/system.db".to_owned(), cause: fails("no such file") },
        RegistryError::Open(fails("no such user")),
        RegistryError::Unanswered(DbError::new(DbErrorKind::NoAnswer, "given up after 35 s")),
        RegistryError::Schema(boxed("1_a failed")),
        RegistryError::Query(diesel::result::Error::NotFound),
        RegistryError::Row { row: "tenant 7".to_owned(), cause: Box::new(not_a_slug()) },
        RegistryError::UnknownTenant(slug()),
        RegistryError::UnknownServer("eu-1".to_owned()),
        RegistryError::TenantExists(slug()),
        RegistryError::ServerExists("eu-1".to_owned()),
        RegistryError::ServerInUse { server: "eu-1".to_owned(), tenants: 2, example: slug() },
        RegistryError::DatabaseTaken { slug: slug(), database: "acme.db".to_owned() },
        transition(TenantState::Provisioning),
        transition(TenantState::Archived),
    ];
    assert_snapshot!(reported(errors.map(anyhow::Error::new)), @"
    2: there is no system database at data/system.db
       cause: no such file
       hint: the first `servers add` or `provision` creates it; --data-dir, --system-url or SYSTEM_DATABASE_URL says where it is
    1: the system database can't be opened
       cause: no such user
       hint: check that its server runs and that the database exists; --system-url, SYSTEM_DATABASE_URL or --data-dir says where it is
    1: the system database does not answer
       cause: given up after 35 s
       hint: its server, or the disk that it is on, seems to be frozen: look there; the next run reads what became of it
    1: the system database can't be brought to its schema
       cause: 1_a failed
       hint: was the registry written by a newer version of this program?
    1: a query on the system database failed
       cause: Record not found
       hint: nothing was lost; run the same command again
    1: the system database has a row that can't be read: tenant 7
       cause: `A` can't be a tenant's slug: only a-z, 0-9, `-` and `_` may stand in it
       hint: was the registry written by a newer version of this program?
    2: there is no tenant `acme`
       hint: `tenants list` shows all of them
    2: there is no server `eu-1`
       hint: `servers list` shows all of them
    2: there is a tenant `acme` already
    2: there is a server `eu-1` already
    2: server `eu-1` has tenants: 2, such as `acme`
       hint: a server is kept as long as a tenant is registered on it, in whatever state; `servers set-url eu-1` changes its address
    2: database `acme.db` of tenant `acme` belongs to another tenant of that server
       hint: `tenants list` shows which tenant has which database
    2: tenant `acme` is provisioning and can't become active
       hint: finish it with `provision acme`
    2: tenant `acme` is archived and can't become active
    ");
}

#[test]
fn errors_of_the_manager() {
    let state = |state| ManagerError::State { slug: slug(), state };
    let empty = tempfile::tempdir().unwrap();
    let missing = MigrationSet::from_dir(BackendKind::Sqlite, &empty.path().join("missing"));
    let errors = [
        ManagerError::Registry(RegistryError::UnknownTenant(slug())),
        ManagerError::Registry(RegistryError::Open(fails("no such user"))),
        ManagerError::Slug(not_a_slug()),
        ManagerError::Pattern { pattern: "[".to_owned(), reason: "unclosed".to_owned() },
        ManagerError::NoMatch(vec!["`a*`".to_owned()]),
        ManagerError::Goal(UnknownGoal {
            version: "9".to_owned(),
            head: Some(version("4")),
            nearest: Some(version("1")),
        }),
        ManagerError::Goal(UnknownGoal { version: "9".to_owned(), head: None, nearest: None }),
        ManagerError::NoMigrations(SetKey::of(BackendKind::Mysql)),
        ManagerError::AmbiguousSchema(vec!["archive".to_owned(), "customers".to_owned()]),
        ManagerError::UnknownSchema { name: "x".to_owned(), known: vec!["archive".to_owned()] },
        ManagerError::WrongSchema {
            slug: slug(),
            actual: "archive".to_owned(),
            asked: "customers".to_owned(),
        },
        ManagerError::AmbiguousServer(vec!["eu-1".to_owned(), "eu-2".to_owned()]),
        ManagerError::WrongServer {
            slug: slug(),
            actual: "eu-1".to_owned(),
            asked: "eu-2".to_owned(),
        },
        ManagerError::OtherBackend {
            server: "eu-1".to_owned(),
            actual: BackendKind::Mysql,
            asked: BackendKind::Postgres,
        },
        ManagerError::NotThere {
            server: "eu-1".to_owned(),
            missing: ["acme", "beta"].map(|slug| (slug.to_owned(), "no file".to_owned())).into(),
        },
        ManagerError::NotBegun(RegistryError::Query(diesel::result::Error::NotFound)),
        ManagerError::Ledger {
            tenants: 3,
            missing: vec!["acme".to_owned(), "beta".to_owned()],
            cause: RegistryError::Query(diesel::result::Error::NotFound),
        },
        state(TenantState::Provisioning),
        state(TenantState::Active),
        state(TenantState::Suspended),
        ManagerError::DataDir {
            folder: "data".to_owned(),
            cause: io::ErrorKind::PermissionDenied.into(),
        },
        ManagerError::Database { place: "tenant `acme`".to_owned(), cause: fails("no password") },
        ManagerError::Migrations(missing.unwrap_err()),
    ];
    let reported = reported(errors.map(anyhow::Error::new));
    assert_snapshot!(reported.replace(&empty.path().display().to_string(), "[FOLDER]"), @"
    2: there is no tenant `acme`
       hint: `tenants list` shows all of them
    1: the system database can't be opened
       cause: no such user
       hint: check that its server runs and that the database exists; --system-url, SYSTEM_DATABASE_URL or --data-dir says where it is
    2: `A` can't be a tenant's slug: only a-z, 0-9, `-` and `_` may stand in it
    2: `[` is no pattern: unclosed
    2: no tenant matches `a*`
       hint: `tenants list` shows all of them
    2: no migration has the version `9`; the newest is 4
       hint: did you mean 1?
    2: no migration has the version `9`; there are no migrations at all
    2: there are no migrations for mysql
    2: there are several schemas: archive, customers
       hint: name one with --schema
    2: there is no schema `x`, only archive
    2: tenant `acme` has the schema `archive`, not `customers`
    2: there are several servers: eu-1, eu-2
       hint: name one with --server
    2: tenant `acme` is on server `eu-1`, not on `eu-2`
    2: server `eu-1` is mysql, and the new address is that of postgres
    1: server `eu-1` keeps its address: tenant `acme`: no file, and 1 more
       hint: move the databases first; `tenants archive SLUG` if one is gone for good
    1: the run was not begun, and nothing was done to any tenant's database
       cause: a query on the system database failed
       cause: Record not found
       hint: free the system database, or some space for it; run the same command again
    1: the outcomes of 2 of 3 tenants are not recorded, such as that of `acme`
       cause: a query on the system database failed
       cause: Record not found
       hint: free the system database, or some space for it; the same command again records the tenants, and does nothing twice
    2: tenant `acme` is provisioning
       hint: finish it with `provision acme`
    2: tenant `acme` is active
    2: tenant `acme` is suspended
       hint: include it in runs again with `tenants activate acme`
    1: the data folder data can't be made
       cause: permission denied
       hint: choose another folder with --data-dir
    1: tenant `acme` can't be used
       cause: no password
       hint: check the user's password and rights on this database
    2: the migrations can't be used
       cause: [FOLDER]/missing: can't be read: No such file or directory (os error 2); check the path and its rights
    ");
}
