//! The box of one table.

use schema_model::Table;

use super::image::{Image, escaped};
use crate::layout::{Node, Place};
use crate::relation::{marks, other_unique, unique_columns};

const HEADER: i32 = 30;
const ROW: i32 = 22;
/// The padding of the box, left and right.
const PADDING: i32 = 10;
/// The gap between neighbours in a row.
const SPACE: i32 = 16;
/// The width of a mark with the gap after it.
const PILL: i32 = 25;
/// The width of a character of 12 pixels, in tenths of a pixel.
const CHARACTER: i32 = 73;

/// The distance of the middle of a column's row from the top of its box. For an unknown column,
/// this is the first row.
pub(super) fn row_middle(table: &Table, column: &str) -> i32 {
    let row = table.columns.iter().position(|other| other.name == column).unwrap_or(0);
    middle(row)
}

fn middle(row: usize) -> i32 {
    HEADER + ROW * i32::try_from(row).unwrap_or(0) + ROW / 2
}

/// A table with its measurements.
pub(super) struct Card<'a> {
    table: &'a Table,
    rows: Vec<Row<'a>>,
    /// The unique indexes that are listed below the columns.
    unique: Vec<String>,
    names_at: i32,
    types_at: i32,
    width: i32,
}

struct Row<'a> {
    marks: Vec<&'static str>,
    name: &'a str,
    sql_type: String,
    not_null: bool,
}

impl<'a> Card<'a> {
    pub(super) fn new(table: &'a Table) -> Self {
        let rows: Vec<Row<'a>> = table
            .columns
            .iter()
            .map(|column| {
                let marks = marks(table, column);
                let marks = [(marks.primary, "PK"), (marks.foreign, "FK"), (marks.unique, "UQ")];
                Row {
                    marks: marks.into_iter().filter(|(is, _)| *is).map(|(_, mark)| mark).collect(),
                    name: &column.name,
                    sql_type: column.sql_type.to_string(),
                    not_null: !column.nullable,
                }
            })
            .collect();
        let unique: Vec<String> = other_unique(table).map(unique_columns).collect();

        let widest = |widths: &mut dyn Iterator<Item = i32>| widths.max().unwrap_or(0);
        let marks = rows.iter().map(|row| i32::try_from(row.marks.len()).unwrap_or(0));
        let marks = widest(&mut marks.chain([i32::from(!unique.is_empty())]));
        let names_at = PADDING + (marks * PILL + 3).max(0);
        let types_at = names_at + widest(&mut rows.iter().map(|row| width(row.name))) + SPACE;
        let types = widest(&mut rows.iter().map(|row| width(&row.sql_type)));
        let row_width = types_at + types + SPACE + PILL;
        let unique_width = widest(&mut unique.iter().map(|text| names_at + width(text)));
        let header_width = PADDING + width(&table.name) * 13 / 12;
        let width = row_width.max(unique_width).max(header_width) + PADDING;
        Self { table, rows, unique, names_at, types_at, width }
    }

    pub(super) fn node(&self) -> Node {
        let rows = i32::try_from(self.rows.len() + self.unique.len()).unwrap_or(0);
        Node { width: self.width, height: HEADER + ROW * rows + 4 }
    }

    pub(super) fn draw(&self, image: &mut Image, place: Place, colour: &str) {
        let Place { x, y, width } = place;
        let height = self.node().height;
        image.push(format_args!(r#"<g transform="translate({x} {y})">"#));
        image.push(format_args!(
            r##"<rect width="{width}" height="{height}" rx="6" fill="#ffffff"/>"##
        ));
        image.push(format_args!(
            r#"<path d="M0 {HEADER}V6A6 6 0 0 1 6 0H{}A6 6 0 0 1 {width} 6V{HEADER}Z" fill="{colour}"/>"#,
            width - 6
        ));
        image.push(format_args!(
            r#"<text x="{PADDING}" y="20" font-size="13" font-weight="bold" fill="{}">{}</text>"#,
            "#ffffff",
            escaped(&self.table.name)
        ));
        for (index, row) in self.rows.iter().enumerate() {
            let y = middle(index);
            if index > 0 {
                separator(image, y, width, "#e2e8f0");
            }
            self.draw_row(image, row, y, width);
        }
        for (index, text) in self.unique.iter().enumerate() {
            let y = middle(self.rows.len() + index);
            separator(image, y, width, "#94a3b8");
            pill(image, PADDING, y, "UQ");
            image.text(self.names_at, y + 4, text, "fill=\"#475569\"");
        }
        image.push(format_args!(
            r#"<rect width="{width}" height="{height}" rx="6" fill="none" stroke="{colour}" stroke-width="1.5"/>"#
        ));
        image.push(format_args!("</g>"));
    }

    fn draw_row(&self, image: &mut Image, row: &Row<'_>, y: i32, width: i32) {
        let mut x = PADDING;
        for mark in &row.marks {
            pill(image, x, y, mark);
            x += PILL;
        }
        let weight = if row.marks.contains(&"PK") { " font-weight=\"bold\"" } else { "" };
        image.text(self.names_at, y + 4, row.name, &format!("fill=\"#0f172a\"{weight}"));
        image.text(self.types_at, y + 4, &row.sql_type, "fill=\"#64748b\"");
        if row.not_null {
            pill(image, width - PADDING - 22, y, "NN");
        }
    }
}

fn separator(image: &mut Image, y: i32, width: i32, colour: &str) {
    let y = y - ROW / 2;
    image.push(format_args!(r#"<path d="M1 {y}H{}" stroke="{colour}"/>"#, width - 1));
}

/// Draws a mark whose middle is at that height.
pub(super) fn pill(image: &mut Image, x: i32, y: i32, mark: &str) {
    let (fill, text) = match mark {
        "PK" => ("#fde68a", "#78350f"),
        "FK" => ("#dbeafe", "#1e3a8a"),
        "UQ" => ("#d1fae5", "#065f46"),
        _ => ("#f1f5f9", "#475569"),
    };
    image.push(format_args!(
        r#"<rect x="{x}" y="{}" width="22" height="14" rx="4" fill="{fill}"/>"#,
        y - 7
    ));
    let attributes =
        format!("font-size=\"10\" font-weight=\"bold\" text-anchor=\"middle\" fill=\"{text}\"");
    image.text(x + 11, y + 4, mark, &attributes);
}

/// The width of a text of 12 pixels. Characters outside ASCII may be twice as wide.
fn width(text: &str) -> i32 {
    let characters: i32 = text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
    (characters * CHARACTER + 9) / 10
}
