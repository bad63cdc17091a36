//! How many cells a matrix has, and that no two of them are the same.

use std::collections::BTreeSet;

use crate::cells;
use crate::diagnostic::Problems;
use crate::model::Axis;
use crate::value::{Data, Node};

/// Refuses an axis with a value twice, and more cells than anybody wants to run.
pub(super) fn check(node: Option<&Node>, matrix: &mut [Axis], problems: &mut Problems) {
    let Some(node) = node else {
        return;
    };
    let mut count = 1_usize;
    for (key, axis) in node.as_map().unwrap_or_default() {
        let Data::List(values) = &axis.data else {
            continue;
        };
        count = count.saturating_mul(values.len());
        let mut names = BTreeSet::new();
        for (at, value) in values.iter().enumerate() {
            let name = cells::name(&value.to_json(), at);
            if names.contains(&name) {
                let message = format!("the axis `{}` has two values named `{name}`", key.name);
                problems
                    .error(value.span, message, "a test is known by its values")
                    .help("leave one of them out; texts and numbers that look alike are one name");
            }
            names.insert(name);
        }
    }
    if count > MOST_CELLS {
        let message = format!("this matrix has {count} cells");
        problems
            .error(node.span, message, format!("at most {MOST_CELLS}"))
            .help("each is a test of its own; divide the axes among several specs");
        // Nobody shall go through all of them to look for what else is wrong.
        for axis in matrix {
            axis.values.truncate(1);
        }
    }
}

/// The most tests that one spec may stand for.
const MOST_CELLS: usize = 10_000;
