//! Targets for the decoders of aoai-types.
//!
//! Where a target is for many operations, the first line of the data is the operation's id.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::str;

use aoai_types::batches::BatchResults;
use aoai_types::chat::{ChatCompletion, CreateChatCompletion};
use aoai_types::embeddings::Embeddings;
use aoai_types::error::ErrorBody;
use aoai_types::images::Images;
use aoai_types::models::ModelList;
use aoai_types::operation::{Body, DecodeError, StreamMemory};
use aoai_types::realtime::event::{ClientEvent, ServerEvent};
use aoai_types::responses::{CreateResponse, Response};
use aoai_types::{
    Accumulator, ENDPOINTS, Encode, Json, Operation, Payload, Query, StreamEvent, Streaming,
    Surface, Timestamp, Visitor, visit,
};
use bytes::Bytes;
use http::Method;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::assert_in_proportion;

/// The bodies of answers.
pub(crate) fn answers(data: &[u8]) {
    struct Answer(Bytes);

    impl Visitor for Answer {
        type Out = ();

        fn unary<O: Operation>(self) {
            if let Some(answer) = settled::<O::Response>(&self.0) {
                let _ = (O::outcome(&answer), O::usage(&answer));
            }
        }

        fn streaming<O: Streaming>(self) {
            self.unary::<O>();
        }
    }

    let (id, body) = headed(data);
    let _ = visit(id, Answer(Bytes::copy_from_slice(body)));
}

/// The events of streams, one a line, and the answers that they make up.
pub(crate) fn events(data: &[u8]) {
    struct Stream<'a>(&'a [u8]);

    impl Visitor for Stream<'_> {
        type Out = ();

        fn unary<O: Operation>(self) {}

        fn streaming<O: Streaming>(self) {
            let mut memory = StreamMemory::default();
            let mut accumulator = O::Accumulator::default();
            for line in lines(self.0) {
                let event = <O::Event as StreamEvent>::decode(line);
                let next = <O::Event as StreamEvent>::decode_next(line, &mut memory);
                let Ok(event) = event else {
                    assert!(next.is_err(), "a remembered stream takes more: {line}");
                    continue;
                };
                let next = next.expect("a remembered stream takes as much");
                assert_eq!(json(&event), json(&next), "{line}");
                let _ = (event.is_output(), event.end(), event.error());
                accumulator.push(event);
            }
            let answer = accumulator.finish();
            let written = answer.encode().expect("an answer can be written");
            assert_in_proportion(self.0.len(), written.len());
        }
    }

    let (id, events) = headed(data);
    let _ = visit(id, Stream(events));
}

/// Requests that are written down, as in a spec.
pub(crate) fn requests(data: &[u8]) {
    struct Request<'a>(&'a [u8]);

    impl Visitor for Request<'_> {
        type Out = ();

        fn unary<O: Operation>(self) {
            let Ok(request) = serde_json::from_slice::<O>(self.0) else {
                return;
            };
            for surface in [Surface::V1, Surface::LATEST_DATED] {
                let cx = Encode::new(surface);
                for cx in [cx, cx.streaming()] {
                    let Ok(wire) = request.to_wire(&cx) else {
                        continue;
                    };
                    let matched = O::ENDPOINT.matches(&O::ENDPOINT.method, &wire.target);
                    assert!(matched.is_some(), "{} is no target of its own", wire.target);
                    if let Body::Json(body) = wire.body {
                        assert_in_proportion(self.0.len(), body.len());
                    }
                }
            }
        }

        fn streaming<O: Streaming>(self) {
            self.unary::<O>();
        }
    }

    let (id, request) = headed(data);
    let _ = visit(id, Request(request));
}

/// The bodies of answers that are no success.
pub(crate) fn errors(data: &[u8]) {
    let body = ErrorBody::read(Bytes::copy_from_slice(data));
    if let Some(error) = body.api() {
        let _ = (error.to_string(), error.content_filter_outcome());
        let written = json(error);
        assert_in_proportion(data.len(), written.len());
        let again = serde_json::from_str(&written).expect("an error can be read");
        assert_eq!(error, &again);
    }
}

/// The output files of batches.
pub(crate) fn batch_output(data: &[u8]) {
    let Ok(results) = BatchResults::read(&Bytes::copy_from_slice(data)) else {
        return;
    };
    let chat = results.answers::<CreateChatCompletion>();
    let responses = results.answers::<CreateResponse>();
    let failures = chat.filter_map(|(_, answer)| answer.err());
    let failures = failures.chain(responses.filter_map(|(_, answer)| answer.err()));
    failures.for_each(|failure| drop(failure.to_string()));
}

/// Vectors, as lists of numbers and in base64.
pub(crate) fn embeddings(data: &[u8]) {
    let Some(embeddings) = settled::<Embeddings>(&Bytes::copy_from_slice(data)) else {
        return;
    };
    for embedding in embeddings.data {
        let length = embedding.embedding.len();
        assert_eq!(embedding.as_f32().len(), length);
        assert_in_proportion(data.len(), 4 * length);
    }
}

/// Images in base64.
pub(crate) fn media(data: &[u8]) {
    let Some(images) = settled::<Images>(&Bytes::copy_from_slice(data)) else {
        return;
    };
    let _ = images.content_filter();
    for image in &images.data {
        if let Ok(Some(bytes)) = image.bytes() {
            assert_in_proportion(data.len(), bytes.len());
        }
    }
}

/// JSON, for types that ask for it in every way: it is read as the usual reader reads it.
pub(crate) fn reading(data: &[u8]) {
    fn same<T: DeserializeOwned + Debug>(text: &str) {
        let read = DecodeError::read::<T>(text).ok();
        let usual = serde_json::from_str::<T>(text).ok();
        assert_eq!(format!("{read:?}"), format!("{usual:?}"));
    }

    let Ok(text) = str::from_utf8(data) else {
        return;
    };
    same::<Value>(text);
    same::<Json>(text);
    same::<f64>(text);
    same::<Vec<String>>(text);
    same::<BTreeMap<String, Option<u8>>>(text);
    same::<ChatCompletion>(text);
    same::<Response>(text);
    same::<Embeddings>(text);
    same::<ModelList>(text);
}

/// The events of a realtime session, one a line.
pub(crate) fn realtime(data: &[u8]) {
    for line in lines(data) {
        if let Ok(event) = <ServerEvent as StreamEvent>::decode(line) {
            let _ = (event.is_output(), event.end(), event.error());
            rewritten(&event);
        }
        if let Ok(event) = serde_json::from_str::<ClientEvent>(line) {
            rewritten(&event);
        }
    }
}

/// Targets of requests, as a server meets them.
pub(crate) fn routes(data: &[u8]) {
    let Ok(target) = str::from_utf8(data) else {
        return;
    };
    for endpoint in ENDPOINTS {
        if let Some(matched) = endpoint.matches(&endpoint.method, target) {
            let _ = matched.surface();
        }
    }
    assert!(ENDPOINTS[0].matches(&Method::PATCH, target).is_none());
    let query = Query::parse(target.split_once('?').map_or(target, |(_, query)| query));
    let read: usize = query
        .iter()
        .map(|(name, value)| name.len() + value.len())
        .sum();
    assert_in_proportion(data.len(), read);
}

/// Times as text.
pub(crate) fn timestamps(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else {
        return;
    };
    let times = [
        Some(Timestamp::Text(text.to_owned())),
        serde_json::from_str(text).ok(),
    ];
    for time in times.into_iter().flatten() {
        let _ = (time.unix_seconds(), time.system_time());
        rewritten(&time);
    }
}

/// Reads a body, and reads what is written of it: that must say the same.
fn settled<T: Payload>(body: &Bytes) -> Option<T> {
    let read = T::decode(body).ok()?;
    let written = read.encode().expect("what was read can be written");
    assert_in_proportion(body.len(), written.len());
    let again = T::decode(&written).expect("what was written can be read");
    let again = again.encode().expect("what was read can be written");
    assert_eq!(again, written);
    Some(read)
}

fn rewritten<T: Serialize + DeserializeOwned>(value: &T) {
    let written = json(value);
    let again: T = serde_json::from_str(&written).expect("what was written can be read");
    assert_eq!(json(&again), written);
}

fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("what was read can be written")
}

/// The first line, and the rest.
fn headed(data: &[u8]) -> (&str, &[u8]) {
    let end = data.iter().position(|byte| *byte == b'\n');
    let (head, rest) = end.map_or((data, &[][..]), |end| (&data[..end], &data[end + 1..]));
    (str::from_utf8(head).unwrap_or_default(), rest)
}

fn lines(data: &[u8]) -> impl Iterator<Item = &str> {
    let lines = data.split(|byte| *byte == b'\n');
    lines.filter_map(|line| str::from_utf8(line).ok())
}
