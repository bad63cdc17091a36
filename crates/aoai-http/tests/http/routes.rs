//! Where requests go: endpoint × surface × operation × deployment.

use std::sync::{Arc, Mutex};

use aoai_auth::ApiKey;
use aoai_http::{Client, Result, Transport, WireRequest, WireResponse};
use aoai_types::chat::{CreateChatCompletion, Message};
use aoai_types::completions::CreateCompletion;
use aoai_types::embeddings::CreateEmbedding;
use aoai_types::models::{GetModel, ListModels};
use aoai_types::{ENDPOINTS, Endpoint, Operation, Paged, Query, Scope, Surface};
use async_trait::async_trait;
use bytes::Bytes;
use futures_util::TryStreamExt as _;
use http::{HeaderMap, Method, StatusCode};
use proptest::prelude::*;
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

/// Every form of host, and a gateway with a path.
const BASES: [&str; 9] = [
    "https://contoso.openai.azure.com",
    "https://contoso.cognitiveservices.azure.com",
    "https://contoso.services.ai.azure.com",
    "https://contoso.openai.azure.us",
    "https://contoso.openai.azure.cn",
    "https://deployments.example.com",
    "https://gateway.azure-api.net/team/a",
    "http://127.0.0.1:8080",
    "http://[::1]:8080",
];

#[tokio::test]
async fn every_endpoint_and_surface_leads_to_the_route() {
    let dated = Surface::LATEST_DATED;
    for base in BASES {
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

/// Names that try to be more than a name, and the one segment that each becomes.
const HOSTILE: [(&str, &str); 20] = [
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
    ("https://host", "https:%2F%2Fhost"),
    ("ü", "%C3%BC"),
    ("a+b", "a+b"),
    ("deployments", "deployments"),
    ("\0", "%00"),
];

#[tokio::test]
async fn a_hostile_name_stays_one_segment_of_every_operation_on_every_endpoint() {
    let dated = Surface::LATEST_DATED;
    let in_path = ENDPOINTS.iter().filter(|e| e.scope == Scope::Deployment);
    assert_eq!(in_path.clone().count(), 8);
    for (name, segment) in HOSTILE {
        for endpoint in in_path.clone() {
            let path = endpoint.path;
            let target = |surface| endpoint.target(surface, Some(name), &[], &Query::new());
            let expected = format!("/openai/deployments/{segment}{path}?api-version=2024-10-21");
            assert_eq!(target(dated).unwrap(), expected);
            // On the v1 surface it stands in the body.
            assert_eq!(target(Surface::V1).unwrap(), format!("/openai/v1{path}"));
        }
        for endpoint in ENDPOINTS {
            let args = vec![name; endpoint.path_params().count()];
            let path = endpoint
                .path
                .split('/')
                .map(|part| match part.strip_prefix('{') {
                    Some(_) => segment,
                    None => part,
                });
            let path = path.collect::<Vec<_>>().join("/");
            let target = endpoint.target(Surface::V1Preview, None, &args, &Query::new());
            let expected = format!("/openai/v1{path}?api-version=preview");
            assert_eq!(target.unwrap(), expected);
        }
        for base in BASES {
            let chat = CreateChatCompletion::new(name, [Message::user("hi")]);
            let found = url(base, dated, &chat).await;
            let path = format!("/openai/deployments/{segment}/chat/completions");
            let expected = format!("{base}{path}?api-version=2024-10-21");
            assert_eq!(found, expected);
            // What reqwest makes of it is what was meant.
            assert_eq!(url::Url::parse(&found).unwrap().as_str(), expected);
            let found = url(base, Surface::V1, &GetModel::new(name)).await;
            assert_eq!(found, format!("{base}/openai/v1/models/{segment}"));
        }
    }
}

#[test]
fn a_name_that_a_server_would_resolve_away_is_refused_everywhere() {
    for endpoint in ENDPOINTS {
        for name in ["", ".", ".."] {
            let args = vec![name; endpoint.path_params().count()];
            let target = |surface| endpoint.target(surface, Some(name), &args, &Query::new());
            let in_path = endpoint.scope == Scope::Deployment;
            assert_eq!(target(Surface::V1).is_err(), !args.is_empty());
            assert_eq!(
                target(Surface::LATEST_DATED).is_err(),
                in_path || !args.is_empty()
            );
        }
    }
}

/// Any name that is one: not empty, and not resolved away.
fn name() -> impl Strategy<Value = String> {
    let hostile = HOSTILE.map(|(name, _)| name.to_owned()).to_vec();
    prop_oneof![prop::sample::select(hostile), "\\PC{1,12}", "[ -~]{1,12}"]
        .prop_filter("a name", |name| !matches!(name.as_str(), "." | ".."))
}

proptest! {
    #[test]
    fn matches_undoes_target(
        endpoint in prop::sample::select(ENDPOINTS),
        surface in prop::sample::select(vec![
            Surface::V1,
            Surface::V1Preview,
            Surface::LATEST_DATED,
            "2025-04-01-preview".parse().unwrap(),
        ]),
        deployment in name(),
        names in prop::collection::vec(name(), 4),
        pairs in prop::collection::vec(("[a-z\\[\\]$ ]{1,6}", "\\PC{0,8}"), 0..4),
    ) {
        let args: Vec<&str> = names.iter().map(String::as_str).take(endpoint.path_params().count()).collect();
        let mut query = Query::new();
        for (name, value) in pairs {
            query.push(name, value);
        }
        let target = endpoint.target(surface, Some(&deployment), &args, &query).unwrap();
        let matched = endpoint.matches(&endpoint.method, &target).unwrap();
        let in_path = endpoint.scope == Scope::Deployment && !surface.is_v1();
        prop_assert_eq!(matched.surface(), Some(surface));
        prop_assert_eq!(matched.deployment, in_path.then_some(deployment));
        prop_assert_eq!(matched.args, args);
        prop_assert_eq!(matched.query, query);
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
