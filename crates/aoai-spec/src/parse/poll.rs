//! The polls of steps.

use std::time::Duration;

use super::fields::Fields;
use crate::diagnostic::Problems;
use crate::model::Poll;
use crate::pattern::Pattern;
use crate::value::Node;

/// Reads the poll of a step, where it has one.
pub(super) fn read(
    fields: &Fields<'_>,
    problems: &mut Problems,
    pattern: &mut impl FnMut(&Node, &mut Problems) -> Pattern,
) -> Option<Poll> {
    let node = fields.get("poll")?;
    let poll = Fields::read(node, "`poll`", POLL_KEYS, problems)?;
    for required in ["until", "within"] {
        if poll.get(required).is_none() {
            problems.error(poll.span, format!("`poll` needs `{required}`"), "");
        }
    }
    let until = poll.get("until").map(|node| pattern(node, problems));
    let abort = poll.get("abort").map(|node| pattern(node, problems));
    let within = poll.duration("within", problems);
    let every = poll.duration("every", problems).unwrap_or(POLL_EVERY);
    if let (true, Some(node)) = (every.is_zero(), poll.get("every")) {
        problems
            .error(
                node.span,
                "a poll waits between its looks",
                "no time at all",
            )
            .help("for example 1s");
    }
    Some(Poll {
        until: until?,
        abort,
        every,
        within: within?,
    })
}

pub(super) const POLL_KEYS: &[&str] = &["until", "abort", "every", "within"];

/// Between polls, where a spec does not say how long.
const POLL_EVERY: Duration = Duration::from_secs(5);
