//! `GET /models`
//!
//! Lists the catalogue of models that the resource could deploy.
//! [Reference](https://learn.microsoft.com/rest/api/azureopenai/models/list)

use http::Method;
use serde::{Deserialize, Serialize};

use super::Model;
use crate::endpoint::{Endpoint, Scope};
use crate::operation::Operation;

/// Lists the catalogue of models.
///
/// [Reference](https://learn.microsoft.com/rest/api/azureopenai/models/list)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ListModels {}

impl ListModels {
    /// Asks for the whole catalogue.
    pub const fn new() -> Self {
        Self {}
    }
}

impl Operation for ListModels {
    const ENDPOINT: &'static Endpoint =
        &Endpoint::new("models.list", Method::GET, Scope::Resource, "/models");
    type Response = ModelList;
}

/// The catalogue.
///
/// [Reference](https://learn.microsoft.com/rest/api/azureopenai/models/list)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ModelList {
    /// The models.
    #[serde(deserialize_with = "crate::lenient::null_as_default")]
    pub data: Vec<Model>,
    /// Always `list`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
}
