//! Services in this process in place of the network.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use aoai_auth::ApiKey;
use aoai_http::{
    Client, ErrorKind, Next, Policy, Result, ServiceTransport, WireRequest, WireResponse,
};
use aoai_types::files::UploadFile;
use aoai_types::operation::FilePart;
use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream;
use http::{Method, Request, Response};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full, StreamBody};

type Fault = Box<dyn std::error::Error + Send + Sync>;
type Answer = Result<Response<BoxBody<Bytes, Fault>>, Fault>;

/// A service made of a function.
#[derive(Clone)]
struct Answers(fn(Request<Bytes>) -> Answer);

impl<B> tower_service::Service<Request<B>> for Answers
where
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<Fault>,
{
    type Response = Response<BoxBody<Bytes, Fault>>;
    type Error = Fault;
    type Future = Pin<Box<dyn Future<Output = Answer> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Fault>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let answer = self.0;
        Box::pin(async move {
            let (head, body) = request.into_parts();
            let body = body.collect().await.map_err(Into::into)?.to_bytes();
            answer(Request::from_parts(head, body))
        })
    }
}

fn client(answer: fn(Request<Bytes>) -> Answer) -> Client {
    Client::builder("http://localhost/gateway")
        .credential(ApiKey::new("not-a-real-key"))
        .max_retries(0)
        .transport(ServiceTransport::new(Answers(answer)))
        .build()
        .unwrap()
}

fn whole(text: impl Into<Bytes>) -> Response<BoxBody<Bytes, Fault>> {
    let body = Full::new(text.into()).map_err(|never| match never {});
    Response::new(body.boxed())
}

#[tokio::test]
async fn a_service_sees_what_a_server_would_see() {
    let client = client(|request| {
        let headers = request.headers();
        assert_eq!(request.method(), Method::POST);
        assert_eq!(request.uri(), "/gateway/openai/v1/anything?x=1");
        assert_eq!(headers["host"], "localhost");
        assert_eq!(headers["content-type"], "application/json");
        assert_eq!(headers["api-key"], "not-a-real-key");
        assert_eq!(request.body(), r#"{"a": 1}"#);
        Ok(whole(r#"{"b": 2}"#))
    });
    let request = WireRequest::new(Method::POST, "/openai/v1/anything?x=1").json(r#"{"a": 1}"#);
    let mut response = client.execute(request).await.unwrap();
    assert_eq!(response.bytes(100).await.unwrap(), r#"{"b": 2}"#);
}

/// Sends every request elsewhere.
#[derive(Debug)]
struct Astray(&'static str);

#[async_trait]
impl Policy for Astray {
    async fn handle(&self, mut request: WireRequest, next: Next<'_>) -> Result<WireResponse> {
        request.target = self.0.to_owned();
        next.run(request).await
    }
}

#[tokio::test]
async fn a_target_of_a_policys_own_stays_at_the_endpoint() {
    for (target, seen) in [
        ("@other.example/a", "/@other.example/a"),
        (".other.example/a", "/.other.example/a"),
        ("//other.example/a", "//other.example/a"),
        ("/\u{e9} b?q=\u{fc}", "/%C3%A9%20b?q=%C3%BC"),
    ] {
        let client = Client::builder("https://contoso.openai.azure.com")
            .credential(ApiKey::new("not-a-real-key"))
            .per_attempt_policy(Astray(target))
            .transport(ServiceTransport::new(Answers(|request| {
                let host = request.headers()["host"].to_str().unwrap();
                Ok(whole(format!("{host} {}", request.uri())))
            })))
            .build()
            .unwrap();
        let request = WireRequest::new(Method::GET, "/openai/v1/models");
        let mut response = client.execute(request).await.unwrap();
        let told = response.bytes(100).await.unwrap();
        assert_eq!(told, format!("contoso.openai.azure.com {seen}"));
    }
}

#[tokio::test]
async fn a_service_gets_a_form_with_its_boundary() {
    let client = client(|request| {
        let content_type = request.headers()["content-type"].to_str().unwrap();
        let boundary = content_type.strip_prefix("multipart/form-data; boundary=");
        let body = std::str::from_utf8(request.body()).unwrap();
        let parts: Vec<_> = body.split(&format!("--{}", boundary.unwrap())).collect();
        assert_eq!(parts.len(), 4, "nothing, two parts, the end");
        assert!(
            parts[2].contains("name=\"file\"; filename=\"a.jsonl\""),
            "{body}"
        );
        assert!(parts[2].contains("\r\n\r\n{}\n"), "{body}");
        Ok(whole(
            r#"{"id": "file-1", "object": "file", "bytes": 3, "filename": "a.jsonl"}"#,
        ))
    });
    let upload = UploadFile::new(FilePart::new("a.jsonl", "{}\n"), "batch");
    let file = client.send(&upload).await.unwrap();
    assert_eq!(file.id, "file-1");
}

#[tokio::test]
async fn a_service_that_fails_is_a_connection_that_breaks() {
    let failing = client(|_| Err("no database".into()));
    let request = || WireRequest::new(Method::GET, "/openai/v1/models");
    let error = failing.execute(request()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connection);

    let cut = client(|_| {
        let pieces = [
            Ok(http_body::Frame::data(Bytes::from_static(b"{\"data\""))),
            Err(Fault::from("no database")),
        ];
        Ok(Response::new(BodyExt::boxed(StreamBody::new(
            stream::iter(pieces),
        ))))
    });
    let mut response = cut.execute(request()).await.unwrap();
    let error = response.bytes(100).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Truncated);
}
