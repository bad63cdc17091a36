//! Images and recordings: their streams put together, and the forms that ask for them.

use aoai_types::audio::{
    AudioFormat, CreateTranscription, TranscriptEvent, Transcription, TranscriptionAccumulator,
};
use aoai_types::images::{EditImage, GenerateImage, ImageEvent, ImagesAccumulator};
use aoai_types::operation::{Body, FilePart, PartBody, StreamEnd};
use aoai_types::{Accumulator, Encode, Operation, Payload, StreamEvent, Surface};
use serde_json::{Value, json};

/// The answer that events make up, as JSON.
fn folded<A>(events: &[Value]) -> Value
where
    A: Accumulator + Default,
    A::Event: StreamEvent,
    A::Output: Payload,
{
    let mut answer = A::default();
    for event in events {
        answer.push(<A::Event as StreamEvent>::decode(&event.to_string()).unwrap());
    }
    serde_json::from_slice(&answer.finish().encode().unwrap()).unwrap()
}

/// Whether an event is output, the end that it is, and the code of its error.
fn told<E: StreamEvent>(event: &Value) -> (bool, Option<StreamEnd>, Option<String>) {
    let event = <E as StreamEvent>::decode(&event.to_string()).unwrap();
    let error = event
        .error()
        .map(|error| error.code.as_ref().unwrap().to_string());
    (event.is_output(), event.end(), error)
}

#[test]
fn events_tell_whether_they_are_output_an_end_or_an_error() {
    let image = |kind: &str| json!({"type": kind, "b64_json": "AAA="});
    let transcript =
        |kind: &str| json!({"type": kind, "delta": "a", "text": "a", "id": "seg_1", "start": 0});
    let failed = json!({"type": "error", "error": {"code": "server_error", "message": "No."}});
    let failure = (
        false,
        Some(StreamEnd::Failed),
        Some("server_error".to_owned()),
    );
    for (kind, end) in [
        ("image_generation.partial_image", None),
        ("image_edit.partial_image", None),
        ("image_generation.completed", Some(StreamEnd::Complete)),
        ("image_edit.completed", Some(StreamEnd::Complete)),
        ("image_generation.of_tomorrow", None),
    ] {
        assert_eq!(
            told::<ImageEvent>(&image(kind)),
            (true, end, None),
            "{kind}"
        );
    }
    assert_eq!(told::<ImageEvent>(&failed), failure);
    for (kind, end) in [
        ("transcript.text.delta", None),
        ("transcript.text.segment", None),
        ("transcript.text.done", Some(StreamEnd::Complete)),
        ("transcript.text.of_tomorrow", None),
    ] {
        let told = told::<TranscriptEvent>(&transcript(kind));
        assert_eq!(told, (true, end, None), "{kind}");
    }
    assert_eq!(told::<TranscriptEvent>(&failed), failure);
}

#[test]
fn a_stream_of_images_ends_as_the_whole_image_or_its_last_stage() {
    let stage = |image: &str| {
        json!({
            "type": "image_generation.partial_image", "b64_json": image,
            "partial_image_index": 0, "created_at": 7, "background": "opaque",
            "output_format": "png", "quality": "low", "size": "1024x1024",
        })
    };
    let cut = json!({
        "created": 7, "data": [{"b64_json": "AgA="}], "background": "opaque",
        "output_format": "png", "quality": "low", "size": "1024x1024",
    });
    let of_tomorrow = json!({"type": "image_generation.of_tomorrow"});
    let stages = [stage("AQA="), stage("AgA="), of_tomorrow];
    assert_eq!(folded::<ImagesAccumulator>(&stages), cut);

    let whole = json!({
        "type": "image_edit.completed", "b64_json": "AwA=", "created_at": 8,
        "background": "transparent", "output_format": "jpeg", "quality": "high",
        "size": "1536x1024", "usage": {"input_tokens": 1, "output_tokens": 2, "total_tokens": 3},
    });
    assert_eq!(
        folded::<ImagesAccumulator>(&[stage("AQA="), whole]),
        json!({
            "created": 8, "data": [{"b64_json": "AwA="}], "background": "transparent",
            "output_format": "jpeg", "quality": "high", "size": "1536x1024",
            "usage": {"input_tokens": 1, "output_tokens": 2, "total_tokens": 3},
        })
    );

    let failed = json!({"type": "error", "error": {"code": "server_error", "message": "No."}});
    let mut told = cut;
    told["error"] = json!({"code": "server_error", "message": "No."});
    assert_eq!(folded::<ImagesAccumulator>(&[stage("AgA="), failed]), told);
}

#[test]
fn a_stream_of_a_transcription_ends_as_what_it_says_at_last_or_as_its_pieces() {
    let delta = |text: &str, logprob: f64| {
        json!({
            "type": "transcript.text.delta", "delta": text,
            "logprobs": [{"token": text, "logprob": logprob}],
        })
    };
    let segment = json!({
        "type": "transcript.text.segment", "id": "seg_1", "start": 0.5, "end": 1.5,
        "text": "The sea.", "speaker": "A",
    });
    let logprobs = json!([
        {"token": "The", "logprob": -0.5},
        {"token": " see.", "logprob": -2.0},
    ]);
    let segments = json!([
        {"id": "seg_1", "start": 0.5, "end": 1.5, "text": "The sea.", "speaker": "A"},
    ]);
    let pieces = [delta("The", -0.5), segment, delta(" see.", -2.0)];
    assert_eq!(
        folded::<TranscriptionAccumulator>(&pieces),
        json!({"text": "The see.", "logprobs": logprobs, "segments": segments})
    );

    let usage = json!({"type": "tokens", "input_tokens": 3, "output_tokens": 2, "total_tokens": 5});
    let mut done = json!({"type": "transcript.text.done", "text": "The sea.", "usage": usage});
    let all = |done: &Value| {
        let mut events = pieces.to_vec();
        events.push(done.clone());
        folded::<TranscriptionAccumulator>(&events)
    };
    let mut whole =
        json!({"text": "The sea.", "logprobs": logprobs, "segments": segments, "usage": usage});
    assert_eq!(all(&done), whole, "what the pieces told is not lost");
    done["logprobs"] = json!([{"token": "The sea.", "logprob": -1.0}]);
    whole["logprobs"] = done["logprobs"].clone();
    assert_eq!(all(&done), whole);
}

#[test]
fn a_transcription_is_an_object_or_a_text() {
    let read = |body: &'static str| Transcription::decode(&body.into()).unwrap();
    let object = read(" {\"text\": \"The sea.\", \"duration\": 1.5}");
    let Transcription::Json(known) = &object else {
        panic!("{object:?} is no object")
    };
    assert_eq!((object.text(), known.duration), ("The sea.", Some(1.5)));
    assert!(object.usage().is_none());

    let subtitles = "1\n00:00:00,000 --> 00:00:01,500\nThe sea.\n";
    let text = read(subtitles);
    assert_eq!(text, Transcription::Text(subtitles.to_owned()));
    assert_eq!((text.text(), text.usage().is_none()), (subtitles, true));
    assert_eq!(text.encode().unwrap(), subtitles);

    let by_time = read(r#"{"text": "a", "usage": {"type": "duration", "seconds": 2}}"#);
    assert!(by_time.usage().is_none());
    let by_tokens = read(r#"{"text": "a", "usage": {"input_tokens": 3, "output_tokens": 2}}"#);
    let usage = by_tokens.usage().unwrap();
    assert_eq!((usage.prompt, usage.completion), (3, 2));
}

/// Names and contents of a form's parts.
fn parts(operation: &impl Operation, surface: Surface) -> Vec<(String, String)> {
    let wire = operation
        .to_wire(&Encode::new(surface).streaming())
        .unwrap();
    let Body::Multipart(parts) = wire.body else {
        panic!("no form")
    };
    let part = |part: aoai_types::operation::Part| {
        let PartBody::Bytes(bytes) = part.body else {
            panic!("{} is not in memory", part.name)
        };
        (part.name, String::from_utf8(bytes.to_vec()).unwrap())
    };
    parts.into_iter().map(part).collect()
}

#[test]
fn forms_hold_every_member_that_is_set() {
    let images = [FilePart::new("a.png", "A"), FilePart::new("b.png", "B")];
    let mut edit = EditImage::new("images", images, "A sea.");
    edit.mask = Some(FilePart::new("m.png", "M"));
    edit.n = Some(2);
    edit.size = Some("1024x1024".to_owned());
    edit.quality = Some("low".to_owned());
    edit.input_fidelity = Some("high".to_owned());
    edit.background = Some("opaque".to_owned());
    edit.output_format = Some("jpeg".to_owned());
    edit.output_compression = Some(80);
    edit.partial_images = Some(1);
    edit.user = Some("contoso-7".to_owned());
    edit.extra.insert("moderation".to_owned(), "low".into());
    let mut expected: Vec<_> = [
        ("image[]", "A"),
        ("image[]", "B"),
        ("mask", "M"),
        ("prompt", "A sea."),
        ("n", "2"),
        ("size", "1024x1024"),
        ("quality", "low"),
        ("input_fidelity", "high"),
        ("background", "opaque"),
        ("output_format", "jpeg"),
        ("output_compression", "80"),
        ("partial_images", "1"),
        ("user", "contoso-7"),
        ("model", "images"),
        ("stream", "true"),
        ("moderation", "low"),
    ]
    .map(|(name, content)| (name.to_owned(), content.to_owned()))
    .into();
    assert_eq!(parts(&edit, Surface::V1), expected);
    expected.retain(|(name, _)| name != "model");
    let dated = "2025-04-01-preview".parse().unwrap();
    assert_eq!(parts(&edit, dated), expected);

    let mut transcribe = CreateTranscription::new("whisper", FilePart::new("a.wav", "A"));
    transcribe.response_format = Some(AudioFormat::Json);
    transcribe.extra.insert("speed".to_owned(), 2.into());
    let sent = parts(&transcribe, Surface::V1);
    for part in [
        ("response_format", "json"),
        ("model", "whisper"),
        ("speed", "2"),
    ] {
        assert!(
            sent.contains(&(part.0.to_owned(), part.1.to_owned())),
            "{part:?}"
        );
    }
}

#[test]
fn extra_members_are_sent_where_the_body_is_json() {
    let mut generate = GenerateImage::new("images", "A sea.");
    generate.extra.insert("style".to_owned(), "vivid".into());
    let wire = generate.to_wire(&Encode::new(Surface::V1)).unwrap();
    let Body::Json(body) = wire.body else {
        panic!("no JSON")
    };
    let body: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(
        (&body["style"], &body["prompt"]),
        (&json!("vivid"), &json!("A sea."))
    );
}
