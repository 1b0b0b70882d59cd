//! What messages about different tenants have in common.

/// A message without what differs from tenant to tenant: its name, and numbers.
pub(super) fn normalised(message: &str, slug: &str) -> String {
    let message = message.replace(slug, "<tenant>");
    let mut text = String::with_capacity(message.len());
    for character in message.chars() {
        if !character.is_ascii_digit() {
            text.push(character);
        } else if !text.ends_with('#') {
            text.push('#');
        }
    }
    text
}
