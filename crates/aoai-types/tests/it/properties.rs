//! What holds for every input.

use aoai_types::chat::{
    ChatAccumulator, ChatCompletion, ChatCompletionChunk, ContentPart, CreateChatCompletion,
    FinishReason, Message, ReasoningEffort, Role, Tool, ToolCall, ToolChoice,
};
use aoai_types::completions::{Completion, CreateCompletion};
use aoai_types::content_filter::{Category, ContentFilterResults, Severity};
use aoai_types::embeddings::{CreateEmbedding, EmbeddingVector, Embeddings};
use aoai_types::error::{ApiError, ErrorBody};
use aoai_types::input::Input;
use aoai_types::models::{ModelList, ModelStatus};
use aoai_types::operation::StreamMemory;
use aoai_types::{Accumulator, Payload, StreamEvent};
use base64::Engine as _;
use base64::engine::general_purpose::{NO_PAD, STANDARD};
use base64::engine::{DecodePaddingMode, GeneralPurpose};
use bytes::Bytes;
use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::same::differences;

/// Any JSON, not too deep.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,6}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(member(), inner, 0..5)
                .prop_map(|members| members.into_iter().collect::<Value>()),
        ]
    })
}

/// A name that some type knows, or none does.
fn member() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => prop::sample::select(vec![
            "type", "role", "content", "text", "id", "function", "custom", "name", "arguments",
            "choices", "delta", "message", "index", "finish_reason", "usage", "error", "code",
            "innererror", "content_filter_result", "content_filter_results", "hate", "filtered",
            "severity", "detected", "details", "tool_calls", "data", "embedding", "created",
        ])
        .prop_map(str::to_owned),
        1 => "[a-z_]{1,8}",
    ]
}

/// A text, and where to cut it.
fn cut_text(text: &'static str) -> impl Strategy<Value = Vec<String>> {
    let cut = |text: String, cuts: Vec<prop::sample::Index>| {
        let chars: Vec<char> = text.chars().collect();
        let mut places: Vec<_> = cuts.iter().map(|cut| cut.index(chars.len() + 1)).collect();
        places.extend([0, chars.len()]);
        places.sort_unstable();
        places
            .windows(2)
            .map(|pair| chars[pair[0]..pair[1]].iter().collect())
            .collect()
    };
    (
        text,
        prop::collection::vec(any::<prop::sample::Index>(), 0..8),
    )
        .prop_map(move |(t, c)| cut(t, c))
}

/// The inside of a JSON string: letters, escapes, and at times what JSON does not allow.
fn json_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => "[a-z ]{0,3}",
        2 => "\\PC",
        2 => prop::sample::select(vec![
            "\\\\", "\\\"", "\\n", "\\/", "\\u0041", "\\ud83d\\ude00", "\\ud83d", "\u{1}", "\n",
            "\\", "\"", "\",\"refusal\":\"no", "\"content\":\"", "\\\"content\\\":\\\"",
        ])
        .prop_map(str::to_owned),
    ];
    prop::collection::vec(piece, 0..3).prop_map(|pieces| pieces.concat())
}

/// A chunk with gaps for texts, many of which are not where a first look finds them.
fn shape() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        r#"{"choices":[{"delta":{"content":"TEXT"},"index":0}],"id":"c-1","created":1}"#,
        r#"{"choices":[{"delta":{"content":"TEXT"},"index":0}],"id":"c-1","obfuscation":"OTHER"}"#,
        r#"{"obfuscation":"OTHER","choices":[{"index":1,"delta":{"content":"TEXT","role":null}}]}"#,
        r#"{"obfuscation":"TEXT","choices":[{"index":1,"delta":{"content":"TEXT"}}]}"#,
        r#"{"choices":[{"delta":{"reasoning_content":"TEXT","content":null},"index":0}]}"#,
        r#"{"choices":[{"delta":{"reasoning_content":"TEXT","content":"OTHER"},"index":0}]}"#,
        r#"{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"TEXT"}}]}}]}"#,
        r#"{"choices":[{"delta":{"tool_calls":[{"function":{"name":"f","arguments":"TEXT"}},
            {"function":{"arguments":"OTHER"}}],"content":"x"}}]}"#,
        r#"{"choices":[{"delta":{"content":"TEXT"}},{"delta":{"content":"OTHER"}}]}"#,
        r#"{"choices":[{"delta":{"content" : "TEXT"}},{"delta":{"content":"OTHER"}}]}"#,
        r#"{"new":{"content":"TEXT"},"choices":[{"delta":{"content" :"OTHER"}}]}"#,
        r#"{"new":{"content":"TEXT"},"choices":[{"delta":{"content" :"same"}}]}"#,
        r#"{"new":{"obfuscation":"OTHER"},"choices":[{"delta":{"content":"TEXT"}}],
            "obfuscation" :"OTHER"}"#,
        r#"{"choices":[{"delta":{"context":{"citations":[{"content":"OTHER"}]},"content":"TEXT"}}]}"#,
        r#"{"choices":[{"delta":{"content":"TEXT","content":"OTHER"}}]}"#,
        r#"{"choices":[{"delta":{"content":"a","refusal":"TEXT"},"finish_reason":"OTHER"}]}"#,
        r#"{"choices":[{"delta":{},"finish_reason":"stop"}],"id":"TEXT","model":"OTHER"}"#,
        r#"{"choices":[],"obfuscation":"TEXT","service_tier":"OTHER"}"#,
        r#"{"error":{"message":"TEXT","content":"OTHER"}}"#,
    ])
}

fn rebuild(chunks: impl IntoIterator<Item = Value>) -> ChatCompletion {
    let mut accumulator = ChatAccumulator::default();
    let mut memory = StreamMemory::default();
    for chunk in chunks {
        accumulator
            .push(ChatCompletionChunk::decode_next(&chunk.to_string(), &mut memory).unwrap());
    }
    accumulator.finish()
}

proptest! {
    #[test]
    fn an_answer_is_the_same_however_it_is_cut(text in cut_text("\\PC{0,40}"), refusal in cut_text("\\PC{0,10}")) {
        let chunk = |delta: Value| json!({"choices": [{"index": 0, "delta": delta}]});
        let texts = text.iter().map(|piece| chunk(json!({"content": piece})));
        let refusals = refusal.iter().map(|piece| chunk(json!({"refusal": piece})));
        let whole = rebuild(texts.clone());
        prop_assert_eq!(whole.text().unwrap(), text.concat());
        let whole = rebuild(texts.chain(refusals));
        prop_assert_eq!(whole.refusal().unwrap(), refusal.concat());
    }

    #[test]
    fn calls_are_the_same_however_their_arguments_are_cut_and_mixed(
        calls in prop::collection::vec(cut_text("\\PC{0,30}"), 1..4),
        order in prop::collection::vec(any::<prop::sample::Index>(), 40),
    ) {
        // The first piece of a call has its id and name; pieces of different calls may alternate.
        let mut left: Vec<Vec<Value>> = Vec::new();
        for (index, pieces) in calls.iter().enumerate() {
            let first = json!({"index": index, "id": format!("call_{index}"), "type": "function",
                               "function": {"name": format!("f{index}"), "arguments": ""}});
            let rest = pieces.iter().map(|p| json!({"index": index, "function": {"arguments": p}}));
            left.push(std::iter::once(first).chain(rest).rev().collect());
        }
        let mut chunks = Vec::new();
        let mut order = order.iter().cycle();
        while left.iter().any(|call| !call.is_empty()) {
            let waiting: Vec<_> = (0..left.len()).filter(|call| !left[*call].is_empty()).collect();
            let call = waiting[order.next().unwrap().index(waiting.len())];
            let piece = left[call].pop().unwrap();
            chunks.push(json!({"choices": [{"index": 0, "delta": {"tool_calls": [piece]}}]}));
        }
        let whole = rebuild(chunks);
        prop_assert_eq!(whole.tool_calls().len(), calls.len());
        for (index, (call, pieces)) in whole.tool_calls().iter().zip(&calls).enumerate() {
            prop_assert_eq!(call.id(), format!("call_{index}"));
            prop_assert_eq!(call.name(), format!("f{index}"));
            prop_assert_eq!(call.arguments(), pieces.concat());
        }
    }

    #[test]
    fn a_remembered_stream_reads_as_a_forgotten_one(
        shapes in prop::collection::vec(shape(), 1..4),
        events in prop::collection::vec(
            (any::<prop::sample::Index>(), json_text(), json_text(), any::<u8>()), 1..30),
    ) {
        let mut memory = StreamMemory::default();
        for (shape, text, other, odd) in events {
            let shape = shape.get(&shapes);
            let mut data = shape.replace("TEXT", &text).replace("OTHER", &other);
            // Now and then something is broken, cut off or added.
            match odd {
                0 => { data.pop(); }
                1 => data.push(' '),
                2 => data.push('}'),
                3 => data = data.replacen('1', "2", 1),
                4 => data = data.replacen(',', " ,", 1),
                5 => data = data.replacen('"', "", 1),
                _ => {}
            }
            let forgotten = <ChatCompletionChunk as StreamEvent>::decode(&data);
            let remembered = ChatCompletionChunk::decode_next(&data, &mut memory);
            match (forgotten, remembered) {
                (Ok(forgotten), Ok(remembered)) => prop_assert_eq!(forgotten, remembered, "{}", data),
                (Err(forgotten), Err(remembered)) => {
                    prop_assert_eq!(forgotten.to_string(), remembered.to_string(), "{}", data);
                }
                (forgotten, remembered) => panic!("{forgotten:?} is not {remembered:?}: {data}"),
            }
        }
    }

    #[test]
    fn a_word_that_no_list_knows_comes_back(word in "\\PC{0,12}") {
        fn check<T: DeserializeOwned + Serialize + std::fmt::Display>(word: &str) {
            let value: T = serde_json::from_value(json!(word)).unwrap();
            assert_eq!(value.to_string(), word);
            assert_eq!(serde_json::to_value(&value).unwrap(), json!(word));
        }
        check::<FinishReason>(&word);
        check::<Role>(&word);
        check::<ReasoningEffort>(&word);
        check::<Category>(&word);
        check::<Severity>(&word);
        check::<ModelStatus>(&word);
    }

    #[test]
    fn a_kind_that_no_union_knows_comes_back(
        mut object in prop::collection::btree_map(member(), any_json(), 0..5), kind in "[A-Z]{0,6}",
    ) {
        fn check<T: DeserializeOwned + Serialize>(value: &Value) {
            let read: T = serde_json::from_value(value.clone()).unwrap();
            assert_eq!(&serde_json::to_value(&read).unwrap(), value);
            let read: T = serde_json::from_str(&value.to_string()).unwrap();
            assert_eq!(&serde_json::to_value(&read).unwrap(), value);
        }
        object.remove("function");
        object.insert("role".into(), json!(kind));
        object.insert("type".into(), json!(kind));
        let value: Value = object.into_iter().collect();
        check::<Message>(&value);
        check::<ContentPart>(&value);
        check::<Tool>(&value);
        check::<ToolCall>(&value);
        check::<ToolChoice>(&value);
    }

    #[test]
    fn every_error_comes_back(value in any_json()) {
        let body = json!({"error": value});
        let error: ApiError = serde_json::from_value(value.clone()).unwrap();
        if value.is_object() {
            let mut written = serde_json::to_value(&error).unwrap();
            if value.get("message").is_none_or(Value::is_null) {
                written.as_object_mut().unwrap().remove("message");
            } else if let Some(odd) = error.other.get("message") {
                written["message"] = odd.clone();
            }
            prop_assert_eq!(differences(&value, &written), [""; 0]);
        }
        let read = ErrorBody::read(Bytes::from(body.to_string()));
        prop_assert_eq!(read.api().is_some(), value.is_object() || value.is_string());
    }

    #[test]
    fn filter_results_are_read_from_any_object(
        members in prop::collection::btree_map(member(), any_json(), 0..5),
    ) {
        // The three members that every category has must have their types.
        let mut value: Value = members.into_iter().collect();
        for (_, result) in value.as_object_mut().unwrap() {
            if let Some(result) = result.as_object_mut() {
                result.retain(|name, _| !["filtered", "severity", "detected"].contains(&name.as_str()));
            }
        }
        value.as_object_mut().unwrap().remove("error");
        let read: ContentFilterResults = serde_json::from_value(value.clone()).unwrap();
        let written = serde_json::to_value(&read).unwrap();
        for (name, result) in value.as_object().unwrap() {
            if result.is_object() && result.get("details").is_none_or(Value::is_null) {
                prop_assert_eq!(differences(result, &written[name]), [""; 0]);
            }
        }
    }

    #[test]
    fn nothing_that_comes_makes_a_decoder_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        decode_everything(&bytes);
    }

    #[test]
    fn no_json_that_comes_makes_a_decoder_panic(value in any_json()) {
        decode_everything(value.to_string().as_bytes());
    }

    #[test]
    fn a_vector_keeps_its_numbers(bits in prop::collection::vec(any::<u32>(), 0..50), floats in prop::collection::vec(any::<f64>(), 0..50)) {
        let numbers: Vec<f32> = bits.iter().copied().map(f32::from_bits).collect();
        let text = serde_json::to_string(&EmbeddingVector::Base64(numbers)).unwrap();
        let read: EmbeddingVector = serde_json::from_str(&text).unwrap();
        let read: Vec<_> = read.as_f32().iter().map(|number| number.to_bits()).collect();
        prop_assert_eq!(read, bits);
        let text = serde_json::to_string(&EmbeddingVector::Floats(floats.clone())).unwrap();
        let read: EmbeddingVector = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(read, EmbeddingVector::Floats(floats));
    }

    #[test]
    fn base64_is_read_as_the_plain_decoder_reads_it(
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        padded in any::<bool>(),
        odd in prop::option::of((any::<prop::sample::Index>(), "[A-Za-z0-9+/=]|\\PC")),
    ) {
        let mut text = STANDARD.encode(&bytes);
        if !padded {
            text.truncate(text.trim_end_matches('=').len());
        }
        if let Some((place, odd)) = odd && !text.is_empty() {
            let place = place.index(text.len());
            text.replace_range(place..=place, &odd);
        }
        let plain = INDIFFERENT.decode(&text).ok().and_then(|bytes| match bytes.as_chunks() {
            (numbers, []) => Some(numbers.iter().map(|bytes| u32::from_le_bytes(*bytes)).collect()),
            _ => None,
        });
        let read: Option<EmbeddingVector> = serde_json::from_value(json!(text)).ok();
        let read: Option<Vec<u32>> =
            read.map(|vector| vector.as_f32().iter().map(|number| number.to_bits()).collect());
        prop_assert_eq!(read, plain, "{}", text);
    }

    #[test]
    fn an_input_comes_back(value in any_json()) {
        if let Ok(input) = serde_json::from_value::<Input>(value.clone()) {
            let written = serde_json::to_value(&input).unwrap();
            prop_assert_eq!(differences(&value, &written), [""; 0]);
        }
    }
}

fn decode_everything(bytes: &[u8]) {
    let body = Bytes::copy_from_slice(bytes);
    let _ = ErrorBody::read(body.clone());
    let _ = ChatCompletion::decode(&body).map(|chat| (chat.content_filter(), chat.encode()));
    let _ = <Completion as Payload>::decode(&body)
        .map(|answer| (answer.content_filter(), answer.encode()));
    let _ = Embeddings::decode(&body).map(|answer| answer.encode());
    let _ = ModelList::decode(&body).map(|answer| answer.encode());
    let _ = serde_json::from_slice::<CreateChatCompletion>(bytes);
    let _ = serde_json::from_slice::<CreateCompletion>(bytes);
    let _ = serde_json::from_slice::<CreateEmbedding>(bytes);
    if let Ok(text) = std::str::from_utf8(bytes) {
        let mut accumulator = ChatAccumulator::default();
        if let Ok(chunk) = ChatCompletionChunk::decode_next(text, &mut StreamMemory::default()) {
            assert_eq!(
                chunk,
                <ChatCompletionChunk as StreamEvent>::decode(text).unwrap()
            );
            let _ = chunk.is_output();
            accumulator.push(chunk.clone());
            accumulator.push(chunk);
        }
        let _ = accumulator.finish().encode();
    }
}

const INDIFFERENT: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    NO_PAD.with_decode_padding_mode(DecodePaddingMode::Indifferent),
);
