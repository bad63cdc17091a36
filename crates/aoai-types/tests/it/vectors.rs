//! Inputs and vectors in every form.

use std::borrow::Cow;

use aoai_types::embeddings::{
    CreateEmbedding, Embedding, EmbeddingVector, Embeddings, EncodingFormat,
};
use aoai_types::input::Input;
use aoai_types::operation::Body;
use aoai_types::{Encode, Operation, Payload, Surface};
use bytes::Bytes;
use serde_json::{Value, json};

fn vector(value: &Value) -> Embedding {
    serde_json::from_value(json!({"embedding": value})).unwrap()
}

#[test]
fn both_forms_give_the_same_numbers() {
    let numbers = [0.0, -1.5, 0.002_306_425_5, f32::MAX, f32::MIN_POSITIVE];
    let decimal = "[0, -1.5, 0.0023064255, 3.4028234663852886e38, 1.1754943508222875e-38]";
    let decimal = vector(&serde_json::from_str(decimal).unwrap());
    let base64 = vector(&json!("AAAAAAAAwL9mJxc7//9/fwAAgAA="));
    assert_eq!(decimal.to_vec(), numbers);
    assert_eq!(base64.to_vec(), numbers);
    assert!(matches!(decimal.as_f32(), Cow::Owned(_)));
    assert!(
        matches!(base64.as_f32(), Cow::Borrowed(_)),
        "base64 is decoded once"
    );
    assert_eq!((decimal.embedding.len(), base64.embedding.len()), (5, 5));
    assert_eq!(format!("{:?}", decimal.embedding), "5 decimal numbers");
    assert_eq!(format!("{:?}", base64.embedding), "5 numbers in base64");
}

#[test]
fn base64_comes_in_several_guises() {
    for (text, numbers) in [
        ("", &[][..]),
        ("AACAPw==", &[1.0]),
        ("AACAPw", &[1.0]),
        ("AACAPwAAgD8=", &[1.0, 1.0]),
        ("AACAPwAAgD8", &[1.0, 1.0]),
        ("AACAPwAAgD8AAIA/", &[1.0, 1.0, 1.0]),
    ] {
        let vector = vector(&json!(text));
        assert_eq!(vector.to_vec(), numbers, "{text}");
        assert_eq!(vector.embedding.is_empty(), text.is_empty());
    }
    // Longer than what is decoded at once.
    let text = "AACAPwAAgD8AAIA/".repeat(1000) + "AACAPw==";
    let long = vector(&json!(text));
    assert_eq!(long.to_vec(), [1.0; 3001]);
    assert_eq!(serde_json::to_value(long).unwrap()["embedding"], text);
}

#[test]
fn numbers_that_are_none_keep_their_bits() {
    let text = "AQDAfwEAgP8=";
    let vector = vector(&json!(text));
    assert!(vector.to_vec().iter().all(|number| number.is_nan()));
    assert_eq!(serde_json::to_value(vector).unwrap()["embedding"], text);
}

#[test]
fn what_is_no_vector_is_refused_with_its_place() {
    for (odd, reason) in [
        (json!("AACAPw=!"), "the vector is not base64: "),
        (json!("ÄÄÄÄ"), "the vector is not base64: "),
        (
            json!("AACAPwA="),
            "the vector's bytes are not 32-bit numbers",
        ),
        (json!([1, "x"]), "invalid type: string \"x\", expected f64"),
        (
            json!({}),
            "invalid type: map, expected a list of numbers, or base64 of 32-bit numbers",
        ),
    ] {
        let body = json!({"data": [{"embedding": "AACAPw=="}, {"embedding": odd}]});
        let error = Embeddings::decode(&Bytes::from(body.to_string())).unwrap_err();
        let place = if odd.is_array() {
            "data[1].embedding[1]: "
        } else {
            "data[1].embedding: "
        };
        let expected = format!("{place}{reason}");
        assert!(
            error.to_string().starts_with(&expected),
            "{error} is not {expected}"
        );
    }
}

#[test]
fn base64_is_asked_for_in_the_open() {
    let request = CreateEmbedding::new("contoso-vectors", ["The sea.", "A mountain."]);
    assert_eq!(request.encoding_format, Some(EncodingFormat::Base64));
    assert_eq!(
        serde_json::to_value(&request).unwrap(),
        json!({"model": "contoso-vectors", "input": ["The sea.", "A mountain."],
               "encoding_format": "base64"})
    );
}

#[test]
fn what_it_cost_is_told() {
    let answer: Embeddings = serde_json::from_value(json!({
        "data": [], "usage": {"prompt_tokens": 5, "total_tokens": 5}}))
    .unwrap();
    let usage = CreateEmbedding::usage(&answer).unwrap();
    assert_eq!((usage.prompt, usage.completion, usage.total), (5, 0, 5));
    let outcome = CreateEmbedding::outcome(&answer);
    assert_eq!((outcome.usage, outcome.text), (Some(usage), None));
}

#[test]
fn an_input_is_one_of_four_forms() {
    for (written, input) in [
        (json!("a"), Input::from("a")),
        (json!(""), Input::from(String::new())),
        (json!(["a", "b"]), Input::from(["a", "b"])),
        (json!(["a"]), Input::from(vec!["a"])),
        (json!(["a"]), Input::from(vec!["a".to_owned()])),
        (json!([]), Input::Texts(vec![])),
        (json!([1, 2]), Input::from(vec![1, 2])),
        (json!([[1], []]), Input::from(vec![vec![1], vec![]])),
    ] {
        assert_eq!(serde_json::to_value(&input).unwrap(), written);
        assert_eq!(
            serde_json::from_value::<Input>(written.clone()).unwrap(),
            input
        );
        let text = written.to_string();
        assert_eq!(serde_json::from_str::<Input>(&text).unwrap(), input);
    }
    for (odd, reason) in [
        (
            json!(1),
            "invalid type: integer `1`, expected a string, a list of strings, a list of token numbers, or a list of such lists",
        ),
        (
            json!({}),
            "invalid type: map, expected a string, a list of strings, a list of token numbers, or a list of such lists",
        ),
        (
            json!(["a", 1]),
            "invalid type: integer `1`, expected a string",
        ),
        (
            json!([1, "a"]),
            "invalid type: string \"a\", expected an integer",
        ),
        (
            json!([[1], 2]),
            "invalid type: integer `2`, expected a sequence",
        ),
        (
            json!([true]),
            "invalid type: boolean `true`, expected a string, a token number or a list of token numbers",
        ),
        (
            json!([4_294_967_296_u64]),
            "invalid value: integer `4294967296`, expected an integer in range",
        ),
        (
            json!([-1]),
            "invalid type: integer `-1`, expected a string, a token number or a list of token numbers",
        ),
    ] {
        let error = serde_json::from_value::<Input>(odd.clone()).unwrap_err();
        assert_eq!(error.to_string(), reason, "{odd}");
    }
}

#[test]
fn a_vector_can_be_made() {
    for (made, written) in [
        (EmbeddingVector::Floats(vec![0.1, 2.0]), json!([0.1, 2.0])),
        (EmbeddingVector::Base64(vec![1.0]), json!("AACAPw==")),
    ] {
        assert_eq!(serde_json::to_value(made).unwrap(), written);
    }
}

#[test]
fn a_request_carries_members_that_it_does_not_know() {
    let mut request = CreateEmbedding::new("m", "a");
    request.extra.insert("beta".into(), json!(1));
    let wire = request.to_wire(&Encode::new(Surface::V1)).unwrap();
    let Body::Json(bytes) = wire.body else {
        panic!("not JSON")
    };
    assert_eq!(
        bytes,
        r#"{"model":"m","input":"a","encoding_format":"base64","beta":1}"#
    );
}
