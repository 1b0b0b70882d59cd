//! Tables and columns.

use super::{Case, cases};

cases! {
    create_table "a new table, and another that refers to it": {
        notes (id) { id -> BigInt, }
    } => {
        notes (id) { id -> BigInt, }
        #[index(at desc)]
        readings (id) {
            #[auto_increment]
            id -> BigInt,
            #[references(sensors.id, on_delete = cascade)]
            sensor_id -> BigInt,
            value -> Double,
            #[default(now)]
            at -> UtcTimestamp,
        }
        #[check(named, "length(name) > 0")]
        sensors (id) {
            #[auto_increment]
            id -> BigInt,
            #[unique]
            #[max_length = 64]
            name -> Varchar,
            details -> Nullable<JsonDoc>,
        }
    }

    create_cycle "two new tables that refer to each other": {
        notes (id) { id -> BigInt, }
    } => {
        notes (id) { id -> BigInt, }
        teams (id) {
            id -> BigInt,
            #[references(people.id, on_delete = set_null)]
            lead_id -> Nullable<BigInt>,
        }
        people (id) {
            id -> BigInt,
            #[references(teams.id)]
            team_id -> BigInt,
            #[references(people.id)]
            mentor_id -> Nullable<BigInt>,
        }
    }

    rename_table "a table is renamed, with all that is named after it": {
        #[index(size)]
        #[check(positive, "size >= 0")]
        boxes (id) {
            #[auto_increment]
            id -> BigInt,
            size -> Integer,
        }
        labels (id) {
            id -> BigInt,
            #[references(boxes.id)]
            box_id -> BigInt,
        }
    } => {
        #[renamed_from = "boxes"]
        #[index(size)]
        #[check(positive, "size >= 0")]
        parcels (id) {
            #[auto_increment]
            id -> BigInt,
            size -> Integer,
        }
        labels (id) {
            id -> BigInt,
            #[references(parcels.id)]
            box_id -> BigInt,
        }
    }

    add_columns "columns that need no value": {
        notes (id) { id -> BigInt, }
    } => {
        #[index(size)]
        notes (id) {
            id -> BigInt,
            body -> Nullable<Text>,
            #[default(0)]
            size -> Integer,
            #[max_length = 10]
            #[default("it's")]
            kind -> Varchar,
        }
    }

    add_column_now "a column whose default is the time": {
        notes (id) { id -> BigInt, }
    } => {
        notes (id) {
            id -> BigInt,
            #[default(now)]
            at -> UtcTimestamp,
        }
    }

    add_column_backfill "a column with a backfill": {
        notes (id) { id -> BigInt, #[max_length = 40] title -> Varchar, }
    } => {
        notes (id) {
            id -> BigInt,
            #[max_length = 40]
            title -> Varchar,
            #[max_length = 40]
            #[backfill("trim(title)")]
            sort_key -> Varchar,
        }
    }

    add_reference "a column that refers to another table": {
        users (id) { id -> BigInt, }
        notes (id) { id -> BigInt, }
    } => {
        users (id) { id -> BigInt, }
        notes (id) {
            id -> BigInt,
            #[references(users.id, on_delete = set_null)]
            user_id -> Nullable<BigInt>,
        }
    }

    drop_column "a column goes, and its index with it": {
        #[index(size)]
        notes (id) { id -> BigInt, size -> Integer, body -> Text, }
    } => {
        notes (id) { id -> BigInt, body -> Text, }
    }

    rename_column "a column is renamed, with its index, its check and what refers to it": {
        #[check(short, "length(code) < 90")]
        parts (id) {
            id -> BigInt,
            #[unique]
            #[max_length = 20]
            code -> Varchar,
        }
        stock (id) {
            id -> BigInt,
            #[references(parts.code, on_update = cascade)]
            #[max_length = 20]
            part -> Varchar,
        }
    } => {
        #[check(short, "length(number) < 90")]
        parts (id) {
            id -> BigInt,
            #[renamed_from = "code"]
            #[unique]
            #[max_length = 20]
            number -> Varchar,
        }
        stock (id) {
            id -> BigInt,
            #[references(parts.number, on_update = cascade)]
            #[max_length = 20]
            part -> Varchar,
        }
    }

    widen "types that hold every value there is": {
        notes (id) {
            id -> BigInt,
            small -> SmallInt,
            #[default(7)]
            size -> Integer,
            flag -> Bool,
            #[max_length = 20]
            name -> Varchar,
            doc -> JsonDoc,
        }
    } => {
        notes (id) {
            id -> BigInt,
            small -> Double,
            #[default(7)]
            size -> BigInt,
            flag -> SmallInt,
            #[max_length = 60]
            name -> Varchar,
            doc -> Text,
        }
    }

    narrow "types that not every value fits in": {
        notes (id) {
            id -> BigInt,
            size -> BigInt,
            score -> Double,
            flag -> SmallInt,
            body -> Text,
            number -> Text,
            doc -> Text,
        }
    } => {
        notes (id) {
            id -> BigInt,
            size -> SmallInt,
            score -> Integer,
            flag -> Bool,
            #[max_length = 200]
            body -> Varchar,
            number -> BigInt,
            doc -> JsonDoc,
        }
    }

    replace "a type that no value can be converted to": {
        notes (id) {
            id -> BigInt,
            #[max_length = 40]
            at -> Varchar,
            done -> Double,
        }
    } => {
        notes (id) {
            id -> BigInt,
            #[backfill("CASE WHEN length(at) = 19 THEN CURRENT_TIMESTAMP END")]
            at -> Nullable<UtcTimestamp>,
            #[default(false)]
            done -> Bool,
        }
    }

    forbid_null "NULL is no longer allowed": {
        notes (id) {
            id -> BigInt,
            size -> Nullable<Integer>,
            #[max_length = 40]
            title -> Nullable<Varchar>,
            body -> Nullable<Text>,
        }
    } => {
        notes (id) {
            id -> BigInt,
            #[default(0)]
            size -> Integer,
            #[max_length = 40]
            #[backfill("'untitled'")]
            title -> Varchar,
            body -> Text,
        }
    }

    defaults "defaults come, change and go": {
        notes (id) {
            id -> BigInt,
            size -> Integer,
            #[default(1)]
            level -> Integer,
            #[default(true)]
            open -> Bool,
        }
    } => {
        notes (id) {
            id -> BigInt,
            #[default(-5)]
            size -> Integer,
            #[default(2)]
            level -> Integer,
            open -> Bool,
        }
    }

    number "the database numbers the rows": {
        notes (id) { id -> Integer, body -> Text, }
    } => {
        notes (id) {
            #[auto_increment]
            id -> BigInt,
            body -> Text,
        }
    }
}
