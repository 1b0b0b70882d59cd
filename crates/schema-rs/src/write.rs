//! Writes the text of a `schema.rs`, formatted as `rustfmt` would.

use std::borrow::Cow;

use sql_dialect::BackendKind;
use sql_dialect::relations::Relations;

use crate::backends::schema_rs;
use crate::diesel_toml::{Docs, PrintSchema};
use crate::names;
use crate::plan::{self, Definition, Plan, PlannedColumn, PlannedTable, PrintError};
use crate::rules::SchemaRs;

/// The text of the `schema.rs` for these relations, before a patch.
///
/// # Errors
/// Everything that Diesel can't describe.
pub fn print(
    relations: &Relations,
    kind: BackendKind,
    options: &PrintSchema,
) -> Result<String, PrintError> {
    let plan = plan::plan(relations, kind, options)?;
    let writer = Writer { rules: schema_rs(kind), options };
    let mut text = Text::default();
    text.line("// @generated automatically by Diesel CLI.");
    match &options.schema {
        None => {
            text.gap();
            writer.body(&mut text, &plan);
        }
        Some(schema) => {
            text.gap();
            text.block(&format!("pub mod {schema} {{"), "}", |text| writer.body(text, &plan));
        }
    }
    Ok(text.text)
}

/// What `rustfmt` allows on a line.
const WIDTH_MAX: usize = 100;
/// What it allows between the parentheses of an attribute with several arguments.
const ARGUMENTS_MAX: usize = 70;

/// Lines with their indentation.
#[derive(Default)]
struct Text {
    text: String,
    depth: usize,
    /// Whether an empty line comes before the next one.
    gap: bool,
}

impl Text {
    fn line(&mut self, line: &str) {
        if std::mem::take(&mut self.gap) {
            self.text.push('\n');
        }
        if !line.is_empty() {
            self.text.push_str(&" ".repeat(self.indentation()));
            self.text.push_str(line);
        }
        self.text.push('\n');
    }

    /// Leaves a line empty before the next one, but not at the beginning of a block.
    fn gap(&mut self) {
        self.gap = true;
    }

    fn block(&mut self, opening: &str, closing: &str, body: impl FnOnce(&mut Self)) {
        self.line(opening);
        self.depth += 1;
        body(self);
        self.gap = false;
        self.depth -= 1;
        self.line(closing);
    }

    /// The items between the two on one line, if there is space, or else on a line each.
    fn list(&mut self, opening: &str, items: &[String], comma_last: bool, closing: &str) {
        let comma = if comma_last { "," } else { "" };
        let line = format!("{opening}{}{comma}{closing}", items.join(", "));
        if self.fits(&line, 0) {
            self.line(&line);
        } else {
            self.lines_of(opening, items, closing);
        }
    }

    /// The items between the two on a line each.
    fn lines_of(&mut self, opening: &str, items: &[String], closing: &str) {
        self.block(opening, closing, |text| {
            items.iter().for_each(|item| text.line(&format!("{item},")));
        });
    }

    /// Whether the line leaves that many columns.
    fn fits(&self, line: &str, left: usize) -> bool {
        self.indentation() + line.chars().count() + left <= WIDTH_MAX
    }

    fn indentation(&self) -> usize {
        self.depth * 4
    }

    fn docs(&mut self, docs: &str) {
        for line in docs.lines() {
            self.line(format!("/// {}", line.trim()).trim_end());
        }
    }
}

struct Writer<'a> {
    rules: &'static dyn SchemaRs,
    options: &'a PrintSchema,
}

impl Writer<'_> {
    fn body(&self, text: &mut Text, plan: &Plan) {
        let mut is_first = true;
        let mut begin = |text: &mut Text| {
            if !std::mem::take(&mut is_first) {
                text.gap();
            }
        };
        if !plan.definitions.is_empty() {
            begin(text);
            self.definitions(text, &plan.definitions);
        }
        for table in &plan.tables {
            begin(text);
            self.table(text, table);
        }
        for (number, joinable) in plan.joinables.iter().enumerate() {
            if number == 0 {
                begin(text);
            }
            let plan::Joinable { child, parent, column } = joinable;
            text.line(&format!("diesel::joinable!({child} -> {parent} ({column}));"));
        }
        for (number, group) in plan.groups.iter().enumerate() {
            if number == 0 {
                begin(text);
            }
            text.list("diesel::allow_tables_to_appear_in_same_query!(", group, true, ");");
        }
    }

    fn definitions(&self, text: &mut Text, definitions: &[Definition]) {
        let is_documented = self.options.with_docs == Docs::CommentsOrGenerated;
        if is_documented {
            text.docs("A module containing custom SQL type definitions");
            text.docs(GENERATED);
        }
        text.block("pub mod sql_types {", "}", |text| {
            for (number, definition) in definitions.iter().enumerate() {
                if number > 0 {
                    text.gap();
                }
                self.definition(text, definition, is_documented);
            }
        });
    }

    fn definition(&self, text: &mut Text, definition: &Definition, is_documented: bool) {
        let Definition { name, column_type, table, column } = definition;
        if is_documented {
            text.docs(&self.rules.definition_docs(column_type, table, column).join("\n"));
            text.docs(GENERATED);
        }
        derive(text, &self.derives());
        let (attribute, arguments) = self.rules.definition(column_type);
        let line = format!("#[diesel({attribute}({}))]", arguments.join(", "));
        let are_narrow = arguments.len() < 2 || arguments.join(", ").len() <= ARGUMENTS_MAX;
        if are_narrow && text.fits(&line, 1) {
            text.line(&line);
        } else {
            text.block(&format!("#[diesel({attribute}("), "))]", |text| {
                for (number, argument) in arguments.iter().enumerate() {
                    let comma = if number + 1 < arguments.len() { "," } else { "" };
                    text.line(&format!("{argument}{comma}"));
                }
            });
        }
        text.line(&format!("pub struct {name};"));
    }

    fn derives(&self) -> Vec<String> {
        const SQL_TYPE: &str = "diesel::sql_types::SqlType";
        let mut derives = self.options.custom_type_derives.clone();
        if !derives.iter().any(|derived| derived == SQL_TYPE) {
            derives.push(SQL_TYPE.to_owned());
        }
        derives
    }

    fn table(&self, text: &mut Text, table: &PlannedTable) {
        let what = if table.is_view { "view" } else { "table" };
        text.block(&format!("diesel::{what}! {{"), "}", |text| {
            let imports = self.imports(table);
            imports.iter().for_each(|import| text.line(&format!("use {import};")));
            if !imports.is_empty() {
                text.gap();
            }
            let full_name = match &table.name.schema {
                Some(schema) => Cow::Owned(format!("{schema}.{}", table.name.name)),
                None => Cow::Borrowed(&table.name.name),
            };
            self.docs(text, table.comment.as_deref(), || {
                format!("Representation of the `{full_name}` {what}.\n{GENERATED}")
            });
            if table.rust_name != table.name.name {
                text.line(&format!("#[sql_name = {}]", names::rust_string(&full_name)));
            }
            let schema = table.name.schema.iter().map(|schema| format!("{schema}."));
            let path = format!("{}{}", schema.collect::<String>(), table.rust_name);
            let key = match table.is_view {
                true => String::new(),
                false => format!(" ({})", table.primary_key.join(", ")),
            };
            text.block(&format!("{path}{key} {{"), "}", |text| {
                for column in &table.columns {
                    self.column(text, column, &full_name, what);
                }
            });
        });
    }

    /// What a table imports.
    fn imports(&self, table: &PlannedTable) -> Vec<String> {
        let mut imports = self.options.import_types.clone();
        let mut defined: Vec<String> = Vec::new();
        for column in table.columns.iter().filter(|column| column.is_defined) {
            let import = format!("super::sql_types::{}", column.column_type.rust_name);
            if !defined.contains(&import) {
                defined.push(import);
            }
        }
        if imports.is_empty() && !defined.is_empty() {
            imports.push("diesel::sql_types::*".to_owned());
        }
        imports.extend(defined);
        imports
    }

    fn column(&self, text: &mut Text, column: &PlannedColumn, table: &str, what: &str) {
        let PlannedColumn { name, rust_name, column_type, .. } = column;
        self.docs(text, column.comment.as_deref(), || {
            format!(
                "The `{name}` column of the `{table}` {what}.\n\n\
                 Its SQL type is `{column_type}`.\n{GENERATED}"
            )
        });
        if rust_name != name {
            text.line(&format!("#[sql_name = {}]", names::rust_string(name)));
        }
        if let Some(length) = column.length_max {
            text.line(&format!("#[max_length = {length}]"));
        }
        text.line(&format!("{rust_name} -> {column_type},"));
    }

    fn docs(&self, text: &mut Text, comment: Option<&str>, generated: impl FnOnce() -> String) {
        match (self.options.with_docs, comment) {
            (Docs::None, _) | (Docs::Comments, None) => {}
            (Docs::Comments | Docs::CommentsOrGenerated, Some(comment)) => text.docs(comment),
            (Docs::CommentsOrGenerated, None) => text.docs(&generated()),
        }
    }
}

/// The end of every documentation that no comment gives.
const GENERATED: &str = "\n(Automatically generated by Diesel.)";

/// `rustfmt` leaves more space after a list of derives than after other lists.
const AFTER_DERIVE: usize = 4;

fn derive(text: &mut Text, derives: &[String]) {
    let line = format!("#[derive({})]", derives.join(", "));
    if text.fits(&line, AFTER_DERIVE) {
        text.line(&line);
        return;
    }
    let inner = format!("{},", derives.join(", "));
    if text.fits(&inner, 4) {
        text.block("#[derive(", ")]", |text| text.line(&inner));
    } else {
        text.lines_of("#[derive(", derives, ")]");
    }
}
