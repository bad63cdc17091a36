//! Forms as reqwest sends them.

use std::io;
use std::sync::Arc;

use aoai_types::operation::{Part, PartBody};
use bytes::Bytes;
use futures_core::Stream;
use futures_util::{StreamExt as _, stream};
use reqwest::{Body, multipart};

use self::file::open;
pub(crate) use self::progress::Progress;
use crate::error::{Error, ErrorKind, Result};

mod file;
mod progress;

/// The parts as a form; files are opened when it is sent. Every piece that is taken is noted.
pub(super) fn form(parts: &[Part], progress: Option<&Arc<Progress>>) -> Result<multipart::Form> {
    let mut form = multipart::Form::new();
    for part in parts {
        let mut body = match &part.body {
            PartBody::Bytes(bytes) => {
                let stream = noted(stream::iter(pieces(bytes.clone()).map(Ok)), progress);
                multipart::Part::stream_with_length(stream, bytes.len() as u64)
            }
            PartBody::Open(file) => {
                let length = file.len();
                let stream = noted(open(file, length), progress);
                match length {
                    Some(length) => multipart::Part::stream_with_length(stream, length),
                    None => multipart::Part::stream(stream),
                }
            }
            _ => return Err(Error::new(ErrorKind::Request, "a part of an unknown form")),
        };
        if let Some(name) = &part.file_name {
            body = body.file_name(name.clone());
        }
        if let Some(media_type) = &part.content_type {
            body = body.mime_str(media_type).map_err(|error| {
                let message = format!("{media_type:?} is no media type");
                Error::new(ErrorKind::Request, message).with_source(error)
            })?;
        }
        form = form.part(part.name.clone(), body);
    }
    Ok(form)
}

/// The bytes, a piece at a time.
fn pieces(mut bytes: Bytes) -> impl Iterator<Item = Bytes> + Send {
    std::iter::from_fn(move || {
        let piece = bytes.split_to(bytes.len().min(PIECE));
        (!piece.is_empty()).then_some(piece)
    })
}

fn noted(
    pieces: impl Stream<Item = io::Result<Bytes>> + Send + 'static,
    progress: Option<&Arc<Progress>>,
) -> Body {
    let progress = progress.cloned();
    Body::wrap_stream(pieces.inspect(move |_| {
        if let Some(progress) = &progress {
            progress.note();
        }
    }))
}

/// How much is sent at once.
const PIECE: usize = 64 * 1024;
