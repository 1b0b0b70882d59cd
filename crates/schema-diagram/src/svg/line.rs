//! The lines between boxes, and their ends.

use std::fmt::Write;

use schema_model::{Schema, Table, Text};

use super::card::row_middle;
use super::image::{Image, escaped};
use crate::layout::{End, Layout, Link, Place, Point};
use crate::relation::Relation;

/// The radius of a corner.
const RADIUS: i32 = 6;
/// The distance from the box to the bracket over the columns of a composite key.
const BRACKET: i32 = 6;
/// The gap between the ends of two lines at one row.
const SPREAD: i32 = 12;
/// The space that the ends of more lines share.
const SPREAD_MAX: i32 = 20;
/// Half the length of a bar.
const BAR: i32 = 5;

/// Each foreign key as a link between rows. Lines that mean the same at the parent share their end;
/// others have separate ends.
pub(super) fn links(schema: &Schema, relations: &[Relation<'_>]) -> Vec<Link> {
    let child_row =
        |relation: &Relation<'_>| (relation.child, relation.key.columns.first().cloned());
    let parent_row =
        |relation: &Relation<'_>| (relation.parent, relation.key.foreign_columns.first().cloned());
    relations
        .iter()
        .map(|relation| {
            let mut siblings =
                relations.iter().filter(|other| child_row(other) == child_row(relation));
            let count = siblings.clone().count();
            let index = siblings.position(|other| std::ptr::eq(other, relation)).unwrap_or(0);
            let child_y = middle(&schema.tables[relation.child], &relation.key.columns);

            let mut kinds: Vec<_> = relations
                .iter()
                .filter(|other| parent_row(other) == parent_row(relation))
                .map(parent_end)
                .collect();
            kinds.sort_unstable();
            kinds.dedup();
            let kind = kinds.iter().position(|kind| *kind == parent_end(relation)).unwrap_or(0);
            let parent_y = middle(&schema.tables[relation.parent], &relation.key.foreign_columns);
            Link {
                child: End { node: relation.child, y: child_y + spread(index, count) },
                parent: End { node: relation.parent, y: parent_y + spread(kind, kinds.len()) },
            }
        })
        .collect()
}

/// The look of a line's end at its parent.
fn parent_end<'a>(relation: &Relation<'a>) -> (&'a [Text], bool) {
    (&relation.key.foreign_columns, relation.optional)
}

/// The height of the first of these columns.
fn middle(table: &Table, columns: &[Text]) -> i32 {
    row_middle(table, columns.first().map_or("", |name| name))
}

fn spread(index: usize, count: usize) -> i32 {
    let (Ok(index), Ok(count)) = (i32::try_from(index), i32::try_from(count)) else { return 0 };
    let step = SPREAD.min(SPREAD_MAX / (count - 1).max(1));
    (2 * index - (count - 1)) * step / 2
}

/// Draws the lines without their ends.
pub(super) fn draw(
    image: &mut Image,
    schema: &Schema,
    relations: &[Relation<'_>],
    layout: &Layout,
    colours: &[&str],
) {
    // An integer width, so that lines on top of each other look the same.
    image.push(format_args!(r#"<g fill="none" stroke-width="2">"#));
    for (relation, route) in relations.iter().zip(&layout.routes) {
        let colour = colours[relation.parent];
        let key = relation.key;
        let title = format!(
            "{}: {} ({}) → {} ({})",
            key.name,
            schema.tables[relation.child].name,
            key.columns.join(", "),
            key.foreign_table,
            key.foreign_columns.join(", "),
        );
        image.push(format_args!(
            r#"<path d="{}" stroke="{colour}"><title>{}</title></path>"#,
            path(route),
            escaped(&title)
        ));
    }
    image.push(format_args!("</g>"));
}

/// The path of a route with rounded corners.
fn path(route: &[Point]) -> String {
    let mut corners: Vec<Point> = Vec::new();
    for &point in route {
        let is_between =
            |a: Point, b: Point| (a.0 == b.0 && b.0 == point.0) || (a.1 == b.1 && b.1 == point.1);
        if let [.., a, b] = *corners
            && is_between(a, b)
        {
            corners.pop();
        }
        if corners.last() != Some(&point) {
            corners.push(point);
        }
    }
    let mut path = String::new();
    // Writing to a String can't fail.
    for (index, &(x, y)) in corners.iter().enumerate() {
        let _ = match (index.checked_sub(1).map(|before| corners[before]), corners.get(index + 1)) {
            (None, _) => write!(path, "M{x} {y}"),
            (Some(_), None) => write!(path, "L{x} {y}"),
            (Some(before), Some(&after)) => {
                let (from, to) = (towards((x, y), before), towards((x, y), after));
                write!(path, "L{} {}Q{x} {y} {} {}", from.0, from.1, to.0, to.1)
            }
        };
    }
    path
}

/// A point close to the corner, at most halfway to the other point.
fn towards(corner: Point, other: Point) -> Point {
    let step = |from: i32, to: i32| ((to - from) / 2).clamp(-RADIUS, RADIUS);
    (corner.0 + step(corner.0, other.0), corner.1 + step(corner.1, other.1))
}

/// Draws the ends of the lines: crow's feet, bars and circles.
pub(super) fn draw_ends(
    image: &mut Image,
    schema: &Schema,
    relations: &[Relation<'_>],
    layout: &Layout,
    colours: &[&str],
) {
    image.push(format_args!(r##"<g fill="#ffffff" stroke-width="1.5">"##));
    let mut drawn = Vec::new();
    for (relation, route) in relations.iter().zip(&layout.routes) {
        let (Some(&start), Some(&end)) = (route.first(), route.last()) else { continue };
        let colour = colours[relation.parent];
        let place = layout.places[relation.child];
        let rows = row_heights(&schema.tables[relation.child], &relation.key.columns, place);
        let tip = Side::of(place, start).bracket(image, &rows, colour);
        let many = if relation.single { Symbol::Bar } else { Symbol::CrowsFoot };
        tip.draw(image, &[many, Symbol::Circle], colour);

        if drawn.contains(&end) {
            continue;
        }
        drawn.push(end);
        let place = layout.places[relation.parent];
        let table = &schema.tables[relation.parent];
        let rows = row_heights(table, &relation.key.foreign_columns, place);
        let tip = Side::of(place, end).bracket(image, &rows, colour);
        let second = if relation.optional { Symbol::Circle } else { Symbol::Bar };
        tip.draw(image, &[Symbol::Bar, second], colour);
    }
    image.push(format_args!("</g>"));
}

/// The heights of the rows of these columns.
fn row_heights(table: &Table, columns: &[Text], place: Place) -> Vec<i32> {
    columns.iter().map(|name| place.y + row_middle(table, name)).collect()
}

/// A symbol at the end of a line. Symbols are drawn from the box outwards.
#[derive(Clone, Copy)]
enum Symbol {
    /// Means many.
    CrowsFoot,
    /// Means one.
    Bar,
    /// Means zero is possible.
    Circle,
}

/// The place where a line meets a box.
struct Side {
    point: Point,
    /// 1 if the line goes to the right from there, else -1.
    outwards: i32,
}

impl Side {
    fn of(place: Place, point: Point) -> Self {
        let outwards = if point.0 == place.x { -1 } else { 1 };
        Self { point, outwards }
    }

    /// Attaches the line to the rows of all columns of its key. Returns where the line ends then.
    fn bracket(self, image: &mut Image, rows: &[i32], colour: &str) -> Self {
        if rows.len() < 2 {
            return self;
        }
        let (x, y) = self.point;
        let outer = x + self.outwards * BRACKET;
        let heights = || rows.iter().copied().chain([y]);
        let (top, bottom) = (heights().min().unwrap_or(y), heights().max().unwrap_or(y));
        let ticks: String = rows.iter().map(|row| format!("M{x} {row}H{outer}")).collect();
        image.push(format_args!(
            r#"<path d="M{outer} {top}V{bottom}{ticks}" fill="none" stroke="{colour}"/>"#
        ));
        Self { point: (outer, y), ..self }
    }

    fn draw(&self, image: &mut Image, symbols: &[Symbol], colour: &str) {
        let (x, y) = self.point;
        let mut x = x;
        for symbol in symbols {
            let out = |distance: i32| x + self.outwards * distance;
            match symbol {
                Symbol::CrowsFoot => {
                    let tip = out(11);
                    image.push(format_args!(
                        r#"<path d="M{x} {}L{tip} {y}L{x} {}M{x} {y}H{tip}" fill="none" stroke="{colour}"/>"#,
                        y - 6,
                        y + 6
                    ));
                    x = tip;
                }
                Symbol::Bar => {
                    image.push(format_args!(
                        r#"<path d="M{} {}V{}M{x} {y}H{}" stroke="{colour}"/>"#,
                        out(6),
                        y - BAR,
                        y + BAR,
                        out(6)
                    ));
                    x = out(6);
                }
                Symbol::Circle => {
                    image.push(format_args!(
                        r#"<circle cx="{}" cy="{y}" r="4" stroke="{colour}"/>"#,
                        out(4)
                    ));
                    x = out(8);
                }
            }
        }
    }
}
