//! The text of an image.

use std::fmt::{Arguments, Write};

/// The margin around the whole image.
const MARGIN: i32 = 24;
/// Monospaced fonts, so that widths are known without a font.
const FONT: &str = "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace";

/// The text of an image that is being drawn.
pub(super) struct Image {
    text: String,
}

impl Image {
    pub(super) fn new(width: i32, height: i32) -> Self {
        let (width, height) = (width + 2 * MARGIN, height + 2 * MARGIN);
        let mut image = Self { text: String::new() };
        image.push(format_args!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img">"#
        ));
        image.push(format_args!("<title>Database schema</title>"));
        image.push(format_args!(r##"<rect width="{width}" height="{height}" fill="#ffffff"/>"##));
        image.push(format_args!(
            r#"<g transform="translate({MARGIN} {MARGIN})" font-family="{FONT}" font-size="12">"#
        ));
        image
    }

    /// Adds a line of markup.
    pub(super) fn push(&mut self, markup: Arguments<'_>) {
        // Writing to a String can't fail.
        let _ = writeln!(self.text, "{markup}");
    }

    /// Adds a text, with further attributes.
    pub(super) fn text(&mut self, x: i32, y: i32, text: &str, attributes: &str) {
        self.push(format_args!(r#"<text x="{x}" y="{y}" {attributes}>{}</text>"#, escaped(text)));
    }

    pub(super) fn finish(mut self) -> String {
        self.push(format_args!("</g>"));
        self.push(format_args!("</svg>"));
        self.text
    }
}

/// A text escaped for XML. XML can't contain most control characters at all, so they are replaced.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\u{fffe}' | '\u{ffff}' => escaped.push(char::REPLACEMENT_CHARACTER),
            control if control.is_control() => escaped.push(char::REPLACEMENT_CHARACTER),
            other => escaped.push(other),
        }
    }
    escaped
}
