//! Pieces of requests, made without JSON.

use aoai_types::chat::{AssistantMessage, AudioReference, Message};
use aoai_types::evals::runs::{EvalContent, InputMessages, ItemReference};
use aoai_types::fine_tuning::{Integration, WandbIntegration, WandbSettings};
use aoai_types::graders::{Grader, MultiGrader, StringCheckGrader};
use aoai_types::vector_stores::{ChunkSize, ChunkingStrategy, StaticChunking};
use serde::Serialize;
use serde_json::{Map, Value, json};

#[track_caller]
fn check(made: impl Serialize, written: &Value) {
    assert_eq!(&serde_json::to_value(made).unwrap(), written);
}

#[test]
fn a_length_of_passages() {
    check(
        ChunkingStrategy::from(StaticChunking::new(ChunkSize::new(800, 400))),
        &json!({"type": "static",
            "static": {"max_chunk_size_tokens": 800, "chunk_overlap_tokens": 400}}),
    );
}

#[test]
fn several_graders_together() {
    let check_of = |name: &str| Grader::from(StringCheckGrader::new(name, "{{a}}", "{{b}}", "eq"));
    let graders = ["x", "y"].map(|name| (name.to_owned(), check_of(name)));
    let part = |name: &str| {
        json!({"type": "string_check", "name": name, "input": "{{a}}", "reference": "{{b}}",
               "operation": "eq"})
    };
    check(
        Grader::from(MultiGrader::new("both", graders, "x + y")),
        &json!({"type": "multi", "name": "both", "graders": {"x": part("x"), "y": part("y")},
            "calculate_output": "x + y"}),
    );
}

#[test]
fn another_service_that_is_told_of_a_training() {
    check(
        Integration::from(WandbIntegration::new(WandbSettings::new("ours"))),
        &json!({"type": "wandb", "wandb": {"project": "ours"}}),
    );
}

#[test]
fn examples_of_an_eval() {
    let item = Map::from_iter([("question".to_owned(), "Why?".into())]);
    check(
        EvalContent::new(item),
        &json!({"item": {"question": "Why?"}}),
    );
    check(
        InputMessages::from(ItemReference::new("item.messages")),
        &json!({"type": "item_reference", "item_reference": "item.messages"}),
    );
}

#[test]
fn a_spoken_answer_that_goes_back_by_its_id() {
    let mut message = AssistantMessage::default();
    message.audio = Some(AudioReference::new("audio_7"));
    check(
        Message::from(message),
        &json!({"role": "assistant", "audio": {"id": "audio_7"}}),
    );
}
