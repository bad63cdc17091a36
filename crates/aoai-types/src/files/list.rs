//! `GET /files`
//!
//! Lists the files of the resource.
//! [Reference](https://learn.microsoft.com/rest/api/azureopenai/files/list)

use http::Method;
use serde::{Deserialize, Serialize};

use super::{File, FilePurpose};
use crate::endpoint::{ApiVersion, Endpoint, Scope};
use crate::list::{Page, SortOrder};
use crate::operation::{Operation, Paged};

/// Lists the files of the resource.
///
/// [Reference](https://learn.microsoft.com/rest/api/azureopenai/files/list)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ListFiles {
    /// Only files of this purpose.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose: Option<FilePurpose>,
    /// Only entries after the one of this id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// At most this many entries.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub limit: Option<i64>,
    /// By the time of the upload.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<SortOrder>,
}

impl ListFiles {
    /// Asks for all files.
    pub const fn new() -> Self {
        Self {
            purpose: None,
            after: None,
            limit: None,
            order: None,
        }
    }
}

impl Operation for ListFiles {
    const ENDPOINT: &'static Endpoint =
        &Endpoint::new("files.list", Method::GET, Scope::Resource, "/files")
            .since(ApiVersion::stable(2022, 12, 1))
            .stateful();
    type Response = Page<File>;
}

impl Paged for ListFiles {
    type Item = File;

    fn next(&self, page: &Self::Response) -> Option<Self> {
        let after = Some(page.next_after(|entry| &entry.id)?);
        Some(Self {
            after,
            ..self.clone()
        })
    }

    fn items(page: Self::Response) -> Vec<Self::Item> {
        page.data
    }
}
