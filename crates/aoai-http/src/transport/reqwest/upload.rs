//! Files that are read while they are sent.

use std::io::{self, Read as _};
use std::sync::Arc;

use aoai_types::operation::OpenFile;
use bytes::Bytes;
use futures_core::Stream;
use tokio::sync::mpsc;

/// The content of a file, opened anew, read where blocking is allowed and at most a few pieces
/// ahead.
pub(crate) fn open(
    file: &Arc<dyn OpenFile>,
) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
    let file = Arc::clone(file);
    let (pieces, mut read) = mpsc::channel(AHEAD);
    tokio::task::spawn_blocking(move || {
        let fail = |error| drop(pieces.blocking_send(Err(error)));
        let mut content = match file.open() {
            Ok(content) => content,
            Err(error) => return fail(error),
        };
        loop {
            let mut piece = Vec::with_capacity(PIECE);
            match content.by_ref().take(PIECE as u64).read_to_end(&mut piece) {
                Ok(0) => return,
                // The other end is gone when the request is given up.
                Ok(_) if pieces.blocking_send(Ok(piece.into())).is_err() => return,
                Ok(_) => {}
                Err(error) => return fail(error),
            }
        }
    });
    futures_util::stream::poll_fn(move |cx| read.poll_recv(cx))
}

const PIECE: usize = 64 * 1024;
const AHEAD: usize = 2;
