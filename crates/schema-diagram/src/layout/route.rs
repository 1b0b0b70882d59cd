//! The routes of the lines. In each channel, a net goes up and down on its own track.

use super::column::Columns;
use super::net::{Bundle, Leaf, Net, Nets, Tie};
use super::place::Heights;
use super::shape::{Layout, Node, Place, Point};

/// The gap between a box and the nearest track, with room for a crow's foot.
const STUB: i32 = 28;
/// The gap between two tracks.
const TRACK_GAP: i32 = 10;
/// Lines that are closer than this look like one line.
const NEAR: i32 = 5;

/// The whole layout, computed from the heights.
pub(super) fn route(
    nodes: &[Node],
    columns: &Columns,
    nets: &Nets,
    heights: &Heights,
    link_count: usize,
) -> Layout {
    let mut layout = Layout {
        places: vec![Place::default(); nodes.len()],
        routes: vec![Vec::new(); link_count],
        ..Layout::default()
    };
    let mut grid = Grid { heights, edges: Vec::new(), tracks: Vec::new() };
    for (members, bundles) in columns.members.iter().zip(&nets.channels) {
        let x = layout.width;
        let width = members.iter().map(|&node| nodes[node].width).max().unwrap_or(0);
        for &node in members {
            let y = heights.top(node);
            layout.places[node] = Place { x, y, width };
            layout.height = layout.height.max(y + nodes[node].height);
        }
        let tracks = tracks(bundles, heights);
        grid.edges.push((x, x + width));
        grid.tracks.push(
            tracks
                .iter()
                .map(|&(net, track)| (net, x + width + STUB + track * TRACK_GAP))
                .collect(),
        );
        let last = tracks.iter().map(|&(_, track)| track).max();
        let channel = last.map_or(0, |last| 2 * STUB + last * TRACK_GAP);
        layout.width = x + width + channel;
    }
    for (index, net) in nets.nets.iter().enumerate() {
        for leaf in &net.leaves {
            layout.routes[leaf.link] = grid.route(columns, index, net, leaf);
        }
    }
    // Lines may be above and below all boxes, and next to the last one.
    let ys = layout.routes.iter().flatten().map(|&(_, y)| y);
    layout.height = ys.max().unwrap_or(0).max(layout.height);
    layout
}

struct Grid<'a> {
    heights: &'a Heights,
    /// The left and right edge of each column.
    edges: Vec<(i32, i32)>,
    /// For each channel, its nets and the places where they go up and down.
    tracks: Vec<Vec<(usize, i32)>>,
}

impl Grid<'_> {
    fn route(&self, columns: &Columns, index: usize, net: &Net, leaf: &Leaf) -> Vec<Point> {
        let edge = |node: usize, channel: usize| {
            let column = columns.of_node[node];
            let (left, right) = self.edges[column];
            if column == channel { right } else { left }
        };
        let y = self.heights.of(Tie::End(leaf.end));
        let mut points = vec![(edge(leaf.end.node, leaf.channel), y)];
        let mut channel = leaf.channel;
        let mut y = y;
        loop {
            let x = self.track(channel, index);
            points.push((x, y));
            if channel == net.root_channel {
                y = self.heights.of(Tie::End(net.root));
                points.push((x, y));
                points.push((edge(net.root.node, channel), y));
                return points;
            }
            let backward = channel > net.root_channel;
            let column = if backward { channel } else { channel + 1 };
            y = self.heights.of(Tie::Lane { net: index, column });
            points.push((x, y));
            channel = if backward { channel - 1 } else { channel + 1 };
        }
    }

    fn track(&self, channel: usize, net: usize) -> i32 {
        let found = self.tracks[channel].iter().find(|(other, _)| *other == net);
        found.map_or(self.edges[channel].1 + STUB, |&(_, x)| x)
    }
}

/// The heights of a bundle.
struct Wire {
    net: usize,
    left: Vec<i32>,
    right: Vec<i32>,
    top: i32,
    bottom: i32,
}

/// The track of each net in a channel, counted from the left. Nets that are far apart share a
/// track.
fn tracks(bundles: &[Bundle], heights: &Heights) -> Vec<(usize, i32)> {
    let wires: Vec<Wire> = bundles.iter().map(|bundle| Wire::new(bundle, heights)).collect();
    let mut tracks: Vec<(&Wire, i32)> = Vec::new();
    for index in ordered(&wires) {
        let wire = &wires[index];
        let met = tracks.iter().filter(|(other, _)| other.meets(wire));
        let track = met.map(|(_, track)| track + 1).max().unwrap_or(0);
        tracks.push((wire, track));
    }
    tracks.into_iter().map(|(wire, track)| (wire.net, track)).collect()
}

/// The wires from left to right, in an order with a low cost.
fn ordered(wires: &[Wire]) -> Vec<usize> {
    // For each wire, the additional cost of being to the right of another wire instead of its left.
    let costs: Vec<Vec<i32>> = wires
        .iter()
        .map(|a| wires.iter().map(|b| b.cost_before(a) - a.cost_before(b)).collect())
        .collect();
    let mut order: Vec<usize> = (0..wires.len()).collect();
    order.sort_by_key(|&index| wires[index].top);
    // Each move lowers the total cost, so this ends. The loop is bounded all the same.
    for _ in 0..wires.len() {
        let mut moved = false;
        for (wire, costs) in costs.iter().enumerate() {
            moved |= improve(&mut order, wire, costs);
        }
        if !moved {
            break;
        }
    }
    order
}

/// Moves one wire to its cheapest position. Returns whether it has moved.
fn improve(order: &mut Vec<usize>, wire: usize, costs: &[i32]) -> bool {
    let Some(from) = order.iter().position(|&other| other == wire) else { return false };
    order.remove(from);
    let on_the_right = order.iter().scan(0, |sum, &other| {
        *sum += costs[other];
        Some(*sum)
    });
    let sums: Vec<i32> = std::iter::once(0).chain(on_the_right).collect();
    let to = (0..sums.len()).min_by_key(|&place| (sums[place], place != from)).unwrap_or(from);
    order.insert(to, wire);
    to != from
}

impl Wire {
    fn new(bundle: &Bundle, heights: &Heights) -> Self {
        let at = |ties: &[Tie]| -> Vec<i32> { ties.iter().map(|&tie| heights.of(tie)).collect() };
        let (left, right) = (at(&bundle.left), at(&bundle.right));
        let all = || left.iter().chain(&right).copied();
        let (top, bottom) = (all().min().unwrap_or(0), all().max().unwrap_or(0));
        Self { net: bundle.net, left, right, top, bottom }
    }

    fn meets(&self, other: &Self) -> bool {
        self.top <= other.bottom + 2 * NEAR && other.top <= self.bottom + 2 * NEAR
    }

    /// The cost of having this wire to the left of another. A crossing costs 1. Two lines that look
    /// like one cost so much that they are avoided wherever possible.
    fn cost_before(&self, other: &Self) -> i32 {
        let cuts = |ys: &[i32], wire: &Self| {
            ys.iter().filter(|&&y| wire.top - NEAR < y && y < wire.bottom + NEAR).count()
        };
        let near = |y: i32| self.right.iter().filter(|&&right| (right - y).abs() < NEAR).count();
        let overlaps: usize = other.left.iter().map(|&y| near(y)).sum();
        let cost = cuts(&self.right, other) + cuts(&other.left, self) + 100 * overlaps;
        i32::try_from(cost).unwrap_or(i32::MAX / 2)
    }
}
