//! `new-migration --rebase` if the merged code would lose an addition of the other branch.

use schema_model::{Column, SqlType};

use super::changing::{changed, merged_branches};
use super::project::files;

#[test]
fn a_rebase_asks_before_it_loses_what_another_branch_added() {
    // The merge lost the column's declaration, so the code leads away from it.
    let cli = merged_branches(changed(|tables| {
        let note = Column::new("note", SqlType::Text).nullable();
        tables[0].columns.to_mut().push(note);
        tables[1].indexes.to_mut().retain(|index| index.name.contains("entity"));
    }));
    let before = files(cli.folder());
    let refused = cli.run("new-migration --rebase 20270115080200");
    insta::assert_snapshot!(refused, @"
    exit code 2
    --- stderr
    error: this may lose data, or fail on existing rows:
      column settings.note is dropped, with its values

    hint: if this is intended, add --allow drop-column=settings.note
    ");
    assert!(files(cli.folder()) == before);
    let allowed = "new-migration --rebase 20270115080200 --allow drop-column=settings.note";
    let rebased = cli.run(allowed);
    assert_eq!(rebased.code, Some(0), "{rebased}");
}
