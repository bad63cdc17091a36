//! `POST /evals`
//!
//! Makes an eval.
//! [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)

use std::collections::BTreeMap;

use http::Method;
use serde::{Deserialize, Serialize};

use super::{DataSourceConfig, Eval};
use crate::endpoint::{Endpoint, Scope};
use crate::graders::Grader;
use crate::operation::{Extra, Operation};

/// Makes an eval.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CreateEval {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What its examples look like.
    pub data_source_config: DataSourceConfig,
    /// How answers are judged.
    #[serde(default, deserialize_with = "crate::lenient::null_as_default")]
    pub testing_criteria: Vec<Grader>,
    /// Pairs of the caller's own, 16 at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<BTreeMap<String, String>>,
    /// Members of the body that this type does not know.
    #[serde(skip)]
    pub extra: Extra,
}

impl CreateEval {
    /// Judges answers to such examples by these graders.
    pub fn new(
        data_source_config: impl Into<DataSourceConfig>,
        testing_criteria: impl IntoIterator<Item = impl Into<Grader>>,
    ) -> Self {
        Self {
            data_source_config: data_source_config.into(),
            testing_criteria: testing_criteria.into_iter().map(Into::into).collect(),
            name: None,
            metadata: None,
            extra: Extra::new(),
        }
    }
}

impl Operation for CreateEval {
    const ENDPOINT: &'static Endpoint =
        &Endpoint::new("evals.create", Method::POST, Scope::Resource, "/evals")
            .not_repeatable()
            .v1_only()
            .stateful()
            .with_headers(&[("aoai-evals", "preview")]);
    type Response = Eval;

    fn extra(&self) -> Option<&Extra> {
        Some(&self.extra)
    }
}
