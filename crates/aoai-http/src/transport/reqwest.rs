//! The transport that clients have unless they are given another.

use std::io;
use std::time::Duration;

use aoai_types::operation::Body;
use async_trait::async_trait;
use futures_util::TryStreamExt as _;
use http::HeaderValue;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HOST, TRANSFER_ENCODING};
use url::Url;

use super::form::form;
use super::{ByteStream, Transport, WireRequest, WireResponse};
use crate::error::{Error, ErrorKind, Result};

/// HTTP by [`reqwest`].
#[derive(Clone, Debug)]
pub(crate) struct Reqwest {
    http: reqwest::Client,
    /// Whether it speaks HTTP/1.1 only.
    http1: bool,
}

impl Reqwest {
    /// A client of our own: HTTP/1.1, no redirects. One for plain http, which is for loopback only,
    /// uses no proxy, which would carry the credential off this machine in the clear, and reads no
    /// certificates.
    pub(crate) fn new(connect: Option<Duration>, plain: bool) -> Result<Self> {
        let mut builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(USER_AGENT)
            // The policies do that. For what HTTP/2 servers would have sent again, reqwest keeps a
            // copy of each request, headers and all.
            .retry(reqwest::retry::never().max_retries_per_request(0))
            // One connection per call under way: over HTTP/2 all calls would share one, and wait
            // for each other where the server allows few streams.
            .http1_only();
        if plain {
            builder = builder.no_proxy();
            #[cfg(any(
                feature = "rustls",
                feature = "rustls-no-provider",
                feature = "native-tls"
            ))]
            {
                builder = builder.tls_certs_only([]);
            }
        }
        if let Some(connect) = connect {
            builder = builder.connect_timeout(connect);
        }
        let http = builder.build().map_err(|error| {
            Error::new(ErrorKind::Request, "the HTTP client could not be built").with_source(error)
        })?;
        Ok(Self { http, http1: true })
    }

    /// The caller's client, refused where it follows redirects: reqwest takes `authorization` off a
    /// request that leaves its origin, but not `api-key`.
    pub(crate) fn from_client(client: reqwest::Client) -> Result<Self> {
        // The client tells its policy nowhere else. Where it no longer does, it is refused too.
        let shown = format!("{client:?}");
        if !shown.contains(r#"redirect_policy: "Policy(None)""#) {
            return Err(Error::new(
                ErrorKind::Request,
                "the HTTP client follows redirects, which would carry the api key to another \
                 origin; build it with `.redirect(reqwest::redirect::Policy::none())`",
            ));
        }
        Ok(Self {
            http: client,
            http1: false,
        })
    }

    pub(crate) fn send(
        &self,
        request: WireRequest,
    ) -> impl Future<Output = Result<WireResponse>> + Send + use<> {
        let outgoing = self.outgoing(request);
        let sent = outgoing.map(|request| self.http.execute(request));
        async move {
            let mut response = sent?.await.map_err(unanswered)?;
            let status = response.status();
            let headers = std::mem::take(response.headers_mut());
            let body = ByteStream::new(response.bytes_stream().map_err(cut));
            Ok(WireResponse::new(status, headers, body))
        }
    }

    fn outgoing(&self, request: WireRequest) -> Result<reqwest::Request> {
        for name in [CONTENT_LENGTH, TRANSFER_ENCODING] {
            if request.headers.contains_key(&name) {
                let message = format!("`{name}` goes by the body: leave it out");
                return Err(Error::new(ErrorKind::Request, message));
            }
        }
        let url = match &request.call.base {
            Some(base) => base.url(&request.target),
            None => Url::parse(&request.target).map_err(|error| {
                Error::new(ErrorKind::Request, "the request has no valid URL").with_source(error)
            })?,
        };
        let mut outgoing = reqwest::Request::new(request.method, url);
        *outgoing.headers_mut() = request.headers;
        let host = request
            .call
            .base
            .as_ref()
            .and_then(|base| base.host_header());
        if let Some(host) = host.filter(|_| self.http1) {
            // hyper would write it anew for every request.
            let header = outgoing.headers_mut().entry(HOST);
            header.or_insert_with(|| host.clone());
        }
        match request.body {
            Body::Json(bytes) => {
                let json = HeaderValue::from_static("application/json");
                outgoing.headers_mut().entry(CONTENT_TYPE).or_insert(json);
                *outgoing.body_mut() = Some(bytes.into());
            }
            Body::Multipart(parts) => {
                let form = form(&parts, request.call.progress.as_ref())?;
                let builder = reqwest::RequestBuilder::from_parts(self.http.clone(), outgoing);
                outgoing = builder.multipart(form).build().map_err(|error| {
                    Error::new(ErrorKind::Request, "the form could not be built").with_source(error)
                })?;
            }
            _ if outgoing.method() == http::Method::POST => {
                // Some gateways want a length even of nothing, and an empty body is sent without one.
                let nothing = HeaderValue::from_static("0");
                outgoing.headers_mut().insert(CONTENT_LENGTH, nothing);
            }
            _ => {}
        }
        Ok(outgoing)
    }
}

#[async_trait]
impl Transport for Reqwest {
    async fn exchange(&self, request: WireRequest) -> Result<WireResponse> {
        self.send(request).await
    }
}

/// There is no answer. The error does not repeat the URL, which may carry a key in its query, but for
/// the host that could not be reached.
fn unanswered(error: reqwest::Error) -> Error {
    let to = error.url().map_or_else(String::new, host);
    let error = error.without_url();
    if error.is_builder() {
        return Error::new(ErrorKind::Request, "the request could not be built").with_source(error);
    }
    if error.is_connect() {
        let failed = if error.is_timeout() {
            let message = format!("no connection{to} within the connect timeout");
            Error::new(ErrorKind::Timeout, message)
        } else if is_insecure(&error) {
            let message = format!(
                "no secure connection could be made{to}: it speaks no TLS, or its certificate, or \
                 that of a proxy before it, is not trusted on this machine"
            );
            Error::new(ErrorKind::Connection, message).lasting()
        } else {
            let message = format!("no connection could be made{to}");
            Error::new(ErrorKind::Connection, message)
        };
        return failed.not_sent().with_source(error);
    }
    if error.is_timeout() {
        return Error::new(ErrorKind::Timeout, "nobody answered in time").with_source(error);
    }
    Error::new(
        ErrorKind::Connection,
        "the connection broke before the answer",
    )
    .with_source(error)
}

/// Whether a certificate, or what was said in place of a TLS handshake, is to blame: nothing that
/// the next attempt would change. The operating system's TLS does not tell it from a broken
/// connection.
fn is_insecure(error: &reqwest::Error) -> bool {
    causes(error).any(|cause| {
        let cause = cause.downcast_ref::<io::Error>();
        let innermost = std::iter::successors(cause, |cause| cause.get_ref()?.downcast_ref());
        innermost.last().is_some_and(is_invalid)
    })
}

/// What bytes that cannot be read are to io: a handshake, or an answer that does not unpack.
fn is_invalid(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::InvalidData
}

/// What caused an error, and what caused that, and so on.
fn causes<'a>(
    error: &'a (dyn std::error::Error + 'static),
) -> impl Iterator<Item = &'a (dyn std::error::Error + 'static)> {
    std::iter::successors(error.source(), |error| error.source())
}

/// Where a request was to go, as part of a sentence; a port is told where it is not the usual one.
fn host(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!(" to {host}:{port}"),
        None => format!(" to {host}"),
    }
}

/// There is no more of the answer.
fn cut(error: reqwest::Error) -> Error {
    let error = error.without_url();
    if error.is_timeout() {
        let message = "the rest of the answer did not come in time";
        return Error::new(ErrorKind::Timeout, message).with_source(error);
    }
    // A body that does not unpack fails as `InvalidData`, one that is cut fails otherwise.
    let corrupt = causes(&error)
        .filter_map(|cause| cause.downcast_ref())
        .any(is_invalid);
    if corrupt {
        return Error::new(ErrorKind::Decode, "the answer cannot be unpacked").with_source(error);
    }
    Error::new(
        ErrorKind::Truncated,
        "the connection broke in the middle of the answer",
    )
    .with_source(error)
}

const USER_AGENT: HeaderValue =
    HeaderValue::from_static(concat!("aoai-http/", env!("CARGO_PKG_VERSION")));
