//! The map of the shop: its parts and their calls, laid out for a drawing. A table beside it has
//! the same calls, for people who do not see it.

use super::Measured;

/// The size of the drawing, in its own units.
const WIDTH: i64 = 720;
const HEIGHT: i64 = 316;
/// The size of a part.
const BOX: (i64, i64) = (128, 46);
/// The parts, and the middle of each.
const PLACES: [(&str, i64, i64); 7] = [
    ("storefront", 360, 32),
    ("user", 72, 148),
    ("verification", 264, 148),
    ("inventory", 456, 148),
    ("payment", 648, 148),
    ("postgres", 168, 286),
    ("redis", 552, 286),
];

/// A part of the shop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Node {
    pub(crate) id: &'static str,
    /// The upper left corner.
    pub(crate) x: i64,
    pub(crate) y: i64,
    /// The place of its name.
    pub(crate) middle: i64,
    pub(crate) name_y: i64,
    pub(crate) note_y: i64,
}

/// The calls from one part to another.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Edge {
    /// The attribute `d` of its path.
    pub(crate) path: String,
    /// The place of its rate.
    pub(crate) x: i64,
    pub(crate) y: i64,
    pub(crate) rate: f64,
    /// True if calls stay without an answer.
    pub(crate) is_broken: bool,
}

/// The drawing.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Map {
    pub(crate) width: i64,
    pub(crate) height: i64,
    pub(crate) box_width: i64,
    pub(crate) box_height: i64,
    pub(crate) nodes: Vec<Node>,
    pub(crate) edges: Vec<Edge>,
}

impl Map {
    /// Lays out the parts, and the calls that were measured.
    pub(crate) fn of(measured: &Measured) -> Self {
        let (box_width, box_height) = BOX;
        let node = |(id, x, y): (&'static str, i64, i64)| Node {
            id,
            x: x - box_width / 2,
            y: y - box_height / 2,
            middle: x,
            name_y: y - 3,
            note_y: y + 15,
        };
        let edges = measured.calls.iter().filter_map(|call| {
            let (path, (x, y)) = path(place(&call.from)?, place(&call.to)?);
            let is_broken = call.unanswered.is_some_and(|share| share > 0.01);
            Some(Edge { path, x, y, rate: call.rate, is_broken })
        });
        Self {
            width: WIDTH,
            height: HEIGHT,
            box_width,
            box_height,
            nodes: PLACES.map(node).into(),
            edges: edges.collect(),
        }
    }
}

fn place(id: &str) -> Option<(i64, i64)> {
    PLACES.iter().find(|(known, ..)| *known == id).map(|(_, x, y)| (*x, *y))
}

/// Returns a path between two parts, and the place of its label. Parts in one row have a bow below
/// them, which is deeper the farther they are apart. Each direction has one of its own.
fn path((from_x, from_y): (i64, i64), (to_x, to_y): (i64, i64)) -> (String, (i64, i64)) {
    let half = BOX.1 / 2;
    if from_y == to_y {
        let there = (to_x - from_x).signum();
        // To the right and to the left, the ends lie apart.
        let (begin, end, y) = (from_x + 24 * there, to_x - 40 * there, from_y + half);
        let depth = 18 + (to_x - from_x).abs() / 9 + if there < 0 { 14 } else { 0 };
        let middle = i64::midpoint(begin, end);
        let path = format!("M{begin} {y}Q{middle} {} {end} {y}", y + 2 * depth);
        return (path, (middle, y + depth));
    }
    let (begin_y, end_y) =
        if from_y < to_y { (from_y + half, to_y - half) } else { (from_y - half, to_y + half) };
    // A third of the way from the callee, lines from one part are apart.
    let label = (to_x + (from_x - to_x) / 3, end_y + (begin_y - end_y) / 3);
    (format!("M{from_x} {begin_y}L{to_x} {end_y}"), label)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Call;

    fn map(calls: &[(&str, &str, Option<f64>)]) -> Map {
        let call = |(from, to, unanswered): &(&str, &str, Option<f64>)| Call {
            from: (*from).to_owned(),
            to: (*to).to_owned(),
            rate: 1.0,
            unanswered: *unanswered,
        };
        Map::of(&Measured { calls: calls.iter().map(call).collect(), ..Measured::default() })
    }

    #[test]
    fn parts_lie_inside_the_map_without_overlap() {
        let map = map(&[]);
        for (at, node) in map.nodes.iter().enumerate() {
            assert!(node.x >= 0 && node.x + map.box_width <= map.width, "{node:?}");
            assert!(node.y >= 0 && node.y + map.box_height <= map.height, "{node:?}");
            let apart = |other: &Node| {
                (node.x - other.x).abs() >= map.box_width || (node.y - other.y).abs() >= map.box_height
            };
            assert!(map.nodes[at + 1..].iter().all(apart), "{node:?}");
        }
    }

    #[test]
    fn every_call_between_known_parts_has_a_line() {
        let calls = [
            ("storefront", "payment", Some(0.0)),
            ("payment", "inventory", Some(0.5)),
            ("user", "verification", None),
            ("verification", "user", None),
            ("payment", "redis", None),
            ("storefront", "prometheus", None),
        ];
        let edges = map(&calls).edges;
        assert_eq!(edges.len(), 5);
        assert_eq!(
            edges.iter().map(|edge| edge.is_broken).collect::<Vec<_>>(),
            [false, true, false, false, false]
        );
        assert_ne!(edges[2].path, edges[3].path, "each direction has its own line");
        for edge in edges {
            assert!((0..=WIDTH).contains(&edge.x) && (0..=HEIGHT).contains(&edge.y), "{edge:?}");
        }
    }
}
