//! The content of an image, read back from its XML.

use std::collections::BTreeSet;

use roxmltree::{Document, Node};
use schema_diagram::svg;
use schema_model::Schema;

/// The visible content of an image.
pub(crate) struct Picture {
    /// All texts, including the titles of lines.
    pub(crate) texts: BTreeSet<String>,
    /// The left, top, right and bottom of each table.
    pub(crate) boxes: Vec<[i32; 4]>,
    /// The corners of the lines between tables.
    pub(crate) lines: Vec<Vec<(i32, i32)>>,
    pub(crate) size: (i32, i32),
}

impl Picture {
    pub(crate) fn of(schema: &Schema) -> Self {
        let image = svg(schema);
        let document = Document::parse(&image).expect("well-formed XML");
        let elements = || document.descendants().filter(Node::is_element);
        let texts = elements().filter_map(|node| node.text());
        let lines = elements().filter(|node| {
            node.has_tag_name((SVG, "path")) && node.children().any(|child| child.is_element())
        });
        let content = document.root_element().children().rfind(Node::is_element);
        let cards = content.into_iter().flat_map(|content| content.children());
        let cards = cards.filter(|node| node.has_attribute("transform"));
        let root = document.root_element();
        Self {
            texts: texts.map(ToOwned::to_owned).collect(),
            boxes: cards.map(corners).collect(),
            lines: lines.map(|line| points(line.attribute("d").expect("a path"))).collect(),
            size: (number(root, "width"), number(root, "height")),
        }
    }
}

/// The margin around the whole image. All positions are moved by it.
pub(crate) const MARGIN: i32 = 24;
const SVG: &str = "http://www.w3.org/2000/svg";

fn corners(card: Node<'_, '_>) -> [i32; 4] {
    let translation = numbers(card.attribute("transform").expect("a translation"));
    let frame = card.first_element_child().expect("a frame");
    let [x, y] = translation[..] else { panic!("{translation:?}") };
    [x, y, x + number(frame, "width"), y + number(frame, "height")]
}

fn number(node: Node<'_, '_>, name: &str) -> i32 {
    node.attribute(name).and_then(|text| text.parse().ok()).expect("a number")
}

/// The points of a path, including the control points of its corners.
fn points(path: &str) -> Vec<(i32, i32)> {
    numbers(path).chunks(2).map(|point| (point[0], point[1])).collect()
}

fn numbers(text: &str) -> Vec<i32> {
    let is_part = |c: char| c.is_ascii_digit() || c == '-';
    text.split(|c| !is_part(c)).filter_map(|number| number.parse().ok()).collect()
}

/// Whether two lines share a stretch, so that they look like one.
pub(crate) fn share_a_stretch(a: &[(i32, i32)], b: &[(i32, i32)]) -> bool {
    let flat =
        |ends: &[(i32, i32)]| (ends[0].1 == ends[1].1).then(|| (ends[0].1, ends[0].0, ends[1].0));
    let upright =
        |ends: &[(i32, i32)]| (ends[0].0 == ends[1].0).then(|| (ends[0].0, ends[0].1, ends[1].1));
    let along = |a: (i32, i32, i32), b: (i32, i32, i32)| {
        a.0 == b.0 && a.1.max(a.2).min(b.1.max(b.2)) > a.1.min(a.2).max(b.1.min(b.2))
    };
    let both = |a: Option<_>, b: Option<_>| a.zip(b).is_some_and(|(a, b)| along(a, b));
    let mut stretches = a.windows(2).flat_map(|a| b.windows(2).map(move |b| (a, b)));
    stretches.any(|(a, b)| both(flat(a), flat(b)) || both(upright(a), upright(b)))
}

/// Whether two rectangles have more in common than an edge.
pub(crate) fn overlap(a: [i32; 4], b: [i32; 4]) -> bool {
    a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3]
}
