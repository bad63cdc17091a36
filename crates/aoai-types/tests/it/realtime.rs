//! Sessions by voice, of both generations: what either side says is read and written again.

use aoai_types::StreamEvent;
use aoai_types::realtime::event::{ClientEvent, ItemCreate, ItemName, ItemTruncate, ServerEvent};
use aoai_types::realtime::{
    MaxTokens, RealtimeImagePart, RealtimeItem, RealtimeMcpApprovalResponse, RealtimeMessage,
    RealtimePart, Voice,
};
use serde_json::{Value, json};

use crate::same::differences;

/// What came of a session whose service said this.
#[derive(Debug, Default, PartialEq)]
struct Turn {
    /// Text as it came, piece by piece.
    said: String,
    /// The text of the messages of the answer that is done.
    whole: String,
    tokens: Option<MaxTokens>,
    unknown: usize,
}

fn read(events: &[Value]) -> Turn {
    let mut turn = Turn::default();
    for written in events {
        let event = <ServerEvent as StreamEvent>::decode(&written.to_string()).unwrap();
        let rewritten = serde_json::to_value(&event).unwrap();
        assert_eq!(differences(written, &rewritten), [""; 0], "{written}");
        match event {
            ServerEvent::Delta(piece) => turn.said += &piece.delta,
            ServerEvent::Response(event) => {
                turn.tokens = event.response.max_output_tokens;
                turn.whole = event.response.output.iter().filter_map(text).collect();
            }
            ServerEvent::Unknown(_) => turn.unknown += 1,
            _ => {}
        }
    }
    turn
}

fn text(item: &RealtimeItem) -> Option<String> {
    let RealtimeItem::Message(message) = item else {
        return None;
    };
    let texts = message.content.iter().filter_map(|part| match part {
        RealtimePart::OutputText(part) => part.text.as_deref(),
        RealtimePart::Text(part) => part.text.as_deref(),
        _ => None,
    });
    Some(texts.collect())
}

#[test]
fn a_turn_of_text() {
    let message = json!({"id": "item_2", "type": "message", "status": "completed",
        "role": "assistant", "content": [{"type": "output_text", "text": "At nine."}]});
    let place = json!({"response_id": "resp_1", "item_id": "item_2", "output_index": 0,
                       "content_index": 0});
    let at = |kind: &str, more: Value| {
        let mut event = place.as_object().unwrap().clone();
        event.extend([("type".to_owned(), json!(kind))]);
        event.extend([("event_id".to_owned(), json!(format!("event_{kind}")))]);
        event.extend(more.as_object().unwrap().clone());
        Value::Object(event)
    };
    // The part is called by another word than the content of the item that it becomes.
    let part = |text: &str| json!({"type": "text", "text": text});
    let turn = read(&[
        json!({"type": "session.updated", "event_id": "event_0", "session": {"type": "realtime",
            "object": "realtime.session", "id": "sess_1", "model": "gpt-realtime",
            "output_modalities": ["text"], "max_output_tokens": "inf", "tracing": null,
            "truncation": "auto", "expires_at": 1_700_000_600,
            "audio": {"input": {"turn_detection": {"type": "server_vad", "threshold": 0.5}},
                      "output": {"voice": "alloy", "speed": 1.0}}}}),
        json!({"type": "conversation.item.added", "event_id": "event_1", "previous_item_id": null,
            "item": {"id": "item_1", "type": "message", "status": "completed", "role": "user",
                     "content": [{"type": "input_text", "text": "When?"}]}}),
        at(
            "response.content_part.added",
            json!({"part": part(""), "content": part("")}),
        ),
        at(
            "response.output_text.delta",
            json!({"delta": "At ", "obfuscation": "c7"}),
        ),
        at(
            "response.output_text.delta",
            json!({"delta": "nine.", "obfuscation": ""}),
        ),
        at("response.output_text.done", json!({"text": "At nine."})),
        at(
            "response.content_part.done",
            json!({"part": part("At nine."),
                                                "content": part("At nine.")}),
        ),
        json!({"type": "conversation.item.done", "event_id": "event_2",
            "previous_item_id": "item_1", "item": message}),
        json!({"type": "response.done", "event_id": "event_3", "response": {
            "object": "realtime.response", "id": "resp_1", "status": "completed",
            "status_details": null, "output": [message], "conversation_id": "conv_1",
            "output_modalities": ["text"], "max_output_tokens": "inf", "metadata": null,
            "audio": {"output": {"format": {"type": "audio/pcm", "rate": 24000}}},
            "usage": {"total_tokens": 21, "input_tokens": 16, "output_tokens": 5,
                "input_token_details": {"text_tokens": 16, "audio_tokens": 0, "image_tokens": 0,
                    "cached_tokens": 0, "cached_tokens_details": {"text_tokens": 0}},
                "output_token_details": {"text_tokens": 5, "audio_tokens": 0}}}}),
    ]);
    let expected = Turn {
        said: "At nine.".to_owned(),
        whole: "At nine.".to_owned(),
        tokens: Some(MaxTokens::Word("inf".to_owned())),
        unknown: 0,
    };
    assert_eq!(turn, expected);
}

#[test]
fn a_turn_by_the_names_of_the_preview() {
    let voice = json!({"name": "harbour", "type": "openai"});
    let session = json!({"id": "sess_1", "model": "gpt-realtime", "modalities": ["text"],
        "instructions": "Be brief.", "voice": voice, "temperature": null,
        "input_audio_format": "pcm16", "output_audio_format": "pcm16",
        "input_audio_sampling_rate": 24000, "input_audio_echo_cancellation": null,
        "input_audio_transcription": {"model": "whisper-1", "custom_speech": null,
                                      "phrase_list": ["Ulm"]},
        "turn_detection": {"type": "server_vad", "threshold": 0.5, "silence_duration_ms": 500},
        "avatar": {"character": "lisa"}, "animation": null, "max_response_output_tokens": 4096});
    let message = json!({"id": "item_2", "object": "realtime.item", "type": "message",
        "status": "completed", "role": "assistant",
        "content": [{"type": "text", "text": "At nine."}]});
    let turn = read(&[
        json!({"event_id": "event_0", "type": "session.created", "session": session}),
        json!({"event_id": "event_1", "type": "conversation.item.created",
            "previous_item_id": null, "item": message}),
        json!({"event_id": "event_2", "type": "response.text.delta", "response_id": "resp_1",
            "item_id": "item_2", "output_index": 0, "content_index": 0, "delta": "At nine."}),
        json!({"event_id": "event_3", "type": "response.text.done", "response_id": "resp_1",
            "item_id": "item_2", "output_index": 0, "content_index": 0, "text": "At nine."}),
        json!({"event_id": "event_4", "type": "response.animation_viseme.delta",
            "response_id": "resp_1", "viseme_id": 7}),
        json!({"event_id": "event_5", "type": "response.done", "response": {
            "object": "realtime.response", "id": "resp_1", "status": "completed",
            "status_details": null, "output": [message], "modalities": ["text"], "voice": voice,
            "output_audio_format": "pcm16", "temperature": null, "max_output_tokens": 200}}),
    ]);
    let expected = Turn {
        said: "At nine.".to_owned(),
        whole: "At nine.".to_owned(),
        tokens: Some(MaxTokens::Count(200)),
        unknown: 1,
    };
    assert_eq!(turn, expected);

    let created = json!({"type": "session.created", "session": session}).to_string();
    let ServerEvent::Session(created) = <ServerEvent as StreamEvent>::decode(&created).unwrap()
    else {
        panic!("not a session");
    };
    assert!(matches!(created.session.voice, Some(Voice::Custom(_))));
}

#[test]
fn what_the_caller_says() {
    for written in [
        json!({"type": "session.update", "session": {"type": "realtime",
            "output_modalities": ["text"], "audio": {"input": {
                "format": {"type": "audio/pcm", "rate": 24000},
                "turn_detection": {"type": "server_vad", "create_response": true}}}}}),
        json!({"type": "session.update", "session": {"modalities": ["text"],
            "input_audio_format": "pcm16", "input_audio_sampling_rate": 24000,
            "turn_detection": {"type": "server_vad", "interrupt_response": true}}}),
        json!({"type": "conversation.item.create", "item": {"type": "message", "role": "user",
            "content": [{"type": "input_text", "text": "When?"}]}}),
        json!({"type": "response.create"}),
    ] {
        let read = ClientEvent::decode(&written.to_string()).unwrap();
        let known = !matches!(read, ClientEvent::Unknown(_));
        let rewritten = serde_json::to_value(&read).unwrap();
        assert!(known, "{written}");
        assert_eq!(differences(&written, &rewritten), [""; 0]);
    }
}

#[test]
fn what_a_caller_sends_is_made_without_json() {
    let image = RealtimePart::from(RealtimeImagePart::new("data:image/png;base64,iVBORw=="));
    let message = RealtimeMessage::new("user", ["What is this?".into(), image]);
    let approval = RealtimeMcpApprovalResponse::new("mcpr_1", true);
    let events = [
        ClientEvent::ItemCreate(ItemCreate::new(message)),
        ClientEvent::ItemCreate(ItemCreate::new(approval)),
        ClientEvent::ItemName(ItemName::retrieve("item_1")),
        ClientEvent::ItemName(ItemName::delete("item_1")),
        ClientEvent::ItemTruncate(ItemTruncate::new("item_1", 0, 1500)),
    ];
    assert_eq!(
        serde_json::to_value(events).unwrap(),
        json!([
            {"type": "conversation.item.create", "item": {"type": "message", "role": "user",
                "content": [
                    {"type": "input_text", "text": "What is this?"},
                    {"type": "input_image", "image_url": "data:image/png;base64,iVBORw=="}]}},
            {"type": "conversation.item.create", "item": {"type": "mcp_approval_response",
                "approval_request_id": "mcpr_1", "approve": true}},
            {"type": "conversation.item.retrieve", "item_id": "item_1"},
            {"type": "conversation.item.delete", "item_id": "item_1"},
            {"type": "conversation.item.truncate", "item_id": "item_1", "content_index": 0,
             "audio_end_ms": 1500},
        ])
    );
}

#[test]
fn sound_is_told_from_text_that_looks_like_it() {
    let bytes = |kind: &str, delta: &str| {
        let event = json!({"type": kind, "delta": delta}).to_string();
        match <ServerEvent as StreamEvent>::decode(&event).unwrap() {
            ServerEvent::Delta(piece) => piece.bytes(),
            other => panic!("{other:?}"),
        }
    };
    for kind in ["response.output_audio.delta", "response.audio.delta"] {
        assert_eq!(bytes(kind, "AAEC").unwrap().unwrap(), [0, 1, 2].as_slice());
        assert!(bytes(kind, "a sound").is_err());
    }
    for kind in [
        "response.output_text.delta",
        "response.audio_transcript.delta",
    ] {
        assert_eq!(bytes(kind, "Well").unwrap(), None);
    }
}
