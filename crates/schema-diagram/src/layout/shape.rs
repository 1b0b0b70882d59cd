//! The input and the result of a layout.

/// A box to be placed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Node {
    /// The width that it needs. It may become wider.
    pub(crate) width: i32,
    pub(crate) height: i32,
}

/// A line to be routed, between two boxes or from one to itself.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Link {
    pub(crate) child: End,
    /// Lines to the same end join on their way.
    pub(crate) parent: End,
}

/// An end of a line: the box, and the distance below its top.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct End {
    pub(crate) node: usize,
    pub(crate) y: i32,
}

/// The place of a box.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Place {
    pub(crate) x: i32,
    pub(crate) y: i32,
    pub(crate) width: i32,
}

pub(crate) type Point = (i32, i32);

/// The picture: the place of each node, and the corners of each link from child to parent.
#[derive(Debug, Default)]
pub(crate) struct Layout {
    pub(crate) width: i32,
    pub(crate) height: i32,
    pub(crate) places: Vec<Place>,
    pub(crate) routes: Vec<Vec<Point>>,
}
