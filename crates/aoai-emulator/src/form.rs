//! `multipart/form-data`, the body of an upload.

use bytes::Bytes;
use futures_util::{FutureExt, stream};
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use multer::Multipart;

use crate::refusal::Refusal;

/// A form as it came.
#[derive(Debug, Default)]
pub(crate) struct Form {
    /// Names and values of its fields.
    pub(crate) texts: Vec<(String, String)>,
    pub(crate) files: Vec<File>,
}

/// A file of a form.
#[derive(Clone, Debug)]
pub(crate) struct File {
    /// The field's name.
    pub(crate) field: String,
    pub(crate) name: String,
    pub(crate) content_type: Option<String>,
    pub(crate) content: Bytes,
}

impl Form {
    /// Reads a form; `content_type` is the request's, with the boundary.
    pub(crate) fn read(content_type: &str, body: Bytes) -> Result<Self, Refusal> {
        // Blanks may stand before the parameters, which the parser does not know.
        let (_, parameters) = content_type.split_once(';').unwrap_or_default();
        let boundary = multer::parse_boundary(format!("{FORM};{parameters}"))
            .map_err(|_| Refusal::broken_form())?;
        let body = stream::once(std::future::ready(Ok::<_, multer::Error>(body)));
        let parts = Multipart::new(body, boundary);
        // All of the body is there, so there is nothing to wait for.
        let read = collect(parts).now_or_never();
        read.unwrap_or(Err(multer::Error::IncompleteStream))
            .map_err(|_| Refusal::broken_form())
    }
}

/// What a request says that its body is.
pub(crate) fn content_type(headers: &HeaderMap) -> &str {
    let kind = headers.get(CONTENT_TYPE);
    kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default()
}

/// Whether a body of this content type is a form.
pub(crate) fn is_form(content_type: &str) -> bool {
    let media_type = content_type.split(';').next().unwrap_or_default();
    media_type.trim().eq_ignore_ascii_case(FORM)
}

impl File {
    /// Whether it is a value of `field`, or of the list of that name: `image[]`.
    pub(crate) fn is_of(&self, field: &str) -> bool {
        self.field.strip_suffix("[]").unwrap_or(&self.field) == field
    }
}

async fn collect(mut parts: Multipart<'_>) -> multer::Result<Form> {
    let mut form = Form::default();
    while let Some(part) = parts.next_field().await? {
        if form.texts.len() + form.files.len() == MOST_PARTS {
            return Err(multer::Error::StreamSizeExceeded {
                limit: MOST_PARTS as u64,
            });
        }
        let field = part.name().unwrap_or_default().to_owned();
        let Some(name) = part.file_name().map(str::to_owned) else {
            form.texts.push((field, part.text().await?));
            continue;
        };
        form.files.push(File {
            field,
            name,
            content_type: part.content_type().map(ToString::to_string),
            content: part.bytes().await?,
        });
    }
    Ok(form)
}

/// The media type of forms.
pub(crate) const FORM: &str = "multipart/form-data";

/// The most parts that a form may have.
const MOST_PARTS: usize = 1000;
