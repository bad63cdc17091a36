//! Files that are read while they are sent.

use std::io::{self, Read as _};
use std::sync::Arc;

use aoai_types::operation::OpenFile;
use bytes::Bytes;
use futures_core::Stream;
use tokio::sync::mpsc;

use super::PIECE;

/// The content of a file, opened anew, read where blocking is allowed and at most a few pieces
/// ahead. It fails where it is not of the length that was announced, if any was: the end of the form
/// would be lost.
pub(super) fn open(
    file: &Arc<dyn OpenFile>,
    announced: Option<u64>,
) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
    let file = Arc::clone(file);
    let (pieces, mut read) = mpsc::channel(AHEAD);
    tokio::task::spawn_blocking(move || {
        let fail = |error| drop(pieces.blocking_send(Err(error)));
        let mut content = match file.open() {
            Ok(content) => content,
            Err(error) => return fail(error),
        };
        let mut read = 0;
        loop {
            let mut piece = Vec::with_capacity(PIECE);
            let more = match content.by_ref().take(PIECE as u64).read_to_end(&mut piece) {
                Ok(more) => more as u64,
                Err(error) => return fail(error),
            };
            read += more;
            if let Some(told) = changed(announced, read, more == 0) {
                return fail(io::Error::other(told));
            }
            // The other end is gone when the request is given up.
            if more == 0 || pieces.blocking_send(Ok(piece.into())).is_err() {
                return;
            }
        }
    });
    futures_util::stream::poll_fn(move |cx| read.poll_recv(cx))
}

/// How the file has changed since its length was announced, if that is to be seen.
fn changed(announced: Option<u64>, read: u64, at_end: bool) -> Option<String> {
    let announced = announced?;
    if read > announced {
        return Some(format!(
            "the file grew while it was sent: it had {announced} bytes"
        ));
    }
    let gone = announced - read;
    (at_end && gone > 0).then(|| {
        format!("the file shrank while it was sent: {gone} of its {announced} bytes are gone")
    })
}

const AHEAD: usize = 2;
