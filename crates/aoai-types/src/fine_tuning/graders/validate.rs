//! `POST /fine_tuning/alpha/graders/validate`
//!
//! Checks whether a grader could be used.
//! [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)

use http::Method;
use serde::{Deserialize, Serialize};

use crate::endpoint::{Endpoint, Scope};
use crate::graders::Grader;
use crate::operation::{Extra, Operation};

/// Checks whether a grader could be used.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ValidateGrader {
    /// The grader.
    pub grader: Grader,
    /// Members of the body that this type does not know.
    #[serde(skip)]
    pub extra: Extra,
}

impl ValidateGrader {
    /// Checks this grader.
    pub fn new(grader: impl Into<Grader>) -> Self {
        Self {
            grader: grader.into(),
            extra: Extra::new(),
        }
    }
}

impl Operation for ValidateGrader {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "fine_tuning.graders.validate",
        Method::POST,
        Scope::Resource,
        "/fine_tuning/alpha/graders/validate",
    )
    .v1_only();
    type Response = ValidatedGrader;

    fn extra(&self) -> Option<&Extra> {
        Some(&self.extra)
    }
}

/// A grader that could be used.
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/latest)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ValidatedGrader {
    /// The grader.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grader: Option<Grader>,
}
