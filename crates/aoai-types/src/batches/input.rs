//! The input file of a batch.

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::Json;
use crate::endpoint::Surface;
use crate::operation::{Body, Encode, EncodeError, Operation};

/// One line of a batch's input file: a request and the name its answer will bear.
///
/// ```
/// use aoai_types::Surface;
/// use aoai_types::batches::BatchLine;
/// use aoai_types::responses::CreateResponse;
///
/// let request = CreateResponse::new("gpt-4o-batch", "Say hello.");
/// let line = BatchLine::new("greeting", &request, Surface::V1)?;
/// assert_eq!(
///     BatchLine::to_jsonl(&[line]),
///     concat!(
///         r#"{"custom_id":"greeting","method":"POST","url":"/v1/responses","#,
///         r#""body":{"model":"gpt-4o-batch","input":"Say hello."}}"#,
///         "\n",
///     ),
/// );
/// # Ok::<(), aoai_types::operation::EncodeError>(())
/// ```
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/batch)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BatchLine {
    /// The name, unique within the file. Answers come in no particular order.
    pub custom_id: String,
    /// Always `POST`.
    pub method: String,
    /// The route: `/v1/chat/completions`, or `/chat/completions` on a dated surface.
    pub url: String,
    /// The request; its `model` is a deployment for batches.
    pub body: Json,
}

impl BatchLine {
    /// The line that asks for `request`.
    ///
    /// # Errors
    ///
    /// The request has no JSON body.
    pub fn new<O: Operation>(
        custom_id: impl Into<String>,
        request: &O,
        surface: Surface,
    ) -> Result<Self, EncodeError> {
        // The deployment stands in the body here on either surface.
        let parts = request.encode(&Encode::new(Surface::V1))?;
        let Body::Json(body) = parts.body else {
            let id = O::ENDPOINT.id;
            return Err(EncodeError::new(format!(
                "{id}: only a request with a JSON body can be a line of a batch"
            )));
        };
        let prefix = if surface.is_v1() { "/v1" } else { "" };
        Ok(Self {
            custom_id: custom_id.into(),
            method: O::ENDPOINT.method.to_string(),
            url: format!("{prefix}{}", O::ENDPOINT.path),
            body: serde_json::from_slice(&body).map_err(EncodeError::new)?,
        })
    }

    /// The input file: one line of JSON for each of `lines`.
    pub fn to_jsonl<'a>(lines: impl IntoIterator<Item = &'a Self>) -> String {
        let mut file = String::new();
        for line in lines {
            let Self {
                custom_id,
                method,
                url,
                body,
            } = line;
            let [custom_id, method, url] = [custom_id, method, url].map(|text| json!(text));
            // In JSON a line break is a blank, unless it is escaped.
            let body = body.as_str().replace(['\n', '\r'], " ");
            let line = format!(
                r#"{{"custom_id":{custom_id},"method":{method},"url":{url},"body":{body}}}"#
            );
            file.push_str(&line);
            file.push('\n');
        }
        file
    }
}
