//! Nets. Lines that end at the same place form one net, which has lanes through columns and a
//! bundle in each channel between columns.

use std::collections::BTreeMap;

use super::column::Columns;
use super::shape::{End, Link};

/// Lines that join on their way to one end.
pub(super) struct Net {
    pub(super) root: End,
    pub(super) root_channel: usize,
    pub(super) leaves: Vec<Leaf>,
}

/// The place where one line joins a net.
pub(super) struct Leaf {
    /// The index of the line among all links.
    pub(super) link: usize,
    pub(super) end: End,
    pub(super) channel: usize,
}

/// What a net is attached to at the edge of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tie {
    /// The end of a line.
    End(End),
    /// The net's own lane through that column.
    Lane { net: usize, column: usize },
}

/// The part of a net in one channel.
#[derive(Default)]
pub(super) struct Bundle {
    pub(super) net: usize,
    /// What it is attached to in the column on the left.
    pub(super) left: Vec<Tie>,
    /// What it is attached to in the column on the right.
    pub(super) right: Vec<Tie>,
}

pub(super) struct Nets {
    pub(super) nets: Vec<Net>,
    /// The bundles of each channel; channel `n` is to the right of column `n`.
    pub(super) channels: Vec<Vec<Bundle>>,
}

/// The nets of all links. A line between two columns leaves its box towards the other column. A
/// line within a column leaves on the right.
pub(super) fn nets(columns: &Columns, links: &[Link]) -> Nets {
    let mut by_root: BTreeMap<(End, bool), Net> = BTreeMap::new();
    for (link, &Link { child, parent }) in links.iter().enumerate() {
        let (from, to) = (columns.of_node[child.node], columns.of_node[parent.node]);
        let backward = from < to;
        let channel = if from > to { from - 1 } else { from };
        let root_channel = if backward { to - 1 } else { to };
        let net = by_root.entry((parent, backward)).or_insert_with(|| Net {
            root: parent,
            root_channel,
            leaves: Vec::new(),
        });
        net.leaves.push(Leaf { link, end: child, channel });
    }
    let nets: Vec<Net> = by_root.into_values().collect();
    let mut channels: Vec<Vec<Bundle>> = columns.members.iter().map(|_| Vec::new()).collect();
    for (index, net) in nets.iter().enumerate() {
        let [first, last] = net.span();
        for (channel, bundles) in channels.iter_mut().enumerate().take(last + 1).skip(first) {
            bundles.push(bundle(columns, net, index, channel));
        }
    }
    Nets { nets, channels }
}

impl Net {
    /// The first and the last channel of the net.
    fn span(&self) -> [usize; 2] {
        let channels = || self.leaves.iter().map(|leaf| leaf.channel).chain([self.root_channel]);
        [channels().min().unwrap_or(0), channels().max().unwrap_or(0)]
    }
}

fn bundle(columns: &Columns, net: &Net, index: usize, channel: usize) -> Bundle {
    let mut bundle = Bundle { net: index, ..Bundle::default() };
    let leaves = net.leaves.iter().filter(|leaf| leaf.channel == channel).map(|leaf| leaf.end);
    let root = (net.root_channel == channel).then_some(net.root);
    for end in leaves.chain(root) {
        let is_left = columns.of_node[end.node] == channel;
        if is_left { &mut bundle.left } else { &mut bundle.right }.push(Tie::End(end));
    }
    let [first, last] = net.span();
    if channel > first {
        bundle.left.push(Tie::Lane { net: index, column: channel });
    }
    if channel < last {
        bundle.right.push(Tie::Lane { net: index, column: channel + 1 });
    }
    bundle
}
