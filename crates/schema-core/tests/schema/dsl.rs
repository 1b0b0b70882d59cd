//! Declarations that are right: the tables to query with, and the model for the tools.

use diesel::debug_query;
use diesel::prelude::*;
use diesel::sqlite::Sqlite;

use crate::notation::describe;

mod crm {
    schema_core::tenant_schema! {
        /// Who pays.
        #[unique(region, number)]
        #[index(created_at)]
        #[check(positive, "number > 0")]
        #[renamed_from = "clients"]
        customers (id) {
            #[auto_increment]
            id -> BigInt,
            #[max_length = 8]
            #[default("eu")]
            region -> Varchar,
            #[default(-1)]
            number -> Integer,
            #[unique]
            #[max_length = 200]
            #[renamed_from = "mail"]
            email -> Nullable<Varchar>,
            #[default(true)]
            active -> Bool,
            notes -> Nullable<Text>,
            photo -> Nullable<Binary>,
            discount -> Nullable<Double>,
            details -> Nullable<JsonDoc>,
            #[default(now)]
            created_at -> UtcTimestamp,
            seen_at -> Nullable<UtcTimestamp>,
            r#type -> Nullable<SmallInt>,
        }

        invoices (id) {
            id -> BigInt,
            #[references(customers.id, on_delete = cascade)]
            customer_id -> BigInt,
            #[references(customers.email, on_delete = set_null)]
            #[max_length = 200]
            sent_to -> Nullable<Varchar>,
            #[references(invoices.id)]
            corrects -> Nullable<BigInt>,
        }

        /// A composite key, and no key `id`.
        lines (invoice_id, position) {
            #[references(invoices.id, on_delete = no_action,)]
            invoice_id -> BigInt,
            position -> Integer,
        }

        a_table_with_such_a_long_name_that_its_index_must_be_cut (code) {
            #[max_length = 768]
            code -> Varchar,
            #[unique]
            another_column -> BigInt,
        }
    }
}

#[test]
fn attributes_reach_the_model() {
    insta::assert_snapshot!(describe(&crm::SCHEMA), @r#"
    customers (id)
      id BigInt not null auto_increment
      region Varchar(8) not null default Text("eu")
      number Integer not null default Int(-1)
      email Varchar(200) (was mail)
      active Bool not null default Bool(true)
      notes Text
      photo Binary
      discount Double
      details JsonDoc
      created_at UtcTimestamp not null default Now
      seen_at UtcTimestamp
      type SmallInt
      unique uq_customers_email (email)
      unique uq_customers_region_number (region, number)
      index ix_customers_created_at (created_at)
      check ck_customers_positive: number > 0
      was clients
    invoices (id)
      id BigInt not null
      customer_id BigInt not null
      sent_to Varchar(200)
      corrects BigInt
      fk_invoices_customer_id: customer_id -> customers.id Cascade
      fk_invoices_sent_to: sent_to -> customers.email SetNull
      fk_invoices_corrects: corrects -> invoices.id NoAction
    lines (invoice_id, position)
      invoice_id BigInt not null
      position Integer not null
      fk_lines_invoice_id: invoice_id -> invoices.id NoAction
    a_table_with_such_a_long_name_that_its_index_must_be_cut (code)
      code Varchar(768) not null
      another_column BigInt not null
      unique uq_a_table_with_such_a_long_name_that_its_index_must_b_2be582f2 (another_column)
    "#);
}

#[test]
fn every_tenant_has_settings_and_an_activity_log() {
    insta::assert_snapshot!(describe(&schema_core::tenant::SCHEMA), @r"
    settings (key)
      key Varchar(255) not null
      value JsonDoc not null
      updated_at UtcTimestamp not null default Now
    activity_log (id)
      id BigInt not null auto_increment
      action Varchar(64) not null
      entity_type Varchar(64) not null
      entity_id Varchar(255) not null
      details JsonDoc
      created_at UtcTimestamp not null default Now
      index ix_activity_log_entity_type_entity_id (entity_type, entity_id)
      index ix_activity_log_created_at (created_at)
    ");
}

#[test]
fn a_single_foreign_key_makes_a_join() {
    let joined = crm::lines::table.inner_join(crm::invoices::table);
    let query = joined.select((crm::invoices::customer_id, crm::lines::position));
    insta::assert_snapshot!(debug_query::<Sqlite, _>(&query), @"SELECT `invoices`.`customer_id`, `lines`.`position` FROM (`lines` INNER JOIN `invoices` ON (`lines`.`invoice_id` = `invoices`.`id`)) -- binds: []");
}

#[test]
fn of_two_foreign_keys_the_query_says_which() {
    let on = crm::invoices::customer_id.eq(crm::customers::id);
    let query = crm::invoices::table
        .inner_join(crm::customers::table.on(on))
        .select(crm::customers::r#type);
    insta::assert_snapshot!(debug_query::<Sqlite, _>(&query), @"SELECT `customers`.`type` FROM (`invoices` INNER JOIN `customers` ON (`invoices`.`customer_id` = `customers`.`id`)) -- binds: []");
}
