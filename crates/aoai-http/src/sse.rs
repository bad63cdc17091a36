//! Server-sent events: bytes in, frames out, no I/O.
//!
//! [`Decoder`] follows the rules of the HTML standard for interpreting an event stream: LF, CRLF
//! and lone CR end a line wherever the network cut it, a byte-order mark is skipped, several `data`
//! lines are one text, comments count as nothing.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
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
    /// What came last.
    chunk: Bytes,
    /// Where in it the next line begins.
    at: usize,
    /// The beginning of that line, where it came earlier.
    partial: Vec<u8>,
    fields: Fields,
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
            chunk: Bytes::new(),
            at: 0,
            partial: Vec::new(),
            fields: Fields {
                at_start: true,
                after_cr: false,
                data: Data::None,
                event: None,
                id: None,
                retry: None,
                limit,
            },
        }
    }

    /// Takes the next bytes of the stream; [`next_frame`](Self::next_frame) says what they held.
    #[inline]
    pub fn push(&mut self, bytes: Bytes) {
        if self.at < self.chunk.len() {
            return self.append(&bytes);
        }
        self.chunk = bytes;
        self.at = 0;
    }

    /// Takes more, though not all that came before has been read.
    #[cold]
    fn append(&mut self, bytes: &[u8]) {
        let mut joined = BytesMut::from(&self.chunk[self.at..]);
        joined.extend_from_slice(bytes);
        self.chunk = joined.freeze();
        self.at = 0;
    }

    /// The next whole event; `None` where more bytes are needed.
    ///
    /// # Errors
    ///
    /// A line or an event is longer than the limit. The stream cannot be read on.
    #[inline]
    pub fn next_frame(&mut self) -> Result<Option<Frame>, TooLong> {
        // Asked for after every event that came alone.
        if self.chunk.is_empty() {
            return Ok(None);
        }
        self.read_on()
    }

    fn read_on(&mut self) -> Result<Option<Frame>, TooLong> {
        while self.at < self.chunk.len() {
            let rest = &self.chunk[self.at..];
            if std::mem::take(&mut self.fields.after_cr) && rest[0] == b'\n' {
                self.at += 1;
                continue;
            }
            let length = match rest[0] {
                // Every other line is the empty one that ends an event: not worth a search.
                b'\n' | b'\r' => 0,
                _ => match memchr2(b'\n', b'\r', rest) {
                    Some(length) => length,
                    None => return self.keep_partial().map(|()| None),
                },
            };
            if rest[length..].starts_with(b"\n\n")
                && self.partial.is_empty()
                && let Some(data) = self.fields.only_data(&rest[..length])?
            {
                let end = self.at + length;
                let data = self.take(end - data.len()..end, b"\n\n".len());
                return Ok(Some(self.fields.frame(data)));
            }
            let line = self.at..self.at + length;
            self.fields.after_cr = rest[length] == b'\r';
            self.at = line.end + 1;
            let whole;
            let (source, line) = if self.partial.is_empty() {
                (&self.chunk, line)
            } else {
                self.partial.extend_from_slice(&self.chunk[line]);
                whole = Bytes::from(std::mem::take(&mut self.partial));
                (&whole, 0..whole.len())
            };
            if self.fields.line(source, line)? == Line::Empty
                && let Some(frame) = self.fields.dispatch()
            {
                return Ok(Some(frame));
            }
        }
        self.release();
        Ok(None)
    }

    /// The event that the stream ended in the middle of, if there is one.
    ///
    /// The standard discards it, and so should whoever cares for its content: it may be cut.
    pub fn finish(mut self) -> Option<Frame> {
        // The end of its line, and its own.
        self.push(Bytes::from_static(b"\n\n"));
        self.next_frame().ok()?
    }

    /// The last reconnection time that the stream asked for.
    pub fn retry(&self) -> Option<Duration> {
        self.fields.retry
    }

    /// Takes a part of what came last out of it, and goes on `after` bytes behind.
    fn take(&mut self, part: Range<usize>, after: usize) -> Bytes {
        self.at = part.end + after;
        if self.at < self.chunk.len() {
            return self.chunk.slice(part);
        }
        // Nobody else needs it any more.
        let mut data = std::mem::take(&mut self.chunk);
        self.at = 0;
        data.truncate(part.end);
        data.advance(part.start);
        data
    }

    /// Moves a line without an end out of the way of the next bytes.
    fn keep_partial(&mut self) -> Result<(), TooLong> {
        let rest = &self.chunk[self.at..];
        self.fields.check(self.partial.len() + rest.len())?;
        self.partial.extend_from_slice(rest);
        self.release();
        Ok(())
    }

    /// Lets go of what has been read: whoever waits for more must not hold on to the network's
    /// buffer.
    fn release(&mut self) {
        self.chunk = Bytes::new();
        self.at = 0;
    }
}

/// What the lines of a stream have said: the event under way, and what outlives it.
#[derive(Debug)]
struct Fields {
    /// The first line may begin with a byte-order mark.
    at_start: bool,
    /// A carriage return ended the last line, so a line feed that follows belongs to it.
    after_cr: bool,
    data: Data,
    event: Option<Bytes>,
    id: Option<Bytes>,
    retry: Option<Duration>,
    limit: usize,
}

/// The `data` lines of an event so far.
#[derive(Debug, Default)]
enum Data {
    #[default]
    None,
    One(Bytes),
    Many(Vec<u8>),
}

/// What a line was.
#[derive(Debug, PartialEq, Eq)]
enum Line {
    /// It ends the event.
    Empty,
    Field,
}

impl Fields {
    /// The value of a line that is all the data of its event, as nearly all lines are.
    #[inline]
    fn only_data<'a>(&mut self, line: &'a [u8]) -> Result<Option<&'a [u8]>, TooLong> {
        let (Some(value), Data::None) = (line.strip_prefix(b"data:"), &self.data) else {
            return Ok(None);
        };
        let value = value.strip_prefix(b" ").unwrap_or(value);
        self.check(value.len())?;
        self.at_start = false;
        Ok(Some(value))
    }

    /// Takes in a line of `source`.
    fn line(&mut self, source: &Bytes, line: Range<usize>) -> Result<Line, TooLong> {
        let mut begin = line.start;
        if std::mem::take(&mut self.at_start) && source[line.clone()].starts_with(BYTE_ORDER_MARK) {
            begin += BYTE_ORDER_MARK.len();
        }
        let text = &source[begin..line.end];
        if text.is_empty() {
            return Ok(Line::Empty);
        }
        let (name, value_at) = match memchr(b':', text) {
            Some(colon) => {
                let space = text.get(colon + 1) == Some(&b' ');
                (&text[..colon], colon + 1 + usize::from(space))
            }
            None => (text, text.len()),
        };
        let value = &text[value_at..];
        match name {
            b"data" => self.append(source.slice(begin + value_at..line.end))?,
            b"event" => self.event = unless_empty(source.slice(begin + value_at..line.end)),
            // Kept for the rest of the stream, it must not hold on to the network's buffer.
            b"id" if !value.contains(&0) => self.id = unless_empty(Bytes::copy_from_slice(value)),
            b"retry" => self.retry = milliseconds(value).or(self.retry),
            _ => {}
        }
        Ok(Line::Field)
    }

    fn append(&mut self, value: Bytes) -> Result<(), TooLong> {
        self.data = match std::mem::take(&mut self.data) {
            Data::None => {
                self.check(value.len())?;
                Data::One(value)
            }
            Data::One(first) => self.join(first.to_vec(), &value)?,
            Data::Many(all) => self.join(all, &value)?,
        };
        Ok(())
    }

    fn join(&self, mut all: Vec<u8>, value: &[u8]) -> Result<Data, TooLong> {
        self.check(all.len() + value.len() + 1)?;
        all.extend_from_slice(b"\n");
        all.extend_from_slice(value);
        Ok(Data::Many(all))
    }

    fn dispatch(&mut self) -> Option<Frame> {
        let data = match std::mem::take(&mut self.data) {
            Data::None => {
                self.event = None;
                return None;
            }
            Data::One(line) => line,
            Data::Many(lines) => lines.into(),
        };
        Some(self.frame(data))
    }

    #[inline]
    fn frame(&mut self, data: Bytes) -> Frame {
        Frame {
            event: self.event.take(),
            data,
            id: self.id.clone(),
            retry: self.retry,
        }
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
    event: Option<Bytes>,
    data: Bytes,
    id: Option<Bytes>,
    retry: Option<Duration>,
}

impl Frame {
    /// The event's type; `message` where the stream gave none.
    pub fn event(&self) -> Cow<'_, str> {
        match &self.event {
            Some(event) => String::from_utf8_lossy(event),
            None => Cow::Borrowed("message"),
        }
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
        String::from_utf8_lossy(self.id.as_deref().unwrap_or_default())
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

fn unless_empty(bytes: Bytes) -> Option<Bytes> {
    Some(bytes).filter(|bytes| !bytes.is_empty())
}

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
