//! Structured output: each way in which an answer is not what was asked for.

use aoai_types::chat::{ChatCompletion, CreateChatCompletion, ToolCall};
use aoai_types::outcome::ParseError;
use aoai_types::responses::Response;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

#[derive(Debug, Deserialize, PartialEq)]
struct Verdict {
    why: String,
    score: u8,
}

const JSON: &str = r#"{"why": "It works.", "score": 9}"#;

fn read<T: DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

fn chat(message: Value, finish: Value) -> Result<Verdict, ParseError> {
    let choice = Value::from_iter([("message", message), ("finish_reason", finish)]);
    read::<ChatCompletion>(json!({"choices": [choice]})).parse()
}

fn response(part: Value, more: Value) -> Result<Verdict, ParseError> {
    let mut message = json!({"type": "message", "role": "assistant"});
    message["content"] = vec![part].into();
    let thoughts = json!({"type": "reasoning", "summary": []});
    let mut body = json!({"status": "completed"});
    body["output"] = vec![thoughts, message].into();
    if let (Value::Object(body), Value::Object(more)) = (&mut body, more) {
        body.extend(more);
    }
    read::<Response>(body).parse()
}

fn said(text: &str) -> Value {
    json!({"type": "output_text", "text": text})
}

#[test]
fn the_type_that_was_asked_for() {
    let expected = Verdict {
        why: "It works.".to_owned(),
        score: 9,
    };
    assert_eq!(
        chat(json!({"content": JSON}), json!("stop")).unwrap(),
        expected
    );
    assert_eq!(response(said(JSON), json!({})).unwrap(), expected);
}

#[test]
fn a_refusal() {
    let chat = chat(
        json!({"content": null, "refusal": "I cannot."}),
        json!("stop"),
    );
    let response = response(
        json!({"type": "refusal", "refusal": "I cannot."}),
        json!({}),
    );
    for error in [chat.unwrap_err(), response.unwrap_err()] {
        assert!(matches!(&error, ParseError::Refused { refusal } if refusal == "I cannot."));
        assert_eq!(error.to_string(), "the model declined to answer: I cannot.");
    }
}

#[test]
fn an_answer_that_is_cut_off_even_where_it_looks_whole() {
    let cut =
        json!({"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}});
    for text in [r#"{"why": "It"#, JSON] {
        let chat = chat(json!({"content": text}), json!("length"));
        let response = response(said(text), cut.clone());
        for error in [chat.unwrap_err(), response.unwrap_err()] {
            assert!(matches!(&error, ParseError::Length { text: held } if held == text));
        }
    }
}

#[test]
fn an_answer_that_the_filter_ended() {
    let filtered = json!({"status": "incomplete",
        "incomplete_details": {"reason": "content_filter"},
        "content_filters": [{"blocked": true, "source_type": "completion",
            "content_filter_results": {"hate": {"filtered": true, "severity": "high"}}}]});
    let error = response(said("{"), filtered).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the content filter ended the answer: hate"
    );
    assert!(matches!(&error, ParseError::Filtered { text, .. } if text == "{"));

    let error = chat(Value::Null, json!("content_filter")).unwrap_err();
    assert_eq!(error.to_string(), "the content filter ended the answer");
    assert!(matches!(&error, ParseError::Filtered { filter, .. } if filter.is_filtered()));
}

#[test]
fn the_first_of_several_choices_where_the_filter_ended_another() {
    let first = |choice: Value| {
        let other = json!({"index": 1, "finish_reason": "content_filter"});
        read::<ChatCompletion>(json!({"choices": [choice, other]})).parse::<Verdict>()
    };
    let whole = first(json!({"message": {"content": JSON}, "finish_reason": "stop"}));
    assert_eq!(whole.unwrap().score, 9);
    let cut = first(json!({"message": {"content": "{"}, "finish_reason": "length"}));
    assert!(matches!(cut, Err(ParseError::Length { .. })), "{cut:?}");
    let calls = first(json!({"message": {"tool_calls": []}, "finish_reason": "tool_calls"}));
    assert!(matches!(calls, Err(ParseError::Empty { .. })), "{calls:?}");
    let ended = first(json!({"finish_reason": "content_filter"}));
    assert!(
        matches!(ended, Err(ParseError::Filtered { .. })),
        "{ended:?}"
    );
}

#[test]
fn json_of_another_form() {
    let text = r#"{"why": "It works.", "score": "nine"}"#;
    let chat = chat(json!({"content": text}), json!("stop"));
    for error in [
        chat.unwrap_err(),
        response(said(text), json!({})).unwrap_err(),
    ] {
        assert!(matches!(&error, ParseError::Json { text: held, .. } if held == text));
        assert_eq!(
            error.to_string(),
            "the answer is not JSON of the expected form"
        );
        let cause = std::error::Error::source(&error).unwrap().to_string();
        assert!(
            cause.starts_with("score: invalid type: string \"nine\", expected u8"),
            "{cause}"
        );
    }
}

#[test]
fn no_text() {
    let call = json!({"tool_calls": [{"id": "c", "type": "function",
                      "function": {"name": "f", "arguments": "{}"}}]});
    let error = chat(call, json!("tool_calls")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the answer has no text (it ends with `tool_calls`)"
    );
    let none: ChatCompletion = read(json!({"choices": []}));
    let error = none.parse::<Verdict>().unwrap_err();
    assert!(matches!(error, ParseError::Empty { finish: None }));
}

#[test]
fn a_response_that_failed() {
    let failed: Response = read(json!({"status": "failed",
        "error": {"code": "server_error", "message": "out of luck"}}));
    let error = failed.parse::<Verdict>().unwrap_err();
    assert!(matches!(&error, ParseError::Failed { error: Some(_) }));
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert_eq!(cause, "server_error: out of luck");
}

#[test]
fn the_order_of_a_schemas_properties_survives_every_union() {
    let schema = r#"{"type":"object","properties":{"why":{"type":"string"},"answer":{"enum":["yes","no"]}},"required":["why","answer"]}"#;
    let text = [
        r#"{"model":"m","messages":[{"role":"user","content":"Hi."}],"response_format":{"type":"json_schema","json_schema":{"name":"n","schema":SCHEMA}},"#,
        r#""tools":[{"type":"function","function":{"name":"f","parameters":SCHEMA}},{"type":"new","z":1,"a":SCHEMA}]}"#,
    ];
    let text = text.concat().replace("SCHEMA", schema);
    let request: CreateChatCompletion = serde_json::from_str(&text).unwrap();
    assert_eq!(serde_json::to_string(&request).unwrap(), text);
}

#[test]
fn arguments_that_came_unpacked_keep_their_order() {
    let call = r#"{"id":"c","type":"function","function":{"name":"f","arguments":{"z":1,"a":[{"y":2,"b":3}]}}}"#;
    let call: ToolCall = serde_json::from_str(call).unwrap();
    assert_eq!(call.arguments(), r#"{"z":1,"a":[{"y":2,"b":3}]}"#);
}

#[cfg(feature = "schemars")]
mod schemas {
    use std::collections::BTreeMap;

    use aoai_types::Json;
    use aoai_types::chat::{ResponseFormat, Tool};
    use aoai_types::responses::TextFormat;
    use aoai_types::responses::tool::FunctionTool;
    use schemars::JsonSchema;
    use serde::Deserialize;
    use serde_json::{Value, json};

    /// What came of it.
    #[derive(Deserialize, JsonSchema)]
    #[expect(dead_code, reason = "only its schema is looked at")]
    struct Report<T> {
        /// The reasoning, first.
        why: String,
        /// The kind.
        kind: Kind,
        /// How sure.
        #[schemars(range(min = 0, max = 100))]
        certainty: Option<u8>,
        #[serde(default)]
        parts: Vec<Part>,
        more: T,
    }

    /// A kind.
    #[derive(Deserialize, JsonSchema)]
    #[serde(rename_all = "snake_case")]
    enum Kind {
        /// Good.
        Good,
        NotGood,
    }

    #[derive(Deserialize, JsonSchema)]
    #[serde(tag = "type", rename_all = "snake_case")]
    #[expect(dead_code, reason = "only its schema is looked at")]
    enum Part {
        Text { text: String },
        List { parts: Vec<Part> },
    }

    /// Whatever a strict schema must not say, and all that it must.
    fn check(schema: &Value) {
        match schema {
            Value::Object(members) => {
                for refused in [
                    "format", "minimum", "maximum", "default", "oneOf", "allOf", "$schema",
                ] {
                    assert!(
                        members.get(refused).is_none_or(Value::is_object),
                        "{refused}: {schema}"
                    );
                }
                if let Some(Value::Object(properties)) = members.get("properties") {
                    let names: Vec<&String> = properties.keys().collect();
                    assert_eq!(members["required"], json!(names), "{schema}");
                    assert_eq!(members["additionalProperties"], json!(false), "{schema}");
                }
                if members.contains_key("$ref") {
                    assert_eq!(members.len(), 1, "{schema}");
                }
                members.values().for_each(check);
            }
            Value::Array(entries) => entries.iter().for_each(check),
            _ => {}
        }
    }

    #[test]
    fn a_schema_is_what_strict_outputs_take() {
        let schema = Json::schema_of::<Report<bool>>().to_value();
        check(&schema);
        let properties: Vec<&String> = schema["properties"].as_object().unwrap().keys().collect();
        assert_eq!(properties, ["why", "kind", "certainty", "parts", "more"]);
        assert_eq!(schema["description"], "What came of it.");
        assert_eq!(
            schema["properties"]["why"]["description"],
            "The reasoning, first."
        );
        assert_eq!(
            schema["properties"]["certainty"]["type"],
            json!(["integer", "null"])
        );
        assert_eq!(
            schema["$defs"]["Part"]["anyOf"].as_array().unwrap().len(),
            2
        );
    }

    #[test]
    fn formats_and_tools_come_from_types() {
        let format = serde_json::to_value(ResponseFormat::of::<Report<bool>>()).unwrap();
        assert_eq!(format["type"], "json_schema");
        assert_eq!(format["json_schema"]["strict"], true);
        let name = format["json_schema"]["name"].as_str().unwrap();
        assert!(name.starts_with("Report"), "{name}");
        let text = serde_json::to_value(TextFormat::of::<Report<bool>>()).unwrap();
        assert_eq!(text["schema"], format["json_schema"]["schema"]);
        assert_eq!(
            (&text["name"], &text["strict"]),
            (&json!(name), &json!(true))
        );

        let tool = serde_json::to_value(Tool::of::<Report<bool>>("report")).unwrap();
        assert_eq!(tool["function"]["name"], "report");
        assert_eq!(tool["function"]["description"], "What came of it.");
        assert_eq!(tool["function"]["parameters"], text["schema"]);
        let tool = serde_json::to_value(FunctionTool::of::<Report<bool>>("report")).unwrap();
        assert_eq!(tool["parameters"], text["schema"]);
        assert_eq!(
            (&tool["strict"], &tool["name"]),
            (&json!(true), &json!("report"))
        );
    }

    #[test]
    fn names_have_the_characters_that_the_service_takes() {
        let format = ResponseFormat::of::<BTreeMap<String, Vec<Kind>>>();
        let format = serde_json::to_value(format).unwrap();
        let name = format["json_schema"]["name"].as_str().unwrap();
        let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        assert!(
            !name.is_empty() && name.len() <= 64 && name.chars().all(allowed),
            "{name}"
        );
    }
}
