//! Errors of the registry, and of the manager that uses it.

use db_backend::DbErrorKind;
use system_db::{InvalidSlug, RegistryError, TenantState};
use tenant_manager::ManagerError;
use tenant_migrate::{RepairError, UnknownGoal};

use super::advice::Advice;
use super::outcome::{blocker, database, failure, outcome};

/// What to do about an error of the manager.
pub fn manager(error: &ManagerError) -> Advice {
    match error {
        ManagerError::Registry(error) => registry(error),
        ManagerError::Slug(error) => slug(error),
        ManagerError::Goal(error) => goal(error),
        ManagerError::NoMatch(_) => Advice::usage(Some("`tenants list` shows all of them")),
        ManagerError::AmbiguousServer(_) => Advice::usage(Some("name one with --server")),
        ManagerError::AmbiguousSchema(_) => Advice::usage(Some("name one with --schema")),
        ManagerError::UnknownSchema { .. } | ManagerError::WrongSchema { .. } => {
            Advice::usage(None)
        }
        ManagerError::State { state, slug } => match state {
            TenantState::Provisioning => {
                Advice::usage(Some(&format!("finish it with `provision {slug}`")))
            }
            TenantState::Active => Advice::usage(None),
            TenantState::Suspended | TenantState::Archived => Advice::usage(Some(&format!(
                "include it in runs again with `tenants activate {slug}`"
            ))),
        },
        ManagerError::Repair { cause, .. } => match cause {
            RepairError::NotBegun(_) => Advice::usage(Some("`status --verify` shows where it is")),
            RepairError::Newer(newer) => Advice::usage(Some(&blocker(newer))),
            RepairError::Before(error) => Advice::unexpected(Some(&failure(error))),
            RepairError::After(_) => Advice::unexpected(Some(
                "fix the statement in `session` of tenantctl.toml, or what is in its way; the \
                 repair needs nothing more",
            )),
            RepairError::UnknownVersion(_)
            | RepairError::UnknownStatement { .. }
            | RepairError::Database(_) => Advice::usage(None),
        },
        ManagerError::TwoFolders { .. } => Advice::usage(Some("move them into one folder")),
        ManagerError::Import(_) => {
            Advice::usage(Some("fix these rows; `tenants list` shows what is registered"))
        }
        ManagerError::Pattern { .. }
        | ManagerError::Migrations(_)
        | ManagerError::NoMigrations(_)
        | ManagerError::OtherBackend { .. }
        | ManagerError::WrongServer { .. } => Advice::usage(None),
        ManagerError::NotThere { .. } => Advice::unexpected(Some(
            "move the databases first; `tenants archive SLUG` if one is gone for good",
        )),
        ManagerError::DataDir { .. } => {
            Advice::unexpected(Some("choose another folder with --data-dir"))
        }
        ManagerError::NotBegun(_) => Advice::unexpected(Some(
            "free the system database, or some space for it; run the same command again",
        )),
        ManagerError::Ledger { .. } => Advice::unexpected(Some(
            "free the system database, or some space for it; the same command again records the \
             tenants, and does nothing twice",
        )),
        ManagerError::Database { cause, .. } => Advice::unexpected(Some(database(cause.kind))),
        ManagerError::NotOurs { blocker, .. } => Advice::usage(Some(&self::blocker(blocker))),
        ManagerError::Tenant(report) => Advice::unexpected(outcome(&report.outcome).as_deref()),
    }
}

/// What to do about an error of the registry.
pub fn registry(error: &RegistryError) -> Advice {
    match error {
        RegistryError::Missing { .. } => Advice::usage(Some(
            "the first `servers add` or `provision` creates it; --data-dir, --system-url or \
             SYSTEM_DATABASE_URL says where it is",
        )),
        RegistryError::Unanswered(cause) | RegistryError::Open(cause)
            if matches!(cause.kind, DbErrorKind::NoAnswer | DbErrorKind::OutOfResources) =>
        {
            Advice::unexpected(Some(database(cause.kind)))
        }
        RegistryError::Unanswered(_) | RegistryError::Open(_) => Advice::unexpected(Some(
            "check that its server runs and that the database exists; --system-url, \
             SYSTEM_DATABASE_URL or --data-dir says where it is",
        )),
        RegistryError::Threads(_) => {
            Advice::unexpected(Some(database(DbErrorKind::OutOfResources)))
        }
        RegistryError::Pool(_) | RegistryError::Query(_) => {
            Advice::unexpected(Some("nothing was lost; run the same command again"))
        }
        RegistryError::Row { .. } | RegistryError::Schema(_) => {
            Advice::unexpected(Some("was the registry written by a newer version of this program?"))
        }
        RegistryError::UnknownTenant(_) => Advice::usage(Some("`tenants list` shows all of them")),
        RegistryError::UnknownServer(_) => Advice::usage(Some("`servers list` shows all of them")),
        RegistryError::ServerInUse { server, .. } => Advice::usage(Some(&format!(
            "a server is kept as long as a tenant is registered on it, in whatever state; \
             `servers set-url {server}` changes its address"
        ))),
        RegistryError::DatabaseTaken { .. } => {
            Advice::usage(Some("`tenants list` shows which tenant has which database"))
        }
        RegistryError::Transition { from, slug, .. } => match from {
            TenantState::Provisioning => {
                Advice::usage(Some(&format!("finish it with `provision {slug}`")))
            }
            TenantState::Active | TenantState::Suspended | TenantState::Archived => {
                Advice::usage(None)
            }
        },
        RegistryError::TenantExists(_) | RegistryError::ServerExists(_) => Advice::usage(None),
    }
}

/// What to do about an invalid slug. The error itself says what a slug may contain.
pub fn slug(_error: &InvalidSlug) -> Advice {
    Advice::usage(None)
}

/// What to do about a version that no migration has.
pub fn goal(error: &UnknownGoal) -> Advice {
    let hint = error.nearest.as_ref().map(|nearest| format!("did you mean {nearest}?"));
    Advice::usage(hint.as_deref())
}
