//! The status of a fleet.

use tenant_manager::FleetStatus;

use crate::output::table;

/// How many laggards a person is shown. JSON has all of them.
const LAGGARDS_SHOWN: usize = 10;

/// How many tenants are at each version, and which tenants are not at head.
pub fn status(status: &FleetStatus) -> String {
    if status.versions.is_empty() {
        return "no tenants".to_owned();
    }
    let mut lines = Vec::new();
    for (kind, head) in &status.heads {
        let head = head.as_ref().map_or("none", |version| version.0.as_str());
        lines.push(format!("head for {kind}: {head}"));
    }
    lines.push(String::new());
    let rows = status.versions.iter().map(|row| {
        vec![
            row.version.as_ref().map_or("-".to_owned(), |version| version.0.clone()),
            row.active.to_string(),
            row.others.to_string(),
            row.name.clone().unwrap_or_default(),
        ]
    });
    lines.push(table(&["VERSION", "ACTIVE", "OTHERS", "MIGRATION"], rows.collect()));
    lines.push(String::new());
    let states: Vec<String> =
        status.states.iter().map(|(state, count)| format!("{count} {state}")).collect();
    lines.push(format!("tenants: {}", states.join(", ")));
    lines.push(match status.laggards.len() {
        0 => "every active tenant is at head".to_owned(),
        count => format!("not at head: {count}"),
    });
    for laggard in status.laggards.iter().take(LAGGARDS_SHOWN) {
        lines.push(format!("  {}: {}", laggard.tenant, laggard.why));
    }
    if status.laggards.len() > LAGGARDS_SHOWN {
        lines.push("  … (--format json lists all of them)".to_owned());
    }
    if !status.verified {
        lines.push("according to the registry; --verify reads the tenants themselves".to_owned());
    }
    lines.join("\n")
}
