//! A schema as a self-contained picture: no script, no style sheet, no fonts to load.

mod card;
mod image;
mod line;

use schema_model::Schema;

use crate::layout::{Layout, layout};
use crate::relation::{Relation, relations};

use card::{Card, pill};
use image::Image;

/// The space for the legend at the bottom.
const LEGEND_HEIGHT: i32 = 44;
const LEGEND_WIDTH: i32 = 560;
/// The colours of tables that others refer to, and of the lines to them. Dark enough for white
/// text.
const COLOURS: [&str; 8] =
    ["#1d4ed8", "#b45309", "#047857", "#9d174d", "#6d28d9", "#0e7490", "#a21c1c", "#4d5d0f"];
/// The colour of the other tables.
const PLAIN: &str = "#475569";

/// The schema as an SVG image: a box with columns for each table, and a line with crow's feet for
/// each foreign key. Equal schemas give equal bytes.
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
    // The ends are drawn on top of the edges of the boxes.
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
