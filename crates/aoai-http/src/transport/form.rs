//! Forms as reqwest sends them.

use aoai_types::operation::{Part, PartBody};
use reqwest::multipart;

use self::file::open;
use crate::error::{Error, ErrorKind, Result};

mod file;

/// The parts as a form; files are opened when it is sent.
pub(super) fn form(parts: &[Part]) -> Result<multipart::Form> {
    let mut form = multipart::Form::new();
    for part in parts {
        let mut body = match &part.body {
            PartBody::Bytes(bytes) => multipart::Part::stream(bytes.clone()),
            PartBody::Open(file) => {
                let length = file.len();
                let stream = reqwest::Body::wrap_stream(open(file, length));
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
