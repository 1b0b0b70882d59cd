//! A schema as a picture of its own: no script, no style sheet, no font but what is at hand.

mod card;
mod line;

use std::fmt::{Arguments, Write};

use super::layout::{Layout, layout};
use super::{Relation, relations};
use crate::model::Schema;

use card::{Card, pill};

/// Around the whole.
const MARGIN: i32 = 24;
/// At the bottom, for the legend.
const LEGEND_HEIGHT: i32 = 44;
const LEGEND_WIDTH: i32 = 560;
/// Of equal widths, so that they are known without a font.
const FONT: &str = "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace";
/// For the tables that others refer to, and the lines to them; dark enough for white text.
const COLOURS: [&str; 8] =
    ["#1d4ed8", "#b45309", "#047857", "#9d174d", "#6d28d9", "#0e7490", "#a21c1c", "#4d5d0f"];
/// For the other tables.
const PLAIN: &str = "#475569";

/// The schema as an SVG image: each table a box with its columns, and a line for each foreign key,
/// with crow's feet. Equal schemas give equal bytes.
pub fn svg(schema: &Schema) -> String {
    let relations = relations(schema);
    let cards: Vec<Card<'_>> = schema.tables.iter().map(Card::new).collect();
    let nodes: Vec<_> = cards.iter().map(Card::node).collect();
    let layout = layout(&nodes, &line::links(schema, &relations));
    let colours = colours(cards.len(), &relations);

    let mut image = Image::new(layout.width.max(LEGEND_WIDTH), layout.height + LEGEND_HEIGHT);
    line::draw(&mut image, schema, &relations, &layout, &colours);
    for ((card, place), colour) in cards.iter().zip(&layout.places).zip(&colours) {
        card.draw(&mut image, *place, colour);
    }
    // On top of the boxes' edges.
    line::draw_ends(&mut image, schema, &relations, &layout, &colours);
    legend(&mut image, &layout);
    image.finish()
}

/// The colour of each table and of the lines to it.
fn colours(count: usize, relations: &[Relation<'_>]) -> Vec<&'static str> {
    let mut palette = COLOURS.iter().copied().cycle();
    let is_parent = |table| relations.iter().any(|relation| relation.parent == table);
    (0..count)
        .map(|table| is_parent(table).then(|| palette.next()).flatten().unwrap_or(PLAIN))
        .collect()
}

fn legend(image: &mut Image, layout: &Layout) {
    let y = layout.height + LEGEND_HEIGHT - 10;
    if layout.places.is_empty() {
        image.text(0, y, "no tables", "fill=\"#64748b\"");
        return;
    }
    let mut x = 0;
    for (mark, meaning) in
        [("PK", "primary key"), ("FK", "foreign key"), ("UQ", "unique"), ("NN", "not NULL")]
    {
        pill(image, x, y, mark);
        image.text(x + 26, y + 4, meaning, "font-size=\"11\" fill=\"#64748b\"");
        x += 26 + 7 * i32::try_from(meaning.len()).unwrap_or(0) + 24;
    }
}

/// The text of an image that is being drawn.
struct Image {
    text: String,
}

impl Image {
    fn new(width: i32, height: i32) -> Self {
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
    fn push(&mut self, markup: Arguments<'_>) {
        // Writing to a String can't fail.
        let _ = writeln!(self.text, "{markup}");
    }

    /// Adds a text, with further attributes.
    fn text(&mut self, x: i32, y: i32, text: &str, attributes: &str) {
        self.push(format_args!(r#"<text x="{x}" y="{y}" {attributes}>{}</text>"#, escaped(text)));
    }

    fn finish(mut self) -> String {
        self.push(format_args!("</g>"));
        self.push(format_args!("</svg>"));
        self.text
    }
}

/// A text as it stands in XML, which has no way at all to hold most control characters.
fn escaped(text: &str) -> String {
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
