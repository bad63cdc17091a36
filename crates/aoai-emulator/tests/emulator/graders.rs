//! What graders make of an answer.

use aoai_emulator::Emulator;
use serde_json::{Value, json};

use crate::support::{request, start};

/// The judgement of an answer to the item `{"sky": "grey"}`.
fn run(emulator: &Emulator, grader: &Value, sample: &str) -> Value {
    let body = json!({"grader": grader, "model_sample": sample, "item": {"sky": "grey"}});
    let line = "POST /openai/v1/fine_tuning/alpha/graders/run";
    let answer = request(emulator, line).json(&body).send();
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

/// What went wrong with a judgement.
fn errors(judged: &Value) -> Vec<&String> {
    let flags = judged["metadata"]["errors"].as_object().unwrap();
    let raised = flags.iter().filter(|(_, flag)| **flag == true);
    raised.map(|(name, _)| name).collect()
}

fn asked(kind: &str, text: &str, more: &Value) -> Value {
    let mut grader = json!({
        "type": kind, "name": "n", "model": "chat", "input": [{"role": "user", "content": text}],
    });
    let members = more.as_object().unwrap().clone();
    grader.as_object_mut().unwrap().extend(members);
    grader
}

#[tokio::test]
async fn a_check_of_difference_fails_where_there_is_none() {
    let emulator = start().await;
    let grader = json!({
        "type": "string_check",
        "name": "other",
        "input": "{{sample.output_text}}",
        "reference": "{{item.sky}}",
        "operation": "ne",
    });
    assert_eq!(run(&emulator, &grader, "grey")["reward"], 0.0);
}

#[tokio::test]
async fn each_word_is_shared_once() {
    let emulator = start().await;
    let grader = json!({
        "type": "text_similarity",
        "input": "{{sample.output_text}}",
        "reference": "a {{item.sky}} sky",
        "evaluation_metric": "bleu",
    });
    for (sample, shared, words) in [
        ("sky, sky, sky!", 2.0, 6.0),
        ("A grey -- sky.", 6.0, 6.0),
        ("", 0.0, 3.0),
    ] {
        let reward = &run(&emulator, &grader, sample)["reward"];
        assert_eq!(*reward, json!(shared / words), "{sample}");
    }
}

#[tokio::test]
async fn a_model_gives_one_of_the_labels() {
    let emulator = start().await;
    // The model says the question again, and with it one of the labels.
    for (text, passing, reward, raised) in [
        ("Say {{item.sky}}.", json!(["grey"]), 1.0, vec![]),
        ("Say {{item.sky}}.", json!(["blue"]), 0.0, vec![]),
        ("Say {{item.sky}}.", json!(["blue", "grey"]), 1.0, vec![]),
        (
            "Say red.",
            json!(["blue"]),
            0.0,
            vec!["model_grader_parse_error"],
        ),
    ] {
        let labels = json!({"labels": ["blue", "grey"], "passing_labels": passing});
        let judged = run(&emulator, &asked("label_model", text, &labels), "");
        assert_eq!(judged["reward"], reward, "{text} {passing}");
        assert_eq!(errors(&judged), raised, "{text} {passing}");
        assert_eq!(judged["metadata"]["sampled_model_name"], "chat");
    }
}

#[tokio::test]
async fn a_score_stays_in_its_range() {
    let emulator = start().await;
    for (text, range, reward, raised) in [
        ("Rate 7.", json!({}), 1.0, vec![]),
        ("Rate -7.", json!({}), 0.0, vec![]),
        ("Rate 0.25 please", json!({}), 0.25, vec![]),
        ("Rate 7 please", json!({"range": [8, 9]}), 8.0, vec![]),
        ("Rate 7 please", json!({"range": [-9, -8]}), -8.0, vec![]),
        ("Rate it.", json!({}), 0.0, vec!["model_grader_parse_error"]),
    ] {
        let judged = run(&emulator, &asked("score_model", text, &range), "");
        assert_eq!(judged["reward"], reward, "{text}");
        assert_eq!(errors(&judged), raised, "{text}");
    }
}

#[tokio::test]
async fn a_question_may_have_parts() {
    let emulator = start().await;
    for content in [
        json!({"type": "input_text", "text": "Rate 0.5 please"}),
        json!([
            {"type": "input_text", "text": "Rate"},
            {"type": "input_text", "text": "0.5 please"},
        ]),
    ] {
        let input = json!([{"role": "user", "content": content}]);
        let judged = run(
            &emulator,
            &asked("score_model", "", &json!({"input": input})),
            "",
        );
        assert_eq!(judged["reward"], 0.5, "{content}");
    }
}

#[tokio::test]
async fn a_grader_without_a_model_says_so() {
    let emulator = start().await;
    let missing = json!({"model": "missing", "labels": ["a"], "passing_labels": ["a"]});
    for kind in ["label_model", "score_model"] {
        let mut grader = asked(kind, "a 1", &missing);
        if kind == "score_model" {
            grader.as_object_mut().unwrap().remove("labels");
            grader.as_object_mut().unwrap().remove("passing_labels");
        }
        let judged = run(&emulator, &grader, "");
        assert_eq!(judged["reward"], 0.0, "{kind}");
        assert_eq!(errors(&judged), ["model_grader_server_error"], "{kind}");
    }
}

#[tokio::test]
async fn several_graders_tell_what_each_of_them_met() {
    let emulator = start().await;
    let one = asked("score_model", "Rate 0.5 please", &json!({}));
    let alone = run(&emulator, &one, "");
    let tokens = alone["metadata"]["token_usage"].as_u64().unwrap();
    assert!(tokens > 0, "{alone}");
    let python = json!({"type": "python", "name": "p", "source": "def grade(s, i): return 1"});
    let multi = json!({
        "type": "multi",
        "graders": {"a": one, "b": python, "c_1": one},
        "calculate_output": "a + b + c_1",
    });
    let judged = run(&emulator, &multi, "");
    assert_eq!(judged["reward"], 1.0);
    assert_eq!(
        judged["sub_rewards"],
        json!({"a": 0.5, "b": 0.0, "c_1": 0.5})
    );
    assert_eq!(errors(&judged), ["python_grader_server_error"]);
    assert_eq!(judged["metadata"]["sampled_model_name"], "chat");
    assert_eq!(judged["metadata"]["token_usage"], 2 * tokens);
    assert_eq!(
        judged["model_grader_token_usage_per_model"],
        json!({"chat": {"total_tokens": 2 * tokens}})
    );
}
