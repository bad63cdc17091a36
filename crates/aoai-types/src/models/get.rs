//! `GET /models/{model}`
//!
//! Describes one model of the catalogue.
//! [Reference](https://learn.microsoft.com/rest/api/azureopenai/models/get)

use http::Method;
use serde::{Deserialize, Serialize};

use super::Model;
use crate::endpoint::{Endpoint, Scope};
use crate::operation::Operation;

/// Describes one model of the catalogue.
///
/// [Reference](https://learn.microsoft.com/rest/api/azureopenai/models/get)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GetModel {
    /// The model's name, not a deployment's.
    pub model: String,
}

impl GetModel {
    /// Asks for the model of this name.
    pub fn new(model: impl Into<String>) -> Self {
        Self {
            model: model.into(),
        }
    }
}

impl Operation for GetModel {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "models.get",
        Method::GET,
        Scope::Resource,
        "/models/{model}",
    );
    type Response = Model;

    fn path_args(&self) -> Vec<&str> {
        vec![&self.model]
    }
}
