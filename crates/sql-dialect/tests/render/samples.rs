//! Schemas that are rendered here, and created and read back in the tests with real databases.

use schema_model::{
    Action, Check, Column, DefaultValue, ForeignKey, Index, Schema, SqlType, Table,
};

/// Every type, default and kind of constraint.
pub(super) fn people() -> Schema {
    Schema::new([companies(), people_table(), memberships()])
}

fn id() -> Column {
    Column::new("id", SqlType::BigInt).auto_increment()
}

fn companies() -> Table {
    Table::new("companies", ["id"])
        .columns([
            id(),
            Column::new("code", SqlType::Varchar(20)),
            Column::new("created_at", SqlType::UtcTimestamp).default(DefaultValue::Now),
        ])
        .indexes([Index::unique("ux_companies_code", ["code"])])
}

fn people_table() -> Table {
    Table::new("people", ["id"])
        .columns([
            id(),
            Column::new("email", SqlType::Varchar(100)),
            Column::new("name", SqlType::Varchar(64)).default(r"it's \ n"),
            Column::new("company", SqlType::Varchar(20)).nullable(),
            Column::new("mentor", SqlType::Varchar(100)).nullable(),
            Column::new("level", SqlType::SmallInt).default(1),
            Column::new("balance", SqlType::BigInt).default(-5_000_000_000),
            Column::new("active", SqlType::Bool).default(true),
            Column::new("score", SqlType::Double).nullable(),
            Column::new("age", SqlType::Integer).nullable(),
            Column::new("note", SqlType::Text).nullable(),
            Column::new("photo", SqlType::Binary).nullable(),
            Column::new("details", SqlType::JsonDoc),
        ])
        .indexes([
            Index::unique("ux_people_email", ["email"]),
            Index::new("ix_people_name_level", ["name", "level"]),
        ])
        .foreign_keys([
            ForeignKey::new("fk_people_company", ["company"], "companies", ["code"])
                .on_delete(Action::Cascade),
            ForeignKey::new("fk_people_mentor", ["mentor"], "people", ["email"])
                .on_delete(Action::SetNull),
        ])
        .checks([Check::new("ck_people_level", "level >= 0")])
}

fn memberships() -> Table {
    Table::new("memberships", ["person_id", "group"])
        .columns([
            Column::new("person_id", SqlType::BigInt),
            Column::new("group", SqlType::Varchar(30)),
        ])
        .foreign_keys([ForeignKey::new("fk_memberships_person", ["person_id"], "people", ["id"])])
}

/// `people` with one of its tables changed.
fn changed(table: &str, change: impl FnOnce(&mut Table)) -> Schema {
    let mut schema = people();
    let tables = schema.tables.to_mut();
    change(tables.iter_mut().find(|other| other.name == table).expect("a table of `people`"));
    schema
}

/// `people` with changes that SQLite makes in place: columns and indexes.
pub(super) fn with_columns_and_indexes() -> Schema {
    changed("people", |people| {
        let columns = people.columns.to_mut();
        columns.retain(|column| column.name != "age");
        columns.push(Column::new("nickname", SqlType::Varchar(40)).nullable());
        columns.push(Column::new("rank", SqlType::Integer).default(0));
        people.indexes.to_mut().pop();
        people.indexes.to_mut().push(Index::new("ix_people_rank_name", ["rank", "name"]));
        people.indexes.to_mut().push(Index::new("ix_people_company", ["company"]));
    })
}

/// `people` with changes that need a rebuild on SQLite: keys, checks, and a default that is not a
/// constant.
pub(super) fn with_keys_and_checks() -> Schema {
    changed("people", |people| {
        people.columns.to_mut().extend([
            Column::new("seen_at", SqlType::UtcTimestamp).default(DefaultValue::Now),
            Column::new("employer_id", SqlType::BigInt).nullable(),
        ]);
        people.checks.to_mut()[0].expression = "level >= 0 AND level < 10".into();
        let keys = people.foreign_keys.to_mut();
        keys.remove(0);
        keys.push(
            ForeignKey::new("fk_people_employer", ["employer_id"], "companies", ["id"])
                .on_delete(Action::SetNull),
        );
    })
}

/// `people`, changed once for each bit that is set: bits 0 to 12 and bit 15 leave out a part and
/// whatever depends on it; bits 13 and 14 add a column or an index. Any two of these schemas can be
/// migrated into each other.
pub(super) fn people_without(bits: u16) -> Schema {
    let is_set = |bit: usize| bits >> bit & 1 == 1;
    let columns = ["company", "mentor", "balance", "active", "score", "age", "note", "photo"];
    let indexes = ["ux_companies_code", "ux_people_email", "ix_people_name_level"];
    let left_out = |names: &[&str], first_bit: usize, name: &str| {
        names.iter().position(|other| *other == name).is_some_and(|at| is_set(first_bit + at))
    };
    let mut schema = people();
    for table in schema.tables.to_mut() {
        table.columns.to_mut().retain(|column| !left_out(&columns, 0, &column.name));
        table.indexes.to_mut().retain(|index| !left_out(&indexes, 8, &index.name));
        table.foreign_keys.to_mut().retain(|key| {
            let target_is_unique = match key.foreign_columns[0].as_ref() {
                "code" => !is_set(8),
                "email" => !is_set(9),
                _ => true,
            };
            target_is_unique && !left_out(&columns, 0, &key.columns[0]) && !is_set(11)
        });
        table.checks.to_mut().retain(|_| !is_set(12));
        if is_set(13) && table.name == "people" {
            let seen_at = Column::new("seen_at", SqlType::UtcTimestamp).default(DefaultValue::Now);
            table.columns.to_mut().push(seen_at);
        }
        // The index also supports the foreign key on `mentor`, if there is one.
        if is_set(14) && table.column("mentor").is_some() {
            let index = Index::new("ix_people_mentor_name", ["mentor", "name"]);
            table.indexes.to_mut().push(index);
        }
    }
    schema.tables.to_mut().retain(|table| table.name != "memberships" || !is_set(15));
    schema
}
