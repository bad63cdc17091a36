//! Server-sent events: bytes in, frames out, no I/O.
//!
//! [`Decoder`] follows the rules of the HTML standard for interpreting an event stream: LF, CRLF
//! and lone CR end a line wherever the network cut it, a byte-order mark is skipped, several `data`
//! lines are one text, comments count as nothing.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use bytes::{Buf as _, Bytes, BytesMut};
use memchr::{memchr, memchr2};

/// Splits bytes into server-sent events.
///
/// Every byte is looked at once, however the network cut the stream, and an event that arrived in
/// one piece is not copied.
///
/// ```
/// use aoai_http::sse::Decoder;
///
/// let mut decoder = Decoder::new();
/// decoder.push("data: {\"a\":".into());
/// assert!(decoder.next_frame()?.is_none());
/// decoder.push("1}\n\ndata: [DONE]\n\n".into());
/// assert_eq!(decoder.next_frame()?.unwrap().data(), "{\"a\":1}");
/// assert_eq!(decoder.next_frame()?.unwrap().data(), "[DONE]");
/// assert!(decoder.next_frame()?.is_none());
/// # Ok::<(), aoai_http::sse::TooLong>(())
/// ```
#[derive(Debug)]
pub struct Decoder {
    /// What has not been looked at yet.
    unread: Bytes,
    /// The beginning of a line whose end has not arrived.
    partial: BytesMut,
    /// A carriage return ended the last line, so a line feed that follows belongs to it.
    after_cr: bool,
    /// The first line may begin with a byte-order mark.
    at_start: bool,
    data: Data,
    event: Bytes,
    id: Bytes,
    retry: Option<Duration>,
    limit: usize,
}

/// The `data` lines of an event so far.
#[derive(Debug, Default)]
enum Data {
    #[default]
    None,
    One(Bytes),
    Many(BytesMut),
}

impl Decoder {
    /// The longest event that [`new`](Self::new) takes: 16 MiB.
    pub const DEFAULT_LIMIT: usize = 16 * 1024 * 1024;

    /// A decoder at the beginning of a stream.
    pub fn new() -> Self {
        Self::with_limit(Self::DEFAULT_LIMIT)
    }

    /// A decoder that refuses events longer than `limit` bytes.
    pub fn with_limit(limit: usize) -> Self {
        Self {
            unread: Bytes::new(),
            partial: BytesMut::new(),
            after_cr: false,
            at_start: true,
            data: Data::None,
            event: Bytes::new(),
            id: Bytes::new(),
            retry: None,
            limit,
        }
    }

    /// Takes the next bytes of the stream; [`next_frame`](Self::next_frame) says what they held.
    pub fn push(&mut self, bytes: Bytes) {
        if self.unread.is_empty() {
            self.unread = bytes;
        } else {
            let mut joined = BytesMut::from(&*self.unread);
            joined.extend_from_slice(&bytes);
            self.unread = joined.freeze();
        }
    }

    /// The next whole event; `None` where more bytes are needed.
    ///
    /// # Errors
    ///
    /// A line or an event is longer than the limit. The stream cannot be read on.
    pub fn next_frame(&mut self) -> Result<Option<Frame>, TooLong> {
        loop {
            if self.after_cr && !self.unread.is_empty() {
                self.after_cr = false;
                if self.unread[0] == b'\n' {
                    self.unread.advance(1);
                }
            }
            let Some(end) = memchr2(b'\n', b'\r', &self.unread) else {
                return self.keep_partial().map(|()| None);
            };
            self.after_cr = self.unread[end] == b'\r';
            let line = if self.partial.is_empty() {
                self.unread.split_to(end)
            } else {
                self.partial.extend_from_slice(&self.unread[..end]);
                self.unread.advance(end);
                self.partial.split().freeze()
            };
            self.unread.advance(1);
            if let Some(frame) = self.line(line)? {
                return Ok(Some(frame));
            }
        }
    }

    /// The event that the stream ended in the middle of, if there is one.
    ///
    /// The standard discards it, and so should whoever cares for its content: it may be cut.
    pub fn finish(mut self) -> Option<Frame> {
        let rest = self.partial.split().freeze();
        self.line(rest).ok()?;
        self.dispatch()
    }

    /// The last reconnection time that the stream asked for.
    pub fn retry(&self) -> Option<Duration> {
        self.retry
    }

    /// Moves a line without an end out of the way of the next bytes.
    fn keep_partial(&mut self) -> Result<(), TooLong> {
        let rest = std::mem::take(&mut self.unread);
        self.check(self.partial.len() + rest.len())?;
        self.partial.extend_from_slice(&rest);
        Ok(())
    }

    fn line(&mut self, mut line: Bytes) -> Result<Option<Frame>, TooLong> {
        if self.at_start {
            self.at_start = false;
            if line.starts_with(BYTE_ORDER_MARK) {
                line.advance(BYTE_ORDER_MARK.len());
            }
        }
        if line.is_empty() {
            return Ok(self.dispatch());
        }
        let (name, value_at) = match memchr(b':', &line) {
            Some(colon) => {
                let space = line.get(colon + 1) == Some(&b' ');
                (&line[..colon], colon + 1 + usize::from(space))
            }
            None => (&line[..], line.len()),
        };
        match name {
            b"data" => {
                line.advance(value_at);
                self.append(line)?;
            }
            b"event" => self.event = line.slice(value_at..),
            // Kept for the rest of the stream, it must not hold on to the network's buffer.
            b"id" if !line[value_at..].contains(&0) => {
                self.id = Bytes::copy_from_slice(&line[value_at..]);
            }
            b"retry" => self.retry = milliseconds(&line[value_at..]).or(self.retry),
            _ => {}
        }
        Ok(None)
    }

    fn append(&mut self, value: Bytes) -> Result<(), TooLong> {
        self.data = match std::mem::take(&mut self.data) {
            Data::None => {
                self.check(value.len())?;
                Data::One(value)
            }
            Data::One(first) => {
                let mut all = BytesMut::with_capacity(first.len() + value.len() + 1);
                all.extend_from_slice(&first);
                self.join(all, &value)?
            }
            Data::Many(all) => self.join(all, &value)?,
        };
        Ok(())
    }

    fn join(&self, mut all: BytesMut, value: &[u8]) -> Result<Data, TooLong> {
        self.check(all.len() + value.len() + 1)?;
        all.extend_from_slice(b"\n");
        all.extend_from_slice(value);
        Ok(Data::Many(all))
    }

    fn dispatch(&mut self) -> Option<Frame> {
        let event = std::mem::take(&mut self.event);
        let data = match std::mem::take(&mut self.data) {
            Data::None => return None,
            Data::One(line) => line,
            Data::Many(lines) => lines.freeze(),
        };
        Some(Frame {
            event,
            data,
            id: self.id.clone(),
            retry: self.retry,
        })
    }

    fn check(&self, length: usize) -> Result<(), TooLong> {
        if length > self.limit {
            return Err(TooLong { limit: self.limit });
        }
        Ok(())
    }
}

impl Default for Decoder {
    fn default() -> Self {
        Self::new()
    }
}

/// One server-sent event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    event: Bytes,
    data: Bytes,
    id: Bytes,
    retry: Option<Duration>,
}

impl Frame {
    /// The event's type; `message` where the stream gave none.
    pub fn event(&self) -> Cow<'_, str> {
        if self.event.is_empty() {
            return Cow::Borrowed("message");
        }
        String::from_utf8_lossy(&self.event)
    }

    /// The event's data; what is not UTF-8 in it is replaced.
    pub fn data(&self) -> Cow<'_, str> {
        // Checking is several times quicker than looking for what is to be replaced.
        match std::str::from_utf8(&self.data) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => String::from_utf8_lossy(&self.data),
        }
    }

    /// The event's data as it came.
    pub fn bytes(&self) -> &Bytes {
        &self.data
    }

    /// The last id that the stream gave up to here; empty where it gave none.
    pub fn id(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.id)
    }

    /// The last reconnection time that the stream asked for up to here.
    pub fn retry(&self) -> Option<Duration> {
        self.retry
    }
}

/// An event that is longer than the decoder's limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TooLong {
    /// The limit, in bytes.
    pub limit: usize,
}

impl TooLong {
    /// The error of a decoder with this limit, in bytes.
    pub const fn of(limit: usize) -> Self {
        Self { limit }
    }
}

impl fmt::Display for TooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "an event of the stream is longer than the limit of {} bytes",
            self.limit
        )
    }
}

impl std::error::Error for TooLong {}

/// Digits only, as the standard wants; a number beyond all measure is the largest.
fn milliseconds(value: &[u8]) -> Option<Duration> {
    if value.is_empty() || !value.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let number = value.iter().fold(0_u64, |number, digit| {
        number
            .saturating_mul(10)
            .saturating_add(u64::from(digit - b'0'))
    });
    Some(Duration::from_millis(number))
}

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";
