//! The events of a stream around the points that failed.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::pattern::Mismatch;
use crate::redact::Redactor;
use crate::result::StepResult;
use crate::run::StepReport;

/// One event per line with its time; those that a mismatch is about have a mark.
pub(super) fn around(step: &StepReport, redactor: &Redactor) -> String {
    let Some(result) = &step.result else {
        return String::new();
    };
    let Some(stream) = result
        .stream
        .as_ref()
        .filter(|stream| !stream.events.is_empty())
    else {
        return String::new();
    };
    let points: BTreeSet<usize> = step
        .mismatches
        .iter()
        .filter_map(|mismatch| point(mismatch, result))
        .take(MOST_POINTS)
        .collect();
    let near = |at: &usize| points.iter().any(|point| point.abs_diff(*at) <= AROUND);
    let mut told = String::new();
    let mut last = None;
    for at in (0..stream.events.len()).filter(near) {
        if last.map_or(at > 0, |last| last + 1 < at) {
            let _ = writeln!(told, "          …");
        }
        last = Some(at);
        let mark = if points.contains(&at) { '>' } else { ' ' };
        let time = stream.times.get(at).map(|ms| format!("{ms:.0}ms"));
        let event = redactor.redact(&stream.events[at].to_string()).into_owned();
        let event = match event.char_indices().nth(WIDEST) {
            Some((end, _)) => format!("{}…", &event[..end]),
            None => event,
        };
        let _ = writeln!(
            told,
            "        {mark} {at:>3}  {:>8}  {event}",
            time.unwrap_or_default()
        );
    }
    if last.is_some_and(|last| last + 1 < stream.events.len()) {
        let _ = writeln!(told, "          …");
    }
    let end = if stream.done {
        "complete"
    } else {
        "not complete"
    };
    let count = crate::report::count(stream.events.len(), "event");
    format!("  events  {count}, {end}\n{told}")
}

/// The event that a mismatch is about.
fn point(mismatch: &Mismatch, result: &StepResult) -> Option<usize> {
    let stream = result.stream.as_ref()?;
    let last = stream.events.len().checked_sub(1)?;
    let path = mismatch.path.as_str();
    let numbered = path.strip_prefix("stream.events.");
    let numbered = numbered.and_then(|rest| rest.split('.').next()?.parse().ok());
    let at = match (path, numbered, mismatch.after) {
        (_, Some(at), _) => at,
        ("stream.events", None, Some(after)) => after,
        ("time.first", ..) => {
            let first = result.time.first?;
            stream.times.iter().position(|time| *time >= first)?
        }
        ("time.gap" | "time.total", ..) => {
            let silences = stream.times.windows(2).map(|pair| pair[1] - pair[0]);
            let longest = silences.enumerate().max_by(|a, b| a.1.total_cmp(&b.1));
            longest.map_or(last, |(at, _)| at + 1)
        }
        _ => last,
    };
    Some(at.min(last))
}

/// How many events are shown on either side.
const AROUND: usize = 2;

/// For how many mismatches.
const MOST_POINTS: usize = 4;

/// How much of an event is shown, in characters.
const WIDEST: usize = 160;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::result::Stream;
    use crate::source::Span;

    fn step(mismatches: Vec<Mismatch>) -> StepReport {
        let mut result = StepResult::default();
        result.time.first = Some(20.0);
        result.stream = Some(Stream {
            events: (0..9).map(|at| json!({ "at": at })).collect(),
            times: vec![10.0, 20.0, 30.0, 40.0, 50.0, 1270.4, 1280.0, 1290.0, 1300.0],
            count: 9,
            done: true,
            ..Stream::default()
        });
        StepReport {
            result: Some(result),
            mismatches,
            ..StepReport::default()
        }
    }

    fn marked(mismatch: Mismatch) -> String {
        let told = around(&step(vec![mismatch]), &Redactor::new());
        let marked = told.lines().filter(|line| line.starts_with("        >"));
        marked.collect::<Vec<_>>().join("\n").trim().to_owned()
    }

    #[test]
    fn the_point_is_where_the_mismatch_is() {
        let at = |path: &str| Mismatch::new(path, Span::default());
        assert_eq!(
            marked(at("stream.events.3.id")),
            ">   3      40ms  {\"at\":3}"
        );
        assert_eq!(marked(at("time.gap")), ">   5    1270ms  {\"at\":5}");
        assert_eq!(marked(at("time.first")), ">   1      20ms  {\"at\":1}");
        assert_eq!(marked(at("text")), ">   8    1300ms  {\"at\":8}");
        assert_eq!(
            marked(at("stream.events.99")),
            ">   8    1300ms  {\"at\":8}"
        );
        let mut in_order = at("stream.events");
        in_order.after = Some(7);
        assert_eq!(marked(in_order), ">   7    1290ms  {\"at\":7}");
    }

    #[test]
    fn what_is_far_is_left_out() {
        let mismatch = Mismatch::new("stream.events.3", Span::default());
        assert_eq!(
            around(&step(vec![mismatch]), &Redactor::new()),
            "  events  9 events, complete\n          …\n            1      20ms  {\"at\":1}\n            \
             2      30ms  {\"at\":2}\n        >   3      40ms  {\"at\":3}\n            4      50ms  \
             {\"at\":4}\n            5    1270ms  {\"at\":5}\n          …\n"
        );
    }
}
