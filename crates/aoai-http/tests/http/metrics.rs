//! What calls are measured by, with a meter that writes everything down.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aoai_types::chat::{CreateChatCompletion, Message};
use opentelemetry::KeyValue;
use opentelemetry::metrics::{
    Counter, Histogram, HistogramBuilder, InstrumentBuilder, InstrumentProvider, Meter,
    SyncInstrument,
};

use crate::server::{Act, Server, in_time};

#[derive(Clone, Default)]
struct Sheet(Arc<Mutex<Vec<String>>>);

impl Sheet {
    /// What was measured since the last time, the server's address left out.
    fn read(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }

    fn column(&self, name: &str) -> Arc<Column> {
        Arc::new(Column {
            name: name.to_owned(),
            sheet: self.clone(),
        })
    }
}

struct Column {
    name: String,
    sheet: Sheet,
}

impl Column {
    fn write(&self, value: &str, attributes: &[KeyValue]) {
        let mut line = format!("{} {value}", self.name);
        for attribute in attributes {
            let name = attribute.key.as_str();
            if name == "server.address" {
                assert_eq!(attribute.value.as_str(), "127.0.0.1");
            } else if name != "server.port" && name != "gen_ai.provider.name" {
                let (_, name) = name.rsplit_once("gen_ai.").unwrap_or(("", name));
                write!(line, " {name}={}", attribute.value).unwrap();
            }
        }
        self.sheet.0.lock().unwrap().push(line);
    }
}

impl SyncInstrument<f64> for Column {
    fn measure(&self, value: f64, attributes: &[KeyValue]) {
        self.write(&value.to_string(), attributes);
    }
}

impl SyncInstrument<u64> for Column {
    fn measure(&self, value: u64, attributes: &[KeyValue]) {
        self.write(&value.to_string(), attributes);
    }
}

impl InstrumentProvider for Sheet {
    fn u64_counter(&self, builder: InstrumentBuilder<'_, Counter<u64>>) -> Counter<u64> {
        Counter::new(self.column(&builder.name))
    }

    fn f64_histogram(&self, builder: HistogramBuilder<'_, Histogram<f64>>) -> Histogram<f64> {
        assert_eq!(builder.unit.as_deref(), Some("s"));
        assert_eq!(builder.boundaries.map(|all| all.len()), Some(14));
        Histogram::new(self.column(&builder.name))
    }

    fn u64_histogram(&self, builder: HistogramBuilder<'_, Histogram<u64>>) -> Histogram<u64> {
        assert_eq!(builder.unit.as_deref(), Some("{token}"));
        assert_eq!(builder.boundaries.map(|all| all.len()), Some(14));
        Histogram::new(self.column(&builder.name))
    }
}

fn chat() -> CreateChatCompletion {
    CreateChatCompletion::new("gpt", [Message::user("hi")])
}

const DURATION: &str = "gen_ai.client.operation.duration";
const TOKENS: &str = "gen_ai.client.token.usage";
const FIRST: &str = "gen_ai.client.operation.time_to_first_chunk";
const RETRIES: &str = "aoai.client.operation.retries";
const CALL: &str = "operation.name=chat request.model=gpt";
const ANSWERED: &str = "operation.name=chat request.model=gpt response.model=gpt-4o";

#[tokio::test]
async fn a_call_is_measured_once_with_its_retries_and_tokens() {
    let body =
        r#"{"model":"gpt-4o","choices":[],"usage":{"prompt_tokens":9,"completion_tokens":4}}"#;
    let server = Server::start(vec![
        Act::json(429, "retry-after: 2\r\n", "{}"),
        Act::json(503, "retry-after: 3\r\n", "{}"),
        Act::json(200, "", body),
        Act::json(400, "", "{}"),
    ])
    .await;
    let sheet = Sheet::default();
    let meter = Meter::new(Arc::new(sheet.clone()));
    let client = server.builder().0.meter(&meter).build().unwrap();
    in_time(client.send(&chat())).await.unwrap();
    assert_eq!(
        sheet.read(),
        [
            format!("{DURATION} 5 {ANSWERED}"),
            format!("{TOKENS} 9 {ANSWERED} token.type=input"),
            format!("{TOKENS} 4 {ANSWERED} token.type=output"),
            format!("{RETRIES} 1 {ANSWERED} error.type=rate_limit"),
            format!("{RETRIES} 1 {ANSWERED} error.type=gateway"),
        ]
    );
    in_time(client.fetch(&chat())).await.unwrap_err();
    assert_eq!(
        sheet.read(),
        [format!("{DURATION} 0 {CALL} error.type=invalid_request")]
    );
}

#[tokio::test]
async fn a_stream_is_measured_at_its_beginning_and_its_end() {
    let text = "data: {\"model\":\"gpt-4o\",\"choices\":[{\"index\":0,\
         \"delta\":{\"content\":\"x\"}}]}\n\n";
    let usage = "data: {\"model\":\"gpt-4o\",\"choices\":[],\
         \"usage\":{\"prompt_tokens\":9,\"completion_tokens\":4}}\n\n";
    let done = "data: [DONE]\n\n";
    let server = Server::start(vec![
        Act::json(429, "retry-after: 2\r\n", "{}"),
        Act::events(&[text, usage, done]),
        Act::events(&[text]),
        Act::events(&[text, done]),
    ])
    .await;
    let sheet = Sheet::default();
    let meter = Meter::new(Arc::new(sheet.clone()));
    let (builder, clock) = server.builder();
    let client = builder.meter(&meter).build().unwrap();

    let mut stream = in_time(client.stream(&chat())).await.unwrap();
    assert_eq!(sheet.read(), [format!("{FIRST} 2 {ANSWERED}")]);
    clock.advance(Duration::from_secs(5));
    while in_time(stream.next()).await.is_some() {}
    let whole = [
        format!("{DURATION} 7 {ANSWERED}"),
        format!("{TOKENS} 9 {ANSWERED} token.type=input"),
        format!("{TOKENS} 4 {ANSWERED} token.type=output"),
        format!("{RETRIES} 1 {ANSWERED} error.type=rate_limit"),
    ];
    assert_eq!(sheet.read(), whole);
    drop(stream);
    assert_eq!(sheet.read(), [""; 0]);

    let mut cut = in_time(client.stream(&chat())).await.unwrap();
    while in_time(cut.next()).await.is_some() {}
    let begun = format!("{FIRST} 0 {ANSWERED}");
    let failed = format!("{DURATION} 0 {ANSWERED} error.type=truncated");
    assert_eq!(sheet.read(), [begun.clone(), failed]);
    drop(in_time(client.stream(&chat())).await.unwrap());
    let given_up = format!("{DURATION} 0 {ANSWERED} error.type=cancelled");
    assert_eq!(sheet.read(), [begun, given_up]);
}
