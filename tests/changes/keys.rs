//! Keys, indexes and checks.

use super::{Case, cases};

cases! {
    primary_key "another primary key, of two columns": {
        members (id) {
            #[auto_increment]
            id -> BigInt,
            team -> BigInt,
            person -> BigInt,
        }
    } => {
        members (team, person) { team -> BigInt, person -> BigInt, }
    }

    indexes "indexes of every kind": {
        notes (id) {
            id -> BigInt,
            size -> Integer,
            level -> Integer,
            open -> Bool,
        }
    } => {
        #[index(size, level desc)]
        #[index(level, where = "open", mysql = full)]
        #[unique(size, where = "open", mysql = none)]
        #[unique(level, size)]
        notes (id) {
            id -> BigInt,
            size -> Integer,
            level -> Integer,
            open -> Bool,
        }
    }

    checks "checks come, change and go": {
        #[check(sized, "size > 0")]
        #[check(levelled, "level > 0")]
        notes (id) { id -> BigInt, size -> Integer, level -> Integer, }
    } => {
        #[check(sized, "size > 0 AND size < 100")]
        #[check(ordered, "size >= level")]
        notes (id) { id -> BigInt, size -> Integer, level -> Integer, }
    }

    foreign_key_names "a foreign key whose columns change gets the name of a renamed one": {
        #[foreign_key((code) -> groups(id), name = code)]
        #[foreign_key((leader) -> people(id), name = sane)]
        groups (id) { id -> SmallInt, code -> Nullable<SmallInt>, leader -> Nullable<SmallInt>, }
        people (id) { id -> SmallInt, }
    } => {
        #[foreign_key((code) -> groups(id), name = sane)]
        #[foreign_key((leader) -> people(id), name = leader)]
        groups (id) { id -> BigInt, code -> Nullable<BigInt>, leader -> Nullable<SmallInt>, }
        people (id) { id -> SmallInt, }
    }

    foreign_keys "foreign keys of every kind": {
        #[unique(x, y)]
        grid (id) { id -> BigInt, x -> Integer, y -> Integer, }
        tokens (id) {
            id -> BigInt,
            x -> Integer,
            y -> Integer,
            #[references(tokens.id, on_delete = cascade)]
            parent -> Nullable<BigInt>,
        }
    } => {
        #[unique(x, y)]
        grid (id) { id -> BigInt, x -> Integer, y -> Integer, }
        #[foreign_key((x, y) -> grid(x, y), on_delete = cascade, on_update = cascade)]
        tokens (id) {
            id -> BigInt,
            x -> Integer,
            y -> Integer,
            #[references(tokens.id, on_delete = set_null)]
            parent -> Nullable<BigInt>,
        }
    }

    referred_type "a column that others refer to changes its type": {
        users (id) { id -> Integer, }
        notes (id) {
            id -> BigInt,
            #[references(users.id)]
            user_id -> Integer,
        }
    } => {
        users (id) { id -> BigInt, }
        notes (id) {
            id -> BigInt,
            #[references(users.id)]
            user_id -> BigInt,
        }
    }

    all_at_once "a table is renamed, and its columns, types and keys change": {
        owners (id) { id -> BigInt, }
        #[index(size)]
        things (id) {
            #[auto_increment]
            id -> BigInt,
            size -> Integer,
            legacy -> Nullable<Text>,
        }
    } => {
        owners (id) { id -> BigInt, }
        #[renamed_from = "things"]
        #[index(width)]
        #[check(wide, "width >= 0")]
        items (id) {
            #[auto_increment]
            id -> BigInt,
            #[renamed_from = "size"]
            width -> BigInt,
            #[backfill("coalesce(legacy, 'none')")]
            origin -> Text,
            #[references(owners.id)]
            owner_id -> Nullable<BigInt>,
        }
    }

    whole_names "whole names stay through renames": {
        #[index(size, name = "Logs, by size")]
        #[unique(size, name = "logs_size_key")]
        logs (id) {
            id -> BigInt,
            size -> BigInt,
        }

        #[check("not too large", "size < 1000")]
        notes (id) {
            id -> BigInt,
            size -> BigInt,
            #[references(logs.id, name = "Note's log")]
            log -> BigInt,
        }
    } => {
        #[index(extent, name = "Logs, by size")]
        #[unique(extent, name = "logs_size_key")]
        #[renamed_from = "logs"]
        entries (id) {
            id -> BigInt,
            #[renamed_from = "size"]
            extent -> BigInt,
        }

        #[index(size, name = "Notes by size")]
        #[check("not too large", "size < 1000")]
        notes (id) {
            id -> BigInt,
            size -> BigInt,
            #[references(entries.id, name = "Note's log")]
            log -> BigInt,
        }
    }
}
