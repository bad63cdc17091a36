//! Recordings written down, and texts read aloud.

use aoai_emulator::{Config, Emulator, Instructions, Reply};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::support::{Answer, request, start};

const TRANSCRIBE: &str = "POST /openai/v1/audio/transcriptions";
const TRANSLATE: &str = "POST /openai/v1/audio/translations";
const SPEAK: &str = "POST /openai/v1/audio/speech";

/// A wave of so many hundredths of a second.
fn wave(hundredths: u32) -> Vec<u8> {
    let length = hundredths * 160;
    let mut wave = b"RIFF".to_vec();
    wave.extend((36 + length).to_le_bytes());
    wave.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    wave.extend(8000_u32.to_le_bytes());
    wave.extend(16_000_u32.to_le_bytes());
    wave.extend(b"\x02\0\x10\0data");
    wave.extend(length.to_le_bytes());
    wave.resize(44 + length as usize, 0);
    wave
}

fn send(emulator: &Emulator, line: &str, model: &str, fields: &[(&str, &str)]) -> Answer {
    send_file(emulator, line, model, "hello.wav", &wave(180), fields)
}

fn send_file(
    emulator: &Emulator,
    line: &str,
    model: &str,
    name: &str,
    content: &[u8],
    fields: &[(&str, &str)],
) -> Answer {
    let file = format!("\"file\"; filename=\"{name}\"");
    let names: Vec<String> = fields
        .iter()
        .map(|(name, _)| format!("\"{name}\""))
        .collect();
    let mut form: Vec<(&str, &[u8])> = vec![("\"model\"", model.as_bytes()), (&file, content)];
    let fields = names.iter().zip(fields);
    form.extend(fields.map(|(name, (_, value))| (name.as_str(), value.as_bytes())));
    request(emulator, line)
        .form(&form)
        .instructed("said", Instructions::reply("Hello. How are you?"))
        .send()
}

#[track_caller]
fn ok(answer: &Answer, kind: &str) -> String {
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.headers["content-type"], kind);
    answer.body.clone()
}

#[track_caller]
fn assert_refused(answer: &Answer, message: &str, param: Option<&str>, code: Option<&str>) {
    let error = json!({"error": {
        "code": code, "message": message, "param": param, "type": "invalid_request_error",
    }});
    assert_eq!((answer.status, answer.json()), (400, error));
}

const JSON: &str = "application/json";
const PLAIN: &str = "text/plain; charset=utf-8";

#[tokio::test]
async fn a_recording_is_written_down_in_every_form() {
    let emulator = start().await;
    let form = |format: &str| {
        send(
            &emulator,
            TRANSCRIBE,
            "whisper",
            &[("response_format", format)],
        )
    };
    assert_eq!(ok(&form("json"), JSON), r#"{"text":"Hello. How are you?"}"#);
    assert_eq!(ok(&form("text"), PLAIN), "Hello. How are you?\n");
    assert_eq!(
        ok(&form("srt"), PLAIN),
        "1\n00:00:00,000 --> 00:00:00,600\nHello.\n\n2\n00:00:00,600 --> 00:00:01,800\nHow are you?\n\n"
    );
    assert_eq!(
        ok(&form("vtt"), PLAIN),
        "WEBVTT\n\n00:00:00.000 --> 00:00:00.600\nHello.\n\n00:00:00.600 --> 00:00:01.800\nHow are you?\n\n"
    );
    let verbose: Value = serde_json::from_str(&ok(&form("verbose_json"), JSON)).unwrap();
    let segment = |id: u64, start: f64, end: f64, text: &str, tokens: Value| {
        json!({
            "avg_logprob": -0.1, "compression_ratio": 1.0, "end": end, "id": id,
            "no_speech_prob": 0.01, "seek": 0, "start": start, "temperature": 0.0, "text": text,
            "tokens": tokens,
        })
    };
    let expected = json!({
        "duration": 1.8,
        "language": "english",
        "segments": [
            segment(0, 0.0, 0.6, "Hello.", json!([50364, 50365])),
            segment(1, 0.6, 1.8, "How are you?", json!([50364, 50365, 50366])),
        ],
        "task": "transcribe",
        "text": "Hello. How are you?",
    });
    assert_eq!(verbose, expected);
    let fields = [
        ("response_format", "verbose_json"),
        ("timestamp_granularities[]", "word"),
    ];
    let words = send(&emulator, TRANSCRIBE, "whisper", &fields).json()["words"].clone();
    let words: Vec<&Value> = words
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["word"])
        .collect();
    assert_eq!(words, ["Hello", "How", "are", "you"]);
}

#[tokio::test]
async fn the_newer_model_counts_tokens_and_streams() {
    let emulator = start().await;
    let fields = [("include[]", "logprobs"), ("prompt", "Ada")];
    let answer = send(&emulator, TRANSCRIBE, "transcribe", &fields).json();
    let usage = json!({
        "input_token_details": {"audio_tokens": 18, "text_tokens": 1},
        "input_tokens": 19, "output_tokens": 5, "total_tokens": 24, "type": "tokens",
    });
    assert_eq!(
        (&answer["text"], &answer["usage"]),
        (&json!("Hello. How are you?"), &usage)
    );
    assert_eq!(answer["logprobs"][0]["token"], "Hell");

    let stream = send(&emulator, TRANSCRIBE, "transcribe", &[("stream", "true")]);
    assert_eq!(
        stream.headers["content-type"],
        "text/event-stream; charset=utf-8"
    );
    let events: Vec<Value> = stream
        .events()
        .iter()
        .map(|it| serde_json::from_str(it).unwrap())
        .collect();
    let (done, deltas) = events.split_last().unwrap();
    let text: String = deltas
        .iter()
        .map(|it| it["delta"].as_str().unwrap())
        .collect();
    assert_eq!(text, "Hello. How are you?");
    assert!(
        deltas
            .iter()
            .all(|it| it["type"] == "transcript.text.delta")
    );
    assert_eq!(
        (&done["type"], &done["text"]),
        (&json!("transcript.text.done"), &json!(text))
    );

    // The older one takes the wish for a stream and does not grant it.
    let whole = send(&emulator, TRANSCRIBE, "whisper", &[("stream", "true")]);
    assert_eq!(ok(&whole, JSON), r#"{"text":"Hello. How are you?"}"#);
    assert_refused(
        &send(
            &emulator,
            TRANSCRIBE,
            "transcribe",
            &[("response_format", "srt")],
        ),
        "response_format 'srt' is not compatible with model 'gpt-4o-transcribe'. Use 'json' or 'text' instead.",
        Some("response_format"),
        Some("unsupported_value"),
    );
}

#[tokio::test]
async fn pieces_of_a_recording_tell_probabilities_where_they_are_asked_for() {
    let emulator = start().await;
    let stream = |fields: &[(&str, &str)]| -> Vec<Value> {
        let fields = [&[("stream", "true")], fields].concat();
        let events = send(&emulator, TRANSCRIBE, "transcribe", &fields).events();
        events
            .iter()
            .map(|it| serde_json::from_str(it).unwrap())
            .collect()
    };
    for event in stream(&[]) {
        assert_eq!(event.get("logprobs"), None, "{event}");
    }
    let events = stream(&[("include[]", "logprobs")]);
    let mut all = Vec::new();
    let (done, deltas) = events.split_last().unwrap();
    for delta in deltas {
        let told = delta["logprobs"].as_array().unwrap();
        let tokens: String = told
            .iter()
            .map(|it| it["token"].as_str().unwrap())
            .collect();
        assert_eq!(delta["delta"], tokens, "{delta}");
        all.extend(told.clone());
    }
    assert_eq!(done["logprobs"], json!(all));
    assert_eq!(
        all[0],
        json!({"bytes": b"Hell", "logprob": -0.1, "token": "Hell"})
    );
    assert_eq!(all.len(), 5);
}

#[tokio::test]
async fn a_recording_is_translated() {
    let emulator = start().await;
    let dated = "POST /openai/deployments/whisper/audio/translations?api-version=2024-10-21";
    let answer = send(&emulator, dated, "whisper", &[]);
    assert_eq!(answer.json()["error"]["code"], Value::Null, "{answer:?}");
    let verbose = send(
        &emulator,
        TRANSLATE,
        "whisper",
        &[("response_format", "verbose_json")],
    );
    assert_eq!(verbose.json()["task"], "translate");
    let text = send(
        &emulator,
        TRANSLATE,
        "whisper",
        &[("response_format", "text")],
    );
    assert_eq!(ok(&text, PLAIN), "Hello. How are you?\n");
    let other = send(&emulator, TRANSLATE, "transcribe", &[]);
    assert_eq!(
        (other.status, &other.json()["error"]["code"]),
        (400, &json!("OperationNotSupported"))
    );
}

#[tokio::test]
async fn a_script_knows_recordings_by_their_names() {
    let mut config = Config::default();
    config.replies = vec![Reply::new("ada.wav", "My name is Ada.")];
    let emulator = Emulator::start(config).await.unwrap();
    let said = |name: &str| {
        let file = format!("\"file\"; filename=\"{name}\"");
        let wave = wave(100);
        let form: [(&str, &[u8]); 2] = [("\"model\"", b"whisper"), (&file, &wave)];
        request(&emulator, TRANSCRIBE).form(&form).send().json()["text"].clone()
    };
    assert_eq!(said("ada.wav"), "My name is Ada.");
    assert_eq!(said("bob.wav"), "This is what is said in bob.wav.");
}

#[tokio::test]
async fn what_is_no_recording_is_refused() {
    let emulator = start().await;
    let send = |name: &str, content: &[u8], fields: &[(&str, &str)]| {
        send_file(&emulator, TRANSCRIBE, "whisper", name, content, fields)
    };
    let formats = "Invalid file format. Supported formats: ['flac', 'm4a', 'mp3', 'mp4', 'mpeg', 'mpga', 'oga', 'ogg', 'wav', 'webm']";
    assert_refused(&send("a.txt", b"words", &[]), formats, None, None);
    assert_refused(
        &send("a.wav", &wave(9), &[]),
        "Audio file is too short. Minimum audio length is 0.1 seconds.",
        Some("file"),
        Some("audio_too_short"),
    );
    // What is around the recording in the form counts, too.
    let around = "--limit\r\ncontent-disposition: form-data; name=\"model\"\r\n\r\nwhisper\r\n\
                  --limit\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.mp3\"\
                  \r\n\r\n\r\n--limit--\r\n";
    let most = (25 << 20) - around.len();
    assert_eq!(send("a.mp3", &vec![0; most], &[]).status, 200);
    let long = send("a.mp3", &vec![0; most + 1], &[]);
    assert_eq!(long.status, 413);
    assert_eq!(
        long.json(),
        json!({"error": {
            "message": "413: Maximum content size limit (26214400) exceeded (26214401 bytes read)",
            "type": "server_error", "param": null, "code": null,
        }})
    );
    assert_refused(
        &send("a.wav", &wave(50), &[("timestamp_granularities[]", "word")]),
        "'timestamp_granularities' is only supported with response_format 'verbose_json'.",
        Some("timestamp_granularities"),
        None,
    );
    assert_refused(
        &send("a.wav", &wave(50), &[("langauge", "en")]),
        "Unknown parameter: 'langauge'.",
        Some("langauge"),
        Some("unknown_parameter"),
    );
    let none: &[(&str, &[u8])] = &[("\"model\"", b"whisper")];
    let none = request(&emulator, TRANSCRIBE).form(none).send();
    let message = "Missing required parameter: 'file'.";
    assert_refused(
        &none,
        message,
        Some("file"),
        Some("missing_required_parameter"),
    );
}

/// What a speech's answer says of itself, and its bytes.
fn speech(emulator: &Emulator, body: &Value) -> (String, Vec<u8>) {
    let bytes = request(emulator, SPEAK).json(body).raw();
    let at = bytes.windows(4).position(|it| it == b"\r\n\r\n").unwrap();
    let head = String::from_utf8(bytes[..at].to_vec()).unwrap();
    assert!(head.starts_with("HTTP/1.1 200 OK"), "{head}");
    let kind = head
        .lines()
        .find_map(|line| line.strip_prefix("content-type: "));
    (kind.unwrap().to_owned(), bytes[at + 4..].to_vec())
}

#[tokio::test]
async fn a_text_is_read_aloud_in_every_format() {
    let emulator = start().await;
    for (format, kind, beginning) in [
        ("mp3", "audio/mpeg", b"\xff\xf3\x84\xc4".as_slice()),
        ("wav", "audio/wav", b"RIFF"),
        ("pcm", "audio/pcm", b"\0\0"),
        ("aac", "audio/aac", b"\xff\xf1"),
        ("flac", "audio/flac", b"fLaC"),
        ("opus", "audio/ogg", b"OggS"),
    ] {
        let body = json!({"model": "speech", "input": "Hello there.", "voice": "alloy", "response_format": format});
        let (told, bytes) = speech(&emulator, &body);
        assert_eq!(told, kind);
        assert!(bytes.starts_with(beginning), "{format}");
        assert_eq!(speech(&emulator, &body).1, bytes);
    }
    let body = json!({"model": "speech", "input": "Hello there.", "voice": "alloy"});
    assert_eq!(speech(&emulator, &body).0, "audio/mpeg");
    // Two words take half a second, and half as long at twice the speed.
    for (speed, samples) in [(1.0, 12_000), (2.0, 6_000)] {
        let body = json!({"model": "speech", "input": "Hello there.", "voice": "alloy", "response_format": "pcm", "speed": speed});
        assert_eq!(speech(&emulator, &body).1.len(), 2 * samples);
    }
}

/// The sound of a speech of so many words, of which each takes a quarter of a second.
fn spoken(emulator: &Emulator, format: &str, words: usize) -> Vec<u8> {
    let body = json!({
        "model": "speech", "input": "word ".repeat(words), "voice": "alloy",
        "response_format": format,
    });
    speech(emulator, &body).1
}

fn number<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    bytes[at..at + N].try_into().unwrap()
}

#[tokio::test]
async fn a_wave_is_one_that_readers_take() {
    let emulator = start().await;
    let wave = spoken(&emulator, "wav", 2);
    let whole = |at: usize| u32::from_le_bytes(number(&wave, at)) as usize;
    let half = |at: usize| u16::from_le_bytes(number(&wave, at));
    assert_eq!((&wave[..4], &wave[8..12]), (&b"RIFF"[..], &b"WAVE"[..]));
    assert_eq!(whole(4), wave.len() - 8, "what follows the length");
    // Chunk by chunk, as a reader goes that knows none of them.
    let (mut at, mut chunks) = (12, Vec::new());
    while at < wave.len() {
        let length = whole(at + 4);
        chunks.push((wave[at..at + 4].to_vec(), at + 8, length));
        at += 8 + length.next_multiple_of(2);
    }
    assert_eq!(at, wave.len(), "no chunk is longer than the file");
    let [(fmt, about, 16), (data, sound, length)] = &chunks[..] else {
        panic!("{chunks:?}")
    };
    assert_eq!((&fmt[..], &data[..]), (&b"fmt "[..], &b"data"[..]));
    let (format, channels, bits) = (half(*about), half(about + 2), half(about + 14));
    assert_eq!((format, channels, bits), (1, 1, 16));
    let (rate, bytes_a_second, block) = (whole(about + 4), whole(about + 8), half(about + 12));
    assert_eq!((rate, bytes_a_second, block), (24_000, 48_000, 2));
    assert_eq!(*length, bytes_a_second / 2, "half a second");
    assert!(wave[*sound..].iter().all(|byte| *byte == 0), "silence");
}

#[tokio::test]
async fn frames_of_sound_follow_each_other_to_the_end() {
    let emulator = start().await;
    // MPEG-2, layer III: a frame of 576 samples has 72 · bits a second / samples a second bytes.
    let sound = spoken(&emulator, "mp3", 2);
    let rates = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
    let (mut at, mut samples) = (0, 0);
    while at < sound.len() {
        let head = u32::from_be_bytes(number(&sound, at));
        let (sync, version, layer) = (head >> 21, head >> 19 & 3, head >> 17 & 3);
        assert_eq!((sync, version, layer), (0x7ff, 0b10, 0b01), "at {at}");
        let rate = [22_050, 24_000, 16_000][(head >> 10 & 3) as usize];
        let padding = (head >> 9 & 1) as usize;
        at += 72 * rates[(head >> 12 & 15) as usize] * 1000 / rate + padding;
        samples += 576;
    }
    assert_eq!(at, sound.len());
    assert!((12_000..12_576).contains(&samples), "{samples}");
    // ADTS says how long a frame is.
    let sound = spoken(&emulator, "aac", 2);
    let (mut at, mut samples) = (0, 0);
    while at < sound.len() {
        let head = u64::from_be_bytes(number(&sound, at)) >> 8;
        assert_eq!((head >> 44, head >> 41 & 3), (0xfff, 0), "at {at}");
        let (rate, channels) = (head >> 34 & 15, head >> 30 & 7);
        assert_eq!((rate, channels), (6, 1), "24 kHz, one channel");
        at += (head >> 13 & 0x1fff) as usize;
        samples += 1024;
    }
    assert_eq!(at, sound.len());
    assert!((12_000..13_024).contains(&samples), "{samples}");
}

/// The remainders of all bytes by a polynomial of 32 bits, or of as many that its first bits are.
fn remainders(polynomial: u32) -> Vec<u32> {
    let divided = |sum: u32| (sum << 1) ^ ((sum >> 31) * polynomial);
    (0..256_u32)
        .map(|byte| (0..8).fold(byte << 24, |sum, _| divided(sum)))
        .collect()
}

fn remainder(table: &[u32], bytes: &[u8]) -> u32 {
    bytes.iter().fold(0_u32, |sum, byte| {
        (sum << 8) ^ table[((sum >> 24) ^ u32::from(*byte)) as usize]
    })
}

#[tokio::test]
async fn pages_of_an_ogg_have_their_numbers_and_their_sums() {
    let emulator = start().await;
    let table = remainders(0x04c1_1db7);
    for (words, samples) in [(1, 12_480), (2, 24_000), (300, 3_600_000)] {
        let sound = spoken(&emulator, "opus", words);
        let (mut at, mut pages, mut packets) = (0, Vec::new(), 0);
        while at < sound.len() {
            assert_eq!(&sound[at..at + 5], b"OggS\0");
            let segments = usize::from(sound[at + 26]);
            let lacing = &sound[at + 27..at + 27 + segments];
            let length = 27 + segments + lacing.iter().map(|it| usize::from(*it)).sum::<usize>();
            let page = &sound[at..at + length];
            // The sum of a page is that of its bytes with zeros in its place.
            let mut bare = page.to_vec();
            bare[22..26].fill(0);
            let sum = u32::from_le_bytes(number(page, 22));
            assert_eq!(sum, remainder(&table, &bare), "page {}", pages.len());
            let place = u32::from_le_bytes(number(page, 18)) as usize;
            assert_eq!(place, pages.len());
            let position = u64::from_le_bytes(number(page, 6));
            if place > 1 {
                packets += segments as u64;
                assert_eq!(position, packets * 960, "20 ms each, of 48000 a second");
            }
            pages.push((page[5], position, page[27 + segments..].to_vec()));
            at += length;
        }
        assert_eq!(at, sound.len());
        assert_eq!((pages[0].0, &pages[0].2[..8]), (2, &b"OpusHead"[..]));
        assert_eq!((pages[1].0, &pages[1].2[..8]), (0, &b"OpusTags"[..]));
        let ((kind, position, _), before) = pages.split_last().unwrap();
        assert_eq!((*kind, *position), (4, samples), "{words}");
        assert!(before[1..].iter().all(|(kind, ..)| *kind == 0));
    }
}

#[tokio::test]
async fn frames_of_flac_have_their_numbers_and_their_sums() {
    let emulator = start().await;
    let (short, long) = (remainders(0x07 << 24), remainders(0x8005 << 16));
    for words in [1, 2, 200] {
        let sound = spoken(&emulator, "flac", words);
        assert_eq!(
            &sound[..8],
            b"fLaC\x80\0\0\x22",
            "one block of 34 bytes about the stream"
        );
        let blocks: [u16; 2] = [8, 10].map(|at| u16::from_be_bytes(number(&sound, at)));
        let about = u64::from_be_bytes(number(&sound, 18));
        let (rate, channels, bits) = (about >> 44, (about >> 41 & 7) + 1, (about >> 36 & 31) + 1);
        assert_eq!((rate, channels, bits), (24_000, 1, 16));
        let mut at = 42;
        let mut frames = 0_u64;
        while at < sound.len() {
            let frame = &sound[at..];
            // 4096 samples, 24 kHz, one channel, 16 bits; then the frame's number as UTF-8 has it.
            assert_eq!(frame[..4], [0xff, 0xf8, 0xc7, 0x08], "at {at}");
            let length = frame[4].leading_ones().max(1) as usize;
            let told = std::str::from_utf8(&frame[4..4 + length]).unwrap();
            assert_eq!(told.chars().map(u64::from).collect::<Vec<_>>(), [frames]);
            let head = 4 + length;
            assert_eq!(
                u32::from(frame[head]),
                remainder(&short, &frame[..head]) >> 24
            );
            // One value for all of its samples, which is 0.
            assert_eq!(frame[head + 1..head + 4], [0, 0, 0]);
            let sum = u32::from(u16::from_be_bytes(number(frame, head + 4)));
            assert_eq!(sum, remainder(&long, &frame[..head + 4]) >> 16);
            at += head + 6;
            frames += 1;
        }
        assert_eq!((at, blocks), (sound.len(), [4096, 4096]));
        assert_eq!(about & 0xf_ffff_ffff, frames * 4096);
        let samples = words as u64 * 6_000;
        assert_eq!(frames, samples.div_ceil(4096));
    }
}

#[tokio::test]
async fn speech_streams_as_events_where_it_is_asked_for() {
    let emulator = start().await;
    let mut body = json!({"model": "speech", "input": "Hello there.", "voice": "alloy", "response_format": "wav"});
    let (_, whole) = speech(&emulator, &body);
    body["stream_format"] = json!("sse");
    let answer = request(&emulator, SPEAK).json(&body).send();
    let events: Vec<Value> = answer
        .events()
        .iter()
        .map(|it| serde_json::from_str(it).unwrap())
        .collect();
    let (done, deltas) = events.split_last().unwrap();
    let sound: Vec<u8> = deltas
        .iter()
        .flat_map(|it| STANDARD.decode(it["audio"].as_str().unwrap()).unwrap())
        .collect();
    assert_eq!(sound, whole);
    assert_eq!(done["usage"]["total_tokens"], 33);
    assert_eq!(done["type"], "speech.audio.done");
}

#[tokio::test]
async fn what_cannot_be_read_aloud_is_refused() {
    let emulator = start().await;
    for (body, code, param) in [
        (
            json!({"voice": "alloy"}),
            "missing_required_parameter",
            "input",
        ),
        (json!({"input": "a"}), "missing_required_parameter", "voice"),
        (
            json!({"input": "a", "voice": "hal"}),
            "invalid_value",
            "voice",
        ),
        (
            json!({"input": "a", "voice": "alloy", "speed": 5}),
            "decimal_above_max_value",
            "speed",
        ),
        (
            json!({"input": "a".repeat(4097), "voice": "alloy"}),
            "string_above_max_length",
            "input",
        ),
        (
            json!({"input": "a", "voice": "alloy", "pitch": 1}),
            "unknown_parameter",
            "pitch",
        ),
    ] {
        let mut body = body;
        body["model"] = json!("speech");
        let answer = request(&emulator, SPEAK).json(&body).send();
        let error = &answer.json()["error"];
        assert_eq!(
            (answer.status, &error["code"], &error["param"]),
            (400, &json!(code), &json!(param))
        );
    }
    let dated = "POST /openai/deployments/speech/audio/speech?api-version=2024-10-21";
    let body = json!({"input": "a", "voice": "alloy", "stream_format": "sse"});
    assert_eq!(request(&emulator, dated).json(&body).send().status, 200);
    let early = dated.replace("2024-10-21", "2023-12-01-preview");
    assert_eq!(request(&emulator, &early).json(&body).send().status, 404);
}
