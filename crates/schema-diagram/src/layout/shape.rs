//! What is laid out, and what comes of it.

/// A box to be placed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Node {
    /// The width it needs; it may become wider.
    pub(crate) width: i32,
    pub(crate) height: i32,
}

/// A line to be routed, between two boxes or from one to itself.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Link {
    pub(crate) child: End,
    /// Lines to the same end are joined on their way.
    pub(crate) parent: End,
}

/// An end of a line: the box, and how far below its top.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct End {
    pub(crate) node: usize,
    pub(crate) y: i32,
}

/// A box in its place.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Place {
    pub(crate) x: i32,
    pub(crate) y: i32,
    pub(crate) width: i32,
}

pub(crate) type Point = (i32, i32);

/// The picture: a place for each node, and for each link its corners, from child to parent.
#[derive(Debug, Default)]
pub(crate) struct Layout {
    pub(crate) width: i32,
    pub(crate) height: i32,
    pub(crate) places: Vec<Place>,
    pub(crate) routes: Vec<Vec<Point>>,
}
