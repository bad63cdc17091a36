//! What whoever watches a call hears of its stream.

use std::task::Poll;

use aoai_types::StreamEvent;

use super::EventStream;
use crate::error::Result;
use crate::sse::Frame;
use crate::telemetry::Observation;

impl<T: StreamEvent> EventStream<T> {
    /// Has the call watched to its end.
    pub(crate) fn observed(opened: Result<Self>, mut seen: Observation) -> Result<Self> {
        match opened {
            Ok(mut stream) if seen.is_on() => {
                let held = stream.held.iter();
                seen.began(held.map(|(frame, event)| (frame.bytes(), event)));
                stream.seen = Some(Box::new(seen));
                stream.notice_end();
                Ok(stream)
            }
            Ok(stream) => Ok(stream),
            Err(error) => {
                seen.failed(&error);
                Err(error)
            }
        }
    }

    /// Tells whoever watches that nothing more will come, where that is so.
    fn notice_end(&mut self) {
        let over = self.wire.is_none() && self.held.is_empty() && self.failed.is_none();
        if let Some(mut seen) = self.seen.take_if(|_| over) {
            seen.streamed(self.head.status, self.apim_request_id(), &self.attempts);
        }
    }

    /// Tells whoever watches what the caller gets.
    #[cold]
    pub(super) fn notice(&mut self, polled: &Poll<Option<Result<(Frame, T)>>>) {
        let Some(seen) = &mut self.seen else {
            return;
        };
        match polled {
            Poll::Pending => return,
            Poll::Ready(Some(Ok((_, event)))) => seen.used(event.usage()),
            Poll::Ready(Some(Err(error))) => seen.failed(error),
            Poll::Ready(None) => {}
        }
        self.notice_end();
    }
}
