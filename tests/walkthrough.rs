//! The changes that `docs/CHANGING_THE_SCHEMA.md` walks through, with the output shown there.
//!
//! `TENANTCTL_UPDATE_DOCS=1` writes the current output into the document.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use chrono::{DateTime, Utc};
use db_backend::BackendKind;
use migration_folder::{
    Content, Folder, FolderError, Generated, Replayed, Request, ScratchHost, check_files,
    new_migration, replay,
};
use schema_model::Schema;
use tempfile::TempDir;
use tenantctl::{hints, render};

use crate::support::document::compare_with_document;

mod schemas {
    pub mod start {
        schema_core::tenant_schema! {
            coupons (id) {
                #[auto_increment]
                id -> BigInt,
                percent -> Integer,
            }
            orders (id) {
                #[auto_increment]
                id -> BigInt,
                #[references(coupons.id)]
                coupon_id -> Nullable<BigInt>,
                #[max_length = 2]
                country -> Varchar,
                cents -> Integer,
            }
        }
    }

    pub mod currency_without_value {
        schema_core::tenant_schema! {
            coupons (id) {
                #[auto_increment]
                id -> BigInt,
                percent -> Integer,
            }
            orders (id) {
                #[auto_increment]
                id -> BigInt,
                #[references(coupons.id)]
                coupon_id -> Nullable<BigInt>,
                #[max_length = 2]
                country -> Varchar,
                cents -> Integer,
                #[max_length = 3]
                currency -> Varchar,
            }
        }
    }

    pub mod currency {
        schema_core::tenant_schema! {
            coupons (id) {
                #[auto_increment]
                id -> BigInt,
                percent -> Integer,
            }
            orders (id) {
                #[auto_increment]
                id -> BigInt,
                #[references(coupons.id)]
                coupon_id -> Nullable<BigInt>,
                #[max_length = 2]
                country -> Varchar,
                cents -> Integer,
                #[max_length = 3]
                #[backfill("CASE country WHEN 'CH' THEN 'CHF' ELSE 'EUR' END")]
                currency -> Varchar,
            }
        }
    }

    pub mod invoices_unsaid {
        schema_core::tenant_schema! {
            coupons (id) {
                #[auto_increment]
                id -> BigInt,
                percent -> Integer,
            }
            invoices (id) {
                #[auto_increment]
                id -> BigInt,
                #[references(coupons.id)]
                coupon_id -> Nullable<BigInt>,
                #[max_length = 2]
                country -> Varchar,
                cents -> Integer,
                #[max_length = 3]
                currency -> Varchar,
            }
        }
    }

    pub mod invoices {
        schema_core::tenant_schema! {
            coupons (id) {
                #[auto_increment]
                id -> BigInt,
                percent -> Integer,
            }
            #[renamed_from = "orders"]
            invoices (id) {
                #[auto_increment]
                id -> BigInt,
                #[references(coupons.id)]
                coupon_id -> Nullable<BigInt>,
                #[max_length = 2]
                country -> Varchar,
                cents -> Integer,
                #[max_length = 3]
                currency -> Varchar,
            }
        }
    }

    pub mod big_cents {
        schema_core::tenant_schema! {
            coupons (id) {
                #[auto_increment]
                id -> BigInt,
                percent -> SmallInt,
            }
            invoices (id) {
                #[auto_increment]
                id -> BigInt,
                #[references(coupons.id)]
                coupon_id -> Nullable<BigInt>,
                #[max_length = 2]
                country -> Varchar,
                cents -> BigInt,
                #[max_length = 3]
                currency -> Varchar,
            }
        }
    }

    pub mod unused_coupons {
        schema_core::tenant_schema! {
            coupons (id) {
                #[auto_increment]
                id -> BigInt,
                percent -> SmallInt,
            }
            invoices (id) {
                #[auto_increment]
                id -> BigInt,
                coupon_id -> Nullable<BigInt>,
                #[max_length = 2]
                country -> Varchar,
                cents -> BigInt,
                #[max_length = 3]
                currency -> Varchar,
            }
        }
    }

    pub mod without_coupons {
        schema_core::tenant_schema! {
            invoices (id) {
                #[auto_increment]
                id -> BigInt,
                #[max_length = 2]
                country -> Varchar,
                cents -> BigInt,
                #[max_length = 3]
                currency -> Varchar,
            }
        }
    }
}

/// A project whose code changes every day.
struct Project {
    root: TempDir,
    day: i64,
    /// Output by the name of its block in the document.
    said: BTreeMap<&'static str, String>,
}

impl Project {
    fn folder(&self, schema: &'static Schema) -> Folder {
        let root = self.root.path().join("migrations_tenant");
        Folder::new("tenant", root, Cow::Borrowed(schema))
    }

    /// Runs `new-migration` with the current code. Returns the migration's name, if one was
    /// written.
    fn new_migration(
        &mut self,
        block: &'static str,
        schema: &'static Schema,
        name: &str,
        allow: &[&str],
    ) -> Option<String> {
        self.day += 1;
        let request = Request {
            name: name.to_owned(),
            content: Content::Proven,
            allow: allow.iter().map(|&allowed| allowed.to_owned()).collect(),
            now: noon(self.day),
        };
        let folder = self.folder(schema);
        let flags: String = allow.iter().map(|allowed| format!(" --allow {allowed}")).collect();
        let mut said = format!("$ cargo xtask new-migration {name}{flags}\n");
        let written = match new_migration(&folder, &request, &[ScratchHost::memory()]) {
            Ok(Generated::Written(written)) => {
                said += &render::written(&folder, &written, &[]);
                Some(written.name)
            }
            Ok(Generated::NothingToDo) => panic!("{block}: there is something to do"),
            Err(error) => {
                said += &refusal(&error);
                None
            }
        };
        if written.is_some() {
            assert_eq!(check_files(&folder).unwrap(), []);
            let replayed = replay(&folder, &ScratchHost::memory()).unwrap();
            assert!(matches!(replayed, Replayed::Passed(_)), "{block}: {replayed:?}");
        }
        self.said.insert(block, said);
        written
    }

    fn show(&mut self, block: &'static str, kind: BackendKind, migration: &str, file: &str) {
        let path = format!("migrations_tenant/{kind}/{migration}/{file}");
        let text = fs::read_to_string(self.root.path().join(&path)).unwrap();
        let said = self.said.entry(block).or_default();
        if !said.is_empty() {
            said.push('\n');
        }
        write!(said, "-- {kind}/{migration}/{file}\n{text}").unwrap();
    }
}

fn noon(day: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_014_400 + day * 86_400, 0).unwrap()
}

/// As the command line prints it.
fn refusal(error: &FolderError) -> String {
    let hint = hints::folder(error).hint.map(|hint| format!("\nhint: {hint}\n"));
    format!("error: {error}\n{}", hint.unwrap_or_default())
}

#[test]
fn the_document_shows_the_current_output() {
    let mut project = Project { root: tempfile::tempdir().unwrap(), day: 0, said: BTreeMap::new() };
    let mut walk = |block, schema, name: &str, allow: &[&str]| {
        project.new_migration(block, schema, name, allow)
    };
    walk("start", &schemas::start::SCHEMA, "start", &[]).unwrap();

    let refused =
        walk("add-a-column-refused", &schemas::currency_without_value::SCHEMA, "add_currency", &[]);
    assert_eq!(refused, None);
    let add = walk("add-a-column", &schemas::currency::SCHEMA, "add_currency", &[]).unwrap();

    let refused = walk(
        "rename-a-table-refused",
        &schemas::invoices_unsaid::SCHEMA,
        "orders_to_invoices",
        &[],
    );
    assert_eq!(refused, None);
    let rename =
        walk("rename-a-table", &schemas::invoices::SCHEMA, "orders_to_invoices", &[]).unwrap();

    let refused = walk("change-a-type-refused", &schemas::big_cents::SCHEMA, "big_cents", &[]);
    assert_eq!(refused, None);
    let change = walk(
        "change-a-type",
        &schemas::big_cents::SCHEMA,
        "big_cents",
        &["narrow=coupons.percent"],
    )
    .unwrap();

    walk("drop-a-table-first", &schemas::unused_coupons::SCHEMA, "forget_coupons", &[]).unwrap();
    let drop = walk(
        "drop-a-table-second",
        &schemas::without_coupons::SCHEMA,
        "drop_coupons",
        &["drop-column=invoices.coupon_id", "drop-table=coupons"],
    )
    .unwrap();

    project.show("add-a-column-sql", BackendKind::Postgres, &add, "up.sql");
    project.show("add-a-column-sql", BackendKind::Sqlite, &add, "up.sql");
    project.show("rename-a-table-sql", BackendKind::Postgres, &rename, "up.sql");
    project.show("change-a-type-sql", BackendKind::Mysql, &change, "up.sql");
    project.show("drop-a-table-sql", BackendKind::Postgres, &drop, "down.sql");
    compare_with_document("CHANGING_THE_SCHEMA.md", &project.said);
}
