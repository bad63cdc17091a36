//! What is said of what the content filter does not let pass.

use http::StatusCode;
use serde::Serialize;
use serde_json::{Value, json};

use super::{Refusal, wrapped};

impl Refusal {
    /// The filter refuses the prompt; `results` is what it found.
    pub(crate) fn filtered_prompt(results: Value) -> Self {
        let error = FilteredPrompt {
            message: FILTERED,
            kind: None,
            param: "prompt",
            code: "content_filter",
            status: 400,
            innererror: InnerError {
                code: "ResponsibleAIPolicyViolation",
                content_filter_result: results,
            },
        };
        Self::model(StatusCode::BAD_REQUEST, &wrapped(&error))
    }

    /// The filter refuses what a model was to answer; `filters` is what it found.
    pub(crate) fn filtered_input(filters: Value) -> Self {
        let error = FilteredInput {
            message: FILTERED,
            kind: "invalid_request_error",
            param: "prompt",
            code: "content_filter",
            content_filters: filters,
        };
        Self::model(StatusCode::BAD_REQUEST, &wrapped(&error))
    }

    /// The filter refuses the words for an image; `results` is what it found.
    pub(crate) fn filtered_image(results: &Value) -> Self {
        let error = json!({
            "code": "content_policy_violation",
            "inner_error": {
                "code": "ResponsibleAIPolicyViolation",
                "content_filter_results": results,
            },
            "message": "Your request was rejected as a result of our safety system. Your prompt \
                        may contain text that is not allowed by our safety system.",
            "type": "invalid_request_error",
        });
        Self::model(StatusCode::BAD_REQUEST, &wrapped(&error))
    }
}

#[derive(Serialize)]
struct FilteredPrompt {
    message: &'static str,
    #[serde(rename = "type")]
    kind: Option<&'static str>,
    param: &'static str,
    code: &'static str,
    status: u16,
    innererror: InnerError,
}

#[derive(Serialize)]
struct FilteredInput {
    message: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
    param: &'static str,
    code: &'static str,
    content_filters: Value,
}

#[derive(Serialize)]
struct InnerError {
    code: &'static str,
    content_filter_result: Value,
}

const FILTERED: &str = "The response was filtered due to the prompt triggering Azure OpenAI's \
                        content management policy. Please modify your prompt and retry. To learn \
                        more about our content filtering policies please read our documentation: \
                        https://go.microsoft.com/fwlink/?linkid=2198766";
