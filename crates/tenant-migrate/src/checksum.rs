//! Checksums: they tell whether a migration was edited.

use std::fmt::Write as _;

use db_backend::Statement;
use sha2::{Digest, Sha256};

/// SHA-256 of a file's text in lower-case hex, with line ends as `\n` whatever the checkout made of
/// them.
pub fn checksum(text: &str) -> String {
    let mut digest = Sha256::new();
    update_normalised(&mut digest, text);
    hex(&digest.finalize())
}

/// SHA-256 over statements, each closed by a NUL, which SQL can't hold.
pub(crate) fn statements_checksum(statements: &[Statement]) -> String {
    let mut digest = Sha256::new();
    statements.iter().for_each(|statement| update_with(&mut digest, statement));
    hex(&digest.finalize())
}

/// The same over the statements before each place, from none of them to all.
pub(crate) fn prefix_checksums(statements: &[Statement]) -> Vec<String> {
    let mut digest = Sha256::new();
    let mut checksums = vec![hex(&digest.clone().finalize())];
    for statement in statements {
        update_with(&mut digest, statement);
        checksums.push(hex(&digest.clone().finalize()));
    }
    checksums
}

fn update_with(digest: &mut Sha256, statement: &Statement) {
    update_normalised(digest, &statement.sql);
    digest.update([0]);
}

// Git may turn LF into CRLF on a checkout; that is not an edit.
fn update_normalised(digest: &mut Sha256, text: &str) {
    for (index, part) in text.split("\r\n").enumerate() {
        if index > 0 {
            digest.update(b"\n");
        }
        digest.update(part);
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a `String` can't fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
