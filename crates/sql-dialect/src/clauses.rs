//! Clauses that are the same on every back end, except for the quotes.

use schema_model::{Action, Check, Column, DefaultValue, ForeignKey, Index, SqlType, Table, Text};

use crate::spelling::Spelling;

/// `"a", "b"`.
pub(crate) fn names(spelling: &dyn Spelling, names: &[Text]) -> String {
    names.iter().map(|name| spelling.quote(name)).collect::<Vec<_>>().join(", ")
}

/// A text in quotes, with the quotes inside doubled.
pub(crate) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A default of a decimal number without its point.
pub(crate) fn unscaled(value: &DefaultValue, scale: u32) -> String {
    match value {
        DefaultValue::Decimal(number) => without_point(number, scale),
        other => without_point(&other.to_string(), scale),
    }
    .unwrap_or_else(|| value.to_string())
}

/// A number with no more than that many digits after its point, without the point.
pub(crate) fn without_point(number: &str, scale: u32) -> Option<String> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = whole.strip_prefix('-').unwrap_or(whole);
    let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let missing = (scale as usize).checked_sub(fraction.len())?;
    let is_number = !digits.is_empty() && are_digits(digits) && are_digits(fraction);
    let text = format!("{whole}{fraction}{}", "0".repeat(missing));
    is_number.then(|| text.parse::<i64>().map_or(text, |number| number.to_string()))
}

/// The literal of that number, of a type that has literals.
pub(crate) fn literal_sample(sql_type: SqlType, number: u8) -> String {
    literal(&sql_type.literal_sample(number).unwrap_or_default())
}

/// Whether a Double is also a Float: it has at most 24 bits, which is what a multiplication and two
/// subtractions leave of it, and is in the range. NULL is one.
pub(crate) fn is_float(double: &str) -> String {
    // 2^29 + 1, for the 29 bits that a Double has more.
    let scaled = format!("({double} * 536870913e0)");
    format!(
        "CASE WHEN {double} = 0 OR {double} IS NULL THEN TRUE \
         WHEN abs({double}) BETWEEN 1.1754943508222875e-38 AND 3.4028234663852886e38 \
         THEN {double} = {scaled} - ({scaled} - {double}) ELSE FALSE END"
    )
}

/// `CREATE TABLE "name" (…)` with one definition per line.
pub(crate) fn create_table(spelling: &dyn Spelling, name: &str, definitions: &[String]) -> String {
    format!("CREATE TABLE {} (\n    {}\n)", spelling.quote(name), definitions.join(",\n    "))
}

/// `ALTER TABLE "name" …` with one action per line.
pub(crate) fn alter_table(spelling: &dyn Spelling, name: &str, actions: &[String]) -> String {
    format!("ALTER TABLE {}\n    {}", spelling.quote(name), actions.join(",\n    "))
}

/// `DROP TABLE "name"`.
pub(crate) fn drop_table(spelling: &dyn Spelling, name: &str) -> String {
    format!("DROP TABLE {}", spelling.quote(name))
}

/// `PRIMARY KEY ("a", "b")`.
pub(crate) fn primary_key(spelling: &dyn Spelling, table: &Table) -> String {
    format!("PRIMARY KEY ({})", names(spelling, &table.primary_key))
}

/// `"a", "b" DESC`.
pub(crate) fn index_columns(spelling: &dyn Spelling, index: &Index) -> String {
    let columns = index.columns.iter().map(|column| {
        let direction = if column.descending { " DESC" } else { "" };
        format!("{}{direction}", spelling.quote(&column.name))
    });
    columns.collect::<Vec<_>>().join(", ")
}

/// `CREATE INDEX "name" ON "table" ("a", "b") WHERE …`.
pub(crate) fn create_index(spelling: &dyn Spelling, table: &Table, index: &Index) -> String {
    let partial = index.partial.as_ref();
    let condition = partial.map(|it| spelling.expression(&it.condition, &table.columns));
    let condition = condition.map(|condition| format!(" WHERE {condition}"));
    format!(
        "CREATE {}INDEX {} ON {} ({}){}",
        if index.unique { "UNIQUE " } else { "" },
        spelling.quote(&index.name),
        spelling.quote(&table.name),
        index_columns(spelling, index),
        condition.unwrap_or_default()
    )
}

/// `CONSTRAINT "name" CHECK (…)`.
pub(crate) fn check(spelling: &dyn Spelling, table: &Table, check: &Check) -> String {
    let (name, condition) = (spelling.quote(&check.name), condition(spelling, table, check));
    format!("CONSTRAINT {name} CHECK ({condition})")
}

/// The condition of a check.
pub(crate) fn condition(spelling: &dyn Spelling, table: &Table, check: &Check) -> String {
    spelling.expression(&check.expression, &table.columns)
}

/// `CONSTRAINT "name" FOREIGN KEY ("a") REFERENCES "table" ("b") ON DELETE …`.
pub(crate) fn foreign_key(spelling: &dyn Spelling, key: &ForeignKey) -> String {
    format!(
        "CONSTRAINT {} FOREIGN KEY ({}) {}",
        spelling.quote(&key.name),
        names(spelling, &key.columns),
        references(spelling, key),
    )
}

/// `REFERENCES "table" ("b") ON DELETE …`.
pub(crate) fn references(spelling: &dyn Spelling, key: &ForeignKey) -> String {
    // `NO ACTION` is the default, which some back ends print and some don't, so it is not written.
    let rule = |event: &str, action: Action| match action {
        Action::NoAction => String::new(),
        Action::Cascade | Action::SetNull => format!(" ON {event} {}", action_words(action)),
    };
    format!(
        "REFERENCES {} ({}){}{}",
        spelling.quote(&key.foreign_table),
        names(spelling, &key.foreign_columns),
        rule("DELETE", key.on_delete),
        rule("UPDATE", key.on_update),
    )
}

/// The action in upper case.
pub(crate) fn action_words(action: Action) -> &'static str {
    match action {
        Action::NoAction => "NO ACTION",
        Action::Cascade => "CASCADE",
        Action::SetNull => "SET NULL",
    }
}

/// The value for rows that have no value in a column that needs one: its backfill over these
/// columns, or its default as the back end writes it.
pub(crate) fn fill(
    spelling: &dyn Spelling,
    column: &Column,
    columns: &[Column],
    default: fn(SqlType, &DefaultValue) -> String,
) -> Option<String> {
    let backfill = column.backfill.as_ref();
    let backfill = backfill.map(|expression| spelling.expression(expression, columns));
    backfill.or_else(|| column.default.as_ref().map(|value| default(column.sql_type, value)))
}
