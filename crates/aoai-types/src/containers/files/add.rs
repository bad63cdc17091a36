//! `POST /containers/{container_id}/files`
//!
//! Puts a file into a container: one that the resource keeps, or a new one.
//! [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)

use http::Method;
use serde::{Deserialize, Serialize};

use super::ContainerFile;
use crate::endpoint::{Endpoint, Scope};
use crate::form::Form;
use crate::operation::{Encode, EncodeError, Extra, FilePart, Operation, Parts};

/// Puts a file into a container: one that the resource keeps, or a new one.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AddContainerFile {
    /// The container's id.
    pub container_id: String,
    /// A new file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<FilePart>,
    /// A file that the resource keeps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_id: Option<String>,
    /// Members of the body that this type does not know.
    #[serde(skip)]
    pub extra: Extra,
}

impl AddContainerFile {
    /// Puts a new file into the container of this id.
    pub fn new(container_id: impl Into<String>, file: impl Into<FilePart>) -> Self {
        Self {
            container_id: container_id.into(),
            file: Some(file.into()),
            file_id: None,
            extra: Extra::new(),
        }
    }
}

impl Operation for AddContainerFile {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "containers.files.create",
        Method::POST,
        Scope::Resource,
        "/containers/{container_id}/files",
    )
    .v1_only()
    .not_repeatable()
    .stateful();
    type Response = ContainerFile;

    fn path_args(&self) -> Vec<&str> {
        vec![&self.container_id]
    }

    fn extra(&self) -> Option<&Extra> {
        Some(&self.extra)
    }

    #[inline]
    fn encode(&self, cx: &Encode<'_>) -> Result<Parts, EncodeError> {
        let mut form = Form::new(cx).field("file_id", self.file_id.as_ref())?;
        if let Some(file) = &self.file {
            form = form.file("file", file);
        }
        Ok(form.finish(self))
    }
}

impl AddContainerFile {
    /// Puts a file that the resource keeps into a container, by their ids.
    pub fn kept(container_id: impl Into<String>, file_id: impl Into<String>) -> Self {
        Self {
            container_id: container_id.into(),
            file: None,
            file_id: Some(file_id.into()),
            extra: Extra::new(),
        }
    }
}
