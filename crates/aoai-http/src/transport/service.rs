//! A transport that leaves the network out.

use std::error::Error as StdError;
use std::fmt;
use std::future::poll_fn;

use aoai_types::operation::Body;
use async_trait::async_trait;
use bytes::Bytes;
use futures_util::TryStreamExt as _;
use http::header::{CONTENT_TYPE, HOST};
use http::{HeaderValue, Uri};
use http_body_util::BodyDataStream;
use tower_service::Service;

use super::form::form;
use super::{ByteStream, Transport, WireRequest, WireResponse};
use crate::error::{Error, ErrorKind, Result};

/// Hands requests to a service in this process: a gateway's router under test, or whatever else is
/// a [`tower_service::Service`].
///
/// The service sees what would have come over the wire: a path from the first slash on, a `host`,
/// the credential. Its body may come in pieces.
///
/// ```
/// use std::convert::Infallible;
/// use std::future::{Ready, ready};
/// use std::task::{Context, Poll};
///
/// use aoai_auth::ApiKey;
/// use aoai_http::{Client, ServiceTransport};
/// use aoai_types::models::ListModels;
/// use http_body_util::Full;
///
/// /// Has no models.
/// #[derive(Clone)]
/// struct Empty;
///
/// impl<B> tower_service::Service<http::Request<B>> for Empty {
///     type Response = http::Response<Full<bytes::Bytes>>;
///     type Error = Infallible;
///     type Future = Ready<Result<Self::Response, Infallible>>;
///
///     fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
///         Poll::Ready(Ok(()))
///     }
///
///     fn call(&mut self, request: http::Request<B>) -> Self::Future {
///         assert_eq!(request.uri(), "/openai/v1/models");
///         ready(Ok(http::Response::new(r#"{"object": "list", "data": []}"#.into())))
///     }
/// }
///
/// # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
/// let client = Client::builder("http://localhost")
///     .credential(ApiKey::new("not-a-real-key"))
///     .transport(ServiceTransport::new(Empty))
///     .build()?;
/// assert!(client.send(&ListModels::new()).await?.data.is_empty());
/// # Ok::<(), aoai_http::Error>(()) })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct ServiceTransport<S>(S);

impl<S> ServiceTransport<S> {
    /// A transport to this service, which is cloned for each request.
    pub fn new(service: S) -> Self {
        Self(service)
    }
}

impl<S> fmt::Debug for ServiceTransport<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceTransport").finish_non_exhaustive()
    }
}

#[async_trait]
impl<S, B> Transport for ServiceTransport<S>
where
    S: Service<http::Request<reqwest::Body>, Response = http::Response<B>>,
    S: Clone + Send + Sync + 'static,
    S::Future: Send,
    S::Error: Into<Box<dyn StdError + Send + Sync>>,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<Box<dyn StdError + Send + Sync>>,
{
    async fn exchange(&self, request: WireRequest) -> Result<WireResponse> {
        let request = outgoing(request)?;
        let mut service = self.0.clone();
        let ready = poll_fn(|cx| service.poll_ready(cx)).await;
        ready.map_err(|error| failed("the service is not ready", error).not_sent())?;
        let answer = service.call(request).await;
        let answer = answer.map_err(|error| failed("the service failed", error))?;
        let (head, body) = answer.into_parts();
        let body = BodyDataStream::new(body).map_err(|error| {
            let message = "the service failed in the middle of the answer";
            Error::new(ErrorKind::Truncated, message).with_source(error)
        });
        Ok(WireResponse::new(
            head.status,
            head.headers,
            ByteStream::new(body),
        ))
    }
}

fn failed(message: &str, error: impl Into<Box<dyn StdError + Send + Sync>>) -> Error {
    Error::new(ErrorKind::Connection, message).with_source(error)
}

/// The request as a server of HTTP/1.1 would see it.
fn outgoing(request: WireRequest) -> Result<http::Request<reqwest::Body>> {
    let unusable = |error: http::Error| {
        Error::new(ErrorKind::Request, "the request has no valid URL").with_source(error)
    };
    let url: Uri = request
        .url()
        .parse()
        .map_err(|e| unusable(http::Error::from(e)))?;
    let mut headers = request.headers;
    if let Some(host) = url.authority() {
        let host = HeaderValue::try_from(host.as_str()).map_err(|e| unusable(e.into()))?;
        headers.insert(HOST, host);
    }
    let mut content_type = |value: HeaderValue| {
        headers.entry(CONTENT_TYPE).or_insert(value);
    };
    let body = match request.body {
        Body::Json(bytes) => {
            content_type(HeaderValue::from_static("application/json"));
            bytes.into()
        }
        Body::Multipart(parts) => {
            let form = form(&parts, request.call.progress.as_ref())?;
            let media_type = format!("multipart/form-data; boundary={}", form.boundary());
            content_type(HeaderValue::try_from(media_type).map_err(|e| unusable(e.into()))?);
            reqwest::Body::wrap_stream(form.into_stream())
        }
        _ => Bytes::new().into(),
    };
    let path = url.path_and_query().map_or("/", |path| path.as_str());
    let mut outgoing = http::Request::builder()
        .method(request.method)
        .uri(path)
        .body(body)
        .map_err(unusable)?;
    *outgoing.headers_mut() = headers;
    Ok(outgoing)
}
