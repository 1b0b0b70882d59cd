//! Which tenants: slugs, globs and labels.

use globset::{GlobBuilder, GlobMatcher};
use system_db::Tenant;

use crate::error::ManagerError;

/// Which tenants of the registry.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    only: Vec<Pattern>,
    skip: Vec<Pattern>,
    schema: Option<String>,
}

#[derive(Debug, Clone)]
struct Pattern {
    text: String,
    matcher: Matcher,
}

#[derive(Debug, Clone)]
enum Matcher {
    Slug(GlobMatcher),
    Label { name: String, value: String },
}

impl Selection {
    /// All tenants.
    pub fn all() -> Self {
        Self::default()
    }

    /// The tenants that match one of `only` (all, if that is empty) and none of `skip`. A
    /// pattern is a slug, a glob such as `acme-*`, or a label such as `region=eu`.
    ///
    /// # Errors
    /// [`ManagerError::Pattern`].
    pub fn new(only: &[String], skip: &[String]) -> Result<Self, ManagerError> {
        let parse = |texts: &[String]| -> Result<Vec<Pattern>, ManagerError> {
            texts.iter().map(|text| Pattern::parse(text)).collect()
        };
        Ok(Self { only: parse(only)?, skip: parse(skip)?, schema: None })
    }

    /// Of these, only those with that schema; all, if none is named.
    #[must_use]
    pub fn of_schema(self, schema: Option<&str>) -> Self {
        Self { schema: schema.map(str::to_owned), ..self }
    }

    /// The tenants selected.
    ///
    /// # Errors
    /// [`ManagerError::NoMatch`] with the `only` patterns that match no tenant at all: a mistyped
    /// slug must not pass for a fleet that has nothing to do.
    pub fn apply(&self, tenants: Vec<Tenant>) -> Result<Vec<Tenant>, ManagerError> {
        let has_schema =
            |tenant: &Tenant| self.schema.as_ref().is_none_or(|schema| *schema == tenant.schema);
        let tenants: Vec<Tenant> = tenants.into_iter().filter(has_schema).collect();
        let unmatched: Vec<String> = self
            .only
            .iter()
            .filter(|pattern| !tenants.iter().any(|tenant| pattern.matches(tenant)))
            .map(|pattern| format!("`{}`", pattern.text))
            .collect();
        if !unmatched.is_empty() {
            return Err(ManagerError::NoMatch(unmatched));
        }
        let is_selected = |tenant: &Tenant| {
            (self.only.is_empty() || self.only.iter().any(|pattern| pattern.matches(tenant)))
                && !self.skip.iter().any(|pattern| pattern.matches(tenant))
        };
        Ok(tenants.into_iter().filter(is_selected).collect())
    }
}

impl Pattern {
    fn parse(text: &str) -> Result<Self, ManagerError> {
        let matcher = match text.split_once('=') {
            Some((name, value)) => {
                Matcher::Label { name: name.to_owned(), value: value.to_owned() }
            }
            None => {
                let glob =
                    GlobBuilder::new(text).build().map_err(|error| ManagerError::Pattern {
                        pattern: text.to_owned(),
                        reason: error.kind().to_string(),
                    })?;
                Matcher::Slug(glob.compile_matcher())
            }
        };
        Ok(Self { text: text.to_owned(), matcher })
    }

    fn matches(&self, tenant: &Tenant) -> bool {
        match &self.matcher {
            Matcher::Slug(glob) => glob.is_match(tenant.slug.as_str()),
            Matcher::Label { name, value } => tenant.labels.get(name) == Some(value),
        }
    }
}
