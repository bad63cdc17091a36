//! What a call tells those who watch: its span, its events, and nothing that is not theirs.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::sync::{Arc, Mutex};

use aoai_auth::testing::Capture;
use aoai_http::{Backend, Client, Endpoints};
use aoai_types::Surface;
use aoai_types::chat::{CreateChatCompletion, Message};
use aoai_types::models::ListModels;
use aoai_types::responses::CreateResponse;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::server::{Act, Server, Then, in_time};

type Fields = BTreeMap<String, String>;

/// Writes everything down: spans with their fields as they are in the end, and all text there is.
#[derive(Clone, Default)]
struct Diary(Arc<Mutex<(Vec<Fields>, String)>>);

impl Diary {
    /// What was told of the calls that `run` makes, in order.
    async fn of<F: Future>(run: F) -> (Vec<Fields>, String) {
        let diary = Self::default();
        // So that no other test, which has no diary, decides that nobody keeps one.
        drop(Capture::start());
        let guard = tracing::subscriber::set_default(diary.clone());
        in_time(run).await;
        drop(guard);
        let written = diary.0.lock().unwrap();
        written.clone()
    }

    fn write(&self, id: Option<&Id>, record: impl FnOnce(&mut Writer<'_>)) {
        let (spans, text) = &mut *self.0.lock().unwrap();
        let fields = id.map(|id| &mut spans[usize::try_from(id.into_u64()).unwrap() - 1]);
        record(&mut Writer { fields, text });
    }
}

struct Writer<'a> {
    fields: Option<&'a mut Fields>,
    text: &'a mut String,
}

impl Visit for Writer<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.record_debug(field, &format_args!("{value}"));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let value = format!("{value:?}");
        writeln!(self.text, "{field}={value}").unwrap();
        if let Some(fields) = &mut self.fields {
            fields.insert(field.name().to_owned(), value);
        }
    }
}

impl Subscriber for Diary {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("aoai_")
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let count = {
            let (spans, _) = &mut *self.0.lock().unwrap();
            spans.push(Fields::new());
            spans.len()
        };
        let id = Id::from_u64(u64::try_from(count).unwrap());
        self.write(Some(&id), |writer| span.record(writer));
        id
    }

    fn record(&self, id: &Id, values: &Record<'_>) {
        self.write(Some(id), |writer| values.record(writer));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        self.write(None, |writer| event.record(writer));
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

const SECRET_PROMPT: &str = "the prompt that nobody may read";
const SECRET_ANSWER: &str = "the answer that nobody may read";

fn chat() -> CreateChatCompletion {
    CreateChatCompletion::new("gpt", [Message::user(SECRET_PROMPT)])
}

fn answer() -> Act {
    let body = format!(
        "{{\"id\":\"chatcmpl-1\",\"model\":\"gpt-4o-2024-11-20\",\"choices\":[{{\"index\":0,\
         \"finish_reason\":\"stop\",\"message\":{{\"role\":\"assistant\",\
         \"content\":\"{SECRET_ANSWER}\"}}}}],\
         \"usage\":{{\"prompt_tokens\":9,\"completion_tokens\":4,\"total_tokens\":13}}}}"
    );
    Act::json(200, "apim-request-id: apim-1\r\n", &body)
}

/// The fields of a span that are set, as `name=value`, those of the server left out.
fn told(span: &Fields) -> Vec<String> {
    let mut told = Vec::new();
    for (name, value) in span {
        if !name.starts_with("server.") {
            told.push(format!("{name}={value}"));
        }
    }
    told
}

#[tokio::test]
async fn the_span_of_a_call_has_the_names_of_the_conventions() {
    let server = Server::start(vec![Act::json(500, "", "{}"), answer()]).await;
    let client = server.client();
    let (spans, _) = Diary::of(async { client.send(&chat()).await.unwrap() }).await;
    assert_eq!(spans.len(), 1);
    assert_eq!(
        told(&spans[0]),
        [
            "attempts=2",
            "azure.apim_request_id=apim-1",
            "gen_ai.operation.name=chat",
            "gen_ai.provider.name=azure.ai.openai",
            "gen_ai.request.model=gpt",
            "gen_ai.response.finish_reasons=[\"stop\"]",
            "gen_ai.response.id=chatcmpl-1",
            "gen_ai.response.model=gpt-4o-2024-11-20",
            "gen_ai.usage.input_tokens=9",
            "gen_ai.usage.output_tokens=4",
            "http.response.status_code=200",
            "otel.kind=client",
            "otel.name=chat gpt",
        ]
    );
    assert_eq!(spans[0]["server.address"], "127.0.0.1");
    assert!(server.endpoint.ends_with(&spans[0]["server.port"]));
}

#[tokio::test]
async fn the_span_of_a_failed_call_says_what_it_failed_of() {
    let refusal = "{\"error\":{\"code\":\"DeploymentNotFound\",\"message\":\"no\"}}";
    let not_json = Act::json(200, "", "no json");
    for (act, status, error) in [
        (
            Act::json(404, "", refusal),
            Some("404"),
            "deployment_not_found",
        ),
        (not_json, Some("200"), "decode"),
        (Act::new("", Then::Close), None, "connection"),
    ] {
        let server = Server::start(vec![act]).await;
        let client = server.builder().0.max_retries(0).build().unwrap();
        let (spans, _) = Diary::of(async { client.send(&chat()).await.unwrap_err() }).await;
        let span = &spans[0];
        assert_eq!(
            span.get("http.response.status_code").map(String::as_str),
            status
        );
        assert_eq!(span["error.type"], error);
        assert_eq!(span["otel.status_code"], "ERROR");
        assert_eq!(span["attempts"], "1");
    }
    // One that cannot be sent, and one that is given up.
    let server = Server::start(vec![Act::new("", Then::Hang)]).await;
    let client = server.client();
    let dated = client.with(aoai_http::CallOptions::new().surface(Surface::LATEST_DATED));
    let nameless = CreateChatCompletion::new("", [Message::user("hi")]);
    let (spans, _) = Diary::of(async {
        dated.send(&nameless).await.unwrap_err();
        dated.stream(&nameless).await.unwrap_err();
        dated.download(&nameless).await.unwrap_err();
        let models = ListModels::new();
        let call = client.send(&models);
        futures_util::future::select(Box::pin(call), Box::pin(server.heard(1))).await;
    })
    .await;
    let errors: Vec<_> = spans
        .iter()
        .map(|span| span["error.type"].as_str())
        .collect();
    assert_eq!(errors, ["request", "request", "request", "cancelled"]);
    assert_eq!(spans[3]["otel.name"], "models.list");
}

const CREATED: &str = "data: {\"type\":\"response.created\",\"response\":{\"id\":\"resp_1\",\
     \"model\":\"gpt-4o-mini\"}}\n\n";
const DELTA: &str = "data: {\"type\":\"response.output_text.delta\",\"delta\":\"x\"}\n\n";
const COMPLETED: &str = "data: {\"type\":\"response.completed\",\"response\":{\"id\":\"resp_1\",\
     \"usage\":{\"input_tokens\":5,\"output_tokens\":7,\"total_tokens\":12}}}\n\n";
const ERROR: &str =
    "data: {\"type\":\"error\",\"code\":\"rate_limit_exceeded\",\"message\":\"\"}\n\n";

#[tokio::test]
async fn the_span_of_a_stream_lasts_to_its_end() {
    let respond = CreateResponse::new("gpt", SECRET_PROMPT);
    let whole = [CREATED, DELTA, COMPLETED];
    for (events, error, tokens) in [
        (&whole[..], None, Some("7")),
        (&whole[..2], Some("truncated"), None),
        (&[CREATED, DELTA, ERROR], Some("rate_limit"), None),
    ] {
        let server = Server::start(vec![Act::events(events)]).await;
        let client = server.client();
        let (spans, _) = Diary::of(async {
            let mut stream = client.stream(&respond).await.unwrap();
            while stream.next().await.is_some() {}
        })
        .await;
        let span = &spans[0];
        assert_eq!(span["otel.name"], "chat gpt");
        assert_eq!(span["gen_ai.response.id"], "resp_1");
        assert_eq!(span["gen_ai.response.model"], "gpt-4o-mini");
        assert_eq!(
            span.get("error.type").map(String::as_str),
            error,
            "{events:?}"
        );
        let used = span.get("gen_ai.usage.output_tokens");
        assert_eq!(used.map(String::as_str), tokens);
        assert_eq!(span["http.response.status_code"], "200");
        assert_eq!(span["azure.apim_request_id"], "apim-1");
    }
    // Given up in the middle.
    let server = Server::start(vec![Act::events(&whole)]).await;
    let client = server.client();
    let (spans, _) = Diary::of(async { drop(client.stream(&respond).await.unwrap()) }).await;
    assert_eq!(spans[0]["error.type"], "cancelled");
}

#[tokio::test]
async fn a_call_to_several_backends_has_one_span_at_the_last_of_them() {
    let full = Server::start(vec![Act::json(429, "", "{}")]).await;
    let free = Server::start(vec![answer()]).await;
    let azure = Endpoints::builder()
        .backend(Backend::new(full.client()))
        .backend(Backend::new(free.client()).priority(1))
        .build()
        .unwrap();
    let (spans, text) = Diary::of(async { azure.send(&chat()).await.unwrap() }).await;
    assert_eq!(spans.len(), 1);
    assert!(free.endpoint.ends_with(&spans[0]["server.port"]));
    assert_eq!(spans[0]["attempts"], "2");
    assert!(text.contains("message=moving on\n"), "{text}");
}

#[tokio::test]
async fn neither_secrets_nor_content_are_told() {
    let stream = [
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"",
        SECRET_ANSWER,
        "\"}}]}\n\n",
    ]
    .concat();
    let server = Server::start(vec![
        Act::json(429, "set-cookie: fake-session\r\n", "{}"),
        answer(),
        Act::events(&[&stream, "data: [DONE]\n\n"]),
        Act::json(400, "", "{}"),
    ])
    .await;
    let mut subscription = http::HeaderValue::from_static("fake-subscription-key");
    subscription.set_sensitive(true);
    let subscribed = http::HeaderName::from_static("ocp-apim-subscription-key");
    let client: Client = server
        .builder()
        .0
        .header(subscribed, subscription)
        .query("api-key", "fake-key-in-query")
        .query("sig", "fake-signature")
        .build()
        .unwrap();
    let (_, text) = Diary::of(async {
        client.send(&chat()).await.unwrap();
        let mut stream = client.stream(&chat()).await.unwrap();
        while stream.next().await.is_some() {}
        client.send(&chat()).await.unwrap_err();
    })
    .await;
    for told in [
        "message=sending\n",
        "message=answered\n",
        "api-key=[redacted]",
    ] {
        assert!(text.contains(told), "{told} in {text}");
    }
    for hidden in ["not-a-real-key", "fake-", "nobody may read"] {
        assert!(!text.contains(hidden), "{hidden} in {text}");
    }
}
