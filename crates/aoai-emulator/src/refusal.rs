//! The service's words when it says no.
//!
//! Clients tell refusals apart by status, code and text, so the texts are the service's own; the
//! order of members and the missing content types are, too.

use bytes::Bytes;
use http::StatusCode;
use serde::Serialize;
use serde_json::{Value, json};

use crate::text;

mod filtered;

/// An answer that is not what was asked for.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    /// The reason phrase, where it is not the usual one.
    pub(crate) reason: Option<&'static str>,
    pub(crate) origin: Origin,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Bytes,
}

/// Who refuses; it shows in the headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The gateway, which knows no region and no model.
    Gateway,
    /// The resource, which does not find the deployment: no content type, no length.
    Resource,
    /// The model's front end, which has rate limits and request ids.
    Model,
}

impl Refusal {
    /// No such path, or no such api-version.
    pub(crate) fn not_found() -> Self {
        let body = r#"{"error":{"code":"404","message": "Resource not found"}}"#;
        Self::gateway(StatusCode::NOT_FOUND, body)
    }

    /// A dated api-version on the surface that has none.
    pub(crate) fn version_not_supported() -> Self {
        Self::bad_request("API version not supported")
    }

    /// A key that is none of the two.
    pub(crate) fn wrong_key() -> Self {
        let body = r#"{"error":{"code":"401","message":"Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for your resource."}}"#;
        Self {
            reason: Some("PermissionDenied"),
            ..Self::gateway(StatusCode::UNAUTHORIZED, body)
        }
    }

    /// No credential, or a token that does not open this door.
    pub(crate) fn no_token() -> Self {
        let body = r#"{"statusCode":401,"message":"Unauthorized. Access token is missing, invalid, audience is incorrect (https://cognitiveservices.azure.com), or have expired."}"#;
        Self::gateway(StatusCode::UNAUTHORIZED, body)
    }

    /// A key where only tokens are taken.
    pub(crate) fn key_auth_disabled() -> Self {
        let body = CodeFirst {
            code: "AuthenticationTypeDisabled",
            message: "Key based authentication is disabled for this resource.",
        };
        Self::gateway(StatusCode::FORBIDDEN, &wrapped(&body))
    }

    /// A token in order, of somebody who may not call models; the v1 surface says more.
    #[cfg(feature = "identity")]
    pub(crate) fn role_missing(v1: bool, principal: &str, target: &str) -> Self {
        let message = if v1 {
            format!(
                "The principal `{principal}` lacks the required data action \
                 `Microsoft.CognitiveServices/accounts/OpenAI/*/action` to perform `{target}` \
                 operation. For instructions on granting the necessary permissions, see \
                 https://aka.ms/FoundryPermissions."
            )
        } else {
            "Principal does not have access to API/Operation.".to_owned()
        };
        let body = CodeFirst {
            code: "PermissionDenied",
            message: &message,
        };
        Self {
            reason: Some("PermissionDenied"),
            ..Self::gateway(StatusCode::UNAUTHORIZED, &wrapped(&body))
        }
    }

    /// A body longer than the emulator reads.
    pub(crate) fn too_large(limit: usize) -> Self {
        let message = format!("Request body too large. Max size is {limit} bytes.");
        let body = json!({"error": {"code": "413", "message": message}});
        Self::gateway(StatusCode::PAYLOAD_TOO_LARGE, &body.to_string())
    }

    /// No deployment of this name.
    pub(crate) fn deployment_not_found() -> Self {
        let body = r#"{
  "error": {
    "type": "invalid_request_error",
    "code": "DeploymentNotFound",
    "message": "The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again."
  }
}"#;
        Self {
            origin: Origin::Resource,
            ..Self::gateway(StatusCode::NOT_FOUND, body)
        }
    }

    /// No model of this name in the catalogue.
    pub(crate) fn model_not_found(id: &str) -> Self {
        let error = ModelError {
            message: &format!("The model '{id}' does not exist"),
            kind: Some("invalid_request_error"),
            param: Some("model"),
            code: Some("model_not_found"),
        };
        Self::gateway(StatusCode::NOT_FOUND, &wrapped(&error))
    }

    /// A deployment whose model is made for something else.
    pub(crate) fn operation_not_supported(operation: &str, deployment: &str) -> Self {
        let message = format!(
            "The {operation} operation does not work with the specified model, {deployment}. \
             Please choose different model and try again. You can learn more about which models \
             can be used with each operation here: https://go.microsoft.com/fwlink/?linkid=2197993."
        );
        let body = CodeFirst {
            code: "OperationNotSupported",
            message: &message,
        };
        Self::gateway(StatusCode::BAD_REQUEST, &wrapped(&body))
    }

    /// An answer, a conversation or an item that is not kept.
    pub(crate) fn not_kept(what: &str, id: &str) -> Self {
        Self::no_such(format!("{what} with id '{id}' not found."))
    }

    /// A request that the model's front end does not take.
    pub(crate) fn invalid(
        message: impl AsRef<str>,
        param: Option<&str>,
        code: Option<&str>,
    ) -> Self {
        let error = ModelError {
            message: message.as_ref(),
            kind: Some("invalid_request_error"),
            param,
            code,
        };
        Self::model(StatusCode::BAD_REQUEST, &wrapped(&error))
    }

    /// A body that is no JSON object.
    pub(crate) fn malformed() -> Self {
        Self::invalid(
            "We could not parse the JSON body of your request.",
            None,
            None,
        )
    }

    /// A body that says that it is a form, and is none.
    pub(crate) fn broken_form() -> Self {
        Self::invalid("Could not parse multipart form", None, None)
    }

    /// JSON where a form is taken, or the other way round.
    pub(crate) fn unsupported_content_type(sent: &str, taken: &str) -> Self {
        let sent = sent.split(';').next().unwrap_or_default();
        let message = format!(
            "Unsupported content type: '{sent}'. This API method only accepts '{taken}' requests, \
             but you specified the header 'Content-Type: {sent}'. Please try again with a \
             supported content type."
        );
        Self::invalid(message, None, Some("unsupported_content_type"))
    }

    /// What the part of the service that keeps files and jobs does not take or does not have.
    pub(crate) fn kept(status: StatusCode, code: &str, message: impl AsRef<str>) -> Self {
        let message = message.as_ref();
        Self::gateway(status, &wrapped(&CodeFirst { code, message }))
    }

    /// A file or job that the resource does not have.
    pub(crate) fn nothing_kept(what: &str, id: &str) -> Self {
        let message = format!("The specified {what} '{id}' was not found.");
        Self::kept(StatusCode::NOT_FOUND, "notFound", message)
    }

    /// Something that does not exist, as the parts of the service that models use say it.
    pub(crate) fn no_such(message: impl AsRef<str>) -> Self {
        let error = ModelError {
            message: message.as_ref(),
            kind: Some("invalid_request_error"),
            param: None,
            code: None,
        };
        Self::model(StatusCode::NOT_FOUND, &wrapped(&error))
    }

    /// More tokens than the context has room for, as completions and embeddings say it.
    pub(crate) fn too_long(context: u64, prompt: u64, completion: u64) -> Self {
        let requested = prompt.saturating_add(completion);
        let message = format!(
            "This model's maximum context length is {context} tokens, however you requested \
             {requested} tokens ({prompt} in your prompt; {completion} for the completion). \
             Please reduce your prompt; or completion length."
        );
        Self::invalid(message, None, None)
    }

    /// More tokens than the context has room for, as chat says it.
    pub(crate) fn messages_too_long(context: u64, prompt: u64, completion: Option<u64>) -> Self {
        let message = match completion {
            None => format!(
                "This model's maximum context length is {context} tokens. However, your messages \
                 resulted in {prompt} tokens. Please reduce the length of the messages."
            ),
            Some(completion) => format!(
                "This model's maximum context length is {context} tokens. However, you requested \
                 {} tokens ({prompt} in the messages, {completion} in the completion). Please \
                 reduce the length of the messages or completion.",
                prompt.saturating_add(completion)
            ),
        };
        Self::invalid(message, Some("messages"), Some("context_length_exceeded"))
    }

    /// A request that the gateway understands and does not take.
    pub(crate) fn bad_request(message: &str) -> Self {
        let body = CodeFirst {
            code: "BadRequest",
            message,
        };
        Self::gateway(StatusCode::BAD_REQUEST, &wrapped(&body))
    }

    /// A request that the front end for the caller's own data does not take.
    pub(crate) fn data_sources(message: &str) -> Self {
        #[derive(Serialize)]
        struct DataSources<'a> {
            requestid: &'a str,
            code: u16,
            message: &'a str,
        }
        let error = DataSources {
            requestid: &text::guid(),
            code: 400,
            message,
        };
        Self::gateway(StatusCode::BAD_REQUEST, &wrapped(&error))
    }

    /// A recording that is too long to be listened to.
    pub(crate) fn recording_too_large(limit: usize, length: usize) -> Self {
        let message =
            format!("413: Maximum content size limit ({limit}) exceeded ({length} bytes read)");
        let error = ModelError {
            message: &message,
            kind: Some("server_error"),
            param: None,
            code: None,
        };
        Self::model(StatusCode::PAYLOAD_TOO_LARGE, &wrapped(&error))
    }

    /// What `status` says where nobody wrote down what it shall say.
    pub(crate) fn of_status(
        status: StatusCode,
        cx: &Circumstances<'_>,
        retry_after: Option<&str>,
    ) -> Self {
        let model_error = |message: &str, kind, code| {
            let error = ModelError {
                message,
                kind,
                param: None,
                code,
            };
            Self::model(status, &wrapped(&error))
        };
        let coded = |code: &str, message: &str| {
            Self::gateway(status, &wrapped(&CodeFirst { code, message }))
        };
        match status.as_u16() {
            401 => Self::wrong_key(),
            403 => Self {
                headers: vec![("policy-id", "ThrowExceptionDueToTrafficDenied".to_owned())],
                ..coded(
                    "403",
                    "Access denied due to Virtual Network/Firewall rules.",
                )
            },
            404 => Self::not_found(),
            408 => coded("Timeout", "The operation was timeout."),
            429 => Self {
                origin: Origin::Model,
                ..coded("RateLimitReached", &cx.rate_limit(retry_after))
            },
            500 => model_error(&server_error(&text::guid()), Some("server_error"), None),
            503 => model_error(OVERLOADED, Some("server_error"), None),
            _ => coded(
                status.as_str(),
                status.canonical_reason().unwrap_or("Unknown"),
            ),
        }
    }

    fn gateway(status: StatusCode, body: &str) -> Self {
        Self {
            status,
            reason: None,
            origin: Origin::Gateway,
            headers: Vec::new(),
            body: Bytes::copy_from_slice(body.as_bytes()),
        }
    }

    fn model(status: StatusCode, body: &str) -> Self {
        Self {
            reason: (status == StatusCode::BAD_REQUEST).then_some("model_error"),
            origin: Origin::Model,
            ..Self::gateway(status, body)
        }
    }
}

/// What a refusal's text tells of the call.
#[derive(Clone, Debug)]
pub(crate) struct Circumstances<'a> {
    pub(crate) deployment: &'a str,
    pub(crate) model: &'a str,
    pub(crate) region: &'a str,
    pub(crate) operation: &'a str,
    /// `Azure OpenAI API version 2024-10-21`, or what the v1 surface calls itself.
    pub(crate) api: String,
}

impl Circumstances<'_> {
    /// The text names a wait only where a header does: clients read both and take the longer.
    fn rate_limit(&self, retry_after: Option<&str>) -> String {
        let Self {
            deployment,
            model,
            region,
            operation,
            api,
        } = self;
        let wait = match retry_after {
            Some(seconds) => format!("Please retry after {seconds} seconds. "),
            None => String::new(),
        };
        format!(
            "Your requests to {deployment} for {model} in {region} have exceeded the token rate \
             limit for your current AIServices S0 pricing tier. This request was for {operation} \
             under {api}. {wait}To increase your default rate limit, visit: \
             https://aka.ms/oai/quotaincrease."
        )
    }
}

/// The event that a stream carries where its model gives up.
pub(crate) fn overloaded_event(request_id: &str) -> Value {
    let message = format!(
        "That model is currently overloaded with other requests. You can retry your request, or \
         contact us through an Azure support request at: \
         https://go.microsoft.com/fwlink/?linkid=2213926 if the error persists. (Please include \
         the request ID {request_id} in your message.)"
    );
    json!({"error": {"code": null, "message": message, "param": null, "type": "server_error"}})
}

/// The events that a stream of typed events carries where its deployment is throttled: the reason,
/// then the answer's end. `number` is that of the first.
pub(crate) fn throttled_events(number: usize) -> [Value; 2] {
    let error = json!({
        "code": "rate_limit_exceeded",
        "headers": {"x-ms-fe-error": "true"},
        "message": "Your requests to the deployment have exceeded token rate limit.",
        "param": null,
        "type": "too_many_requests",
    });
    [
        json!({"type": "error", "error": error, "sequence_number": number}),
        json!({
            "type": "response.failed",
            "response": {"object": "response", "status": "failed", "error": null, "output": []},
            "sequence_number": number + 1,
        }),
    ]
}

fn server_error(request_id: &str) -> String {
    format!(
        "The server had an error while processing your request. Sorry about that! You can retry \
         your request, or contact us through an Azure support request at: \
         https://go.microsoft.com/fwlink/?linkid=2213926 if the error persists. (Please include \
         the request ID {request_id} in your message.)"
    )
}

fn wrapped<T: Serialize>(error: &T) -> String {
    #[derive(Serialize)]
    struct Wrapped<'a, T> {
        error: &'a T,
    }
    serde_json::to_string(&Wrapped { error }).expect("texts and numbers always serialise")
}

#[derive(Serialize)]
struct CodeFirst<'a> {
    code: &'a str,
    message: &'a str,
}

#[derive(Serialize)]
struct ModelError<'a> {
    message: &'a str,
    #[serde(rename = "type")]
    kind: Option<&'a str>,
    param: Option<&'a str>,
    code: Option<&'a str>,
}

const OVERLOADED: &str = "The engine is currently overloaded, please try again later";
