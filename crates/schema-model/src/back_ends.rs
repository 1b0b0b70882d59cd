//! The back ends that a schema is for.

/// The back ends that a schema is for. What only others can't do is allowed in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BackEnds {
    /// SQLite.
    pub sqlite: bool,
    /// PostgreSQL.
    pub postgres: bool,
    /// MySQL and MariaDB.
    pub mysql: bool,
}

impl BackEnds {
    /// All of them.
    pub const ALL: Self = Self { sqlite: true, postgres: true, mysql: true };

    /// The words for all of them in the DSL.
    pub const NAMES: [&str; 3] = ["sqlite", "postgres", "mysql"];

    /// Those of these names; other names are left out.
    pub fn of<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let mut found = Self { sqlite: false, postgres: false, mysql: false };
        for name in names {
            match name {
                "sqlite" => found.sqlite = true,
                "postgres" => found.postgres = true,
                "mysql" => found.mysql = true,
                _ => {}
            }
        }
        found
    }

    /// Their names, in the order of every list.
    ///
    /// ```
    /// use schema_model::BackEnds;
    ///
    /// let both = BackEnds::of(["postgres", "sqlite"]);
    /// assert_eq!(both.names().collect::<Vec<_>>(), ["sqlite", "postgres"]);
    /// ```
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        let all = [self.sqlite, self.postgres, self.mysql];
        Self::NAMES.into_iter().zip(all).filter_map(|(name, is_there)| is_there.then_some(name))
    }

    /// Whether the one of that name is one of them.
    pub fn has(self, name: &str) -> bool {
        self.names().any(|own| own == name)
    }

    /// The name of the only one, if there is only one.
    pub fn only(self) -> Option<&'static str> {
        let mut names = self.names();
        names.next().filter(|_| names.next().is_none())
    }
}

impl Default for BackEnds {
    fn default() -> Self {
        Self::ALL
    }
}
