//! Bodies with the shapes of recorded ones, read where a folder of them is at hand.
//!
//! `AOAI_SAMPLES` names the folder.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use aoai_types::batches::{Batch, BatchOutputLine};
use aoai_types::chat::{ChatCompletion, ChatCompletionChunk};
use aoai_types::completions::Completion;
use aoai_types::embeddings::Embeddings;
use aoai_types::error::ErrorBody;
use aoai_types::files::File;
use aoai_types::fine_tuning::jobs::FineTuningJob;
use aoai_types::images::Images;
use aoai_types::list::Page;
use aoai_types::models::ModelList;
use aoai_types::realtime::ClientSecret;
use aoai_types::realtime::event::{ClientEvent, ServerEvent};
use aoai_types::responses::Response;
use aoai_types::responses::event::ResponseEvent;
use aoai_types::{Payload, StreamEvent};
use serde_json::Value;

use crate::same::differences;

#[test]
fn every_sample_is_read_and_written_again() {
    let Some(folder) = folder() else {
        let told = b"skipped: AOAI_SAMPLES is not set, and there is no folder of samples\n";
        io::stderr().write_all(told).unwrap();
        return;
    };
    let mut wrong = Vec::new();
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        let found = match name.split('-').next().unwrap() {
            "chat" if name.starts_with("chat-stream-") => events::<ChatCompletionChunk>(&text),
            "chat" => whole::<ChatCompletion>(&text),
            "completions" => whole::<Completion>(&text),
            "embeddings" => whole::<Embeddings>(&text),
            "models" => whole::<ModelList>(&text),
            "batch" if name == "batch-output-line.json" => whole::<BatchOutputLine>(&text),
            "batch" => whole::<Batch>(&text),
            "files" => whole::<Page<File>>(&text),
            "images" => whole::<Images>(&text),
            "responses" if name.starts_with("responses-stream-") => events::<ResponseEvent>(&text),
            "responses" => whole::<Response>(&text),
            "error" | "image" if name.contains("error") => error(&text),
            "fine" => whole::<FineTuningJob>(&text),
            "realtime" if name.starts_with("realtime-client-") => whole::<ClientSecret>(&text),
            "realtime" => realtime(&text),
            // Headers are the transport's, keys and vaults are other services.
            "arm" | "headers" | "keyvault" | "INDEX.md" => continue,
            _ => vec!["nothing here reads it".to_owned()],
        };
        seen += 1;
        wrong.extend(found.into_iter().map(|found| format!("{name}: {found}")));
    }
    assert!(seen > 0, "no sample was found");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn folder() -> Option<PathBuf> {
    #[expect(
        clippy::disallowed_methods,
        reason = "a test is the edge of the program"
    )]
    let named = std::env::var_os("AOAI_SAMPLES").map(PathBuf::from);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/samples");
    named.or_else(|| beside.is_dir().then_some(beside))
}

fn whole<T: Payload>(text: &str) -> Vec<String> {
    let read = T::decode(&text.to_owned().into()).unwrap();
    let written = read.encode().unwrap();
    differences(
        &serde_json::from_str(text).unwrap(),
        &serde_json::from_slice(&written).unwrap(),
    )
}

fn events<T: StreamEvent>(text: &str) -> Vec<String> {
    let data = text.lines().filter_map(|line| line.strip_prefix("data: "));
    data.filter(|data| *data != "[DONE]")
        .flat_map(|data| {
            let read = T::decode(data).unwrap();
            differences(
                &serde_json::from_str(data).unwrap(),
                &serde_json::to_value(&read).unwrap(),
            )
        })
        .collect()
}

/// Both sides of a session; the direction is the transcript's, not the wire's.
fn realtime(text: &str) -> Vec<String> {
    let lines = text
        .lines()
        .map(|line| -> Value { serde_json::from_str(line).unwrap() });
    lines
        .flat_map(|mut event| {
            let direction = event.as_object_mut().unwrap().remove("direction").unwrap();
            let written = if direction == "sent" {
                let read: ClientEvent = serde_json::from_value(event.clone()).unwrap();
                serde_json::to_value(&read)
            } else {
                let read = <ServerEvent as StreamEvent>::decode(&event.to_string()).unwrap();
                serde_json::to_value(&read)
            };
            differences(&event, &written.unwrap())
        })
        .collect()
}

fn error(text: &str) -> Vec<String> {
    let body = ErrorBody::read(text.to_owned().into());
    let Some(error) = body.api() else {
        return vec!["it is not read as an error".to_owned()];
    };
    let body: Value = serde_json::from_str(text).unwrap();
    let read = body.get("error").unwrap_or(&body);
    differences(read, &serde_json::to_value(error).unwrap())
}
