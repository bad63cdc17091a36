//! A refusal, read.

use std::borrow::Cow;

use aoai_types::error::{ApiError, ErrorBody, ErrorCode};
use aoai_types::{Endpoint, Surface};
use bytes::Bytes;
use http::StatusCode;

use super::ErrorKind;
use super::classify::Facts;
use crate::transport::{WireBody, WireResponse};

/// What the service, or a gateway before it, said about a refusal.
#[derive(Debug)]
pub(crate) struct Refusal {
    /// `None` where it came inside an event stream.
    status: Option<StatusCode>,
    pub(crate) api: Option<Box<ApiError>>,
}

impl Refusal {
    /// Reads the body of an answer that is not a success.
    pub(crate) fn read(response: &WireResponse) -> Self {
        let body = match &response.body {
            WireBody::Whole(body) => body.clone(),
            WireBody::Stream(_) => Bytes::new(),
        };
        let api = match ErrorBody::read(body) {
            ErrorBody::Api(api) => Some(api),
            _ => None,
        };
        Self {
            status: Some(response.status),
            api,
        }
    }

    /// An error in place of an event.
    pub(crate) fn in_band(api: Box<ApiError>) -> Self {
        Self {
            status: None,
            api: Some(api),
        }
    }

    /// What it means for the caller.
    pub(crate) fn classify(&self, operation: Option<(&'static Endpoint, Surface)>) -> ErrorKind {
        let code = match self.api.as_ref().and_then(|api| api.code.as_ref()) {
            Some(ErrorCode::Text(text)) => Cow::Borrowed(text.as_str()),
            Some(ErrorCode::Number(number)) => Cow::Owned(number.to_string()),
            None => Cow::Borrowed(""),
        };
        let told = self.api.as_ref().and_then(|api| api.status);
        let inner = self
            .api
            .as_ref()
            .and_then(|api| api.inner()?.code.as_deref());
        Facts {
            status: self.status,
            told: told.and_then(|status| StatusCode::from_u16(status.try_into().ok()?).ok()),
            code: &code,
            inner_code: inner.unwrap_or_default(),
            kind: self
                .api
                .as_ref()
                .and_then(|api| api.kind.as_deref())
                .unwrap_or_default(),
            message: self.message(),
            understood: self.api.is_some(),
            operation,
        }
        .classify()
    }

    /// For people; empty where nobody said anything.
    pub(crate) fn message(&self) -> &str {
        self.api.as_ref().map_or("", |api| api.message.as_str())
    }
}
