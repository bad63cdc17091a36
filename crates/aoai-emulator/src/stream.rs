//! Bodies that go out piece by piece, and break off where a fault says so.

use std::fmt;

use bytes::{Bytes, BytesMut};
use futures_util::stream;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::Frame;
use serde::Serialize;
use serde_json::Value;

use crate::faults::{Cut, Fault, InBand, Omission};
use crate::refusal;
use crate::text;

/// A body on its way out.
pub(crate) type Body = UnsyncBoxBody<Bytes, Broken>;

/// The events of a streamed answer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Events {
    /// The first event, with the filter's judgement of the prompt.
    pub(crate) prompt_filter: Option<Bytes>,
    /// The events after it.
    pub(crate) then: Vec<Bytes>,
    /// What ends the stream: `[DONE]`, or the events that say how it ended.
    pub(crate) end: Vec<Bytes>,
    pub(crate) dialect: Dialect,
}

/// How events are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// As data alone.
    #[default]
    Data,
    /// Under the name that their data has as `type`.
    Named,
}

/// Why an answer does not come to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Broken {
    /// The connection is to be broken off here.
    Cut,
    /// Nothing more comes, and the connection stays open for as long as the client is there.
    Silent,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cut => "a fault breaks the connection off",
            Self::Silent => "a fault lets the connection fall silent",
        })
    }
}

impl std::error::Error for Broken {}

/// An event of server-sent events that has data only.
pub(crate) fn event(data: &Value) -> Bytes {
    Bytes::from(format!("data: {data}\n\n"))
}

/// An event under the name that its data has as `type`.
pub(crate) fn named(kind: &str, data: &impl Serialize) -> Bytes {
    let data = serde_json::to_string(data).expect("texts and numbers always serialise");
    Bytes::from(format!("event: {kind}\ndata: {data}\n\n"))
}

/// The end of a stream whose events have no names.
pub(crate) fn done() -> Vec<Bytes> {
    vec![Bytes::from_static(b"data: [DONE]\n\n")]
}

/// A body that is there at once.
pub(crate) fn whole(bytes: Bytes) -> Body {
    Full::new(bytes)
        .map_err(|never| match never {})
        .boxed_unsync()
}

/// A body whose length is not told in advance.
pub(crate) fn chunked(bytes: Bytes) -> Body {
    pieces(vec![bytes], End::Complete)
}

/// A body of known length that breaks off after `kept` bytes.
pub(crate) fn broken(bytes: &Bytes, kept: usize) -> Body {
    pieces(
        vec![bytes.slice(..kept.min(bytes.len()))],
        End::Not(Broken::Cut),
    )
}

impl Events {
    /// The body that carries the events as far as `fault` lets it.
    pub(crate) fn into_body(self, fault: &Fault) -> Body {
        let mut frames: Vec<Bytes> = Vec::with_capacity(self.then.len() + 2);
        if !fault.omit.contains(&Omission::PromptFilter) {
            frames.extend(self.prompt_filter);
        }
        frames.extend(self.then);
        if !fault.omit.contains(&Omission::Done) {
            frames.extend(self.end);
        }
        if let Some(in_band) = &fault.event {
            frames.truncate(in_band.after);
            frames.extend(self.dialect.failure(in_band));
        }
        if let Some(after) = fault.stall {
            frames.truncate(after);
            return pieces(frames, End::Not(Broken::Silent));
        }
        match fault.cut {
            None => pieces(frames, End::Complete),
            Some(Cut::Connection) => pieces(Vec::new(), End::Not(Broken::Cut)),
            Some(Cut::Events(after)) => {
                frames.truncate(after);
                pieces(frames, End::Not(Broken::Cut))
            }
            Some(Cut::Bytes(after)) => pieces(prefix(&frames, after), End::Not(Broken::Cut)),
        }
    }
}

impl Dialect {
    /// The error that takes the place of the rest of a stream.
    fn failure(self, in_band: &InBand) -> Vec<Bytes> {
        match (self, &in_band.data) {
            (Self::Data, Some(data)) => vec![event(data)],
            (Self::Data, None) => vec![event(&refusal::overloaded_event(&text::guid()))],
            (Self::Named, Some(data)) => {
                vec![named(data["type"].as_str().unwrap_or("error"), data)]
            }
            (Self::Named, None) => refusal::throttled_events(in_band.after)
                .iter()
                .map(|data| named(data["type"].as_str().unwrap_or_default(), data))
                .collect(),
        }
    }
}

/// How a body ends.
#[derive(Clone, Copy)]
enum End {
    Complete,
    Not(Broken),
}

/// Sends each frame in a write of its own.
fn pieces(frames: Vec<Bytes>, end: End) -> Body {
    let frames = stream::unfold(frames.into_iter(), move |mut frames| async move {
        // Whatever was handed over is written before the next frame, or the end, is asked for.
        tokio::task::yield_now().await;
        match (frames.next(), end) {
            (Some(bytes), _) => Some((Ok(Frame::data(bytes)), frames)),
            (None, End::Complete) => None,
            (None, End::Not(why)) => Some((Err(why), frames)),
        }
    });
    StreamBody::new(frames).boxed_unsync()
}

/// The first `length` bytes of some frames, in one frame.
fn prefix(frames: &[Bytes], length: usize) -> Vec<Bytes> {
    let mut kept = BytesMut::new();
    for frame in frames {
        let room = length - kept.len();
        kept.extend_from_slice(&frame[..room.min(frame.len())]);
    }
    vec![kept.freeze()]
}
