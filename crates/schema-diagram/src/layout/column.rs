//! Assigns the boxes to columns.

use super::shape::{Link, Node};

/// The gap between two boxes of a column.
pub(super) const BOX_GAP: i32 = 30;
/// A column below this height is never broken.
const HEIGHT_MIN: i32 = 700;

/// The columns from left to right, each with its nodes from top to bottom.
pub(super) struct Columns {
    pub(super) members: Vec<Vec<usize>>,
    /// The column of each node.
    pub(super) of_node: Vec<usize>,
}

/// Puts each node in a column to the right of the nodes that it refers to, except in cycles. A
/// column that becomes too tall is broken into several.
pub(super) fn columns(nodes: &[Node], links: &[Link]) -> Columns {
    let layers = layers(nodes.len(), links);
    let height_max = height_max(nodes);
    let mut members: Vec<Vec<usize>> = Vec::new();
    let mut of_node = vec![0; nodes.len()];
    for layer in 0..=layers.iter().copied().max().unwrap_or(0) {
        let mut layer: Vec<usize> =
            (0..nodes.len()).filter(|&node| layers[node] == layer).collect();
        // Nodes that others refer to go to the last of the columns, so that few lines cross it, and
        // nodes with the same parent stay together.
        layer.sort_by_key(|&node| {
            let is_parent = links
                .iter()
                .any(|link| link.parent.node == node && layers[link.child.node] > layers[node]);
            let parents = links.iter().filter(|link| link.child.node == node);
            let parents = parents.map(|link| link.parent.node).filter(|&parent| parent != node);
            (is_parent, parents.map(|parent| (of_node[parent], parent)).min())
        });
        for column in broken(&layer, nodes, height_max) {
            column.iter().for_each(|&node| of_node[node] = members.len());
            members.push(column);
        }
    }
    Columns { members, of_node }
}

/// The depth of each node in references. References that close a cycle don't count. A node that
/// refers to nothing is as close as possible to the nodes that refer to it.
fn layers(count: usize, links: &[Link]) -> Vec<usize> {
    let mut parents = vec![Vec::new(); count];
    for link in links {
        parents[link.child.node].push(link.parent.node);
    }
    let mut depths = vec![Depth::Unknown; count];
    let mut layers: Vec<usize> =
        (0..count).map(|node| depth(node, &parents, &mut depths)).collect();
    let deep = layers.clone();
    for node in (0..count).filter(|&node| parents[node].iter().all(|&parent| parent == node)) {
        let children = links.iter().filter(|link| link.parent.node == node);
        let below = children.map(|link| deep[link.child.node]).filter(|&depth| depth > 0).min();
        layers[node] = below.map_or(0, |below| below - 1);
    }
    layers
}

#[derive(Clone, Copy)]
enum Depth {
    Unknown,
    InProgress,
    Known(usize),
}

fn depth(node: usize, parents: &[Vec<usize>], depths: &mut [Depth]) -> usize {
    if let Depth::Known(depth) = depths[node] {
        return depth;
    }
    depths[node] = Depth::InProgress;
    let mut deepest = 0;
    for &parent in &parents[node] {
        if !matches!(depths[parent], Depth::InProgress) {
            deepest = deepest.max(depth(parent, parents, depths) + 1);
        }
    }
    depths[node] = Depth::Known(deepest);
    deepest
}

/// The column height at which the picture becomes somewhat wider than tall.
fn height_max(nodes: &[Node]) -> i32 {
    let area: i64 = nodes
        .iter()
        .map(|node| i64::from(node.width + 80) * i64::from(node.height + BOX_GAP))
        .sum();
    let tallest = nodes.iter().map(|node| node.height).max().unwrap_or(0);
    let height = i32::try_from((area * 2 / 3).isqrt()).unwrap_or(i32::MAX);
    height.max(tallest).max(HEIGHT_MIN)
}

/// Breaks a layer into columns of about the same height.
fn broken(layer: &[usize], nodes: &[Node], height_max: i32) -> Vec<Vec<usize>> {
    let height = |node: usize| nodes[node].height + BOX_GAP;
    let total: i32 = layer.iter().map(|&node| height(node)).sum();
    let share = total / (total / height_max + 1);
    let mut columns = vec![Vec::new()];
    let mut filled = 0;
    for &node in layer {
        // A node belongs to the column that contains most of it.
        let index = usize::try_from((filled + height(node) / 2) / share.max(1)).unwrap_or(0);
        filled += height(node);
        if index >= columns.len() && columns.last().is_some_and(|last| !last.is_empty()) {
            columns.push(Vec::new());
        }
        if let Some(last) = columns.last_mut() {
            last.push(node);
        }
    }
    columns
}
