//! The last value that is taken, and the first that is not.

use std::io::Read;
use std::time::Duration;

use aoai_emulator::{Config, Emulator};
use serde_json::{Map, Value, json};

use crate::support::{Answer, CHAT, request, start};

const COMPLETIONS: &str = "POST /openai/deployments/instruct/completions?api-version=2024-10-21";

fn ping() -> Value {
    json!({"messages": [{"role": "user", "content": "ping"}]})
}

/// The same with another member.
fn with(body: &Value, name: &str, value: &Value) -> Value {
    let mut body = body.clone();
    body[name] = value.clone();
    body
}

fn pairs(count: usize, length: usize) -> Value {
    let pair = |n: usize| (n.to_string(), Value::String("x".repeat(length)));
    (0..count).map(pair).collect::<Map<_, _>>().into()
}

fn functions(count: usize) -> Value {
    let function = |n| json!({"type": "function", "function": {"name": format!("f{n}")}});
    (0..count).map(function).collect()
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one table")]
async fn a_value_at_its_limit_is_taken_and_the_next_is_not() {
    let emulator = start().await;
    let name = |length| json!([{"type": "function", "function": {"name": "n".repeat(length)}}]);
    let prompt = json!({"prompt": "a"});
    let input = json!({"model": "chat", "input": "a"});
    let responses = "POST /openai/v1/responses";
    for (line, body, name, taken, refused, code) in [
        (
            CHAT,
            ping(),
            "temperature",
            json!(2),
            json!(2.01),
            "decimal_above_max_value",
        ),
        (
            CHAT,
            ping(),
            "temperature",
            json!(0),
            json!(-0.01),
            "decimal_below_min_value",
        ),
        (
            CHAT,
            ping(),
            "top_p",
            json!(1.0),
            json!(1.01),
            "decimal_above_max_value",
        ),
        (
            CHAT,
            ping(),
            "presence_penalty",
            json!(-2),
            json!(-2.5),
            "decimal_below_min_value",
        ),
        (
            CHAT,
            ping(),
            "n",
            json!(128),
            json!(129),
            "integer_above_max_value",
        ),
        (
            CHAT,
            ping(),
            "n",
            json!(1.0),
            json!(0.0),
            "integer_below_min_value",
        ),
        (
            CHAT,
            ping(),
            "seed",
            json!(i64::MAX),
            json!(u64::MAX),
            "integer_above_max_value",
        ),
        (
            CHAT,
            ping(),
            "stop",
            json!(["a", "b", "c", "d"]),
            json!(["a", "b", "c", "d", "e"]),
            "array_above_max_length",
        ),
        (
            CHAT,
            ping(),
            "tools",
            functions(128),
            functions(129),
            "array_above_max_length",
        ),
        (
            CHAT,
            ping(),
            "tools",
            name(64),
            name(65),
            "string_above_max_length",
        ),
        (
            responses,
            input.clone(),
            "metadata",
            pairs(16, 512),
            pairs(17, 1),
            "object_above_max_properties",
        ),
        (
            responses,
            input.clone(),
            "metadata",
            pairs(1, 512),
            pairs(1, 513),
            "string_above_max_length",
        ),
        (
            COMPLETIONS,
            prompt.clone(),
            "best_of",
            json!(20),
            json!(21),
            "integer_above_max_value",
        ),
        (
            COMPLETIONS,
            prompt,
            "logprobs",
            json!(5),
            json!(6),
            "integer_above_max_value",
        ),
        (
            responses,
            input.clone(),
            "max_output_tokens",
            json!(16),
            json!(15),
            "integer_below_min_value",
        ),
        (
            responses,
            input,
            "top_p",
            json!(1),
            json!(1.5),
            "decimal_above_max_value",
        ),
    ] {
        let send = |value: &Value| {
            request(&emulator, line)
                .json(&with(&body, name, value))
                .send()
        };
        let answer = send(&taken);
        assert_eq!(answer.status, 200, "{name}: {answer:?}");
        let answer = send(&refused);
        let told = (answer.status, answer.json()["error"]["code"].clone());
        assert_eq!(told, (400, json!(code)), "{name}: {answer:?}");
    }
}

#[tokio::test]
async fn a_list_of_too_few_is_not_called_empty() {
    let emulator = start().await;
    let grader = |range: &Value| {
        let grader = json!({
            "type": "score_model",
            "name": "score",
            "model": "chat",
            "input": [{"role": "user", "content": "Rate it."}],
            "range": range,
        });
        let line = "POST /openai/v1/fine_tuning/alpha/graders/validate";
        request(&emulator, line)
            .json(&json!({"grader": grader}))
            .send()
    };
    assert_eq!(grader(&json!([0, 1])).status, 200);
    for (range, code, message) in [
        (
            json!([]),
            "empty_array",
            "Invalid 'grader.range': empty array. Expected an array with minimum length 2, but \
             got an empty array instead.",
        ),
        (
            json!([0]),
            "array_below_min_length",
            "Invalid 'grader.range': array too short. Expected an array with minimum length 2, \
             but got an array with length 1 instead.",
        ),
        (
            json!([0, 1, 2]),
            "array_above_max_length",
            "Invalid 'grader.range': array too long. Expected an array with maximum length 2, but \
             got an array with length 3 instead.",
        ),
    ] {
        assert_eq!(
            grader(&range).json()["error"],
            json!({
                "message": message,
                "type": "invalid_request_error",
                "param": "grader.range",
                "code": code,
            })
        );
    }
}

#[tokio::test]
async fn what_just_fits_into_the_context_is_answered() {
    let config = "deployments:
  chat: {model: gpt-4o-mini, context: 20}
  instruct: {model: gpt-35-turbo-instruct, context: 20}
  embeddings: {model: text-embedding-3-small, context: 20}";
    let emulator = Emulator::start(Config::from_yaml(config).unwrap())
        .await
        .unwrap();
    let embed = "POST /openai/deployments/embeddings/embeddings?api-version=2024-10-21";
    let text = |tokens: usize| "word".repeat(tokens);
    for (line, fits, too_long) in [
        (
            COMPLETIONS,
            json!({"prompt": text(10), "max_tokens": 10}),
            json!({"prompt": text(10), "max_tokens": 11}),
        ),
        (
            embed,
            json!({"input": text(20)}),
            json!({"input": text(21)}),
        ),
    ] {
        let answer = request(&emulator, line).json(&fits).send();
        assert_eq!(answer.status, 200, "{answer:?}");
        let answer = request(&emulator, line).json(&too_long).send();
        assert_eq!(answer.status, 400, "{answer:?}");
    }
}

#[tokio::test]
async fn a_message_has_1_048_576_characters_at_most() {
    const MOST: usize = 1 << 20;

    let config = "deployments: {long: {model: gpt-4.1-mini}}";
    let emulator = Emulator::start(Config::from_yaml(config).unwrap())
        .await
        .unwrap();
    let line = CHAT.replace("/chat/chat/", "/long/chat/");
    let text = |length: usize| "x".repeat(length);
    let part = |length: usize| json!([{"type": "text", "text": text(length)}]);
    let ask = |role: &str, content: &Value| {
        let body = json!({"messages": [{"role": role, "content": content}]});
        request(&emulator, &line).json(&body).send()
    };
    for (role, fits, too_long, place) in [
        ("user", json!(text(MOST)), json!(text(MOST + 1)), ""),
        ("user", part(MOST), part(MOST + 1), "[0].text"),
        ("system", json!(text(MOST)), json!(text(MOST + 1)), ""),
        ("assistant", json!(text(MOST)), json!(text(MOST + 1)), ""),
    ] {
        assert_eq!(ask(role, &fits).status, 200, "{role}{place}");
        let answer = ask(role, &too_long);
        let param = format!("messages[0].content{place}");
        assert_eq!(answer.status, 400, "{role}{place}");
        assert_eq!(
            answer.json()["error"],
            json!({
                "message": format!(
                    "Invalid '{param}': string too long. Expected a string with maximum length \
                     1048576, but got a string with length 1048577 instead."
                ),
                "type": "invalid_request_error",
                "param": param,
                "code": "string_above_max_length",
            })
        );
    }
}

#[tokio::test]
async fn a_request_has_fifty_pictures_at_most() {
    let emulator = start().await;
    let responses = "POST /openai/v1/responses";
    let url = "https://example.com/a.png";
    let chat = |counts: [usize; 2]| {
        let picture = json!({"type": "image_url", "image_url": {"url": url, "detail": "low"}});
        let message = |count| json!({"role": "user", "content": vec![&picture; count]});
        json!({"messages": counts.map(message)})
    };
    let said = |counts: [usize; 2]| {
        let picture = json!({"type": "input_image", "image_url": url, "detail": "low"});
        let message = |count| json!({"role": "user", "content": vec![&picture; count]});
        json!({"model": "chat", "input": counts.map(message)})
    };
    for (line, fits, too_many, param) in [
        (CHAT, chat([25, 25]), chat([25, 26]), "messages"),
        (responses, said([25, 25]), said([25, 26]), "input"),
    ] {
        let answer = request(&emulator, line).json(&fits).send();
        assert_eq!(answer.status, 200, "{answer:?}");
        let answer = request(&emulator, line).json(&too_many).send();
        assert_eq!(answer.status, 400, "{answer:?}");
        assert_eq!(
            answer.json()["error"],
            json!({
                "message": "Exceeded maximum number of images (50) allowed in the request.",
                "type": "invalid_request_error",
                "param": param,
                "code": null,
            })
        );
    }
}

#[tokio::test]
async fn an_answer_has_as_many_tokens_as_the_model_says_at_most() {
    let emulator = start().await;
    let ask = |most: u64| {
        let body = with(&ping(), "max_tokens", &json!(most));
        request(&emulator, CHAT).json(&body).send().status
    };
    assert_eq!((ask(16_384), ask(16_385)), (200, 400));
}

#[tokio::test]
async fn a_body_has_64_mib_at_most() {
    const MOST: usize = 64 << 20;

    let emulator = start().await;
    let blank = |length: usize| {
        let body = ping().to_string();
        body.clone() + &" ".repeat(length - body.len())
    };
    let answer = request(&emulator, CHAT).text(blank(MOST)).send();
    assert_eq!(answer.status, 200, "{answer:?}");
    // The last byte is not read: what else was sent may end the connection before the answer.
    let mut socket = request(&emulator, CHAT).text(blank(MOST + 1)).open();
    let mut bytes = Vec::new();
    let _ = socket.read_to_end(&mut bytes);
    let answer = Answer::parse(&bytes);
    assert_eq!(answer.status, 413, "{answer:?}");
    assert_eq!(
        answer.json(),
        json!({"error": {
            "code": "413",
            "message": "Request body too large. Max size is 67108864 bytes.",
        }})
    );
}

#[tokio::test]
async fn a_blank_may_stand_before_the_boundary_of_a_form() {
    let emulator = start().await;
    let body = "--limit\r\ncontent-disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n\
                --limit\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.jsonl\"\r\n\
                content-type: text/plain\r\n\r\n{}\n\r\n--limit--\r\n";
    let answer = request(&emulator, "POST /openai/v1/files")
        .header("content-type", "multipart/form-data ; boundary=limit")
        .text(body)
        .send();
    assert_eq!(answer.status, 200, "{answer:?}");
}

#[tokio::test]
async fn only_what_has_the_form_of_a_token_is_one() {
    let emulator = start().await;
    for (bearer, code) in [
        ("eyJfake.eyJfake.fake", None),
        ("eyJfake", Some("401")),
        ("eyJfake.fake", Some("401")),
        ("fake.fake.fake", Some("401")),
    ] {
        let call = request(&emulator, "GET /openai/v1/models").without_key();
        let answer = call
            .header("authorization", format!("Bearer {bearer}"))
            .send();
        assert_eq!(answer.status, 401, "{bearer}");
        let expected = code.map_or(Value::Null, Value::from);
        assert_eq!(answer.json()["error"]["code"], expected, "{bearer}");
    }
}

#[tokio::test]
async fn a_list_has_twenty_entries_where_nobody_says_how_many() {
    let emulator = start().await;
    let send = |line: &str, body: &Value| {
        let answer = request(&emulator, line).json(body).send();
        assert_eq!(answer.status, 200, "{line}: {answer:?}");
        answer.json()
    };
    let eval = json!({"data_source_config": {"type": "logs"}, "testing_criteria": []});
    let talk = send("POST /openai/v1/conversations", &json!({}));
    let items = format!("conversations/{}/items", talk["id"].as_str().unwrap());
    let item = json!({"items": [{"role": "user", "content": "a"}]});
    for (path, body) in [
        ("containers", json!({"name": "a"})),
        ("evals", eval),
        ("vector_stores", json!({})),
        (items.as_str(), item),
    ] {
        let listed = |count: usize| {
            let list = request(&emulator, &format!("GET /openai/v1/{path}")).send();
            let list = list.json();
            let found = list["data"].as_array().map(Vec::len);
            assert_eq!(found, Some(count.min(20)), "{path}");
            assert_eq!(list["has_more"], count > 20, "{path}");
        };
        for _ in 0..20 {
            send(&format!("POST /openai/v1/{path}"), &body);
        }
        listed(20);
        send(&format!("POST /openai/v1/{path}"), &body);
        listed(21);
    }
}

#[tokio::test]
async fn the_queue_of_batches_is_filled_to_the_last_token() {
    let config = "deployments: {batch: {model: gpt-4o-mini, sku: GlobalBatch, capacity: 1}}";
    let body = |content: &str| json!({"model": "batch", "messages": [{"role": "user", "content": content}]});
    // Four characters are a token, and a thousand tokens have room.
    let room = 4000 - body("").to_string().len();
    for (length, status) in [(room, 200), (room + 1, 400)] {
        let emulator = Emulator::start(Config::from_yaml(config).unwrap())
            .await
            .unwrap();
        let line = json!({
            "custom_id": "a",
            "method": "POST",
            "url": "/v1/chat/completions",
            "body": body(&"x".repeat(length)),
        });
        let file = crate::files::upload(&emulator, "batch", line.to_string().as_bytes());
        emulator.advance(Duration::from_secs(10));
        let batch = json!({
            "input_file_id": file["id"],
            "endpoint": "/v1/chat/completions",
            "completion_window": "24h",
        });
        let answer = request(&emulator, "POST /openai/v1/batches")
            .json(&batch)
            .send();
        assert_eq!(answer.status, status, "{answer:?}");
    }
}

#[tokio::test]
async fn an_embedding_has_as_many_dimensions_as_its_model_at_most() {
    let emulator = start().await;
    let line = "POST /openai/v1/embeddings";
    for (dimensions, status) in [(1, 200), (1536, 200), (1537, 400)] {
        let body = json!({"model": "embeddings", "input": "a", "dimensions": dimensions});
        let answer = request(&emulator, line).json(&body).send();
        assert_eq!(answer.status, status, "{dimensions}");
        if status == 200 {
            let embedding = answer.json()["data"][0]["embedding"].take();
            assert_eq!(embedding.as_array().map(Vec::len), Some(dimensions));
        }
    }
}
