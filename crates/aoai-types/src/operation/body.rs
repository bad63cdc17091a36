//! What a request's body can be.

use std::fmt;
use std::io;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Error as _, Serialize, SerializeStruct as _, Serializer};

/// The body of a request; each form can be sent more than once.
///
/// ```
/// use aoai_types::files::UploadFile;
/// use aoai_types::operation::{Body, Encode, FilePart, Operation};
/// use aoai_types::Surface;
///
/// let upload = UploadFile::new(FilePart::new("lines.jsonl", "{}\n"), "batch");
/// let Body::Multipart(parts) = upload.to_wire(&Encode::new(Surface::V1))?.body else {
///     panic!("not a form");
/// };
/// let names: Vec<_> = parts.iter().map(|part| part.name.as_str()).collect();
/// assert_eq!(names, ["purpose", "file"]);
/// # Ok::<(), aoai_types::operation::EncodeError>(())
/// ```
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub enum Body {
    /// None.
    #[default]
    Empty,
    /// A JSON document, written.
    Json(Bytes),
    /// `multipart/form-data`; the transport chooses the boundary.
    Multipart(Vec<Part>),
}

/// One part of a form.
///
/// ```
/// use aoai_types::operation::{FilePart, Part};
///
/// let purpose = Part::text("purpose", "batch");
/// assert_eq!((purpose.name.as_str(), purpose.content_type), ("purpose", None));
///
/// let file = Part::file("file", &FilePart::new("lines.jsonl", "{}\n"));
/// assert_eq!(file.file_name.as_deref(), Some("lines.jsonl"));
/// assert_eq!(file.content_type.as_deref(), Some("application/octet-stream"));
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Part {
    /// The name of the form's field.
    pub name: String,
    /// The name of the file, where it is one.
    pub file_name: Option<String>,
    /// The media type, where one is said.
    pub content_type: Option<String>,
    /// The content.
    pub body: PartBody,
}

impl Part {
    /// A field of text.
    pub fn text(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            file_name: None,
            content_type: None,
            body: PartBody::Bytes(Bytes::from(value.into())),
        }
    }

    /// A file; one whose media type is not said is `application/octet-stream`, because the service
    /// refuses a file without any.
    pub fn file(name: impl Into<String>, file: &FilePart) -> Self {
        let content_type = file.content_type.as_deref();
        Self {
            name: name.into(),
            file_name: Some(file.name.clone()),
            content_type: Some(
                content_type
                    .unwrap_or("application/octet-stream")
                    .to_owned(),
            ),
            body: file.body.clone(),
        }
    }
}

/// The content of a part.
///
/// ```
/// use std::io::{self, Read as _};
///
/// use aoai_types::operation::{FilePart, PartBody};
///
/// /// Sends a part, piece by piece where it is not in memory.
/// fn send(body: &PartBody, to: &mut impl io::Write) -> io::Result<u64> {
///     match body {
///         PartBody::Bytes(bytes) => to.write_all(bytes).map(|()| bytes.len() as u64),
///         PartBody::Open(file) => io::copy(&mut file.open()?, to),
///         _ => Err(io::ErrorKind::Unsupported.into()),
///     }
/// }
///
/// let mut sent = Vec::new();
/// assert_eq!(send(&FilePart::new("a.txt", "abc").body, &mut sent)?, 3);
/// assert_eq!(sent, b"abc");
/// # Ok::<(), io::Error>(())
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub enum PartBody {
    /// In memory.
    Bytes(Bytes),
    /// Elsewhere, read anew for each attempt and never whole in memory.
    Open(Arc<dyn OpenFile>),
}

impl fmt::Debug for PartBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bytes(bytes) => write!(f, "{} bytes", bytes.len()),
            Self::Open(file) => write!(f, "{file:?}"),
        }
    }
}

/// Content that can be opened again for each attempt to send it.
///
/// ```
/// use std::fs::File;
/// use std::io::{self, Read};
/// use std::path::PathBuf;
/// use std::sync::Arc;
///
/// use aoai_types::operation::{FilePart, OpenFile};
///
/// /// A file on this computer.
/// #[derive(Debug)]
/// struct Local(PathBuf);
///
/// impl OpenFile for Local {
///     fn open(&self) -> io::Result<Box<dyn Read + Send>> {
///         Ok(Box::new(File::open(&self.0)?))
///     }
///
///     fn len(&self) -> Option<u64> {
///         Some(self.0.metadata().ok()?.len())
///     }
/// }
///
/// let recording = FilePart::open("talk.wav", Arc::new(Local("talk.wav".into())));
/// # let _ = recording;
/// ```
pub trait OpenFile: fmt::Debug + Send + Sync {
    /// Opens it at its beginning. Called where blocking is allowed.
    ///
    /// # Errors
    ///
    /// It cannot be opened.
    fn open(&self) -> io::Result<Box<dyn io::Read + Send>>;

    /// Its length in bytes, where it is known without reading.
    fn len(&self) -> Option<u64>;

    /// Whether it is known to be empty.
    fn is_empty(&self) -> bool {
        self.len() == Some(0)
    }
}

/// A file to upload: a name and content.
///
/// Its JSON form, used where requests are written down, is `{"name": …}` with `text` or `base64`.
///
/// ```
/// use aoai_types::files::UploadFile;
/// use aoai_types::operation::FilePart;
///
/// let upload = UploadFile::new(FilePart::new("lines.jsonl", "{}\n"), "batch");
/// assert_eq!(upload.file.name, "lines.jsonl");
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FilePart {
    /// The file's name; the service judges some kinds by its extension.
    pub name: String,
    /// The media type; `application/octet-stream`, if not said.
    pub content_type: Option<String>,
    /// The content.
    pub body: PartBody,
}

impl FilePart {
    /// A file whose content is in memory.
    pub fn new(name: impl Into<String>, content: impl Into<Bytes>) -> Self {
        Self {
            name: name.into(),
            content_type: None,
            body: PartBody::Bytes(content.into()),
        }
    }

    /// A file whose content is opened when it is sent.
    pub fn open(name: impl Into<String>, content: Arc<dyn OpenFile>) -> Self {
        Self {
            name: name.into(),
            content_type: None,
            body: PartBody::Open(content),
        }
    }
}

impl Serialize for FilePart {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let PartBody::Bytes(bytes) = &self.body else {
            return Err(S::Error::custom(
                "a file that is opened when sent has no JSON form",
            ));
        };
        let mut file = serializer.serialize_struct("FilePart", 3)?;
        file.serialize_field("name", &self.name)?;
        if let Some(content_type) = &self.content_type {
            file.serialize_field("content_type", content_type)?;
        }
        match std::str::from_utf8(bytes) {
            Ok(text) => file.serialize_field("text", text)?,
            Err(_) => file.serialize_field("base64", &BASE64.encode(bytes))?,
        }
        file.end()
    }
}

impl<'de> Deserialize<'de> for FilePart {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(serde::Deserialize)]
        #[serde(
            deny_unknown_fields,
            expecting = "a file: `name`, with `text` or `base64`"
        )]
        struct Written {
            name: String,
            content_type: Option<String>,
            text: Option<String>,
            base64: Option<String>,
        }
        let written = Written::deserialize(deserializer)?;
        let content = match (written.text, written.base64) {
            (Some(text), None) => Bytes::from(text),
            (None, Some(base64)) => BASE64.decode(base64).map_err(D::Error::custom)?.into(),
            _ => return Err(D::Error::custom("a file has either `text` or `base64`")),
        };
        let body = PartBody::Bytes(content);
        Ok(Self {
            name: written.name,
            content_type: written.content_type,
            body,
        })
    }
}
