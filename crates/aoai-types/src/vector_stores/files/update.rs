//! `POST /vector_stores/{vector_store_id}/files/{file_id}`
//!
//! Changes what is known of a file.
//! [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)

use http::Method;
use serde::{Deserialize, Serialize};

use super::super::Attributes;
use super::VectorStoreFile;
use crate::endpoint::{ApiVersion, Endpoint, Scope};
use crate::operation::{Extra, Operation};

/// Changes what is known of a file.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UpdateVectorStoreFile {
    /// The store's id.
    pub vector_store_id: String,
    /// The file's id.
    pub file_id: String,
    /// What is known of it, in place of the former; nothing, if `null`.
    pub attributes: Option<Attributes>,
    /// Members of the body that this type does not know.
    #[serde(skip)]
    pub extra: Extra,
}

impl UpdateVectorStoreFile {
    /// Changes a file of a store, by their ids.
    pub fn new(
        vector_store_id: impl Into<String>,
        file_id: impl Into<String>,
        attributes: impl Into<Attributes>,
    ) -> Self {
        Self {
            vector_store_id: vector_store_id.into(),
            file_id: file_id.into(),
            attributes: Some(attributes.into()),
            extra: Extra::new(),
        }
    }
}

impl Operation for UpdateVectorStoreFile {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "vector_stores.files.update",
        Method::POST,
        Scope::Resource,
        "/vector_stores/{vector_store_id}/files/{file_id}",
    )
    .since(ApiVersion::preview(2024, 5, 1))
    .stateful();
    type Response = VectorStoreFile;

    fn path_args(&self) -> Vec<&str> {
        vec![&self.vector_store_id, &self.file_id]
    }

    fn extra(&self) -> Option<&Extra> {
        Some(&self.extra)
    }
}
