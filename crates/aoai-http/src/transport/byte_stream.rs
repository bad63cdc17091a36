//! A body that is still to come.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use aoai_auth::Clock;
use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use futures_util::{StreamExt as _, stream};

use super::too_large;
use crate::error::{Error, ErrorKind, Result};

/// A body as it comes from the network; nothing is read ahead.
///
/// Dropping it before its end closes the connection.
pub struct ByteStream {
    chunks: Pin<Box<dyn Stream<Item = Result<Bytes>> + Send>>,
    watch: Option<Watch>,
}

impl ByteStream {
    /// A body of these chunks.
    pub fn new(chunks: impl Stream<Item = Result<Bytes>> + Send + 'static) -> Self {
        Self {
            chunks: Box::pin(chunks),
            watch: None,
        }
    }

    /// The same, ended by an error where it takes too long.
    pub(crate) fn watched(mut self, watch: Watch) -> Self {
        self.watch = Some(watch);
        self
    }

    /// Reads to the end; `length` is what the head announced.
    pub(crate) async fn read_whole(&mut self, length: Option<u64>, limit: usize) -> Result<Bytes> {
        let announced = length.and_then(|length| usize::try_from(length).ok());
        if announced.is_some_and(|length| length > limit) {
            return Err(too_large(limit));
        }
        let Some(first) = self.next().await.transpose()? else {
            return Ok(Bytes::new());
        };
        let Some(second) = self.next().await.transpose()? else {
            return if first.len() > limit {
                Err(too_large(limit))
            } else {
                Ok(first)
            };
        };
        // Trusted up to a point only: whoever announces much must still send it.
        let capacity = announced.unwrap_or_default().min(TRUSTED_LENGTH);
        let mut whole = BytesMut::with_capacity(capacity.max(first.len() + second.len()));
        whole.extend_from_slice(&first);
        whole.extend_from_slice(&second);
        drop((first, second));
        while whole.len() <= limit {
            match self.next().await.transpose()? {
                Some(chunk) => whole.extend_from_slice(&chunk),
                None => return Ok(whole.freeze()),
            }
        }
        Err(too_large(limit))
    }

    /// Reads until the end, an error or the limit, and keeps what came.
    pub(crate) async fn read_some(&mut self, limit: usize) -> Bytes {
        let mut some = BytesMut::new();
        while some.len() < limit {
            match self.next().await {
                Some(Ok(chunk)) => some.extend_from_slice(&chunk),
                Some(Err(_)) | None => break,
            }
        }
        some.truncate(limit);
        some.freeze()
    }
}

impl Stream for ByteStream {
    type Item = Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes>>> {
        let this = &mut *self;
        match (this.chunks.as_mut().poll_next(cx), &mut this.watch) {
            (Poll::Ready(item), Some(watch)) => {
                watch.heard();
                Poll::Ready(item)
            }
            (Poll::Pending, Some(watch)) => watch.poll(cx).map(|error| {
                // Whoever reads on is at the end, and holds no connection.
                *this = Self::new(stream::empty());
                Some(Err(error))
            }),
            (poll, None) => poll,
        }
    }
}

impl From<Bytes> for ByteStream {
    fn from(bytes: Bytes) -> Self {
        Self::new(stream::iter([Ok(bytes)]))
    }
}

impl fmt::Debug for ByteStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ByteStream")
    }
}

/// Ends a body that pauses too long or takes too long.
pub(crate) struct Watch {
    clock: Arc<dyn Clock>,
    idle: Option<Duration>,
    /// When the body must be over, by the clock.
    deadline: Option<Duration>,
    /// When the wait for the next piece began.
    last: Option<Duration>,
    // One for many chunks: when it goes off, it is looked at how long the silence really was.
    timer: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
}

impl Watch {
    pub(crate) fn new(
        clock: Arc<dyn Clock>,
        idle: Option<Duration>,
        deadline: Option<Duration>,
    ) -> Self {
        Self {
            clock,
            idle,
            deadline,
            last: None,
            timer: None,
        }
    }

    /// Something came. The silence begins when more is waited for, which may be much later.
    fn heard(&mut self) {
        self.last = None;
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Error> {
        loop {
            let now = self.clock.elapsed();
            let last = *self.last.get_or_insert(now);
            let silent_at = self.idle.map(|idle| last.saturating_add(idle));
            let Some(end) = silent_at.into_iter().chain(self.deadline).min() else {
                return Poll::Pending;
            };
            if now >= end {
                return Poll::Ready(self.error(now));
            }
            let (clock, silence) = (&self.clock, end.saturating_sub(now));
            let timer = self
                .timer
                .get_or_insert_with(|| Arc::clone(clock).expire(silence));
            match timer.as_mut().poll(cx) {
                Poll::Ready(()) => self.timer = None,
                Poll::Pending => return Poll::Pending,
            }
        }
    }

    fn error(&self, now: Duration) -> Error {
        let message = match self.deadline {
            Some(deadline) if now >= deadline => {
                "the answer was not complete within the total timeout".to_owned()
            }
            _ => {
                let idle = self.idle.unwrap_or_default();
                format!("nothing came for {idle:?} in the middle of the answer")
            }
        };
        Error::new(ErrorKind::Timeout, message)
    }
}

/// Room that is made on the strength of an announcement alone.
const TRUSTED_LENGTH: usize = 4 * 1024 * 1024;
