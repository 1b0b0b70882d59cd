//! How a team's `schema.rs` differs from the one that is printed for the database. The order of
//! tables means nothing, and neither do docs; that of columns does, since rows are read by it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::parse::{Declared, DeclaredColumn, DeclaredTable, UnreadableLine, parse};

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The table that differs; `None` if it is not in one table.
    pub table: Option<String>,
    /// What differs.
    pub what: String,
}

/// A text that is no `schema.rs`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct Unreadable {
    /// Whether it is the text that is printed for the database, which a patch may have broken, and
    /// not that of the team.
    pub is_printed: bool,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong there.
    pub message: String,
}

/// What differs between the text that is printed for the database, with its patch, and that of the
/// team.
///
/// # Errors
/// The first line that can't be read.
pub fn differences(printed: &str, declared: &str) -> Result<Vec<Difference>, Unreadable> {
    let unreadable = |is_printed| {
        move |UnreadableLine { line, message }| Unreadable { is_printed, line, message }
    };
    let declared = parse(declared).map_err(unreadable(false))?;
    let printed = parse(printed).map_err(unreadable(true))?;
    let mut found = Found::default();
    found.tables(&printed, &declared);
    found.joinables(&printed, &declared);
    found.together(&printed, &declared);
    found.definitions(&printed.definitions, &declared.definitions);
    Ok(found.0)
}

#[derive(Default)]
struct Found(Vec<Difference>);

impl Found {
    fn add(&mut self, table: &str, what: String) {
        self.0.push(Difference { table: Some(table.to_owned()), what });
    }

    fn add_without_table(&mut self, what: String) {
        self.0.push(Difference { table: None, what });
    }

    fn tables(&mut self, printed: &Declared, declared: &Declared) {
        let names: BTreeSet<&String> =
            printed.tables.keys().chain(declared.tables.keys()).collect();
        for name in names {
            match (printed.tables.get(name), declared.tables.get(name)) {
                (Some(printed), Some(declared)) => self.table(name, printed, declared),
                (Some(_), None) => self.add(name, "it is not in schema.rs".to_owned()),
                (None, _) => self.add(name, "it is not in the database".to_owned()),
            }
        }
    }

    fn table(&mut self, name: &str, printed: &DeclaredTable, declared: &DeclaredTable) {
        let before = self.0.len();
        let what = |is_view| if is_view { "a view" } else { "a table" };
        if declared.is_view != printed.is_view {
            self.compare(name, "it is", what(declared.is_view), what(printed.is_view));
            return;
        }
        self.compare(name, "its Rust name is", &declared.rust_name, &printed.rust_name);
        let key = |table: &DeclaredTable| format!("({})", table.primary_key.join(", "));
        self.compare(name, "its primary key is", &key(declared), &key(printed));
        self.columns(name, &printed.columns, &declared.columns);
        if before == self.0.len() {
            let order = |columns: &[DeclaredColumn]| {
                columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>().join(", ")
            };
            let (declared, printed) = (order(&declared.columns), order(&printed.columns));
            self.compare(name, "the order of its columns is", &declared, &printed);
        }
    }

    fn columns(&mut self, table: &str, printed: &[DeclaredColumn], declared: &[DeclaredColumn]) {
        for column in printed {
            let name = &column.name;
            match declared.iter().find(|known| known.name == *name) {
                Some(declared) => self.column(table, column, declared),
                None => self
                    .add(table, format!("column {name} ({}) is not in schema.rs", column.written)),
            }
        }
        for column in declared {
            let name = &column.name;
            if !printed.iter().any(|known| known.name == *name) {
                self.add(table, format!("column {name} is not in the database"));
            }
        }
    }

    fn column(&mut self, table: &str, printed: &DeclaredColumn, declared: &DeclaredColumn) {
        let name = &printed.name;
        if printed.meant != declared.meant {
            let (declared, printed) = (&declared.written, &printed.written);
            self.compare(table, &format!("column {name} is"), declared, printed);
        }
        let rust_name = format!("the Rust name of column {name} is");
        self.compare(table, &rust_name, &declared.rust_name, &printed.rust_name);
        let length = |length: Option<u64>| match length {
            Some(length) => length.to_string(),
            None => "none".to_owned(),
        };
        let (declared, printed) = (length(declared.length_max), length(printed.length_max));
        self.compare(table, &format!("the max_length of column {name} is"), &declared, &printed);
    }

    fn compare(&mut self, table: &str, subject: &str, declared: &str, printed: &str) {
        if declared != printed {
            self.add(
                table,
                format!("{subject} {declared} in schema.rs, {printed} in the database"),
            );
        }
    }

    fn joinables(&mut self, printed: &Declared, declared: &Declared) {
        let lists = [
            (&printed.joinables, &declared.joinables, "is not in schema.rs"),
            (&declared.joinables, &printed.joinables, "is only in schema.rs"),
        ];
        for (there, not_here, what) in lists {
            for [child, parent, column] in there.difference(not_here) {
                self.add_without_table(format!("joinable!({child} -> {parent} ({column})) {what}"));
            }
        }
    }

    /// Only tables that both have: a table that is missing is one difference, and not one for each
    /// other table.
    fn together(&mut self, printed: &Declared, declared: &Declared) {
        let names = |declared: &Declared| -> BTreeSet<String> {
            declared.tables.values().map(|table| table.rust_name.clone()).collect()
        };
        let (in_printed, in_declared) = (names(printed), names(declared));
        let is_common = |name: &String| in_printed.contains(name) && in_declared.contains(name);
        let lists = [
            (&printed.together, &declared.together, "can't appear in one query in schema.rs with"),
            (
                &declared.together,
                &printed.together,
                "can appear in one query only in schema.rs with",
            ),
        ];
        for (there, not_here, what) in lists {
            let mut others: BTreeMap<&String, Vec<&str>> = BTreeMap::new();
            for [first, second] in there.difference(not_here) {
                if is_common(first) && is_common(second) {
                    others.entry(first).or_default().push(second);
                }
            }
            for (table, others) in others {
                self.add(table, format!("it {what} {}", others.join(", ")));
            }
        }
    }

    fn definitions(
        &mut self,
        printed: &BTreeMap<String, String>,
        declared: &BTreeMap<String, String>,
    ) {
        for (name, definition) in printed {
            match declared.get(name) {
                Some(other) if other == definition => {}
                Some(other) => self.add_without_table(format!(
                    "type {name} is {other} in schema.rs, {definition} in the database"
                )),
                None => self.add_without_table(format!("type {name} is not in schema.rs")),
            }
        }
        for name in declared.keys().filter(|name| !printed.contains_key(*name)) {
            self.add_without_table(format!("type {name} is not in the database"));
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.table {
            Some(table) => write!(f, "table {table}: {}", self.what),
            None => f.write_str(&self.what),
        }
    }
}
