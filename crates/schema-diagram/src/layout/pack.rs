//! Packs rectangles side by side, in a shape that fits a screen.

use std::collections::BTreeSet;

/// The gap between two rectangles.
const GAP: i32 = 40;
/// At least this width is used, so that a few small rectangles are side by side and not in a
/// square.
const WIDTH_MIN: i32 = 1000;

/// The upper left corners, in the order of the sizes, and the size of the whole.
pub(super) struct Packed {
    pub(super) width: i32,
    pub(super) height: i32,
    pub(super) corners: Vec<(i32, i32)>,
}

/// Packs rectangles of these widths and heights. Tall ones come first, each as high up as possible.
pub(super) fn pack(sizes: &[(i32, i32)]) -> Packed {
    let area: i64 = sizes.iter().map(|&(w, h)| i64::from(w + GAP) * i64::from(h + GAP)).sum();
    let widest = sizes.iter().map(|&(width, _)| width).max().unwrap_or(0);
    let width = i32::try_from((area * 3 / 2).isqrt()).unwrap_or(i32::MAX);
    let width = width.max(widest).max(WIDTH_MIN);

    let mut order: Vec<usize> = (0..sizes.len()).collect();
    order.sort_by_key(|&index| std::cmp::Reverse(sizes[index].1));
    let mut packed = Packed { width: 0, height: 0, corners: vec![(0, 0); sizes.len()] };
    let mut placed: Vec<usize> = Vec::new();
    for index in order {
        let size = sizes[index];
        let corner = highest_place(size, width, sizes, &packed.corners, &placed);
        packed.corners[index] = corner;
        packed.width = packed.width.max(corner.0 + size.0);
        packed.height = packed.height.max(corner.1 + size.1);
        placed.push(index);
    }
    packed
}

/// The highest free place, and of several the leftmost. Such a place always touches the left edge
/// or another rectangle, and is below all rectangles in its way.
fn highest_place(
    size: (i32, i32),
    width: i32,
    sizes: &[(i32, i32)],
    corners: &[(i32, i32)],
    placed: &[usize],
) -> (i32, i32) {
    let beside = placed.iter().map(|&other| corners[other].0 + sizes[other].0 + GAP);
    let fitting: BTreeSet<i32> = beside.filter(|&x| x + size.0 <= width).chain([0]).collect();
    let floor = |x: i32| {
        let in_the_way = placed.iter().filter(|&&other| {
            corners[other].0 < x + size.0 + GAP && x < corners[other].0 + sizes[other].0 + GAP
        });
        in_the_way.map(|&other| corners[other].1 + sizes[other].1 + GAP).max().unwrap_or(0)
    };
    fitting.into_iter().map(|x| (floor(x), x)).min().map_or((0, 0), |(y, x)| (x, y))
}
