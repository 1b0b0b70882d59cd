//! Pictures of schemas.

use proptest::prelude::*;
use schema_diagram::{mermaid, svg};
use schema_model::{Action, Column, ForeignKey, Schema, SqlType, Table, WithoutPartial};

use crate::picture::{MARGIN, Picture, overlap, share_a_stretch};

mod shop {
    schema_core::tenant_schema! {
        #[unique(region, number)]
        #[renamed_from = "clients"]
        customers (id) {
            #[auto_increment]
            id -> BigInt,
            #[max_length = 8]
            region -> Varchar,
            number -> Integer,
            #[unique]
            #[max_length = 200]
            email -> Nullable<Varchar>,
            #[references(orders.id)]
            last_order -> Nullable<BigInt>,
        }

        orders (id) {
            id -> BigInt,
            #[references(customers.id)]
            customer_id -> BigInt,
            #[references(orders.id)]
            corrects -> Nullable<BigInt>,
            #[unique]
            token -> BigInt,
        }

        lines (order_id, position) {
            #[references(orders.id, on_delete = cascade)]
            order_id -> BigInt,
            position -> Integer,
            pk -> Nullable<Text>,
        }

        /// One row for each line. The table has the name of a keyword of Mermaid.
        style (order_id, line) {
            order_id -> BigInt,
            line -> Integer,
            #[references(customers.id)]
            made_by -> Nullable<BigInt>,
        }

        addresses (customer_id) {
            #[references(customers.id)]
            customer_id -> BigInt,
        }

        settings (key) {
            #[max_length = 50]
            key -> Varchar,
            value -> JsonDoc,
        }
    }
}

/// Adds a composite foreign key and a unique index over some rows.
fn shop() -> Schema {
    let mut shop = shop::SCHEMA.clone();
    let tables = shop.tables.to_mut();
    let token = &mut tables[1].indexes.to_mut()[0];
    *token = token.clone().partial("corrects IS NULL", WithoutPartial::NoIndex);
    tables[3].foreign_keys.to_mut().push(
        ForeignKey::new("fk_style_line", ["order_id", "line"], "lines", ["order_id", "position"])
            .on_delete(Action::Cascade),
    );
    shop
}

#[test]
fn mermaid_has_every_table_column_and_key() {
    insta::assert_snapshot!(mermaid(&shop()), @r#"
    erDiagram
        "customers" {
            BigInt id PK
            Varchar(8) region "unique (region, number)"
            Integer number "unique (region, number)"
            Varchar(200) email UK "nullable"
            BigInt last_order FK "nullable"
        }
        "orders" {
            BigInt id PK
            BigInt customer_id FK
            BigInt corrects FK "nullable"
            BigInt token "unique (token) of some rows"
        }
        "lines" {
            BigInt order_id PK, FK
            Integer position PK
            Text pk_ "named pk; nullable"
        }
        "style" {
            BigInt order_id PK, FK
            Integer line PK, FK
            BigInt made_by FK "nullable"
        }
        "addresses" {
            BigInt customer_id PK, FK
        }
        "settings" {
            Varchar(50) key PK
            JsonDoc value
        }
        "orders" |o..o{ "customers" : "last_order"
        "customers" ||..o{ "orders" : "customer_id"
        "orders" |o..o{ "orders" : "corrects"
        "orders" ||--o{ "lines" : "order_id"
        "customers" |o..o{ "style" : "made_by"
        "lines" ||--o| "style" : "order_id, line"
        "customers" ||--o| "addresses" : "customer_id"
    "#);
    assert_eq!(mermaid(&Schema::EMPTY), "erDiagram\n");
}

/// Mermaid's grammar allows few characters in names and has no escapes.
#[test]
fn mermaid_can_show_any_name() {
    let rows = [
        ("uk", "\"uk\"", "uk_ PK \"named uk\""),
        ("_x9", "\"_x9\"", "_x9 PK"),
        ("9 lives", "\"9 lives\"", "_9_lives PK \"named 9 lives\""),
        ("a\"b%\n\\", "\"a_b___\"", "a_b___ PK \"named a_b___\""),
        ("größe", "\"größe\"", "gr__e PK \"named größe\""),
        ("a~b~", "\"a~b~\"", "a_b_ PK \"named a~b~\""),
    ];
    for (name, entity, attribute) in rows {
        let expected = format!("erDiagram\n    {entity} {{\n        BigInt {attribute}\n    }}\n");
        assert_eq!(mermaid(&one_table(name)), expected);
    }
}

fn one_table(name: &str) -> Schema {
    Schema::new([table(name, &[name.to_owned()])])
}

/// A table with columns of numbers. The first column is the key.
fn table(name: &str, columns: &[String]) -> Table {
    let key = columns.iter().take(1).cloned();
    let columns = columns.iter().map(|name| Column::new(name.clone(), SqlType::BigInt));
    Table::new(name.to_owned(), key).columns(columns)
}

/// Only a file written by hand can have a key to a missing table.
#[test]
fn a_key_to_nowhere_is_not_drawn() {
    let mut schema = shop();
    schema.tables.to_mut().retain(|table| table.name == "addresses");
    assert!(!mermaid(&schema).contains("customers"));
    assert!(!svg(&schema).contains("fk_addresses_customer_id"));
}

#[test]
fn the_image_shows_every_table_column_and_key() {
    let shop = shop();
    let image = Picture::of(&shop);
    for table in shop.tables.iter() {
        assert!(image.texts.contains(&*table.name), "{}", table.name);
        for column in table.columns.iter() {
            assert!(image.texts.contains(&*column.name), "{}.{}", table.name, column.name);
            assert!(image.texts.contains(&column.sql_type.to_string()), "{}", column.sql_type);
        }
        for key in table.foreign_keys.iter() {
            let prefix = format!("{}: ", key.name);
            assert!(image.texts.iter().any(|text| text.starts_with(&prefix)), "{}", key.name);
        }
    }
    for mark in ["PK", "FK", "UQ", "NN", "(region, number)", "(token) of some rows"] {
        assert!(image.texts.contains(mark), "{mark}");
    }
    assert!(Picture::of(&Schema::EMPTY).texts.contains("no tables"));
}

#[test]
fn the_ends_of_a_line_say_how_many() {
    // Each end that allows zero has a circle. The child's end always does.
    let rows = [(false, false, 1, "||..o{"), (true, false, 2, "|o..o{"), (true, true, 2, "|o..o|")];
    for (optional, single, circles, in_mermaid) in rows {
        let parent = Column::new("parent", SqlType::BigInt);
        let parent = Column { nullable: optional, ..parent };
        let child = Table::new("child", [if single { "parent" } else { "id" }])
            .columns([Column::new("id", SqlType::BigInt), parent])
            .foreign_keys([ForeignKey::new("fk", ["parent"], "parent", ["id"])]);
        let schema = Schema::new([table("parent", &["id".to_owned()]), child]);
        let expected = if single { in_mermaid.replace("..", "--") } else { in_mermaid.to_owned() };
        assert!(mermaid(&schema).contains(&expected), "{}", mermaid(&schema));
        assert_eq!(svg(&schema).matches("<circle").count(), circles);
    }
}

fn foreign_key(name: String, column: &str, target: &str) -> ForeignKey {
    ForeignKey::new(name, [column.to_owned()], target.to_owned(), ["id"])
}

#[test]
fn any_name_is_escaped() {
    let name = "<a href=\"x\"> & \u{1} é";
    let image = Picture::of(&one_table(name));
    assert!(image.texts.contains("<a href=\"x\"> & \u{fffd} é"), "{:?}", image.texts);
}

/// Each table has some columns and refers to some tables, possibly itself and later ones. Any of
/// the keys may be nullable.
fn schemas() -> impl Strategy<Value = Schema> {
    let key = (any::<prop::sample::Index>(), any::<bool>());
    let table = (0..6_usize, prop::collection::vec(key, 0..4));
    prop::collection::vec(table, 0..16).prop_map(|tables| {
        let count = tables.len();
        let tables = tables.into_iter().enumerate().map(|(index, (plain, keys))| {
            let mut columns = vec!["id".to_owned()];
            columns.extend((0..plain).map(|index| format!("plain_{index}")));
            columns.extend((0..keys.len()).map(|index| format!("key_{index}")));
            let mut table = table_of(index, &columns);
            for (key, (target, nullable)) in keys.into_iter().enumerate() {
                let column = 1 + plain + key;
                table.columns.to_mut()[column].nullable = nullable;
                let target = format!("table_{}", target.index(count));
                let name = format!("fk_{index}_{key}");
                table.foreign_keys.to_mut().push(foreign_key(name, &columns[column], &target));
            }
            table
        });
        Schema::new(tables)
    })
}

fn table_of(index: usize, columns: &[String]) -> Table {
    table(&format!("table_{index}"), columns)
}

proptest! {
    #[test]
    fn an_image_of_any_schema_can_be_read(schema in schemas()) {
        prop_assert_eq!(svg(&schema), svg(&schema.clone()));
        let picture = Picture::of(&schema);
        let keys: usize = schema.tables.iter().map(|table| table.foreign_keys.len()).sum();
        prop_assert_eq!((picture.boxes.len(), picture.lines.len()), (schema.tables.len(), keys));

        for (index, &one) in picture.boxes.iter().enumerate() {
            for &other in &picture.boxes[..index] {
                prop_assert!(!overlap(one, other), "{one:?} and {other:?}");
            }
        }
        for line in &picture.lines {
            for ends in line.windows(2) {
                let [(x, y), (u, v)] = [ends[0], ends[1]];
                let around = [x.min(u), y.min(v), x.max(u) + 1, y.max(v) + 1];
                for &[left, top, right, bottom] in &picture.boxes {
                    let inside = [left + 1, top, right - 1, bottom];
                    prop_assert!(!overlap(around, inside), "{line:?} through {inside:?}");
                }
                let (width, height) = picture.size;
                let seen = x.min(y) >= 0 && x <= width - 2 * MARGIN && y <= height - 2 * MARGIN;
                prop_assert!(seen, "{line:?} outside of {:?}", picture.size);
            }
        }
    }
}

/// A real schema can have as many tables, and most of these are in one layer. The shape of the
/// picture still fits a screen.
#[test]
fn a_hundred_tables_are_no_long_strip() {
    let mut tables = vec![table_of(0, &["id".to_owned()])];
    tables.extend((1..100).map(|index| {
        let columns = ["id", "key", "a", "b"].map(str::to_owned);
        let mut table = table_of(index, &columns);
        if index < 80 {
            let name = format!("fk_{index}");
            table.foreign_keys = vec![foreign_key(name, "key", "table_0")].into();
        }
        table
    }));
    let (width, height) = Picture::of(&Schema::new(tables)).size;
    assert!(height < 3 * width && width < 3 * height, "{width} x {height}");
}

/// This does not hold for all schemas: in some, two lines must share a short stretch. In ordinary
/// schemas they don't.
#[test]
fn lines_to_different_ends_keep_apart() {
    let tables = (0..40_usize).map(|index| {
        let targets = [index * 13 % 17, index * 5 % 11, index / 2, index / 3];
        let columns = ["id", "key_0", "key_1", "key_2", "key_3"].map(str::to_owned);
        let mut table = table_of(index, &columns);
        for (key, target) in targets.into_iter().enumerate().filter(|(_, target)| *target < index) {
            let (name, target) = (format!("fk_{index}_{key}"), format!("table_{target}"));
            table.columns.to_mut()[key + 1].nullable = key % 2 == 0;
            table.foreign_keys.to_mut().push(foreign_key(name, &columns[key + 1], &target));
        }
        table
    });
    let lines = Picture::of(&Schema::new(tables)).lines;
    for (index, one) in lines.iter().enumerate() {
        for other in lines[..index].iter().filter(|other| other.last() != one.last()) {
            assert!(!share_a_stretch(one, other), "{one:?} and {other:?}");
        }
    }
}
