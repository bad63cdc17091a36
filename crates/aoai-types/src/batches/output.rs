//! The output and error files of a batch.

use std::collections::BTreeMap;
use std::fmt;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::Json;
use crate::error::{ApiError, ErrorBody};
use crate::operation::{DecodeError, Operation, Payload};

/// The lines of a batch's output and error files, found by the names of their requests.
///
/// ```
/// use aoai_types::batches::BatchResults;
/// use aoai_types::responses::CreateResponse;
///
/// let file = concat!(
///     r#"{"custom_id":"b","response":{"status_code":200,"body":{"id":"resp_1","output":[]}}}"#,
///     "\n",
///     r#"{"custom_id":"a","error":{"code":"server_error","message":"no luck"}}"#,
///     "\n",
/// );
/// let results = BatchResults::read(&file.into())?;
/// let answer = results.answer::<CreateResponse>("b").unwrap().unwrap();
/// assert_eq!(answer.id.as_deref(), Some("resp_1"));
/// let failure = results.answer::<CreateResponse>("a").unwrap().unwrap_err();
/// assert_eq!(failure.to_string(), "request \"a\" of the batch got no answer: server_error: no luck");
/// # Ok::<(), aoai_types::operation::DecodeError>(())
/// ```
///
/// [Reference](https://learn.microsoft.com/azure/ai-foundry/openai/how-to/batch)
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct BatchResults {
    /// The lines by the `custom_id` of their requests.
    pub lines: BTreeMap<String, BatchOutputLine>,
    /// The lines without one, of requests that could not be read.
    pub unnamed: Vec<BatchOutputLine>,
}

impl BatchResults {
    /// Reads an output or error file; empty lines are passed over.
    ///
    /// # Errors
    ///
    /// A line is not of this form; the error says which.
    #[inline]
    pub fn read(file: &Bytes) -> Result<Self, DecodeError> {
        let mut results = Self::default();
        for (number, line) in (1..).zip(file.split(|byte| *byte == b'\n')) {
            if line.trim_ascii().is_empty() {
                continue;
            }
            let line = <BatchOutputLine as Payload>::decode(&file.slice_ref(line));
            let line = line.map_err(|error| error.in_line(number))?;
            match line.custom_id.clone() {
                Some(custom_id) => drop(results.lines.insert(custom_id, line)),
                None => results.unnamed.push(line),
            }
        }
        Ok(results)
    }

    /// Adds the lines of another file, for a batch has one for answers and one for errors.
    #[inline]
    pub fn extend(&mut self, other: Self) {
        self.lines.extend(other.lines);
        self.unnamed.extend(other.unnamed);
    }

    /// The answer to the request of this name; `None` where no line bears it.
    pub fn answer<O: Operation>(
        &self,
        custom_id: &str,
    ) -> Option<Result<O::Response, BatchFailure>> {
        self.lines.get(custom_id).map(BatchOutputLine::answer::<O>)
    }

    /// All answers with the names of their requests.
    pub fn answers<O: Operation>(
        &self,
    ) -> impl Iterator<Item = (&str, Result<O::Response, BatchFailure>)> {
        self.lines
            .iter()
            .map(|(custom_id, line)| (custom_id.as_str(), line.answer::<O>()))
    }
}

/// One line of a batch's output or error file.
///
/// [Reference](https://learn.microsoft.com/rest/api/azureopenai/batch/get)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BatchOutputLine {
    /// The line's id, where the service gives it one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The name that the request bore.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_id: Option<String>,
    /// What the service answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response: Option<BatchOutputResponse>,
    /// Why it did not get as far as answering.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<ApiError>,
}

impl BatchOutputLine {
    /// The answer as the response of `O`, or why there is none.
    ///
    /// # Errors
    ///
    /// The request failed, or its answer is not a response of `O`.
    pub fn answer<O: Operation>(&self) -> Result<O::Response, BatchFailure> {
        let failure = |error: Option<ApiError>, source| BatchFailure {
            custom_id: self.custom_id.clone().unwrap_or_default(),
            status: self
                .response
                .as_ref()
                .and_then(|response| response.status_code),
            error: error.map(Box::new),
            source,
        };
        let Some(response) = &self.response else {
            return Err(failure(self.error.clone(), None));
        };
        let body = response
            .body
            .as_ref()
            .map_or_else(Bytes::new, |body| body.as_str().to_owned().into());
        if response.is_success() {
            O::answer(&body).map_err(|source| failure(None, Some(source)))
        } else {
            let answered = ErrorBody::read(body).api().cloned();
            Err(failure(answered.or_else(|| self.error.clone()), None))
        }
    }
}

/// What the service answered to one request of a batch.
///
/// [Reference](https://learn.microsoft.com/rest/api/azureopenai/batch/get)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BatchOutputResponse {
    /// The HTTP status; where it is missing the answer is a good one.
    #[serde(
        default,
        deserialize_with = "crate::lenient::integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub status_code: Option<i64>,
    /// The service's id of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// The answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<Json>,
}

impl BatchOutputResponse {
    /// Whether the request was answered, not refused.
    pub fn is_success(&self) -> bool {
        self.status_code
            .is_none_or(|status| (200..300).contains(&status))
    }
}

/// Why a request of a batch has no answer.
///
/// [Reference](https://learn.microsoft.com/rest/api/azureopenai/batch/get)
#[derive(Debug)]
#[non_exhaustive]
pub struct BatchFailure {
    /// The name that the request bore.
    pub custom_id: String,
    /// The HTTP status, if there was one.
    pub status: Option<i64>,
    /// The service's own words, if it had any.
    pub error: Option<Box<ApiError>>,
    source: Option<DecodeError>,
}

impl fmt::Display for BatchFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "request {:?} of the batch ", self.custom_id)?;
        match (&self.source, self.status) {
            (Some(_), _) => f.write_str("has an answer of another form")?,
            (None, Some(status)) => write!(f, "was answered with status {status}")?,
            (None, None) => f.write_str("got no answer")?,
        }
        match &self.error {
            Some(error) => write!(f, ": {error}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for BatchFailure {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|source| source as _)
    }
}
