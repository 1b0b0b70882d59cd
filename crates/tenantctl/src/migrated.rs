//! A test for a team's own tests: the code declares nothing that no migration makes.

use std::borrow::Cow;
use std::path::Path;

use migration_folder::{Folder, check_files};
use schema_model::Schema;

use crate::hints::advice;
use crate::render;

/// Panics unless the migrations of a folder make the schema that the code declares, and `check`
/// finds nothing wrong with its files. The message says what is wrong and what to do. This needs no
/// database, and replays nothing.
///
/// A build that was made from a schema without its migration would compile, and fail on the first
/// query that uses what is missing. A test with this line finds that.
///
/// The folder is relative to the crate that has the test.
///
/// ```no_run
/// # mod my_schema { pub use schema_core::tenant::SCHEMA; }
/// #[test]
/// fn the_schema_is_migrated() {
///     tenantctl::assert_migrated!(&my_schema::SCHEMA, "../migrations_tenant");
/// }
/// ```
#[macro_export]
macro_rules! assert_migrated {
    ($schema:expr, $folder:literal $(,)?) => {
        $crate::__assert_migrated(
            $schema,
            ::core::concat!(::core::env!("CARGO_MANIFEST_DIR"), "/", $folder),
        )
    };
}

/// What [`assert_migrated!`](crate::assert_migrated) expands to.
///
/// # Panics
/// If the folder does not make that schema.
#[doc(hidden)]
#[track_caller]
#[expect(clippy::panic, reason = "an assertion for tests")]
pub fn assert_migrated(schema: &'static Schema, folder: &str) {
    if let Err(problem) = check(schema, Path::new(folder)) {
        panic!("the schema is not migrated\n{problem}");
    }
}

/// What is wrong, in words.
fn check(schema: &'static Schema, root: &Path) -> Result<(), String> {
    if !root.is_dir() {
        return Err(format!("\nthere is no folder {}\n", root.display()));
    }
    let folder = Folder::new("tenant", root.to_owned(), Cow::Borrowed(schema)).of_back_end(None);
    match folder.and_then(|folder| check_files(&folder)) {
        Ok(findings) if findings.is_empty() => Ok(()),
        Ok(findings) => Err(render::findings(&findings)),
        Err(error) => {
            let error = anyhow::Error::new(error);
            let hint = advice(&error).hint.map(|hint| format!("\nhint: {hint}\n"));
            Err(format!("\n{error:#}\n{}", hint.unwrap_or_default()))
        }
    }
}
