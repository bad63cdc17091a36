//! `/fine_tuning/alpha/graders`: graders without a job.

use serde_json::{Map, Value, json};

use crate::handlers::Answer;
use crate::handlers::grading::{self, FLAGS, Subject};
use crate::refusal::Refusal;
use crate::route::Call;

#[expect(clippy::unnecessary_wraps, reason = "a handler may refuse")]
pub(super) fn run(call: &Call<'_>) -> Result<Answer, Refusal> {
    let grader = &call.body["grader"];
    let sample = json!({"output_text": call.body["model_sample"]});
    let item = call.body.get("item").unwrap_or(&Value::Null);
    let grade = grading::grade(
        call,
        grader,
        &Subject {
            item,
            sample: &sample,
        },
    );
    let mut errors: Map<String, Value> = FLAGS
        .iter()
        .map(|flag| ((*flag).to_owned(), json!(grade.error == Some(*flag))))
        .collect();
    for details in ["model_grader_server_error", "python_grader_runtime_error"] {
        errors.insert(format!("{details}_details"), Value::Null);
    }
    errors.insert("python_grader_server_error_type".to_owned(), Value::Null);
    let scores: Map<String, Value> = grade
        .parts
        .iter()
        .map(|(name, score)| (name.clone(), json!(score)))
        .collect();
    let usage = match &grade.model {
        Some(model) => json!({model: {"total_tokens": grade.tokens}}),
        None => json!({}),
    };
    Ok(Answer::value(&json!({
        "metadata": {
            "errors": errors,
            "execution_time": 0.01,
            "name": grader["name"],
            "sampled_model_name": grade.model,
            "scores": scores,
            "token_usage": grade.model.as_ref().map(|_| grade.tokens),
            "type": grader["type"],
        },
        "model_grader_token_usage_per_model": usage,
        "reward": grade.score,
        "sub_rewards": scores,
    })))
}

#[expect(clippy::unnecessary_wraps, reason = "a handler may refuse")]
pub(super) fn validate(call: &Call<'_>) -> Result<Answer, Refusal> {
    Ok(Answer::value(&json!({"grader": call.body["grader"]})))
}
