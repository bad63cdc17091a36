//! The event-stream decoder: a table of own cases, a public collection of vectors where it is at
//! hand, and the property that it does what a plain one does, wherever the network cuts.

use std::io::{self, Write as _};

use aoai_http::sse::{Decoder, Frame, TooLong};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use proptest::prelude::*;
use serde_json::Value;

/// Type, data and last id of an event.
type Event = (String, String, String);

/// The same, written down.
type Written = (&'static str, &'static str, &'static str);

fn decode(chunks: &[&[u8]]) -> Result<(Vec<Event>, Decoder), TooLong> {
    let mut decoder = Decoder::new();
    let mut events = Vec::new();
    for chunk in chunks {
        decoder.push(Bytes::copy_from_slice(chunk));
        while let Some(frame) = decoder.next_frame()? {
            events.push(event(&frame));
        }
    }
    Ok((events, decoder))
}

fn event(frame: &Frame) -> Event {
    let owned = |text: std::borrow::Cow<'_, str>| text.into_owned();
    (owned(frame.event()), owned(frame.data()), owned(frame.id()))
}

/// Decodes the input whole, byte by byte and, where it is small, cut in two at every place.
fn check(name: &str, input: &[u8], expected: &[Event]) -> Decoder {
    let (whole, decoder) = decode(&[input]).unwrap();
    assert_eq!(whole, expected, "{name}: whole");
    if input.len() < 100_000 {
        let bytes: Vec<&[u8]> = input.chunks(1).collect();
        assert_eq!(decode(&bytes).unwrap().0, expected, "{name}: by byte");
        for cut in 0..=input.len() {
            let (one, two) = input.split_at(cut);
            let events = decode(&[one, two]).unwrap().0;
            assert_eq!(events, expected, "{name}: cut at {cut}");
        }
    }
    decoder
}

#[test]
fn own_cases_decode_however_they_are_cut() {
    let table: &[(&str, &[Written])] = &[
        ("", &[]),
        ("data: x\n\n", &[("message", "x", "")]),
        (
            "data: x\r\n\r\ndata: y\r\r",
            &[("message", "x", ""), ("message", "y", "")],
        ),
        (
            "data: x\n\rdata: y\r\n\n",
            &[("message", "x", ""), ("message", "y", "")],
        ),
        (
            "\u{feff}data: x\n\n\u{feff}data: y\n\n",
            &[("message", "x", "")],
        ),
        // A mark begins a stream, and no line of it.
        ("\n\u{feff}data: x\n\n", &[]),
        ("data: x\n\u{feff}data: y\n\n", &[("message", "x", "")]),
        ("data: x\n\n\u{feff}data: y\n\n", &[("message", "x", "")]),
        (":\n\u{feff}data: x\ndata: y\n\n", &[("message", "y", "")]),
        (
            "data: one\ndata:two\ndata:  three\n\n",
            &[("message", "one\ntwo\n three", "")],
        ),
        (
            "data\n\n: note\ndata:\ndata\n\n",
            &[("message", "", ""), ("message", "\n", "")],
        ),
        ("event: ping\n\ndata: x\n\n", &[("message", "x", "")]),
        (
            "event: a\nevent: b\ndata: x\n\ndata: y\n\n",
            &[("b", "x", ""), ("message", "y", "")],
        ),
        (
            "id: 1\ndata: x\n\ndata: y\nid\n\n",
            &[("message", "x", "1"), ("message", "y", "")],
        ),
        ("id: 1\nid: \u{0}\ndata: x\n\n", &[("message", "x", "1")]),
        (
            "data : x\n data: x\nDATA: x\ndata: y\n\n",
            &[("message", "y", "")],
        ),
        ("data: ü\u{2028}🦀\n\n", &[("message", "ü\u{2028}🦀", "")]),
        ("data: x\n\ndata: cut", &[("message", "x", "")]),
        (
            "data: [DONE]\n\ndata: late\n\n",
            &[("message", "[DONE]", ""), ("message", "late", "")],
        ),
    ];
    for (input, expected) in table {
        let own = |(a, b, c): &Written| ((*a).into(), (*b).into(), (*c).into());
        let expected: Vec<Event> = expected.iter().map(own).collect();
        check(&format!("{input:?}"), input.as_bytes(), &expected);
    }
}

#[test]
fn bytes_that_are_no_text_are_replaced() {
    let replaced = [("message".into(), "a\u{fffd}b".into(), String::new())];
    check("invalid byte", b"data: a\xffb\n\n", &replaced);
}

#[test]
fn a_reconnection_time_is_digits_only() {
    for (line, expected) in [
        ("retry: 1500", Some(1500)),
        ("retry: 007", Some(7)),
        ("retry: 1.5", None),
        ("retry: -5", None),
        ("retry:", None),
        ("retry: 99999999999999999999999999", Some(u64::MAX)),
    ] {
        let mut decoder = Decoder::new();
        decoder.push(format!("{line}\n\ndata: x\n\n").into());
        let frame = decoder.next_frame().unwrap().unwrap();
        for told in [decoder.retry(), frame.retry()] {
            let told = told.map(|time| u64::try_from(time.as_millis()).unwrap());
            assert_eq!(told, expected, "{line}");
        }
    }
}

#[test]
fn an_event_that_was_cut_off_is_told_apart() {
    let (events, decoder) = decode(&[b"data: x\n\ndata: [DO", b"NE]"]).unwrap();
    assert_eq!(events.len(), 1);
    assert_eq!(decoder.finish().unwrap().data(), "[DONE]");
    let (_, decoder) = decode(&[b"data: x\n\n: note"]).unwrap();
    assert_eq!(decoder.finish(), None);
}

#[test]
fn too_long_an_event_is_an_error() {
    let feed = |chunks: &[&'static str]| {
        let mut decoder = Decoder::with_limit(8);
        for chunk in chunks {
            decoder.push(Bytes::from_static(chunk.as_bytes()));
            while decoder.next_frame()?.is_some() {}
        }
        Ok(())
    };
    let refused = Err(TooLong::of(8));
    assert_eq!(feed(&["data: 12345678\n\n"]), Ok(()));
    assert_eq!(feed(&["data: 123456789\n\n"]), refused);
    assert_eq!(feed(&["data: 123\ndata: 5678\n\n"]), Ok(()));
    assert_eq!(feed(&["data: 1234\ndata: 6789\n\n"]), refused);
    assert_eq!(feed(&["12345678", "9"]), refused);
    assert_eq!(
        TooLong::of(8).to_string(),
        "an event of the stream is longer than the limit of 8 bytes"
    );
}

#[test]
fn more_may_be_pushed_before_all_is_read() {
    let mut decoder = Decoder::new();
    for (chunk, read) in [
        ("data: 1\n\ndata: 2\n\nda", "1"),
        ("ta: 3\n\n", "2"),
        ("", "3"),
    ] {
        decoder.push(chunk.into());
        assert_eq!(decoder.next_frame().unwrap().unwrap().data(), read);
    }
    assert_eq!(decoder.next_frame(), Ok(None));
}

#[test]
fn an_event_in_one_piece_is_not_copied() {
    let chunk = Bytes::from("data: {\"a\":1}\n\n".to_owned());
    let mut decoder = Decoder::new();
    decoder.push(chunk.clone());
    let frame = decoder.next_frame().unwrap().unwrap();
    assert_eq!(frame.bytes().as_ptr(), chunk[6..].as_ptr());
}

/// What the standard says, line by line over the whole stream, without a thought to speed.
fn decode_plainly(input: &[u8]) -> Vec<Event> {
    let input = input.strip_prefix("\u{feff}".as_bytes()).unwrap_or(input);
    let mut lines = Vec::new();
    let mut line = Vec::new();
    let mut bytes = input.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\r' => {
                bytes.next_if_eq(&b'\n');
                lines.push(std::mem::take(&mut line));
            }
            b'\n' => lines.push(std::mem::take(&mut line)),
            other => line.push(other),
        }
    }
    let (mut kind, mut data, mut id) = (Vec::new(), None::<Vec<u8>>, Vec::new());
    let mut events = Vec::new();
    for line in lines {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        if line.is_empty() {
            let kind = match std::mem::take(&mut kind) {
                kind if kind.is_empty() => "message".to_owned(),
                kind => text(&kind),
            };
            if let Some(data) = data.take() {
                events.push((kind, text(&data), text(&id)));
            }
            continue;
        }
        let (name, value) = match line.iter().position(|byte| *byte == b':') {
            Some(colon) => (&line[..colon], &line[colon + 1..]),
            None => (&line[..], &[][..]),
        };
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match name {
            b"data" => {
                data = Some(match data.take() {
                    Some(before) => [&before, &b"\n"[..], value].concat(),
                    None => value.to_vec(),
                });
            }
            b"event" => kind = value.to_vec(),
            b"id" if !value.contains(&0) => id = value.to_vec(),
            _ => {}
        }
    }
    events
}

/// Bytes as an event stream has them, mostly.
fn stream_bytes() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => prop::sample::select(vec![
            "data", "event", "id", "retry", ":", ": ", " ", "\n", "\r", "\r\n", "\n\n", "x", "é",
            "\u{feff}", "[DONE]", "7", "data: ", "data:",
        ]).prop_map(|text| text.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..4),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn whatever_comes_and_wherever_it_is_cut_the_standard_is_followed(
        input in stream_bytes(),
        cuts in prop::collection::vec(0_usize..120, 0..12),
    ) {
        let mut cuts: Vec<usize> = cuts.into_iter().filter(|cut| *cut <= input.len()).collect();
        cuts.sort_unstable();
        cuts.push(input.len());
        let mut from = 0;
        let mut chunks = Vec::new();
        for cut in cuts {
            chunks.push(&input[from..cut]);
            from = cut;
        }
        prop_assert_eq!(decode(&chunks).unwrap().0, decode_plainly(&input));
    }
}

#[test]
fn the_public_vectors_decode() {
    #[expect(
        clippy::disallowed_methods,
        reason = "says where the collection lies, if anywhere"
    )]
    let Ok(path) = std::env::var("AOAI_SSE_VECTORS") else {
        let told = b"skipped: AOAI_SSE_VECTORS names no collection of vectors\n";
        io::stderr().write_all(told).unwrap();
        return;
    };
    let text = std::fs::read_to_string(&path).unwrap();
    let document: Value = serde_json::from_str(&text).unwrap();
    let vectors = document["vectors"].as_array().unwrap();
    assert!(vectors.len() > 50);
    for vector in vectors {
        let name = vector["name"].as_str().unwrap();
        let input = input(vector);
        if name == "endless-line-without-newline" {
            assert!(decode(&[&input]).is_err(), "{name}");
            continue;
        }
        let expect = &vector["expect"];
        let decoder = check(name, &input, &expected(expect));
        match &expect["retry_ms"] {
            Value::Null => assert_eq!(decoder.retry(), None, "{name}"),
            Value::Number(number) => {
                let told = decoder.retry().unwrap().as_millis();
                assert_eq!(told, u128::from(number.as_u64().unwrap()), "{name}");
            }
            _ => assert!(decoder.retry().is_some(), "{name}"),
        }
    }
}

fn input(vector: &Value) -> Vec<u8> {
    if let Some(text) = vector["input_base64"].as_str() {
        return BASE64.decode(text).unwrap();
    }
    joined(&vector["input_parts"]).into_bytes()
}

fn joined(parts: &Value) -> String {
    let part = |part: &Value| match part["repeat"].as_str() {
        Some(text) => text.repeat(usize::try_from(part["times"].as_u64().unwrap()).unwrap()),
        None => part["text"].as_str().unwrap().to_owned(),
    };
    parts.as_array().unwrap().iter().map(part).collect()
}

fn expected(expect: &Value) -> Vec<Event> {
    let one = |event: &Value| {
        let text = |name: &str| event[name].as_str().unwrap().to_owned();
        let data = match event["data"].as_str() {
            Some(data) => data.to_owned(),
            None => joined(&event["data_parts"]),
        };
        (text("type"), data, text("last_event_id"))
    };
    if let Some(count) = expect["event_count"].as_u64() {
        return vec![one(&expect["each_event"]); usize::try_from(count).unwrap()];
    }
    expect["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(one)
        .collect()
}
