//! The schema that has the changes of two branches.

use crate::model::{Schema, Table};

/// The schema with the changes that lead from `base` to `ours`, and with those that lead to
/// `theirs`. `None` if both change the same column, index, constraint or key in different ways, or
/// if one drops what the other one changes.
pub fn merged(base: &Schema, ours: &Schema, theirs: &Schema) -> Option<Schema> {
    let tables = lists(&base.tables, &ours.tables, &theirs.tables, |one| &one.name, table)?;
    Some(Schema::new(tables))
}

fn table(base: &Table, ours: &Table, theirs: &Table) -> Option<Table> {
    let [b, o, t] = [base, ours, theirs];
    Some(Table {
        name: o.name.clone(),
        columns: lists(&b.columns, &o.columns, &t.columns, |one| &one.name, value)?.into(),
        primary_key: value(&b.primary_key, &o.primary_key, &t.primary_key)?,
        indexes: lists(&b.indexes, &o.indexes, &t.indexes, |one| &one.name, value)?.into(),
        foreign_keys: lists(
            &b.foreign_keys,
            &o.foreign_keys,
            &t.foreign_keys,
            |one| &one.name,
            value,
        )?
        .into(),
        checks: lists(&b.checks, &o.checks, &t.checks, |one| &one.name, value)?.into(),
        renamed_from: None,
    })
}

/// The one that was changed, if only one was, or if both were in the same way.
fn value<T: PartialEq + Clone>(base: &T, ours: &T, theirs: &T) -> Option<T> {
    if theirs == base || theirs == ours {
        Some(ours.clone())
    } else if ours == base {
        Some(theirs.clone())
    } else {
        None
    }
}

/// Merges by name, in the order of `ours`.
fn lists<T: PartialEq + Clone>(
    base: &[T],
    ours: &[T],
    theirs: &[T],
    name: impl Fn(&T) -> &str,
    both: impl Fn(&T, &T, &T) -> Option<T>,
) -> Option<Vec<T>> {
    let find = |list: &'_ [T], one: &T| list.iter().position(|other| name(other) == name(one));
    let mut merged = Vec::new();
    for our in ours {
        let in_base = find(base, our).map(|at| &base[at]);
        match (in_base, find(theirs, our).map(|at| &theirs[at])) {
            (_, Some(their)) if their == our => merged.push(our.clone()),
            (Some(base), Some(their)) if base == their => merged.push(our.clone()),
            (Some(base), Some(their)) if base == our => merged.push(their.clone()),
            (Some(base), Some(their)) => merged.push(both(base, our, their)?),
            (None, None) => merged.push(our.clone()),
            // They have dropped what is unchanged here.
            (Some(base), None) if base == our => {}
            (None, Some(_)) | (Some(_), None) => return None,
        }
    }
    for their in theirs.iter().filter(|their| find(ours, their).is_none()) {
        match find(base, their).map(|at| &base[at]) {
            None => merged.push(their.clone()),
            Some(base) if base == their => {}
            Some(_) => return None,
        }
    }
    Some(merged)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::{from_json, to_json};

    /// Tables of one key each and these other columns: `notes: size, text; users: name`.
    fn schema(tables: &str) -> Schema {
        let tables = tables.split(';').filter(|table| !table.trim().is_empty()).map(|table| {
            let (name, columns) = table.split_once(':').unwrap_or((table, ""));
            let columns = columns.split(',').filter(|column| !column.trim().is_empty());
            let columns = columns.map(|column| {
                let (name, kind) = column.trim().split_once(' ').unwrap_or((column.trim(), "text"));
                format!(r#", {{"name": "{name}", "type": "{kind}"}}"#)
            });
            format!(
                r#"{{"name": "{}", "columns": [{{"name": "id", "type": "integer"}}{}],
                    "primary_key": ["id"]}}"#,
                name.trim(),
                columns.collect::<String>()
            )
        });
        let tables: Vec<String> = tables.collect();
        from_json(&format!(r#"{{"tables": [{}]}}"#, tables.join(", "))).expect("a schema")
    }

    #[test]
    fn the_changes_of_both_or_nothing() {
        let cases = [
            ("a", "a; b", "a; c", Some("a; b; c")),
            ("a: x", "a: x, y", "a: x, z", Some("a: x, y, z")),
            ("a: x", "a: x, y", "a", Some("a: y")),
            ("a: x", "a: x integer", "a: x", Some("a: x integer")),
            ("a: x", "a: x", "a: x integer", Some("a: x integer")),
            ("a; b", "a", "a; b", Some("a")),
            ("a; b", "a; b", "b", Some("b")),
            ("a", "a; b: x", "a; b: x", Some("a; b: x")),
            ("a", "a; b: x", "a; b: y", None),
            ("a: x", "a: x integer", "a: x big_int", None),
            ("a: x", "a: x, y", "", None),
            ("a: x", "", "a: x, y", None),
        ];
        for (base, ours, theirs, expected) in cases {
            let merged = merged(&schema(base), &schema(ours), &schema(theirs));
            let expected = expected.map(|expected| to_json(&schema(expected)));
            assert_eq!(merged.as_ref().map(to_json), expected, "{base} | {ours} | {theirs}");
        }
    }
}
