//! Reading a body on after its answer ended, so that the connection can be used again.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use aoai_auth::Clock;
use futures_core::Stream as _;
use futures_util::StreamExt as _;

use crate::policies::exchange::within;
use crate::transport::ByteStream;

/// Whether nothing more comes; what does is dropped.
pub(super) fn is_over(body: &mut ByteStream, cx: &mut Context<'_>) -> bool {
    let next = Pin::new(body).poll_next(cx);
    matches!(next, Poll::Ready(None | Some(Err(_))))
}

/// Reads what is there, and leaves a rest that is still to come to a task of its own. Whatever is
/// longer or slower than is worth a connection is dropped, which closes it.
pub(super) fn drain(mut body: ByteStream, clock: &Arc<dyn Clock>, cx: &mut Context<'_>) {
    let mut read = 0;
    while read <= WORTH_READING {
        match Pin::new(&mut body).poll_next(cx) {
            Poll::Ready(Some(Ok(bytes))) => read += bytes.len(),
            Poll::Ready(Some(Err(_)) | None) => return,
            Poll::Pending => {
                // Without a runtime nobody could read on.
                if let Ok(runtime) = tokio::runtime::Handle::try_current() {
                    let clock = Arc::clone(clock);
                    runtime.spawn(async move {
                        within(&clock, Some(WORTH_WAITING), rest(body, read)).await;
                    });
                }
                return;
            }
        }
    }
}

async fn rest(mut body: ByteStream, mut read: usize) {
    while let Some(Ok(bytes)) = body.next().await {
        read += bytes.len();
        if read > WORTH_READING {
            return;
        }
    }
}

const WORTH_READING: usize = 64 * 1024;
const WORTH_WAITING: Duration = Duration::from_secs(1);
