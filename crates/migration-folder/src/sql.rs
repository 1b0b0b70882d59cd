//! The text of a migration's files.

use db_backend::ViewSql;
use schema_model::diff::{Change, Hazard, HazardKind, Step, hazards};
use sql_dialect::Piece;

/// A statement that does nothing, since a file without statements counts as forgotten work.
const NOTHING: &str = "-- Nothing changes on this back end.\nSELECT 1;\n";

/// The statements as they are written to a file.
pub(crate) fn text(statements: &[String]) -> String {
    if statements.is_empty() {
        return NOTHING.to_owned();
    }
    let statements: Vec<String> =
        statements.iter().map(|statement| format!("{statement};\n")).collect();
    statements.join("\n")
}

/// The statements of a draft, between the places for those that its author adds. The views are
/// already there.
pub(crate) fn with_places(text: &str, views: &ViewSql) -> String {
    const FIRST: &str = "-- A draft, not proven yet. Here is the place for what must be done first";
    const LAST: &str = "-- Here is the place for what must be done last";
    if views.create.is_empty() {
        return format!(
            "{FIRST}, such as\n--   DROP VIEW …;\n\n{text}\n\
             {LAST}, such as\n--   CREATE VIEW … AS SELECT …;\n"
        );
    }
    let [drop, create] = [&views.drop, &views.create].map(|statements| self::text(statements));
    format!(
        "{FIRST}.\n{drop}\n{text}\n{LAST}. The views are as they were, without privileges and \
         comments.\n{create}"
    )
}

/// The statements of the pieces, for a database without triggers.
pub(crate) fn statements(pieces: &[Piece]) -> Vec<String> {
    pieces.iter().flat_map(|piece| piece.statements().iter().cloned()).collect()
}

/// The header of `up.sql`: what it may lose or fail on. Empty for the usual migration.
pub(crate) fn up_header(hazards: &[Hazard]) -> String {
    let lines = hazards.iter().map(|hazard| hazard.effect.clone());
    section("Loses data, or fails if rows violate it; allowed when it was generated:", lines)
}

/// The header of `down.sql`: what it can't bring back, and what it may fail on. Empty for the usual
/// migration.
pub(crate) fn down_header(up: &[Change], down: &[Change]) -> String {
    let hazards_up = hazards(up);
    let lost = hazards_up.iter().filter(|hazard| hazard.kind.loses_data()).map(|hazard| {
        let what = match hazard.kind {
            HazardKind::DropTable => "the rows of table",
            _ => "the values of column",
        };
        let instead = stand_in(&hazard.place, down).unwrap_or_default();
        format!("{what} {}{instead}", hazard.place)
    });
    let fails = hazards(down).into_iter().filter(|hazard| !hazard.kind.loses_data());
    let lost = section("Can't bring back:", lost.chain(filled(up)));
    let fails = section("Fails where it is not so:", fails.map(|hazard| hazard.effect));
    format!("{lost}{fails}")
}

/// The columns in which NULL is replaced on the way up.
fn filled(up: &[Change]) -> impl Iterator<Item = String> {
    let altered = up.iter().filter_map(|change| match change {
        Change::AlterTable(alter) => Some(alter),
        Change::CreateTable(_) | Change::DropTable(_) => None,
    });
    altered.flat_map(|alter| {
        alter.steps.iter().filter_map(|step| match step {
            Step::AlterColumn { from, to } if from.nullable && !to.nullable => {
                let is_filled = to.backfill.is_some() || to.default.is_some() || to.auto_increment;
                let place = format!("{}.{}", alter.to.name, to.name);
                is_filled.then(|| format!("NULL in column {place}; the values given instead stay"))
            }
            _ => None,
        })
    })
}

/// What the rows get instead of a column's lost values.
fn stand_in(place: &str, down: &[Change]) -> Option<String> {
    down.iter().find_map(|change| {
        let Change::AlterTable(alter) = change else { return None };
        alter.steps.iter().find_map(|step| match step {
            Step::AddColumn(column) if place == format!("{}.{}", alter.from.name, column.name) => {
                let value = match (&column.backfill, &column.default) {
                    (Some(value), _) => value.to_string(),
                    (None, Some(_)) => "the default".to_owned(),
                    (None, None) if column.auto_increment => "new numbers".to_owned(),
                    (None, None) => "NULL".to_owned(),
                };
                Some(format!("; all rows get {value}"))
            }
            _ => None,
        })
    })
}

fn section(title: &str, lines: impl Iterator<Item = String>) -> String {
    let lines: Vec<String> = lines.map(|line| format!("--   {line}\n")).collect();
    if lines.is_empty() { String::new() } else { format!("-- {title}\n{}\n", lines.concat()) }
}

#[cfg(test)]
mod tests {
    use schema_model::Schema;
    use schema_model::diff::{diff, undone};
    use schema_model::snapshot::from_json;

    /// Two tables with one column each, which differ in its name and type.
    fn schema(notes: &str, users: &str) -> Schema {
        let table = |name: &str, column: &str| {
            format!(
                r#"{{"name": "{name}", "columns": [{{"name": "id", "type": "integer"}}{column}],
                    "primary_key": ["id"]}}"#
            )
        };
        let tables = [table("notes", notes), table("users", users)].join(", ");
        from_json(&format!(r#"{{"tables": [{tables}]}}"#)).expect("a schema")
    }

    #[test]
    fn a_column_has_the_stand_in_of_its_own_table() {
        let from = schema(
            r#", {"name": "size", "type": "integer", "default": {"int": 1}}"#,
            r#", {"name": "size", "type": "integer", "nullable": true}"#,
        );
        let to = schema("", "");
        let up = diff(&from, &to).expect("columns can go");
        let down = diff(&to, &undone(&from, &to)).expect("columns can come back");
        assert_eq!(
            super::down_header(&up, &down),
            "-- Can't bring back:\n\
             --   the values of column notes.size; all rows get the default\n\
             --   the values of column users.size; all rows get NULL\n\n"
        );
    }
}
