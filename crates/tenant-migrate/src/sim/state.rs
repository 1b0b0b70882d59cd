//! What a simulated database holds.

use std::collections::{BTreeMap, BTreeSet};

use db_backend::{Catalog, CatalogColumn, CatalogTable, JournalEntry, Mark, Version};

/// What a database holds, as far as it is committed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SimState {
    /// The tables by name.
    pub tables: BTreeMap<String, SimTable>,
    /// The table of each index, by the index's name.
    pub indexes: BTreeMap<String, String>,
    /// The history table, if there is one.
    pub history: Option<BTreeSet<Version>>,
    /// The journal table, if there is one.
    pub journal: Option<BTreeMap<Version, JournalEntry>>,
    /// The owner table, if there is one; it has one row at most.
    pub owner: Option<Vec<Mark>>,
    /// Every statement that took effect, in order. It is part of the state, so a rollback takes it
    /// back.
    pub log: Vec<String>,
}

/// A table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SimTable {
    /// The columns.
    pub columns: BTreeSet<String>,
    /// The rows, each as the text of its values; no two are equal.
    pub rows: BTreeSet<String>,
}

impl SimState {
    /// Its catalogue, as far as tables and the names of columns go.
    pub fn catalog(&self) -> Catalog {
        let tables = self.tables.iter().map(|(name, table)| {
            let columns = table.columns.iter();
            let columns = columns.map(|name| (name.clone(), CatalogColumn::default())).collect();
            (name.clone(), CatalogTable { columns, ..CatalogTable::default() })
        });
        Catalog { tables: tables.collect(), others: None }
    }

    pub(super) fn fingerprint(&self) -> String {
        let columns = self.tables.iter().map(|(name, table)| (name, &table.columns));
        format!("{:?} {:?}", columns.collect::<Vec<_>>(), self.indexes)
    }
}
