//! The status of a fleet.

use tenant_manager::FleetStatus;

use super::fleet::obstacles;
use crate::hints;
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
    let (stuck, behind): (Vec<_>, Vec<_>) =
        status.laggards.iter().partition(|laggard| laggard.stuck);
    if status.laggards.is_empty() {
        lines.push("every active tenant is at head".to_owned());
    }
    if !behind.is_empty() {
        lines.push(format!("not at head: {}", behind.len()));
    }
    for laggard in behind.iter().take(LAGGARDS_SHOWN) {
        lines.push(format!("  {}: {}", laggard.tenant, laggard.why));
    }
    if behind.len() > LAGGARDS_SHOWN {
        lines.push("  … (--format json lists all of them)".to_owned());
    }
    if let [first, ..] = stuck.as_slice() {
        lines.push(format!("unreadable or blocked: {}", stuck.len()));
        lines.push(obstacles(&status.obstacles));
        lines.push(format!("hint: {}", hints::stuck(&first.tenant)));
    }
    if !status.verified {
        lines.push("according to the registry; --verify reads the tenants themselves".to_owned());
    }
    lines.join("\n")
}
