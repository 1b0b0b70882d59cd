//! Applies a team's `patch_file` to the text of its `schema.rs`.

use std::fmt;

use diffy::{ApplyError, ParsePatchError, Patch};

/// The reason that a patch can't be applied.
#[derive(Debug)]
pub enum PatchError {
    /// The text is no unified diff.
    Unreadable(ParsePatchError),
    /// It is a diff of another text.
    DoesNotFit(ApplyError),
}

/// The text with the patch applied, as `diesel print-schema` does.
///
/// # Errors
/// If the patch is not a unified diff, or does not fit the text.
pub fn patched(text: &str, patch: &str) -> Result<String, PatchError> {
    let patch = Patch::from_str(patch).map_err(PatchError::Unreadable)?;
    // Releases before 2.2 wrote each table on a line of its own, and a patch may come from one.
    diffy::apply(text, &patch)
        .or_else(|error| diffy::apply(&one_per_line(text), &patch).map_err(|_| error))
        .map_err(PatchError::DoesNotFit)
}

/// The text with each table of `allow_tables_to_appear_in_same_query!` on a line of its own.
fn one_per_line(text: &str) -> String {
    const MACRO: &str = "diesel::allow_tables_to_appear_in_same_query!(";
    let mut lines = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let call = line.trim_start();
        let indentation = &line[..line.len() - call.len()];
        let tables = call.strip_prefix(MACRO).and_then(|rest| rest.trim_end().strip_suffix(",);"));
        let Some(tables) = tables else {
            lines.push_str(line);
            continue;
        };
        lines.push_str(&format!("{indentation}{MACRO}\n"));
        for table in tables.split(", ") {
            lines.push_str(&format!("{indentation}    {table},\n"));
        }
        lines.push_str(&format!("{indentation});\n"));
    }
    lines
}

impl fmt::Display for PatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(_) => write!(f, "it is no unified diff"),
            Self::DoesNotFit(_) => {
                write!(f, "it does not fit what print-schema writes for the database")
            }
        }
    }
}

impl std::error::Error for PatchError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Unreadable(error) => Some(error),
            Self::DoesNotFit(error) => Some(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{PatchError, patched};

    const TEXT: &str = "diesel::joinable!(a -> b (c));\n\n\
        diesel::allow_tables_to_appear_in_same_query!(a, b,);\n";

    #[test]
    fn a_patch_of_any_release_is_applied() {
        let rows = [
            "@@ -1,3 +1,3 @@\n-diesel::joinable!(a -> b (c));\n+diesel::joinable!(a -> b (d));\n \n \
             diesel::allow_tables_to_appear_in_same_query!(a, b,);\n",
            "@@ -3,4 +3,5 @@\n diesel::allow_tables_to_appear_in_same_query!(\n     a,\n     b,\n+    \
             z,\n );\n",
        ];
        let texts = rows.map(|patch| patched(TEXT, patch).expect("it fits"));
        insta::assert_snapshot!(texts.join("----\n"), @"
        diesel::joinable!(a -> b (d));

        diesel::allow_tables_to_appear_in_same_query!(a, b,);
        ----
        diesel::joinable!(a -> b (c));

        diesel::allow_tables_to_appear_in_same_query!(
            a,
            b,
            z,
        );
        ");
    }

    #[test]
    fn a_patch_that_does_not_fit_is_an_error() {
        let patch = "@@ -1 +1 @@\n-something else\n+x\n";
        assert!(matches!(patched(TEXT, patch), Err(PatchError::DoesNotFit(_))));
        let torn = "@@ -1 +1\n-a\n";
        assert!(matches!(patched(TEXT, torn), Err(PatchError::Unreadable(_))));
    }
}
