//! The positions of the boxes in a diagram, and the routes of the lines between them.
//!
//! Boxes are in columns, each to the right of the boxes that it refers to. A line leaves its box at
//! its own row, runs between the boxes of a column in a lane that is kept free for it, and changes
//! its height only in the channels between columns. So no line runs through a box.
//!
//! This is the usual layered layout (Sugiyama). Two crates implement it. layout-rs 0.1.3 draws
//! lines across the rows of the boxes that they start from and through other boxes. dagre 0.1.2
//! ends lines at boxes instead of rows, and puts any number of boxes in one layer.

mod column;
mod net;
mod pack;
mod place;
mod route;
mod shape;

pub(crate) use shape::{End, Layout, Link, Node, Place, Point};

/// Lays out each group of connected boxes, and packs the groups side by side.
pub(super) fn layout(nodes: &[Node], links: &[Link]) -> Layout {
    let groups: Vec<Group> = groups(nodes.len(), links)
        .into_iter()
        .map(|members| Group::new(members, nodes, links))
        .collect();
    let sizes: Vec<(i32, i32)> =
        groups.iter().map(|group| (group.layout.width, group.layout.height)).collect();
    let packed = pack::pack(&sizes);

    let mut whole = Layout {
        width: packed.width,
        height: packed.height,
        places: vec![Place::default(); nodes.len()],
        routes: vec![Vec::new(); links.len()],
    };
    for (group, (dx, dy)) in groups.into_iter().zip(packed.corners) {
        for (node, place) in group.nodes.into_iter().zip(group.layout.places) {
            whole.places[node] = Place { x: place.x + dx, y: place.y + dy, ..place };
        }
        for (link, route) in group.links.into_iter().zip(group.layout.routes) {
            whole.routes[link] = route.into_iter().map(|(x, y)| (x + dx, y + dy)).collect();
        }
    }
    whole
}

/// A group of connected boxes, laid out by itself.
struct Group {
    nodes: Vec<usize>,
    links: Vec<usize>,
    layout: Layout,
}

impl Group {
    fn new(members: Vec<usize>, nodes: &[Node], links: &[Link]) -> Self {
        let own_index = |node: usize| members.iter().position(|member| *member == node);
        let own_end = |end: End| Some(End { node: own_index(end.node)?, ..end });
        let (own_links, link_indexes): (Vec<Link>, Vec<usize>) = links
            .iter()
            .enumerate()
            .filter_map(|(index, link)| {
                Some((Link { child: own_end(link.child)?, parent: own_end(link.parent)? }, index))
            })
            .unzip();
        let own_nodes: Vec<Node> = members.iter().map(|&member| nodes[member]).collect();
        let layout = arrange(&own_nodes, &own_links);
        Self { nodes: members, links: link_indexes, layout }
    }
}

fn arrange(nodes: &[Node], links: &[Link]) -> Layout {
    let columns = column::columns(nodes, links);
    let nets = net::nets(&columns, links);
    let heights = place::place(nodes, &columns, &nets);
    route::route(nodes, &columns, &nets, &heights, links.len())
}

/// The groups of connected nodes. Both the groups and their members are in the order of the nodes.
fn groups(count: usize, links: &[Link]) -> Vec<Vec<usize>> {
    let mut group_of: Vec<usize> = (0..count).collect();
    for link in links {
        let (kept, lost) = (group_of[link.child.node], group_of[link.parent.node]);
        let (kept, lost) = (kept.min(lost), kept.max(lost));
        group_of.iter_mut().filter(|group| **group == lost).for_each(|group| *group = kept);
    }
    let members = |group| (0..count).filter(|&node| group_of[node] == group).collect();
    let groups: Vec<Vec<usize>> = (0..count).map(members).collect();
    groups.into_iter().filter(|members| !members.is_empty()).collect()
}
