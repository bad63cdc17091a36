//! The events of a stream and their times.

use std::time::Duration;

use aoai_http::sse::{Decoder, Frame};
use bytes::Bytes;
use serde_json::Value;

use super::raw::delta_text;
use super::record::decode;
use crate::duration::ms;
use crate::result::{StepResult, Stream};

/// Watches a stream go by.
#[derive(Debug, Default)]
pub(super) struct Watch {
    stream: Stream,
}

impl Watch {
    /// Notes an event.
    pub(super) fn saw(&mut self, frame: &Frame) {
        let event = decode(frame.data().as_bytes());
        self.stream.types.extend(name(frame, &event));
        self.stream.events.push(event);
    }

    pub(super) fn events(&self) -> &[Value] {
        &self.stream.events
    }

    /// Notes all of it; `done` where it came to its proper end.
    pub(super) fn finish(mut self, result: &mut StepResult, done: bool) {
        self.stream.count = self.stream.events.len();
        self.stream.done = done;
        result.stream = Some(self.stream);
    }
}

/// Notes when the first piece of text came, and the longest silence between two events.
///
/// An event has come with the read that completed it: how long its reader took to ask for it tells
/// nothing about the service.
pub(super) fn times(result: &mut StepResult, began: Duration, chunks: &[(Duration, Bytes)]) {
    let mut decoder = Decoder::new();
    let mut last = None::<Duration>;
    let mut gap = None::<Duration>;
    let mut times = Vec::new();
    for (at, bytes) in chunks {
        decoder.push(bytes.clone());
        // A frame that is too long has ended the call as well.
        while let Ok(Some(frame)) = decoder.next_frame() {
            let data = frame.bytes().trim_ascii();
            if data.is_empty() || data == b"[DONE]" {
                continue;
            }
            if let Some(last) = last {
                gap = gap.max(Some(at.saturating_sub(last)));
            }
            last = Some(*at);
            times.push(ms(at.saturating_sub(began)));
            let event = decode(frame.data().as_bytes());
            if result.time.first.is_none()
                && delta_text(&event).is_some_and(|text| !text.is_empty())
            {
                result.time.first = Some(ms(at.saturating_sub(began)));
            }
        }
    }
    result.time.gap = gap.map(ms);
    if let Some(stream) = &mut result.stream {
        // An event that tells of an error is not among those of the answer.
        times.truncate(stream.events.len());
        stream.times = times;
    }
}

/// The event's name: its own field, or the `type` in its data.
fn name(frame: &Frame, event: &Value) -> Option<String> {
    match &*frame.event() {
        "" | "message" => event["type"].as_str().map(str::to_owned),
        name => Some(name.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROLE: &str =
        "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\n\n";
    const WORD: &str = "data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"}}]}\n\n";
    const FILTER: &str = "data: {\"choices\":[],\"prompt_filter_results\":[]}\n\n";
    const DONE: &str = "data: [DONE]\n\n";

    /// First and gap of a stream that began at 100 ms.
    fn read(reads: &[(u64, &str)]) -> (Option<f64>, Option<f64>) {
        let chunks = reads.iter().map(|(at, text)| {
            let bytes = Bytes::copy_from_slice(text.as_bytes());
            (Duration::from_millis(*at), bytes)
        });
        let mut result = StepResult::default();
        let began = Duration::from_millis(100);
        times(&mut result, began, &chunks.collect::<Vec<_>>());
        (result.time.first, result.time.gap)
    }

    #[test]
    fn times_are_those_of_the_reads_that_complete_an_event() {
        let (half, rest) = WORD.split_at(20);
        let both = format!("{ROLE}{WORD}");
        for (case, reads, first, gap) in [
            ("nothing came", &[][..], None, None),
            ("one event has no gap", &[(150, WORD)], Some(50.0), None),
            (
                "an empty piece of text is none",
                &[(150, ROLE), (400, WORD)],
                Some(300.0),
                Some(250.0),
            ),
            (
                "no text at all",
                &[(150, FILTER), (180, ROLE)],
                None,
                Some(30.0),
            ),
            (
                "two events of one read came together",
                &[(150, &both)],
                Some(50.0),
                Some(0.0),
            ),
            (
                "half an event is no event",
                &[(150, ROLE), (200, half), (900, rest)],
                Some(800.0),
                Some(750.0),
            ),
            (
                "a silence before the first text counts, one before the end mark does not",
                &[(110, FILTER), (710, WORD), (720, WORD), (2000, DONE)],
                Some(610.0),
                Some(600.0),
            ),
            (
                "a comment is no event",
                &[(110, WORD), (500, ": still here\n\n"), (900, WORD)],
                Some(10.0),
                Some(790.0),
            ),
        ] {
            assert_eq!(read(reads), (first, gap), "{case}");
        }
    }
}
