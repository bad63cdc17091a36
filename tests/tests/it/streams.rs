//! Every stream among the fixtures of the wire types, through the decoder of event streams and the
//! accumulators: however it is cut and framed, it makes up the answer that its events make up.

use std::fs;
use std::path::Path;

use aoai_http::sse::Decoder;
use aoai_types::operation::{StreamEnd, StreamMemory};
use aoai_types::{
    Accumulator, ENDPOINTS, Operation, Payload, StreamEvent, Streaming, Visitor, visit,
};
use serde_json::Value;

#[test]
fn every_stream_makes_up_its_answer_however_it_is_cut() {
    let counts = ENDPOINTS
        .iter()
        .map(|endpoint| visit(endpoint.id, EachStream).unwrap());
    assert!(counts.sum::<usize>() > 30);
}

struct EachStream;

impl Visitor for EachStream {
    /// How many streams there were.
    type Out = usize;

    fn unary<O: Operation>(self) -> usize {
        0
    }

    fn streaming<O: Streaming>(self) -> usize {
        let streams = streams(O::ENDPOINT.id);
        for (name, events) in &streams {
            let expected = one_by_one::<O>(events);
            for ending in ["\n", "\r\n", "\r"] {
                let stream = framed(events, ending);
                for step in [1, 7, stream.len()] {
                    let read = read::<O>(stream.as_bytes(), step);
                    assert!(read.is_done, "{name}");
                    let answer = written(&read.answer);
                    assert_eq!(answer, expected, "{name}, {ending:?}, {step}");
                }
            }
        }
        streams.len()
    }
}

fn streams(id: &str) -> Vec<(String, Vec<String>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../crates/aoai-types/tests/fixtures")
        .join(id);
    let paths = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let streams = paths.filter(|path| path.extension().is_some_and(|it| it == "jsonl"));
    let events = |text: String| text.lines().map(str::to_owned).collect();
    streams
        .map(|path| {
            (
                path.display().to_string(),
                events(fs::read_to_string(path).unwrap()),
            )
        })
        .collect()
}

/// As the service sends them: with a name where they have one, and with the end of chats.
fn framed(events: &[String], ending: &str) -> String {
    let mut stream = String::new();
    for data in events {
        let event: Value = serde_json::from_str(data).unwrap();
        if let Some(name) = event["type"].as_str() {
            stream.extend(["event: ", name, ending]);
        }
        stream.extend(["data: ", data, ending, ending]);
    }
    stream + "data: [DONE]" + ending + ending
}

fn one_by_one<O: Streaming>(events: &[String]) -> Value {
    let mut accumulator = O::Accumulator::default();
    for data in events {
        accumulator.push(<O::Event as StreamEvent>::decode(data).unwrap());
    }
    written(&accumulator.finish())
}

/// What a stream made up.
pub(crate) struct Read<O: Streaming> {
    pub(crate) answer: O::Response,
    /// The data of each event, and how those that end the answer say that it ended.
    pub(crate) data: Vec<Value>,
    pub(crate) ends: Vec<StreamEnd>,
    /// Whether `[DONE]` came.
    pub(crate) is_done: bool,
}

/// Reads a stream that comes in pieces of `step` bytes, each event by what it changes of the one
/// before.
pub(crate) fn read<O: Streaming>(stream: &[u8], step: usize) -> Read<O> {
    let mut decoder = Decoder::new();
    let mut memory = StreamMemory::default();
    let mut accumulator = O::Accumulator::default();
    let (mut data, mut ends, mut is_done) = (Vec::new(), Vec::new(), false);
    for piece in stream.chunks(step) {
        decoder.push(piece.to_vec().into());
        while let Some(frame) = decoder.next_frame().unwrap() {
            assert!(!is_done, "nothing comes after the end");
            let text = frame.data();
            if text == "[DONE]" {
                is_done = true;
                continue;
            }
            let event = O::Event::decode_next(&text, &mut memory).unwrap();
            ends.extend(event.end());
            accumulator.push(event);
            data.push(serde_json::from_str(&text).unwrap());
        }
    }
    Read {
        answer: accumulator.finish(),
        data,
        ends,
        is_done,
    }
}

fn written<T: Payload>(answer: &T) -> Value {
    let written = answer.encode().unwrap();
    serde_json::from_slice(&written).unwrap_or_else(|_| String::from_utf8_lossy(&written).into())
}
