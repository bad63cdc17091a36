//! The awkward cases that every operation's plumbing must carry, on operations made for the test.

use aoai_types::error::ApiError;
use aoai_types::operation::{Body, EncodeError, Extra, FilePart, Mode, Part, PartBody, Parts};
use aoai_types::{
    Accumulator, ApiVersion, Encode, Endpoint, Operation, Paged, Payload, Query, Scope,
    StreamEvent, Streaming, Surface, Visitor, visit,
};
use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A streamed operation whose deployment is in the path on one surface, in the body on the other.
#[derive(Serialize, Deserialize)]
struct Chat {
    model: String,
    messages: Vec<String>,
    #[serde(skip)]
    extra: Extra,
}

impl Operation for Chat {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "test.chat",
        Method::POST,
        Scope::Deployment,
        "/chat/completions",
    );
    type Response = Answer;

    fn deployment(&self) -> Option<&str> {
        Some(&self.model)
    }

    fn extra(&self) -> Option<&Extra> {
        Some(&self.extra)
    }
}

#[derive(Default, Serialize, Deserialize)]
struct Answer {
    text: String,
}

#[derive(Serialize, Deserialize)]
struct Delta {
    text: String,
    error: Option<ApiError>,
}

impl StreamEvent for Delta {
    fn is_output(&self) -> bool {
        !self.text.is_empty()
    }

    fn error(&self) -> Option<&ApiError> {
        self.error.as_ref()
    }
}

impl Streaming for Chat {
    type Event = Delta;
    type Accumulator = Answer;
}

impl Accumulator for Answer {
    type Event = Delta;
    type Output = Self;

    fn push(&mut self, event: Delta) {
        self.text.push_str(&event.text);
    }

    fn finish(self) -> Self {
        self
    }
}

/// An upload: a form with a file.
#[derive(Serialize, Deserialize)]
struct Upload {
    purpose: String,
    file: FilePart,
}

impl Operation for Upload {
    const ENDPOINT: &'static Endpoint =
        &Endpoint::new("test.upload", Method::POST, Scope::Resource, "/files").not_repeatable();
    type Response = Answer;

    fn encode(&self, _: &Encode<'_>) -> Result<Parts, EncodeError> {
        Ok(Parts::multipart::<Self>(vec![
            Part::text("purpose", &self.purpose),
            Part::file("file", &self.file),
        ]))
    }
}

/// A list with a path parameter, a query and pages.
#[derive(Clone, Default, Serialize, Deserialize)]
struct ListItems {
    id: String,
    after: Option<String>,
    limit: Option<u32>,
    include: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct Page {
    data: Vec<u32>,
    last_id: Option<String>,
}

impl Operation for ListItems {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "test.items",
        Method::GET,
        Scope::Resource,
        "/things/{id}/items",
    )
    .since(ApiVersion::preview(2025, 3, 1));
    type Response = Page;

    fn path_args(&self) -> Vec<&str> {
        vec![&self.id]
    }
}

impl Paged for ListItems {
    type Item = u32;

    fn next(&self, page: &Page) -> Option<Self> {
        let after = page.last_id.clone()?;
        Some(Self {
            after: Some(after),
            ..self.clone()
        })
    }

    fn items(page: Page) -> Vec<u32> {
        page.data
    }
}

/// A path parameter beside a body, and a header that opts in.
#[derive(Serialize, Deserialize)]
struct Copy {
    job: String,
    region: String,
}

impl Operation for Copy {
    const ENDPOINT: &'static Endpoint = &Endpoint::new(
        "test.copy",
        Method::POST,
        Scope::Resource,
        "/jobs/{job}/copy",
    )
    .v1_only()
    .with_headers(&[("aoai-copy", "preview")]);
    type Response = Answer;

    fn path_args(&self) -> Vec<&str> {
        vec![&self.job]
    }
}

fn chat() -> Chat {
    Chat {
        model: "gpt 4o".into(),
        messages: vec!["hi".into()],
        extra: Extra::new(),
    }
}

fn json_of(body: &Body) -> Value {
    let Body::Json(bytes) = body else {
        panic!("{body:?} is not JSON")
    };
    serde_json::from_slice(bytes).unwrap()
}

#[test]
fn a_streamed_chat_on_both_surfaces() {
    let v1 = chat()
        .to_wire(&Encode::new(Surface::V1).streaming())
        .unwrap();
    assert_eq!(v1.target, "/openai/v1/chat/completions");
    assert_eq!(
        json_of(&v1.body),
        json!({"model": "gpt 4o", "messages": ["hi"], "stream": true})
    );

    let dated = chat()
        .to_wire(&Encode::new(Surface::LATEST_DATED).streaming())
        .unwrap();
    assert_eq!(
        dated.target,
        "/openai/deployments/gpt%204o/chat/completions?api-version=2024-10-21"
    );
    assert_eq!(
        json_of(&dated.body),
        json!({"messages": ["hi"], "stream": true})
    );

    let preview = chat().to_wire(&Encode::new(Surface::V1Preview)).unwrap();
    assert_eq!(
        preview.target,
        "/openai/v1/chat/completions?api-version=preview"
    );
    assert_eq!(
        json_of(&preview.body),
        json!({"model": "gpt 4o", "messages": ["hi"]})
    );
}

#[test]
fn another_deployment_replaces_the_requests_own() {
    let cx = Encode::new(Surface::V1).deployment(Some("other"));
    let v1 = chat().to_wire(&cx).unwrap();
    assert_eq!(
        json_of(&v1.body),
        json!({"model": "other", "messages": ["hi"]})
    );

    let cx = Encode::new(Surface::LATEST_DATED).deployment(Some("other"));
    let dated = chat().to_wire(&cx).unwrap();
    assert_eq!(
        dated.target,
        "/openai/deployments/other/chat/completions?api-version=2024-10-21"
    );
    assert_eq!(json_of(&dated.body), json!({"messages": ["hi"]}));
}

#[test]
fn extra_members_win_and_stand_once() {
    let mut request = chat();
    request.extra.insert("messages".into(), json!("mine"));
    request.extra.insert("beta".into(), json!(1));
    let call: Extra = [
        ("beta".to_owned(), json!(2)),
        ("stream".to_owned(), json!("odd")),
    ]
    .into_iter()
    .collect();
    let cx = Encode::new(Surface::LATEST_DATED)
        .streaming()
        .extra(Some(&call));
    let wire = request.to_wire(&cx).unwrap();
    let Body::Json(bytes) = &wire.body else {
        panic!()
    };
    assert_eq!(bytes, r#"{"messages":"mine","beta":2,"stream":"odd"}"#);
}

#[test]
fn a_multipart_upload() {
    let request = Upload {
        purpose: "batch".into(),
        file: FilePart::new("in.jsonl", "{}\n"),
    };
    let wire = request.to_wire(&Encode::new(Surface::V1)).unwrap();
    assert_eq!(wire.target, "/openai/v1/files");
    let Body::Multipart(parts) = &wire.body else {
        panic!("not a form")
    };
    assert_eq!(parts.len(), 2);
    assert_eq!(
        (parts[0].name.as_str(), parts[0].file_name.as_deref()),
        ("purpose", None)
    );
    assert_eq!(
        (parts[1].name.as_str(), parts[1].file_name.as_deref()),
        ("file", Some("in.jsonl"))
    );
    assert!(matches!(&parts[1].body, PartBody::Bytes(bytes) if bytes == "{}\n"));
}

#[test]
fn a_written_down_upload_reads_back() {
    for file in [
        json!({"name": "a.txt", "text": "ä"}),
        json!({"name": "b", "base64": "/w=="}),
    ] {
        let written = json!({"purpose": "batch", "file": file});
        let request: Upload = serde_json::from_value(written.clone()).unwrap();
        assert_eq!(serde_json::to_value(&request).unwrap(), written);
    }
    let both = json!({"purpose": "p", "file": {"name": "a", "text": "", "base64": ""}});
    let error = serde_json::from_value::<Upload>(both)
        .map(drop)
        .unwrap_err();
    assert_eq!(error.to_string(), "a file has either `text` or `base64`");
}

#[test]
fn a_list_with_query_and_pages() {
    let first = ListItems {
        id: "a/b".into(),
        limit: Some(2),
        include: vec!["x y".into(), "z".into()],
        ..ListItems::default()
    };
    let wire = first.to_wire(&Encode::new(Surface::V1)).unwrap();
    assert_eq!(
        wire.target,
        "/openai/v1/things/a%2Fb/items?include%5B%5D=x%20y&include%5B%5D=z&limit=2"
    );
    assert!(matches!(wire.body, Body::Empty));

    let page = Page {
        data: vec![1, 2],
        last_id: Some("2".into()),
    };
    let second = first.next(&page).unwrap();
    assert_eq!(ListItems::items(page), [1, 2]);
    let dated = second.to_wire(&Encode::new(Surface::dated("2025-03-01-preview").unwrap()));
    assert_eq!(
        dated.unwrap().target,
        "/openai/things/a%2Fb/items?api-version=2025-03-01-preview&after=2&include%5B%5D=x%20y\
         &include%5B%5D=z&limit=2"
    );
    assert!(
        second
            .next(&Page {
                data: Vec::new(),
                last_id: None
            })
            .is_none()
    );
}

#[test]
fn a_header_and_a_path_parameter_beside_a_body() {
    let request = Copy {
        job: "j".into(),
        region: "eu".into(),
    };
    let wire = request.to_wire(&Encode::new(Surface::V1)).unwrap();
    assert_eq!(wire.target, "/openai/v1/jobs/j/copy");
    assert_eq!(wire.headers, [("aoai-copy", "preview".to_owned())]);
    assert_eq!(json_of(&wire.body), json!({"region": "eu"}));
}

#[test]
fn names_that_a_server_would_resolve_away_are_refused() {
    for name in [".", "..", ""] {
        let request = Chat {
            model: name.into(),
            ..chat()
        };
        let error = request
            .to_wire(&Encode::new(Surface::LATEST_DATED))
            .unwrap_err();
        assert!(
            error.to_string().contains("cannot be the deployment"),
            "{error}"
        );
    }
}

#[test]
fn matches_undoes_target() {
    let query = {
        let mut query = Query::new();
        query.push("a b", "c&d=é");
        query
    };
    for surface in [Surface::V1, Surface::V1Preview, Surface::LATEST_DATED] {
        let target = Chat::ENDPOINT
            .target(surface, Some("../x?y#z%2e"), &[], &query)
            .unwrap();
        let matched = Chat::ENDPOINT.matches(&Method::POST, &target).unwrap();
        assert_eq!(matched.surface(), Some(surface));
        assert_eq!(matched.query, query);
        let deployment = matched.deployment.as_deref();
        assert_eq!(deployment, (!surface.is_v1()).then_some("../x?y#z%2e"));
        assert!(Chat::ENDPOINT.matches(&Method::GET, &target).is_none());
        assert!(
            ListItems::ENDPOINT
                .matches(&Method::POST, &target)
                .is_none()
        );
    }
}

#[test]
fn surfaces_know_who_serves_what() {
    let early = Surface::dated("2024-10-21").unwrap();
    let late = Surface::dated("2025-04-01-preview").unwrap();
    assert!(!ListItems::ENDPOINT.is_served_by(early));
    assert!(ListItems::ENDPOINT.is_served_by(late));
    assert!(ListItems::ENDPOINT.is_served_by(Surface::V1));
    assert!(!Copy::ENDPOINT.is_served_by(late));
    assert!(!Upload::ENDPOINT.safe_to_repeat);
    assert!(early.is_known() && late.is_known() && Surface::V1Preview.is_known());
    assert!(!Surface::dated("2023-11-01-preview").unwrap().is_known());
    assert!(!Surface::dated("2099-01-01").unwrap().is_known());
}

#[test]
fn what_is_no_surface_says_so() {
    for text in [
        "0613",
        "gpt-4o",
        "2024-13-01",
        "2024-10-32",
        "2024/10/21",
        "2024-10-21-beta",
        "",
    ] {
        let error = Surface::dated(text).unwrap_err();
        assert!(error.to_string().contains("YYYY-MM-DD"), "{error}");
    }
    assert_eq!("preview".parse::<Surface>(), Ok(Surface::V1Preview));
}

#[test]
fn an_operation_is_found_by_its_id() {
    struct Name;
    impl Visitor for Name {
        type Out = (&'static str, Mode);
        fn unary<O: Operation>(self) -> Self::Out {
            (O::ENDPOINT.id, Mode::Unary)
        }
        fn streaming<O: Streaming>(self) -> Self::Out {
            (O::ENDPOINT.id, Mode::Streaming)
        }
    }
    assert_eq!(
        visit("models.list", Name),
        Some(("models.list", Mode::Unary))
    );
    assert_eq!(visit("nothing", Name), None);
}

#[test]
fn a_decode_error_names_the_place() {
    let body = bytes::Bytes::from_static(br#"{"data": [1, "x"], "last_id": null}"#);
    let error = Page::decode(&body).map(drop).unwrap_err();
    assert_eq!(error.path(), "data[1]");
    assert!(
        error
            .to_string()
            .starts_with("data[1]: invalid type: string \"x\""),
        "{error}"
    );
}
