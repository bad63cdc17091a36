//! Images: made, changed, streamed, refused.

use aoai_emulator::{Emulator, FILTERED_ANSWER, FILTERED_PROMPT};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::support::{Answer, request, start};

const V1: &str = "POST /openai/v1/images/generations";
const DALLE: &str = "POST /openai/deployments/dalle/images/generations?api-version=2024-10-21";
const EDIT: &str = "POST /openai/v1/images/edits";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

fn generate(emulator: &Emulator, mut body: Value) -> Answer {
    body["model"] = json!("image");
    request(emulator, V1).json(&body).send()
}

#[track_caller]
fn ok(answer: &Answer) -> Value {
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(answer.complete);
    answer.json()
}

#[track_caller]
fn assert_refused(answer: &Answer, code: &str, param: Option<&str>) {
    let error = &answer.json()["error"];
    assert_eq!(answer.status, 400, "{answer:?}");
    assert_eq!(
        (&error["code"], &error["param"]),
        (&json!(code), &json!(param)),
        "{error}"
    );
}

fn bytes(image: &Value) -> Vec<u8> {
    STANDARD
        .decode(image["b64_json"].as_str().unwrap())
        .unwrap()
}

#[tokio::test]
async fn images_come_in_base64_with_what_they_cost() {
    let emulator = start().await;
    let body = json!({"prompt": "A lighthouse.", "n": 2, "size": "1024x1536", "quality": "low"});
    let answer = ok(&generate(&emulator, body.clone()));
    assert_eq!(
        answer["usage"],
        json!({
            "input_tokens": 4,
            "input_tokens_details": {"image_tokens": 0, "text_tokens": 4},
            "output_tokens": 816,
            "total_tokens": 820,
        })
    );
    for (name, value) in [
        ("background", "opaque"),
        ("output_format", "png"),
        ("quality", "low"),
        ("size", "1024x1536"),
    ] {
        assert_eq!(answer[name], value);
    }
    let images: Vec<Vec<u8>> = answer["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(bytes)
        .collect();
    assert_eq!(images.len(), 2);
    for image in &images {
        assert!(image.starts_with(PNG));
        // Its header says how wide and how high it is.
        assert_eq!(image[16..24], [0, 0, 4, 0, 0, 0, 6, 0]);
    }
    assert_ne!(images[0], images[1]);
    assert_eq!(ok(&generate(&emulator, body))["data"], answer["data"]);
    let jpeg = ok(&generate(
        &emulator,
        json!({"prompt": "a", "output_format": "jpeg"}),
    ));
    assert!(bytes(&jpeg["data"][0]).starts_with(&[0xff, 0xd8, 0xff]));
}

#[tokio::test]
async fn the_first_generation_tells_what_the_filter_found() {
    let emulator = start().await;
    let body = json!({"prompt": "A lighthouse."});
    let answer = ok(&request(&emulator, DALLE).json(&body).send());
    let image = &answer["data"][0];
    assert!(
        image["url"]
            .as_str()
            .unwrap()
            .starts_with("https://images.emulator.invalid/")
    );
    assert_eq!(image["revised_prompt"], "A lighthouse.");
    let safe = json!({"filtered": false, "severity": "safe"});
    let not_detected = json!({"detected": false, "filtered": false});
    assert_eq!(
        image["content_filter_results"],
        json!({"hate": safe, "self_harm": safe, "sexual": safe, "violence": safe})
    );
    assert_eq!(image["prompt_filter_results"]["profanity"], not_detected);
    assert_eq!(image["prompt_filter_results"]["jailbreak"], not_detected);
    let body =
        json!({"prompt": "A lighthouse.", "response_format": "b64_json", "size": "1792x1024"});
    let answer = ok(&request(&emulator, DALLE).json(&body).send());
    assert!(bytes(&answer["data"][0]).starts_with(PNG));
}

#[tokio::test]
async fn an_image_streams_in_stages() {
    let emulator = start().await;
    let answer = generate(
        &emulator,
        json!({"prompt": "A", "stream": true, "partial_images": 2}),
    );
    let events = answer.named_events();
    let told: Vec<(&Value, &Value)> = events
        .iter()
        .map(|it| (&it["type"], &it["partial_image_index"]))
        .collect();
    let partial = json!("image_generation.partial_image");
    assert_eq!(
        told,
        [
            (&partial, &json!(0)),
            (&partial, &json!(1)),
            (&json!("image_generation.completed"), &Value::Null)
        ]
    );
    assert_eq!(events[2]["usage"]["total_tokens"], 4161);
    assert_ne!(events[0]["b64_json"], events[2]["b64_json"]);
    assert!(
        answer
            .body
            .starts_with("event: image_generation.partial_image\ndata: {\"type\":")
    );
}

#[tokio::test]
async fn images_are_changed() {
    let emulator = start().await;
    let form: &[(&str, &[u8])] = &[
        ("\"model\"", b"image"),
        ("\"prompt\"", b"Make it blue."),
        ("\"image[]\"; filename=\"a.png\"", PNG),
        ("\"image[]\"; filename=\"b.png\"", PNG),
        ("\"mask\"; filename=\"m.png\"", PNG),
        ("\"quality\"", b"medium"),
    ];
    let answer = ok(&request(&emulator, EDIT).form(form).send());
    assert_eq!(
        answer["usage"]["input_tokens_details"],
        json!({"image_tokens": 969, "text_tokens": 4})
    );
    assert_eq!(answer["usage"]["output_tokens"], 1056);
    assert!(bytes(&answer["data"][0]).starts_with(PNG));

    let streamed: Vec<(&str, &[u8])> = form
        .iter()
        .copied()
        .chain([
            ("\"stream\"", b"true".as_slice()),
            ("\"partial_images\"", b"1"),
        ])
        .collect();
    let events = request(&emulator, EDIT)
        .form(&streamed)
        .send()
        .named_events();
    let kinds: Vec<&Value> = events.iter().map(|it| &it["type"]).collect();
    assert_eq!(kinds, ["image_edit.partial_image", "image_edit.completed"]);

    let text: &[(&str, &[u8])] = &[
        ("\"model\"", b"image"),
        ("\"prompt\"", b"a"),
        ("\"image\"; filename=\"a.txt\"", b"words"),
    ];
    assert_refused(
        &request(&emulator, EDIT).form(text).send(),
        "unsupported_file_mimetype",
        Some("image"),
    );
    let none: &[(&str, &[u8])] = &[("\"model\"", b"image"), ("\"prompt\"", b"a")];
    assert_refused(
        &request(&emulator, EDIT).form(none).send(),
        "missing_required_parameter",
        Some("image"),
    );
    let dalle: &[(&str, &[u8])] = &[
        ("\"model\"", b"dalle"),
        ("\"prompt\"", b"a"),
        ("\"image\"; filename=\"a.png\"", PNG),
    ];
    let answer = request(&emulator, EDIT).form(dalle).send();
    assert_eq!(
        (answer.status, &answer.json()["error"]["code"]),
        (400, &json!("OperationNotSupported"))
    );
}

#[tokio::test]
async fn each_model_has_its_own_arguments() {
    let emulator = start().await;
    for (body, code, param) in [
        (json!({}), "missing_required_parameter", "prompt"),
        (
            json!({"prompt": "a", "colour": "red"}),
            "unknown_parameter",
            "colour",
        ),
        (
            json!({"prompt": "a", "response_format": "url"}),
            "unknown_parameter",
            "response_format",
        ),
        (
            json!({"prompt": "a", "n": 11}),
            "integer_above_max_value",
            "n",
        ),
        (
            json!({"prompt": "a", "size": "1x1"}),
            "invalid_value",
            "size",
        ),
        (
            json!({"prompt": "a", "n": 2, "stream": true}),
            "invalid_value",
            "n",
        ),
        (
            json!({"prompt": "a", "background": "transparent", "output_format": "jpeg"}),
            "invalid_value",
            "background",
        ),
    ] {
        assert_refused(&generate(&emulator, body), code, Some(param));
    }
    for (body, code, param) in [
        (
            json!({"prompt": "a", "n": 2}),
            "integer_above_max_value",
            "n",
        ),
        (
            json!({"prompt": "a", "partial_images": 1}),
            "unknown_parameter",
            "partial_images",
        ),
        (
            json!({"prompt": "a".repeat(4001)}),
            "string_above_max_length",
            "prompt",
        ),
    ] {
        assert_refused(
            &request(&emulator, DALLE).json(&body).send(),
            code,
            Some(param),
        );
    }
    let body = json!({"model": "chat", "prompt": "a"});
    let answer = request(&emulator, V1).json(&body).send();
    assert_eq!(
        (answer.status, &answer.json()["error"]["code"]),
        (400, &json!("OperationNotSupported"))
    );
    let early = DALLE.replace("2024-10-21", "2023-05-15");
    assert_eq!(
        request(&emulator, &early)
            .json(&json!({"prompt": "a"}))
            .send()
            .status,
        404
    );
}

#[tokio::test]
async fn the_filter_refuses_words_and_holds_images_back() {
    let emulator = start().await;
    let answer = generate(&emulator, json!({ "prompt": FILTERED_PROMPT }));
    assert_eq!(
        (answer.status, answer.reason.as_str()),
        (400, "model_error")
    );
    let error = &answer.json()["error"];
    assert_eq!(error["code"], "content_policy_violation");
    // Under the keys that chat does not use.
    let found = &error["inner_error"]["content_filter_results"];
    assert_eq!(
        found["violence"],
        json!({"filtered": true, "severity": "medium"})
    );
    let answer = ok(&generate(&emulator, json!({ "prompt": FILTERED_ANSWER })));
    assert_eq!(answer["error"]["code"], "contentFilter");
    assert_eq!(answer["data"], Value::Null);
}

#[tokio::test]
async fn an_image_costs_what_its_quality_and_its_size_do() {
    let emulator = start().await;
    for (quality, size, cost) in [
        ("low", "1024x1024", 272),
        ("low", "1024x1536", 408),
        ("low", "1536x1024", 400),
        ("medium", "1024x1024", 1056),
        ("medium", "1024x1536", 1584),
        ("medium", "1536x1024", 1568),
        ("high", "1024x1024", 4160),
        ("high", "1024x1536", 6240),
        ("high", "1536x1024", 6208),
        ("auto", "auto", 4160),
    ] {
        let body = json!({"prompt": "Moon", "quality": quality, "size": size});
        let usage = &ok(&generate(&emulator, body))["usage"];
        assert_eq!(
            (&usage["output_tokens"], &usage["total_tokens"]),
            (&json!(cost), &json!(cost + 1)),
            "{quality} {size}"
        );
    }
}

/// The chunks of a PNG, each of which has the sum that its bytes have.
fn chunks(png: &[u8]) -> Vec<(&[u8], &[u8])> {
    let table: Vec<u32> = (0..256_u32)
        .map(|byte| (0..8).fold(byte, |sum, _| (sum >> 1) ^ ((sum & 1) * 0xedb8_8320)))
        .collect();
    let mut rest = png.strip_prefix(PNG).unwrap();
    let mut chunks = Vec::new();
    while !rest.is_empty() {
        let length = u32::from_be_bytes(rest[..4].try_into().unwrap()) as usize;
        let (chunk, after) = rest[4..].split_at(4 + length);
        let sum = !chunk.iter().fold(u32::MAX, |sum, byte| {
            (sum >> 8) ^ table[((sum ^ u32::from(*byte)) & 255) as usize]
        });
        assert_eq!(
            after[..4],
            sum.to_be_bytes(),
            "{:?}",
            chunk[..4].escape_ascii()
        );
        chunks.push(chunk.split_at(4));
        rest = &after[4..];
    }
    chunks
}

/// What a zlib stream of the fixed codes holds: RFC 1950 and RFC 1951.
fn inflated(zlib: &[u8]) -> Vec<u8> {
    assert_eq!(
        (zlib[0] & 15, zlib[0] >> 4),
        (8, 7),
        "deflate, with a window of 32 KiB"
    );
    assert_eq!((u16::from(zlib[0]) << 8 | u16::from(zlib[1])) % 31, 0);
    let (bytes, sum) = zlib[2..].split_at(zlib.len() - 6);
    let mut at = 0;
    let mut bit = || {
        let bit = u32::from(bytes[at / 8] >> (at % 8) & 1);
        at += 1;
        bit
    };
    assert_eq!(
        [bit(), bit(), bit()],
        [1, 1, 0],
        "the last block, of the fixed codes"
    );
    let mut out = Vec::new();
    loop {
        let mut code = (0..7).fold(0, |code, _| code << 1 | bit());
        // 7 bits for 256 to 279, 8 for 0 to 143 and 280 to 287, 9 for the others.
        let symbol = if code < 24 {
            256 + code
        } else {
            code = code << 1 | bit();
            match code {
                48..192 => code - 48,
                192..200 => 280 + code - 192,
                _ => 144 + ((code << 1 | bit()) - 400),
            }
        };
        match symbol {
            0..256 => out.push(u8::try_from(symbol).unwrap()),
            256 => break,
            285 => {
                assert_eq!(
                    (0..5).fold(0, |code, _| code << 1 | bit()),
                    0,
                    "from one byte ago"
                );
                let last = *out.last().unwrap();
                out.resize(out.len() + 258, last);
            }
            other => panic!("a copy of another length: {other}"),
        }
    }
    assert!(
        at.div_ceil(8) == bytes.len(),
        "{at} bits of {} bytes",
        bytes.len()
    );
    let (low, high) = out.iter().fold((1, 0), |(low, high), byte| {
        let low = (low + u32::from(*byte)) % 65_521;
        (low, (high + low) % 65_521)
    });
    assert_eq!(sum, (high << 16 | low).to_be_bytes());
    out
}

#[tokio::test]
async fn a_png_is_one_that_readers_take() {
    let emulator = start().await;
    for (size, background, width, height) in [
        ("1024x1024", "opaque", 1024, 1024),
        ("1024x1536", "transparent", 1024, 1536),
        ("1536x1024", "opaque", 1536, 1024),
    ] {
        let body = json!({"prompt": "A lighthouse.", "size": size, "background": background});
        let png = bytes(&ok(&generate(&emulator, body))["data"][0]);
        let chunks = chunks(&png);
        let kinds: Vec<&[u8]> = chunks.iter().map(|(kind, _)| *kind).collect();
        let transparent = background == "transparent";
        let expected: &[&[u8]] = if transparent {
            &[b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"]
        } else {
            &[b"IHDR", b"PLTE", b"IDAT", b"IEND"]
        };
        assert_eq!(kinds, expected);
        let about = chunks[0].1;
        let side = |at: usize| u32::from_be_bytes(about[at..at + 4].try_into().unwrap());
        assert_eq!((side(0), side(4)), (width, height));
        // One bit a pixel that chooses from a palette of one colour; no filter, not interlaced.
        assert_eq!(about[8..], [1, 3, 0, 0, 0]);
        assert_eq!(chunks[1].1.len(), 3);
        if transparent {
            assert_eq!(chunks[2].1, [0]);
        }
        let pixels = inflated(chunks[chunks.len() - 2].1);
        assert_eq!(pixels.len(), (1 + width as usize / 8) * height as usize);
        assert!(pixels.iter().all(|byte| *byte == 0));
    }
}

#[tokio::test]
async fn a_jpeg_is_one_that_readers_take() {
    let emulator = start().await;
    for (prompt, size, width, height) in [
        ("A lighthouse.", "1024x1024", 1024, 1024),
        ("A ship.", "1024x1536", 1024, 1536),
        ("A storm.", "1536x1024", 1536, 1024),
    ] {
        let mut body = json!({"prompt": prompt, "size": size});
        let png = bytes(&ok(&generate(&emulator, body.clone()))["data"][0]);
        let colour = chunks(&png)[1].1.iter().map(|part| i32::from(*part));
        let colour = colour.sum::<i32>() / 3;
        body["output_format"] = json!("jpeg");
        let jpeg = bytes(&ok(&generate(&emulator, body))["data"][0]);
        let (segments, scan) = segments(&jpeg);
        let of = |marker: u8| -> Vec<&[u8]> {
            let found = segments.iter().filter(|(kind, _)| *kind == marker);
            found.map(|(_, content)| *content).collect()
        };
        let (tables, frames, heads) = (of(0xdb), of(0xc0), of(0xda));
        assert_eq!(
            (tables[0].len(), tables[0][0]),
            (65, 0),
            "one table of 64 bytes, number 0"
        );
        let [high, low, wide, narrow] = frames[0][1..5] else {
            panic!()
        };
        let told = [[wide, narrow], [high, low]].map(u16::from_be_bytes);
        assert_eq!(told, [width, height]);
        // One component, by table 0, and its one scan.
        assert_eq!(frames[0][5..], [1, 1, 0x11, 0]);
        assert_eq!(heads[0], [1, 1, 0, 0, 63, 0]);
        let [direct, rest] = [0x00, 0x10].map(|class| {
            let table = of(0xc4)
                .into_iter()
                .find(|table| table[0] == class)
                .unwrap();
            codes(table)
        });
        let mut bits = scan
            .iter()
            .flat_map(|byte| (0..8).rev().map(move |at| byte >> at & 1));
        let mut brightness = 0;
        for block in 0..u32::from(width / 8) * u32::from(height / 8) {
            let size = symbol(&direct, &mut bits);
            let more = (0..size).fold(0_i32, |more, _| more << 1 | i32::from(bits.next().unwrap()));
            // A difference that begins with 0 is below nothing.
            let is_positive = size == 0 || more >> (size - 1) == 1;
            brightness += if is_positive {
                more
            } else {
                more - (1 << size) + 1
            };
            assert_eq!(
                symbol(&rest, &mut bits),
                0,
                "block {block} has one brightness"
            );
        }
        // In eighths, from 128 up: light grey, and the lighter the lighter its colour is.
        assert_eq!(128 + brightness / 8, 192 + colour / 4, "{prompt}");
        let left: Vec<u8> = bits.collect();
        assert!(
            left.len() < 8 && left.iter().all(|bit| *bit == 1),
            "{left:?}"
        );
    }
}

/// The segments of a JPEG by their markers, and the bytes of its scan.
fn segments(jpeg: &[u8]) -> (Vec<(u8, &[u8])>, Vec<u8>) {
    let mut rest = jpeg.strip_prefix(&[0xff, 0xd8]).unwrap();
    let mut segments = Vec::new();
    while segments.last().is_none_or(|(kind, _)| *kind != 0xda) {
        let [0xff, kind, high, low, ..] = *rest else {
            panic!("no marker")
        };
        let (segment, after) = rest[2..].split_at(u16::from_be_bytes([high, low]).into());
        segments.push((kind, &segment[2..]));
        rest = after;
    }
    let mut scan = Vec::new();
    let mut coded = rest.strip_suffix(&[0xff, 0xd9]).unwrap().iter();
    while let Some(byte) = coded.next() {
        scan.push(*byte);
        if *byte == 0xff {
            assert_eq!(coded.next(), Some(&0), "no marker in the scan");
        }
    }
    (segments, scan)
}

/// The codes of a table, with their lengths and what they stand for.
fn codes(table: &[u8]) -> Vec<(u32, u32, u8)> {
    let (lengths, mut symbols) = (&table[1..17], table[17..].iter());
    let (mut code, mut codes) = (0, Vec::new());
    for (length, count) in (1..).zip(lengths) {
        for _ in 0..*count {
            codes.push((length, code, *symbols.next().unwrap()));
            code += 1;
        }
        code <<= 1;
    }
    assert_eq!(symbols.next(), None);
    codes
}

fn symbol(codes: &[(u32, u32, u8)], bits: &mut impl Iterator<Item = u8>) -> u8 {
    let mut code = 0;
    for length in 1..=16 {
        code = code << 1 | u32::from(bits.next().unwrap());
        let found = codes
            .iter()
            .find(|(of, known, _)| (*of, *known) == (length, code));
        if let Some((_, _, symbol)) = found {
            return *symbol;
        }
    }
    panic!("no such code")
}
