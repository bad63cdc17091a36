//! Patterns over lists whose items may stand among others.

use serde_json::Value;

use super::check::Run;
use super::{Mismatch, Pattern};

/// Each pattern matches an item after the one that the pattern before it matched.
pub(crate) fn in_order(
    patterns: &[Pattern],
    items: &[Value],
    path: &str,
    run: &Run<'_>,
    found: &mut Vec<Mismatch>,
) {
    let mut next = 0;
    for (matched, pattern) in patterns.iter().enumerate() {
        let at = items[next..]
            .iter()
            .position(|item| pattern.matches(Some(item), run.scope));
        if let Some(at) = at {
            next += at + 1;
            continue;
        }
        let expected = match next {
            0 => pattern.show(run.scope),
            _ => format!("after item {}: {}", next - 1, pattern.show(run.scope)),
        };
        let earlier = items[..next]
            .iter()
            .rposition(|item| pattern.matches(Some(item), run.scope));
        let note = earlier.map(|at| {
            format!("item {at} matches, but it comes before the {matched} already matched")
        });
        found.push(Mismatch {
            after: Some(next),
            ..Mismatch::new(path, pattern.node.span)
                .expected(expected)
                .actual(format!("none of the {} items left", items.len() - next))
                .note(note)
        });
        return;
    }
}

/// Each pattern matches an item of its own, wherever it stands.
pub(crate) fn any_order(
    patterns: &[Pattern],
    items: &[Value],
    path: &str,
    run: &Run<'_>,
    found: &mut Vec<Mismatch>,
) {
    let fits: Vec<Vec<usize>> = patterns
        .iter()
        .map(|pattern| {
            let fitting = items.iter().enumerate();
            let fitting = fitting.filter(|(_, item)| pattern.matches(Some(item), run.scope));
            fitting.map(|(at, _)| at).collect()
        })
        .collect();
    let mut taken_by = vec![None; items.len()];
    for (at, pattern) in patterns.iter().enumerate() {
        if assign(at, &fits, &mut taken_by, &mut vec![false; items.len()]) {
            continue;
        }
        let actual = match fits[at].len() {
            0 => format!("none of the {} items", items.len()),
            _ => "only items that other patterns need".to_owned(),
        };
        let mismatch = Mismatch::new(path, pattern.node.span);
        found.push(
            mismatch
                .expected(format!("an item {}", pattern.show(run.scope)))
                .actual(actual),
        );
    }
}

/// Finds an item for a pattern, moving earlier patterns to others where that makes room.
fn assign(
    pattern: usize,
    fits: &[Vec<usize>],
    taken_by: &mut [Option<usize>],
    tried: &mut [bool],
) -> bool {
    for &item in &fits[pattern] {
        if std::mem::replace(&mut tried[item], true) {
            continue;
        }
        if taken_by[item].is_none_or(|other| assign(other, fits, taken_by, tried)) {
            taken_by[item] = Some(pattern);
            return true;
        }
    }
    false
}
