//! Where requests go: endpoint × surface × operation × deployment.

use std::sync::{Arc, Mutex};

use aoai_auth::ApiKey;
use aoai_http::{Client, Result, Transport, WireRequest, WireResponse};
use aoai_types::chat::{CreateChatCompletion, Message};
use aoai_types::completions::CreateCompletion;
use aoai_types::embeddings::CreateEmbedding;
use aoai_types::models::{GetModel, ListModels};
use aoai_types::{Endpoint, Operation, Paged, Scope, Surface};
use async_trait::async_trait;
use bytes::Bytes;
use futures_util::TryStreamExt as _;
use http::{HeaderMap, Method, StatusCode};
use serde::{Deserialize, Serialize};

/// Remembers where requests went, and answers with what it was given, then with nothing.
#[derive(Debug, Default)]
struct Recorder {
    urls: Mutex<Vec<String>>,
    answers: Mutex<Vec<&'static str>>,
}

#[async_trait]
impl Transport for Recorder {
    async fn exchange(&self, request: WireRequest) -> Result<WireResponse> {
        self.urls.lock().unwrap().push(request.url());
        let answer = self.answers.lock().unwrap().pop().unwrap_or("{}");
        Ok(WireResponse::new(
            StatusCode::OK,
            HeaderMap::new(),
            Bytes::from(answer),
        ))
    }
}

async fn url<O: Operation>(endpoint: &str, surface: Surface, operation: &O) -> String {
    let recorder = Arc::new(Recorder::default());
    let client = Client::builder(endpoint)
        .credential(ApiKey::new("not-a-real-key"))
        .surface(surface)
        .transport(Arc::clone(&recorder))
        .build()
        .unwrap();
    client.fetch(operation).await.unwrap();
    let urls = recorder.urls.lock().unwrap();
    urls[0].clone()
}

#[tokio::test]
async fn every_endpoint_and_surface_leads_to_the_route() {
    let dated = Surface::LATEST_DATED;
    for base in [
        "https://contoso.openai.azure.com",
        "https://contoso.cognitiveservices.azure.com",
        "https://contoso.services.ai.azure.com",
        "https://contoso.openai.azure.us",
        "https://deployments.example.com",
        "https://gateway.azure-api.net/team/a",
        "http://127.0.0.1:8080",
    ] {
        let chat = CreateChatCompletion::new("deployments", [Message::user("hi")]);
        let completion = CreateCompletion::new("m", "x");
        let embedding = CreateEmbedding::new("m", "x");
        for (found, expected) in [
            (
                url(base, Surface::V1, &chat).await,
                "/openai/v1/chat/completions",
            ),
            (
                url(base, Surface::V1Preview, &chat).await,
                "/openai/v1/chat/completions?api-version=preview",
            ),
            (
                url(base, dated, &chat).await,
                "/openai/deployments/deployments/chat/completions?api-version=2024-10-21",
            ),
            (
                url(base, Surface::V1, &completion).await,
                "/openai/v1/completions",
            ),
            (
                url(base, dated, &completion).await,
                "/openai/deployments/m/completions?api-version=2024-10-21",
            ),
            (
                url(base, dated, &embedding).await,
                "/openai/deployments/m/embeddings?api-version=2024-10-21",
            ),
            (
                url(base, Surface::V1, &ListModels::new()).await,
                "/openai/v1/models",
            ),
            (
                url(base, dated, &ListModels::new()).await,
                "/openai/models?api-version=2024-10-21",
            ),
            (
                url(base, Surface::V1, &GetModel::new("a/b")).await,
                "/openai/v1/models/a%2Fb",
            ),
        ] {
            assert_eq!(found, format!("{base}{expected}"));
        }
    }
}

#[tokio::test]
async fn a_hostile_name_stays_one_segment() {
    for (name, segment) in [
        ("a/b", "a%2Fb"),
        ("../other/operation#", "..%2Fother%2Foperation%23"),
        ("../../x?api-version=1#f", "..%2F..%2Fx%3Fapi-version=1%23f"),
        ("%2e", "%252e"),
        ("%2e%2e", "%252e%252e"),
        ("%2F", "%252F"),
        ("a?api-version=other&x=y", "a%3Fapi-version=other&x=y"),
        ("a\\b", "a%5Cb"),
        ("a\r\nb", "a%0D%0Ab"),
        ("a b", "a%20b"),
        ("...", "..."),
        (".hidden", ".hidden"),
        ("a;b", "a;b"),
        ("@host", "@host"),
        ("//host", "%2F%2Fhost"),
        ("ü", "%C3%BC"),
        ("a+b", "a+b"),
        ("\0", "%00"),
    ] {
        let chat = CreateChatCompletion::new(name, [Message::user("hi")]);
        let found = url("https://h", Surface::LATEST_DATED, &chat).await;
        let expected = format!(
            "https://h/openai/deployments/{segment}/chat/completions?api-version=2024-10-21"
        );
        assert_eq!(found, expected);
        // What reqwest makes of it is what was meant.
        assert_eq!(url::Url::parse(&found).unwrap().as_str(), expected);
    }
}

#[derive(Clone, Serialize, Deserialize)]
struct List {
    after: Option<u32>,
}

#[derive(Serialize, Deserialize)]
struct Page {
    data: Vec<u32>,
    last: Option<u32>,
}

impl Operation for List {
    const ENDPOINT: &'static Endpoint =
        &Endpoint::new("test.list", Method::GET, Scope::Resource, "/things");
    type Response = Page;
}

impl Paged for List {
    type Item = u32;

    fn next(&self, page: &Page) -> Option<Self> {
        page.last.map(|last| Self { after: Some(last) })
    }

    fn items(page: Page) -> Vec<u32> {
        page.data
    }
}

#[tokio::test]
async fn pages_are_asked_for_as_they_are_needed() {
    let recorder = Arc::new(Recorder::default());
    *recorder.answers.lock().unwrap() = vec![
        r#"{"data":[4]}"#,
        r#"{"data":[],"last":3}"#,
        r#"{"data":[1,2,3],"last":3}"#,
    ];
    let client = Client::builder("https://h")
        .no_credential()
        .transport(Arc::clone(&recorder))
        .build()
        .unwrap();
    let mut entries = std::pin::pin!(client.pages(List { after: None }));
    assert_eq!(entries.try_next().await.unwrap(), Some(1));
    assert_eq!(recorder.urls.lock().unwrap().len(), 1);
    assert_eq!(entries.try_collect::<Vec<u32>>().await.unwrap(), [2, 3, 4]);
    let urls = recorder.urls.lock().unwrap().clone();
    let after = "https://h/openai/v1/things?after=3";
    assert_eq!(urls, ["https://h/openai/v1/things", after, after]);
}
