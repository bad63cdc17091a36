//! An answer that comes event by event.

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use aoai_auth::Clock;
use aoai_types::error::ApiError;
use aoai_types::operation::{DecodeError, StreamEnd, StreamMemory};
use aoai_types::{Accumulator as _, Endpoint, StreamEvent, Streaming, Surface};
use bytes::Bytes;
use futures_core::Stream;
use futures_util::future::poll_fn;
use http::{HeaderMap, StatusCode};

use self::drain::{drain, is_over};
use self::failure::{api_error, done_too_early, gave_up, stopped};
pub(crate) use self::other::is_document;
use self::other::{Beginning, reason};
use crate::attempt::Attempt;
use crate::client::{Client, accepted};
use crate::error::{Error, ErrorKind, Result};
use crate::head::{Head, PackedHead, head_methods};
use crate::policies::request_id;
use crate::policies::retry::{take_up, told};
use crate::redact::Sent;
use crate::sse::{Decoder, Frame};
use crate::telemetry::Observation;
use crate::transport::{ByteStream, WireBody, WireRequest, WireResponse};

mod drain;
mod failure;
mod other;
mod watched;

/// An answer that comes event by event; nothing is read ahead.
///
/// It ends in exactly one of three ways. After the last event there is `None`: the answer is
/// complete. Or there is one error, and then `None`: the service gave up, or the connection broke,
/// which is an error of kind [`Truncated`](ErrorKind::Truncated). Dropping it before its end closes
/// the connection.
pub struct EventStream<T> {
    head: PackedHead,
    attempts: Vec<Attempt>,
    sent: Sent,
    clock: Arc<dyn Clock>,
    endpoint: Option<&'static Endpoint>,
    surface: Option<Surface>,
    /// What the events have in common.
    memory: StreamMemory,
    /// Events that came before the answer itself began.
    held: VecDeque<(Frame, T)>,
    /// The error to be told after them.
    failed: Option<Error>,
    wire: Option<Wire>,
    /// What came before the first event, in case that none comes.
    beginning: Option<Box<Beginning>>,
    /// The service said that it gave up; why is still to come.
    giving_up: bool,
    /// The answer is complete; the body's end had not come yet.
    ending: bool,
    /// Who watches the call, if anybody does.
    seen: Option<Box<Observation>>,
}

/// What is left while the stream has not ended.
struct Wire {
    body: ByteStream,
    decoder: Decoder,
}

/// What an event of the wire is to the caller.
enum Read<T> {
    Nothing,
    Event(T),
    /// The last event of a complete answer.
    Last(T),
    Done,
    Failed(Error),
}

impl<T: StreamEvent> EventStream<T> {
    /// Sends the request, and again as long as its stream fails before the answer begins.
    pub(crate) fn open(
        client: &Client,
        mut request: WireRequest,
    ) -> impl Future<Output = Result<Self>> + Send + use<'_, T> {
        client.begin(&mut request);
        request_id::ensure(&mut request);
        async move {
            loop {
                let response = accepted(client.begun(request.clone()).await?)?;
                let came_whole = is_document(&response.headers);
                let mut stream = Self::new(client, &request, response);
                if came_whole {
                    stream.refuse_whole(client.limits().error_body).await;
                } else {
                    stream.hold().await;
                }
                let Some(error) = stream.failed.take() else {
                    return Ok(stream);
                };
                let prior = match take_up(client, &request, error) {
                    Ok(prior) => prior,
                    Err(error) => {
                        stream.failed = Some(error);
                        return Ok(stream);
                    }
                };
                // The connection is of no more use, and need not stay open while waiting.
                drop(stream);
                client.clock().sleep(prior.waited).await;
                request.call.prior = Some(Box::new(prior));
            }
        }
    }

    fn new(client: &Client, request: &WireRequest, response: WireResponse) -> Self {
        let body = match response.body {
            WireBody::Whole(bytes) => bytes.into(),
            WireBody::Stream(stream) => stream,
        };
        let head = Head {
            status: response.status,
            headers: response.headers,
        };
        let limits = client.limits();
        Self {
            beginning: Beginning::of(&head.headers, limits.error_body),
            head: PackedHead::new(&head),
            attempts: response.attempts,
            sent: response.sent,
            clock: Arc::clone(client.clock()),
            endpoint: request.endpoint,
            surface: request.surface,
            memory: StreamMemory::default(),
            held: VecDeque::new(),
            failed: None,
            wire: Some(Wire {
                body,
                decoder: Decoder::with_limit(limits.event),
            }),
            giving_up: false,
            ending: false,
            seen: None,
        }
    }

    /// The error that ended the stream before its answer began.
    pub(crate) fn take_early_end(&mut self) -> Option<Error> {
        self.failed.take()
    }

    /// Puts such an error back where it was.
    pub(crate) fn put_early_end(&mut self, error: Error) {
        self.failed = Some(error);
    }

    /// The events that came before the answer itself began, and the first of it.
    pub(crate) fn held(&self) -> impl Iterator<Item = &T> {
        self.held.iter().map(|(_, event)| event)
    }

    /// Ends a stream that is none, with the error that its body is or tells of.
    async fn refuse_whole(&mut self, limit: usize) {
        let Some(mut wire) = self.wire.take() else {
            return;
        };
        let body = wire.body.read_some(limit).await;
        let error = self.reason(body);
        self.failed = Some(self.ended_by(error));
    }

    fn reason(&self, body: Bytes) -> Error {
        let operation = self.endpoint.zip(self.surface);
        reason(body, self.head.get(), operation, &self.sent)
    }

    /// Holds back what comes before the answer itself, up to a limit: whoever sends that much of it
    /// has begun.
    async fn hold(&mut self) {
        let mut size = 0;
        loop {
            match poll_fn(|cx| self.poll_wire(cx)).await {
                Some(Ok((frame, event))) => {
                    size += frame.bytes().len();
                    let begun = event.is_output() || size > MOST_BYTES_HELD;
                    if self.held.is_empty() {
                        self.beginning = None;
                        self.held.reserve_exact(USUALLY_HELD);
                    }
                    self.held.push_back((frame, event));
                    if begun || self.held.len() == MOST_HELD {
                        return;
                    }
                }
                Some(Err(error)) => {
                    self.failed = Some(error);
                    return;
                }
                None => return,
            }
        }
    }

    /// The next event; `None` after the last one.
    pub async fn next(&mut self) -> Option<Result<T>> {
        let next = self.next_frame().await?;
        Some(next.map(|(_, event)| event))
    }

    /// The next event, with the form it came in.
    pub async fn next_frame(&mut self) -> Option<Result<(Frame, T)>> {
        poll_fn(|cx| self.poll_frame(cx)).await
    }

    /// Reads to the end and rebuilds the answer of the operation `O`.
    ///
    /// # Errors
    ///
    /// The stream ended in an error.
    pub async fn collect<O: Streaming<Event = T>>(mut self) -> Result<O::Response> {
        let mut whole = O::Accumulator::default();
        while let Some(event) = self.next().await {
            whole.push(event?);
        }
        Ok(whole.finish())
    }

    fn poll_frame(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<(Frame, T)>>> {
        let polled = self.poll_unseen(cx);
        if self.seen.is_some() {
            self.notice(&polled);
        }
        polled
    }

    fn poll_unseen(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<(Frame, T)>>> {
        if let Some(held) = self.held.pop_front() {
            if self.held.is_empty() {
                // Nothing is held back again, and the stream may stay open for long.
                self.held = VecDeque::new();
            }
            return Poll::Ready(Some(Ok(held)));
        }
        if let Some(error) = self.failed.take() {
            return Poll::Ready(Some(Err(error)));
        }
        self.poll_wire(cx)
    }

    fn poll_wire(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<(Frame, T)>>> {
        loop {
            if self.ending {
                self.complete(cx);
            }
            let Some(wire) = &mut self.wire else {
                return Poll::Ready(None);
            };
            let frame = match wire.decoder.next_frame() {
                Ok(Some(frame)) => frame,
                Ok(None) => match ready!(Pin::new(&mut wire.body).poll_next(cx)) {
                    Some(Ok(bytes)) => {
                        if let Some(beginning) = &mut self.beginning {
                            beginning.push(&bytes);
                        }
                        wire.decoder.push(bytes);
                        continue;
                    }
                    Some(Err(error)) => return self.fail(error),
                    None => return self.end_of_body(),
                },
                Err(too_long) => {
                    let error = Error::new(ErrorKind::TooLarge, too_long.to_string());
                    return self.fail(error);
                }
            };
            match self.read(&frame) {
                Read::Nothing => {}
                Read::Event(event) => return Poll::Ready(Some(Ok((frame, event)))),
                Read::Last(event) => {
                    self.complete(cx);
                    return Poll::Ready(Some(Ok((frame, event))));
                }
                Read::Done if self.giving_up => return self.fail(gave_up()),
                Read::Done if !T::ENDS_AT_DONE => return self.fail(done_too_early()),
                Read::Done => return self.done(cx),
                Read::Failed(error) => return self.fail(error),
            }
        }
    }

    fn read(&mut self, frame: &Frame) -> Read<T> {
        let bytes = frame.bytes().trim_ascii();
        if bytes.is_empty() {
            return Read::Nothing;
        }
        if bytes == DONE {
            return Read::Done;
        }
        if frame.event() == "error" {
            return Read::Failed(self.told(api_error(frame).unwrap_or_default(), frame));
        }
        let event = match T::decode_next(&frame.data(), &mut self.memory) {
            Ok(event) => event,
            Err(invalid) => {
                let error = self.unread(frame, invalid);
                return error.map_or(Read::Nothing, Read::Failed);
            }
        };
        if let Some(api) = event.error() {
            return Read::Failed(self.told(Box::new(api.clone()), frame));
        }
        match event.end() {
            Some(StreamEnd::Complete) => Read::Last(event),
            Some(StreamEnd::Failed) => {
                self.giving_up = true;
                Read::Event(event)
            }
            None => Read::Event(event),
        }
    }

    /// The error that an event is which cannot be read, if it is one.
    #[cold]
    fn unread(&self, frame: &Frame, invalid: DecodeError) -> Option<Error> {
        if let Some(api) = api_error(frame) {
            return Some(self.told(api, frame));
        }
        // A sign of life, `event: ping`, is not for the caller.
        if T::ENDS_AT_DONE && frame.event() != "message" {
            return None;
        }
        let error = Error::new(
            ErrorKind::Decode,
            "an event of the stream is not of the expected form",
        );
        let error = error.with_source(invalid);
        Some(error.with_answer(self.head.get().clone(), Some(frame.bytes().clone())))
    }

    fn told(&self, api: Box<ApiError>, frame: &Frame) -> Error {
        let operation = self.endpoint.zip(self.surface);
        Error::in_band(api, frame.bytes().clone(), operation, &self.sent)
    }

    /// The answer is complete. The end of its body has mostly come as well, but the connection needs
    /// a turn to read it; the caller waits for that turn, and for no more.
    fn done(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<(Frame, T)>>> {
        self.wire.take_if(|wire| is_over(&mut wire.body, cx));
        if self.wire.is_none() {
            return Poll::Ready(None);
        }
        self.ending = true;
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    /// The caller has its end; the connection is tidied up behind it.
    fn complete(&mut self, cx: &mut Context<'_>) {
        if let Some(wire) = self.wire.take() {
            drain(wire.body, &self.clock, cx);
        }
    }

    /// The body is over, and nothing said that the answer is.
    fn end_of_body(&mut self) -> Poll<Option<Result<(Frame, T)>>> {
        let rest = self.wire.take().and_then(|wire| wire.decoder.finish());
        if self.giving_up {
            return self.fail(gave_up());
        }
        if T::ENDS_AT_DONE && rest.is_some_and(|frame| frame.bytes().trim_ascii() == DONE) {
            return Poll::Ready(None);
        }
        let body = self.beginning.take().and_then(|begun| begun.into_body());
        let error = body.map_or_else(stopped, |body| self.reason(body));
        self.fail(error)
    }

    fn fail(&mut self, error: Error) -> Poll<Option<Result<(Frame, T)>>> {
        Poll::Ready(Some(Err(self.ended_by(error))))
    }

    fn ended_by(&mut self, error: Error) -> Error {
        self.wire = None;
        if let Some(last) = self.attempts.last_mut() {
            last.error = Some(error.kind());
        }
        let endpoint = self.endpoint;
        let error = error.with_answer(self.head.get().clone(), None);
        let asked = told(&error).asked(self.clock.now());
        error
            .with_note(None, asked)
            .after(self.attempts.clone(), false)
            .in_operation(|| {
                endpoint
                    .map(|endpoint| endpoint.id.to_owned())
                    .unwrap_or_default()
            })
    }
}

impl<T> EventStream<T> {
    /// The status.
    pub fn status(&self) -> StatusCode {
        self.head.status
    }

    /// The headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.head.get().headers
    }

    head_methods!();

    /// What was sent before this stream came, and what brought it.
    pub fn attempts(&self) -> &[Attempt] {
        &self.attempts
    }

    #[expect(clippy::unnecessary_wraps, reason = "an error may have no head")]
    fn head(&self) -> Option<&Head> {
        Some(self.head.get())
    }
}

impl<T: StreamEvent + Unpin> Stream for EventStream<T> {
    type Item = Result<T>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<T>>> {
        let next = ready!(self.get_mut().poll_frame(cx));
        Poll::Ready(next.map(|next| next.map(|(_, event)| event)))
    }
}

impl<T> fmt::Debug for EventStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventStream")
            .field("status", &self.head.status)
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}

const DONE: &[u8] = b"[DONE]";
/// What the filter says of the prompt, who speaks, and the first piece of what is said. Where more
/// comes before the answer begins, there is more room.
const USUALLY_HELD: usize = 3;
/// Far more than answers begin with.
const MOST_HELD: usize = 64;
/// Room for a response that repeats long instructions and all tools, twice.
const MOST_BYTES_HELD: usize = 1024 * 1024;
