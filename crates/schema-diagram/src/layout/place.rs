//! The heights of boxes and lanes in their columns. Each is near what it is attached to, and few
//! lines cross.

use std::collections::BTreeMap;

use super::column::{BOX_GAP, Columns};
use super::net::{Nets, Tie};
use super::shape::Node;

/// The gap between a lane and a box.
const LANE_BOX_GAP: i32 = 16;
/// The gap between two lanes.
const LANE_GAP: i32 = 10;
/// The number of passes in both directions. More passes hardly ever find a better order.
const SWEEPS: usize = 12;
/// The number of passes that move everything closer to what it is attached to on both sides, once
/// the order is found.
const REFINEMENTS: usize = 6;

/// The tops of boxes, and the heights of lanes.
pub(super) struct Heights {
    boxes: Vec<i32>,
    lanes: BTreeMap<(usize, usize), i32>,
}

impl Heights {
    /// The top of a box.
    pub(super) fn top(&self, node: usize) -> i32 {
        self.boxes[node]
    }

    /// The height at which a net is attached there.
    pub(super) fn of(&self, tie: Tie) -> i32 {
        match tie {
            Tie::End(end) => self.boxes[end.node] + end.y,
            Tie::Lane { net, column } => self.lanes[&(net, column)],
        }
    }
}

/// The heights of everything. The smallest is 0.
pub(super) fn place(nodes: &[Node], columns: &Columns, nets: &Nets) -> Heights {
    let mut placing = Placing::new(nodes, columns, nets);
    let mut best = (placing.cost(nets), placing.clone());
    let count = placing.columns.len();
    for _ in 0..SWEEPS {
        (0..count).for_each(|column| placing.arrange(column, &[Side::Left], true));
        best = better(best, &placing, nets);
        (0..count).rev().for_each(|column| placing.arrange(column, &[Side::Right], true));
        best = better(best, &placing, nets);
    }
    let mut placing = best.1;
    for _ in 0..REFINEMENTS {
        (0..count)
            .rev()
            .for_each(|column| placing.arrange(column, &[Side::Left, Side::Right], false));
        (0..count).for_each(|column| placing.arrange(column, &[Side::Left, Side::Right], false));
    }
    placing.heights()
}

fn better(best: (Cost, Placing), placing: &Placing, nets: &Nets) -> (Cost, Placing) {
    let cost = placing.cost(nets);
    if cost < best.0 { (cost, placing.clone()) } else { best }
}

/// The number of crossings, then the distance that lines go up and down.
type Cost = (usize, i64);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Left,
    Right,
}

/// A box or a lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Item {
    Box(usize),
    Lane { net: usize, column: usize },
}

/// A line as seen from one of its items: its distance below the item's top, and where it goes.
#[derive(Debug, Clone, Copy)]
struct Pull {
    offset: i32,
    to: Tie,
}

#[derive(Clone)]
struct Placing {
    /// The items of each column, from top to bottom.
    columns: Vec<Vec<Item>>,
    tops: BTreeMap<Item, i32>,
    sizes: BTreeMap<Item, i32>,
    pulls: BTreeMap<(Item, bool), Vec<Pull>>,
}

impl Placing {
    fn new(nodes: &[Node], columns: &Columns, nets: &Nets) -> Self {
        let mut placing = Self {
            columns: Vec::new(),
            tops: BTreeMap::new(),
            sizes: BTreeMap::new(),
            pulls: BTreeMap::new(),
        };
        for (column, members) in columns.members.iter().enumerate() {
            let boxes = members.iter().map(|&node| Item::Box(node));
            let lanes = nets.channels[column].iter().filter_map(|bundle| {
                let lane = Tie::Lane { net: bundle.net, column };
                bundle.left.contains(&lane).then_some(Item::Lane { net: bundle.net, column })
            });
            placing.columns.push(boxes.chain(lanes).collect());
            members.iter().for_each(|&node| {
                placing.sizes.insert(Item::Box(node), nodes[node].height);
            });
        }
        for bundle in nets.channels.iter().flatten() {
            for &left in &bundle.left {
                for &right in &bundle.right {
                    placing.add_pull(left, Side::Right, right);
                    placing.add_pull(right, Side::Left, left);
                }
            }
        }
        for column in 0..placing.columns.len() {
            placing.arrange(column, &[], false);
        }
        placing
    }

    fn add_pull(&mut self, from: Tie, side: Side, to: Tie) {
        let (item, offset) = item(from);
        self.pulls.entry((item, side == Side::Left)).or_default().push(Pull { offset, to });
    }

    /// Moves the items of a column as close as possible to what they are attached to on those
    /// sides, in their order or in a better one.
    fn arrange(&mut self, column: usize, sides: &[Side], reorder: bool) {
        let mut wishes: Vec<(Item, i32)> =
            self.columns[column].iter().map(|&item| (item, self.wish(item, sides))).collect();
        if reorder {
            wishes.sort_by_key(|&(item, wish)| wish + self.size(item) / 2);
        }
        self.columns[column] = wishes.iter().map(|(item, _)| *item).collect();
        for (&(item, _), top) in wishes.iter().zip(self.stacked(&wishes)) {
            self.tops.insert(item, top);
        }
    }

    /// The top at which the middle one of the item's lines is straight.
    fn wish(&self, item: Item, sides: &[Side]) -> i32 {
        let pulls = sides.iter().filter_map(|&side| self.pulls.get(&(item, side == Side::Left)));
        let mut tops: Vec<i32> =
            pulls.flatten().map(|pull| self.height(pull.to) - pull.offset).collect();
        tops.sort_unstable();
        match tops.get(tops.len() / 2) {
            Some(&top) => top,
            None => self.tops.get(&item).copied().unwrap_or(0),
        }
    }

    /// The tops closest to the wishes, by least squares, at which nothing overlaps. This is
    /// isotonic regression by pooling items that are in each other's way.
    fn stacked(&self, wishes: &[(Item, i32)]) -> Vec<i32> {
        let mut offsets = Vec::with_capacity(wishes.len());
        let mut pools: Vec<(i64, i64)> = Vec::new();
        let mut offset = 0;
        let mut previous = None;
        for &(item, wish) in wishes {
            offset += previous.map_or(0, |previous| self.size(previous) + gap(previous, item));
            previous = Some(item);
            offsets.push(offset);
            let mut pool = (i64::from(wish - offset), 1);
            while let Some(above) = pools.pop_if(|above| above.0 * pool.1 > pool.0 * above.1) {
                pool = (pool.0 + above.0, pool.1 + above.1);
            }
            pools.push(pool);
        }
        let shifts =
            pools.iter().flat_map(|&(sum, count)| (0..count).map(move |_| sum.div_euclid(count)));
        let shifts = shifts.map(|shift| i32::try_from(shift).unwrap_or(0));
        offsets.into_iter().zip(shifts).map(|(offset, shift)| offset + shift).collect()
    }

    fn size(&self, item: Item) -> i32 {
        self.sizes.get(&item).copied().unwrap_or(0)
    }

    fn height(&self, tie: Tie) -> i32 {
        let (item, offset) = item(tie);
        self.tops.get(&item).copied().unwrap_or(0) + offset
    }

    fn cost(&self, nets: &Nets) -> Cost {
        let mut cost = (0, 0);
        for bundles in &nets.channels {
            let mut lines = Vec::new();
            for bundle in bundles {
                let rights = || bundle.right.iter().map(|&tie| self.height(tie));
                let lefts = bundle.left.iter().map(|&tie| self.height(tie));
                lines.extend(
                    lefts.flat_map(|left| rights().map(move |right| (bundle.net, left, right))),
                );
            }
            for (index, a) in lines.iter().enumerate() {
                cost.1 += i64::from((a.1 - a.2).abs());
                cost.0 += lines[..index]
                    .iter()
                    .filter(|b| a.0 != b.0 && (a.1 < b.1) != (a.2 < b.2))
                    .count();
            }
        }
        cost
    }

    fn heights(self) -> Heights {
        let least = self.tops.values().copied().min().unwrap_or(0);
        let mut heights = Heights { boxes: Vec::new(), lanes: BTreeMap::new() };
        // Boxes come first, in the order of their nodes.
        for (item, top) in self.tops {
            match item {
                Item::Box(_) => heights.boxes.push(top - least),
                Item::Lane { net, column } => {
                    heights.lanes.insert((net, column), top - least);
                }
            }
        }
        heights
    }
}

fn item(tie: Tie) -> (Item, i32) {
    match tie {
        Tie::End(end) => (Item::Box(end.node), end.y),
        Tie::Lane { net, column } => (Item::Lane { net, column }, 0),
    }
}

fn gap(above: Item, below: Item) -> i32 {
    match (above, below) {
        (Item::Box(_), Item::Box(_)) => BOX_GAP,
        (Item::Lane { .. }, Item::Lane { .. }) => LANE_GAP,
        (Item::Box(_), Item::Lane { .. }) | (Item::Lane { .. }, Item::Box(_)) => LANE_BOX_GAP,
    }
}
