//! Correct declarations: the tables to query with, and the model for the tools.

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
            #[default("00000000-0000-0000-0000-000000000000")]
            token -> Uuid,
            #[default(-12.50)]
            price -> Numeric(10, 2),
            tax -> Nullable<Numeric(4, 4)>,
            #[default(16777216)]
            rating -> Float,
            raw -> Nullable<Json>,
            #[default("2026-02-28")]
            born_on -> Date,
            #[default(now)]
            opens_at -> Nullable<Time>,
            #[default("2026-02-28 23:59:59.999999")]
            local_at -> Timestamp,
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

        /// A composite key, and no column `id`.
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

mod desk {
    schema_core::tenant_schema! {
        #[unique(branch, code)]
        #[unique(branch, desk desc, name = seats)]
        offices (branch, number) {
            branch -> BigInt,
            number -> Integer,
            #[max_length = 10]
            code -> Varchar,
            desk -> Nullable<Integer>,
        }

        #[index(opened_at desc, id)]
        #[index(office, where = "closed = FALSE", mysql = full, name = open)]
        #[index(office, mysql = none, where = "closed = TRUE",)]
        #[unique(subject, where = "closed = FALSE", mysql = none)]
        #[foreign_key((branch, office) -> offices(branch, number), on_update = cascade, on_delete = set_null)]
        #[foreign_key((branch, code) -> offices(branch, code), name = coded,)]
        #[foreign_key((part_of) -> tickets(id), on_delete = cascade)]
        tickets (id) {
            id -> BigInt,
            #[backfill("trim(code)")]
            #[max_length = 64]
            subject -> Varchar,
            #[references(agents.id, on_update = set_null, name = opener, on_delete = cascade)]
            opened_by -> Nullable<BigInt>,
            branch -> Nullable<BigInt>,
            office -> Nullable<Integer>,
            #[max_length = 10]
            code -> Nullable<Varchar>,
            part_of -> Nullable<BigInt>,
            closed -> Bool,
            opened_at -> UtcTimestamp,
        }

        agents (id) {
            id -> BigInt,
        }
    }
}

/// Expressions in which a text, a call or a word of SQL looks like something else: like a column
/// that a foreign key may change, the end of the statement, or a comment.
mod lookalikes {
    schema_core::tenant_schema! {
        roots (id) {
            id -> BigInt,
        }

        #[check(quoted, "code <> 'x' AND code <> 'end'")]
        #[check(positive, "abs(number) > 0")]
        #[check(either, "CASE WHEN number > 0 THEN 1 ELSE 2 END = 1")]
        #[check(texts, "code <> 'it''s x' AND code <> ';--/*||)'")]
        parts (id) {
            id -> BigInt,
            #[references(roots.id, on_delete = set_null)]
            x -> Nullable<BigInt>,
            #[references(roots.id, on_delete = set_null)]
            abs -> Nullable<BigInt>,
            #[references(roots.id, on_delete = set_null)]
            end -> Nullable<BigInt>,
            number -> BigInt,
            #[max_length = 10]
            code -> Varchar,
            #[backfill("coalesce(\"it's\", ';')")]
            note -> Text,
        }
    }
}

/// Words of SQL, of Rust and of the DSL are names like any other.
mod words {
    schema_core::tenant_schema! {
        #[index(r#where, desc desc, name)]
        #[index(mysql, where = "\"select\" > 0", mysql = none)]
        #[unique(r#type)]
        #[foreign_key((r#match, key) -> r#match(id, r#in))]
        #[check(r#in, "name > 0")]
        order (select, group) {
            select -> BigInt,
            group -> BigInt,
            order_ -> BigInt,
            user -> BigInt,
            key -> BigInt,
            r#where -> BigInt,
            r#type -> BigInt,
            r#match -> BigInt,
            desc -> BigInt,
            mysql -> BigInt,
            name -> BigInt,
        }

        #[unique(id, r#in)]
        r#match (id) {
            r#id -> BigInt,
            #[references(order_by.r#limit)]
            r#in -> BigInt,
            index -> Nullable<BigInt>,
        }

        order_by (limit) {
            limit -> BigInt,
            primary -> Nullable<BigInt>,
            constraint -> Nullable<BigInt>,
            default -> Nullable<BigInt>,
            values -> Nullable<BigInt>,
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
      token Uuid not null default Text("00000000-0000-0000-0000-000000000000")
      price Numeric { precision: 10, scale: 2 } not null default Decimal("-12.50")
      tax Numeric { precision: 4, scale: 4 }
      rating Float not null default Int(16777216)
      raw Json
      born_on Date not null default Text("2026-02-28")
      opens_at Time default Now
      local_at Timestamp not null default Text("2026-02-28 23:59:59.999999")
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
      fk_invoices_customer_id: (customer_id) -> customers (id) on delete Cascade
      fk_invoices_sent_to: (sent_to) -> customers (email) on delete SetNull
      fk_invoices_corrects: (corrects) -> invoices (id)
    lines (invoice_id, position)
      invoice_id BigInt not null
      position Integer not null
      fk_lines_invoice_id: (invoice_id) -> invoices (id)
    a_table_with_such_a_long_name_that_its_index_must_be_cut (code)
      code Varchar(768) not null
      another_column BigInt not null
      unique uq_a_table_with_such_a_long_name_that_its_index_must_b_2be582f2 (another_column)
    "#);
}

#[test]
fn every_type_can_be_declared() {
    let columns = crm::SCHEMA.tables.iter().flat_map(|table| table.columns.iter());
    let declared: Vec<&str> = columns.map(|column| column.sql_type.name()).collect();
    for sql_type in schema_core::model::SqlType::ALL {
        assert!(declared.contains(&sql_type.name()), "{sql_type}: add a column of it to `crm`");
    }
}

#[test]
fn indexes_and_keys_reach_the_model() {
    insta::assert_snapshot!(describe(&desk::SCHEMA), @r"
    offices (branch, number)
      branch BigInt not null
      number Integer not null
      code Varchar(10) not null
      desk Integer
      unique uq_offices_branch_code (branch, code)
      unique uq_offices_seats (branch, desk desc)
    tickets (id)
      id BigInt not null
      subject Varchar(64) not null (from trim(code))
      opened_by BigInt
      branch BigInt
      office Integer
      code Varchar(10)
      part_of BigInt
      closed Bool not null
      opened_at UtcTimestamp not null
      index ix_tickets_opened_at_id (opened_at desc, id)
      index ix_tickets_open (office) where closed = FALSE, else FullIndex
      index ix_tickets_office (office) where closed = TRUE, else NoIndex
      unique uq_tickets_subject (subject) where closed = FALSE, else NoIndex
      fk_tickets_opener: (opened_by) -> agents (id) on delete Cascade on update SetNull
      fk_tickets_branch_office: (branch, office) -> offices (branch, number) on delete SetNull on update Cascade
      fk_tickets_coded: (branch, code) -> offices (branch, code)
      fk_tickets_part_of: (part_of) -> tickets (id) on delete Cascade
    agents (id)
      id BigInt not null
    ");
}

#[test]
fn what_only_looks_like_a_mistake_is_accepted() {
    let parts = &lookalikes::SCHEMA.tables[1];
    assert_eq!(parts.checks.len(), 4);
    assert!(parts.columns.iter().any(|column| column.backfill.is_some()));
}

#[test]
fn words_of_sql_and_of_rust_are_names() {
    insta::assert_snapshot!(describe(&words::SCHEMA), @r#"
    order (select, group)
      select BigInt not null
      group BigInt not null
      order_ BigInt not null
      user BigInt not null
      key BigInt not null
      where BigInt not null
      type BigInt not null
      match BigInt not null
      desc BigInt not null
      mysql BigInt not null
      name BigInt not null
      index ix_order_where_desc_name (where, desc desc, name)
      index ix_order_mysql (mysql) where "select" > 0, else NoIndex
      unique uq_order_type (type)
      fk_order_match_key: (match, key) -> match (id, in)
      check ck_order_in: name > 0
    match (id)
      id BigInt not null
      in BigInt not null
      index BigInt
      unique uq_match_id_in (id, in)
      fk_match_in: (in) -> order_by (limit)
    order_by (limit)
      limit BigInt not null
      primary BigInt
      constraint BigInt
      default BigInt
      values BigInt
    "#);
    let joined = words::r#match::table.inner_join(words::order_by::table);
    let query = joined.select((words::r#match::r#in, words::order_by::values));
    insta::assert_snapshot!(debug_query::<Sqlite, _>(&query), @"SELECT `match`.`in`, `order_by`.`values` FROM (`match` INNER JOIN `order_by` ON (`match`.`in` = `order_by`.`limit`)) -- binds: []");
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
fn with_two_foreign_keys_the_query_says_which() {
    let on = crm::invoices::customer_id.eq(crm::customers::id);
    let query = crm::invoices::table
        .inner_join(crm::customers::table.on(on))
        .select(crm::customers::r#type);
    insta::assert_snapshot!(debug_query::<Sqlite, _>(&query), @"SELECT `customers`.`type` FROM (`invoices` INNER JOIN `customers` ON (`invoices`.`customer_id` = `customers`.`id`)) -- binds: []");
}
