//! What graders make of an answer; evals and fine-tuning share them.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::route::{self, Call};

mod formula;

/// What is judged.
pub(super) struct Subject<'a> {
    pub(super) item: &'a Value,
    pub(super) sample: &'a Value,
}

/// A judgement.
#[derive(Debug, Default)]
pub(super) struct Grade {
    pub(super) score: f64,
    pub(super) passed: bool,
    /// The scores of a grader's parts.
    pub(super) parts: BTreeMap<String, f64>,
    /// The model that was asked, and the tokens that it took.
    pub(super) model: Option<String>,
    pub(super) tokens: u64,
    /// Which of [`FLAGS`] says what went wrong.
    pub(super) error: Option<&'static str>,
}

/// What can go wrong, in the service's words.
pub(super) const FLAGS: &[&str] = &[
    "formula_parse_error",
    "invalid_variable_error",
    "model_grader_parse_error",
    "model_grader_refusal_error",
    "model_grader_server_error",
    "other_error",
    "python_grader_runtime_error",
    "python_grader_server_error",
    "sample_parse_error",
    "truncated_observation_error",
    "unresponsive_reward_error",
];

/// Judges by a grader that the tables have let pass.
pub(super) fn grade(call: &Call<'_>, grader: &Value, subject: &Subject<'_>) -> Grade {
    match grader["type"].as_str().unwrap_or_default() {
        "string_check" => string_check(grader, subject),
        "text_similarity" => text_similarity(grader, subject),
        "label_model" => label_model(call, grader, subject),
        "score_model" => score_model(call, grader, subject),
        "multi" => multi(call, grader, subject),
        // The emulator runs no Python.
        _ => Grade::failed("python_grader_server_error"),
    }
}

impl Grade {
    fn of(score: f64, threshold: f64) -> Self {
        Self {
            score,
            passed: score >= threshold,
            ..Self::default()
        }
    }

    fn failed(error: &'static str) -> Self {
        Self {
            error: Some(error),
            ..Self::default()
        }
    }
}

impl Subject<'_> {
    /// A text with the values of its `{{item.…}}` and `{{sample.…}}`.
    pub(super) fn fill(&self, text: &str) -> String {
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("{{") {
            let Some((path, after)) = after.split_once("}}") else {
                break;
            };
            filled.push_str(before);
            filled.push_str(&self.value(path.trim()));
            rest = after;
        }
        filled + rest
    }

    fn value(&self, path: &str) -> String {
        let mut steps = path.split('.');
        let root = match steps.next() {
            Some("item") => self.item,
            Some("sample") => self.sample,
            _ => &Value::Null,
        };
        match steps.fold(root, |value, step| &value[step]) {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        }
    }

    /// Messages with their values, each with a text.
    pub(super) fn messages(&self, templates: &Value) -> Vec<Value> {
        let message = |template: &Value| {
            let text = match &template["content"] {
                Value::Array(parts) => {
                    let texts = parts.iter().filter_map(|part| part["text"].as_str());
                    texts.collect::<Vec<_>>().join("\n")
                }
                Value::Object(part) => {
                    let text = part.get("text").and_then(Value::as_str);
                    text.unwrap_or_default().to_owned()
                }
                text => text.as_str().unwrap_or_default().to_owned(),
            };
            json!({"role": template["role"], "content": self.fill(&text)})
        };
        let templates = templates.as_array().map_or(&[][..], Vec::as_slice);
        templates.iter().map(message).collect()
    }
}

fn string_check(grader: &Value, subject: &Subject<'_>) -> Grade {
    let text = |name: &str| subject.fill(grader[name].as_str().unwrap_or_default());
    let (input, reference) = (text("input"), text("reference"));
    let holds = match grader["operation"].as_str().unwrap_or_default() {
        "eq" => input == reference,
        "ne" => input != reference,
        "like" => input.contains(&reference),
        _ => input.to_lowercase().contains(&reference.to_lowercase()),
    };
    Grade::of(if holds { 1.0 } else { 0.0 }, 1.0)
}

/// Every metric is the share of words that both texts have.
fn text_similarity(grader: &Value, subject: &Subject<'_>) -> Grade {
    let words = |name: &str| -> Vec<String> {
        let text = subject.fill(grader[name].as_str().unwrap_or_default());
        let words = text.split(|c: char| !c.is_alphanumeric());
        let words = words.filter(|word| !word.is_empty());
        words.map(str::to_lowercase).collect()
    };
    let (input, mut reference) = (words("input"), words("reference"));
    let all = input.len() + reference.len();
    let mut shared = 0;
    for word in input {
        if let Some(at) = reference.iter().position(|other| *other == word) {
            reference.swap_remove(at);
            shared += 2;
        }
    }
    #[expect(
        clippy::cast_precision_loss,
        reason = "texts have fewer words than that"
    )]
    let score = if all == 0 {
        1.0
    } else {
        f64::from(shared) / all as f64
    };
    Grade::of(score, grader["pass_threshold"].as_f64().unwrap_or(0.5))
}

fn label_model(call: &Call<'_>, grader: &Value, subject: &Subject<'_>) -> Grade {
    let (said, grade) = match ask(call, grader, subject) {
        Ok(asked) => asked,
        Err(grade) => return grade,
    };
    let labels = grader["labels"].as_array().into_iter().flatten();
    let mut labels = labels.filter_map(Value::as_str);
    let Some(label) = labels.find(|label| said.contains(label)) else {
        return Grade {
            error: Some("model_grader_parse_error"),
            ..grade
        };
    };
    let passing = grader["passing_labels"].as_array();
    let passed = passing.is_some_and(|labels| labels.iter().any(|it| it == label));
    Grade {
        score: if passed { 1.0 } else { 0.0 },
        passed,
        ..grade
    }
}

fn score_model(call: &Call<'_>, grader: &Value, subject: &Subject<'_>) -> Grade {
    let (said, grade) = match ask(call, grader, subject) {
        Ok(asked) => asked,
        Err(grade) => return grade,
    };
    let mut numbers = said.split(|c: char| !c.is_ascii_digit() && c != '.' && c != '-');
    let Some(score) = numbers.find_map(|number| number.parse::<f64>().ok()) else {
        return Grade {
            error: Some("model_grader_parse_error"),
            ..grade
        };
    };
    let bound = |at: usize, default: f64| grader["range"][at].as_f64().unwrap_or(default);
    let (low, high) = (bound(0, 0.0), bound(1, 1.0));
    let score = score.max(low).min(high);
    let threshold = grader["pass_threshold"].as_f64();
    Grade {
        score,
        passed: score >= threshold.unwrap_or(f64::midpoint(low, high)),
        ..grade
    }
}

/// What a grader's model says, and the beginning of a judgement.
fn ask(call: &Call<'_>, grader: &Value, subject: &Subject<'_>) -> Result<(String, Grade), Grade> {
    let model = grader["model"].as_str().unwrap_or_default();
    let mut body = serde_json::Map::new();
    body.insert("model".to_owned(), model.into());
    body.insert(
        "messages".to_owned(),
        subject.messages(&grader["input"]).into(),
    );
    let (status, answer) = route::inner(call, "/chat/completions", body);
    let grade = Grade {
        model: Some(model.to_owned()),
        tokens: answer["usage"]["total_tokens"].as_u64().unwrap_or_default(),
        ..Grade::default()
    };
    if status != 200 {
        return Err(Grade {
            error: Some("model_grader_server_error"),
            ..grade
        });
    }
    let said = answer["choices"][0]["message"]["content"].as_str();
    Ok((said.unwrap_or_default().to_owned(), grade))
}

fn multi(call: &Call<'_>, grader: &Value, subject: &Subject<'_>) -> Grade {
    let mut whole = Grade::default();
    for (name, part) in grader["graders"].as_object().into_iter().flatten() {
        let part = grade(call, part, subject);
        whole.parts.insert(name.clone(), part.score);
        whole.tokens += part.tokens;
        whole.model = whole.model.or(part.model);
        whole.error = whole.error.or(part.error);
    }
    let text = grader["calculate_output"].as_str().unwrap_or_default();
    match formula::value(text, &whole.parts) {
        Ok(score) => Grade {
            score,
            passed: score >= 0.5,
            ..whole
        },
        Err(error) => Grade {
            error: Some(error),
            ..whole
        },
    }
}
