//! The awkward cases that every operation's plumbing must carry, on operations made for the test.

use aoai_types::error::ApiError;
use aoai_types::operation::{Body, EncodeError, Extra, FilePart, Mode, Part, PartBody, Parts};
use aoai_types::responses::CreateResponse;
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

fn text_of(body: &Body) -> &str {
    let Body::Json(bytes) = body else {
        panic!("{body:?} is not JSON")
    };
    std::str::from_utf8(bytes).unwrap()
}

fn json_of(body: &Body) -> Value {
    serde_json::from_str(text_of(body)).unwrap()
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
        text_of(&v1.body),
        r#"{"messages":["hi"],"model":"other"}"#,
        "once"
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
fn what_is_no_path_of_a_deployment_names_the_model_in_the_body_on_every_surface() {
    let request = CreateResponse::new("gpt 4o", "hi");
    for surface in [Surface::V1, Surface::LATEST_DATED] {
        let cx = Encode::new(surface);
        let wire = request.to_wire(&cx).unwrap();
        assert_eq!(text_of(&wire.body), r#"{"model":"gpt 4o","input":"hi"}"#);
        let wire = request.to_wire(&cx.deployment(Some("other"))).unwrap();
        assert_eq!(text_of(&wire.body), r#"{"input":"hi","model":"other"}"#);
    }
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
    for name in [".", ".."] {
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
fn a_deployment_without_a_name_is_refused_on_every_surface() {
    let nameless = Chat {
        model: String::new(),
        ..chat()
    };
    for surface in [Surface::V1, Surface::V1Preview, Surface::LATEST_DATED] {
        let cx = Encode::new(surface);
        for error in [
            nameless.to_wire(&cx).unwrap_err(),
            chat().to_wire(&cx.deployment(Some(""))).unwrap_err(),
            CreateResponse::new("", "hi").to_wire(&cx).unwrap_err(),
        ] {
            let error = error.to_string();
            let (_, reason) = error.split_once(": ").unwrap();
            assert_eq!(reason, "`model` names the deployment, and it is empty");
        }
        let named = nameless.to_wire(&cx.deployment(Some("other"))).unwrap();
        assert!(named.target.contains("/chat/completions"));
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
fn what_is_another_operations_path_does_not_match() {
    let found = ListItems::ENDPOINT
        .matches(&Method::GET, "/openai/v1/things/a%2Fb/items?limit=2")
        .unwrap();
    assert_eq!(
        (found.args, found.query.get("limit")),
        (vec!["a/b".into()], Some("2"))
    );
    for target in [
        "/openai/v1/things/a/others",
        "/openai/v1/others/a/items",
        "/openai/v1/things//items",
        "/openai/v1/things/a",
        "/openai/v1/things/a/items/b",
        "/openai/v1things/a/items",
        "/v1/things/a/items",
    ] {
        let found = ListItems::ENDPOINT.matches(&Method::GET, target);
        assert_eq!(found, None, "{target}");
    }
}

#[test]
fn a_path_takes_as_many_names_as_it_has_places() {
    let target = |args: &[&str]| ListItems::ENDPOINT.target(Surface::V1, None, args, &Query::new());
    assert_eq!(target(&["a"]).unwrap(), "/openai/v1/things/a/items");
    let error = target(&[]).unwrap_err().to_string();
    assert_eq!(error, "test.items: the path needs a id, and none was given");
    let error = target(&["a", "b"]).unwrap_err().to_string();
    assert!(
        error.starts_with("test.items: \"b\" cannot be the surplus path parameter"),
        "{error}"
    );
}

#[test]
fn a_query_has_its_parameters_in_order_and_may_repeat_them() {
    let mut query = Query::parse("a=1&&b=x+y&a=2&c");
    let all: Vec<_> = query.iter().collect();
    assert_eq!(all, [("a", "1"), ("b", "x y"), ("a", "2"), ("c", "")]);
    assert_eq!((query.get("b"), query.get("d")), (Some("x y"), None));
    assert_eq!(query.remove("a").as_deref(), Some("1"));
    assert_eq!(query.remove("a"), None);
    let left: Vec<_> = query.iter().collect();
    assert_eq!(left, [("b", "x y"), ("c", "")]);
    assert!(!query.is_empty() && Query::parse("").is_empty());
}

#[test]
fn surfaces_know_who_serves_what() {
    let early = Surface::dated("2024-10-21").unwrap();
    let late = Surface::dated("2025-04-01-preview").unwrap();
    assert!(!ListItems::ENDPOINT.is_served_by(early));
    assert!(ListItems::ENDPOINT.is_served_by(late));
    assert!(ListItems::ENDPOINT.is_served_by(Surface::V1));
    assert!(!Copy::ENDPOINT.is_served_by(late));
    let first = Surface::dated("2025-03-01-preview").unwrap();
    assert!(ListItems::ENDPOINT.is_served_by(first));
    let old = Endpoint::new("test.old", Method::GET, Scope::Resource, "/old").dated_only();
    assert!(old.is_served_by(early));
    let new = Endpoint::new("test.new", Method::GET, Scope::Resource, "/new").v1_preview();
    for (surface, served) in [(Surface::V1, false), (Surface::V1Preview, true)] {
        assert!(!old.is_served_by(surface));
        assert_eq!(new.is_served_by(surface), served);
    }
    assert!(!Upload::ENDPOINT.safe_to_repeat);
    let upload = Upload {
        purpose: "batch".into(),
        file: FilePart::new("in.jsonl", ""),
    };
    assert!(chat().safe_to_repeat() && !upload.safe_to_repeat());
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
        "+024-10-21",
        "2024-+1-21",
        "2024-10-+1",
        "",
    ] {
        let error = Surface::dated(text).unwrap_err();
        assert!(error.to_string().contains("YYYY-MM-DD"), "{error}");
    }
    for (surface, text) in [
        (Surface::V1, "v1"),
        (Surface::V1Preview, "v1-preview"),
        (Surface::LATEST_DATED, "2024-10-21"),
    ] {
        assert_eq!(text.parse(), Ok(surface));
        assert_eq!(surface.to_string(), text);
    }
    assert_eq!("preview".parse(), Ok(Surface::V1Preview));
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
