//! The heap that decoders take: never more than a multiple of what a stranger has sent.
//!
//! A program of its own with one test, since the allocator counts for all of it.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as the tests do")]

use std::iter;

use aoai_http::sse::{Decoder, TooLong};
use aoai_types::audio::CreateTranscription;
use aoai_types::batches::{BatchResults, ListBatches};
use aoai_types::chat::CreateChatCompletion;
use aoai_types::completions::CreateCompletion;
use aoai_types::conversations::items::ListConversationItems;
use aoai_types::embeddings::CreateEmbedding;
use aoai_types::error::{ApiError, ErrorBody};
use aoai_types::files::ListFiles;
use aoai_types::images::GenerateImage;
use aoai_types::models::ListModels;
use aoai_types::operation::StreamMemory;
use aoai_types::realtime::event::ServerEvent;
use aoai_types::responses::CreateResponse;
use aoai_types::vector_stores::SearchVectorStore;
use aoai_types::{Accumulator, Operation, Payload, StreamEvent, Streaming};
use bytes::Bytes;
use peak_alloc::PeakAlloc;

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

#[test]
fn what_a_stranger_sends_takes_memory_in_proportion() {
    let mut over = Vec::new();
    for (read, times, inputs) in DECODERS {
        for input in *inputs {
            let sent = input.of(SENT);
            HEAP.reset_peak_usage();
            let before = HEAP.current_usage();
            read(&sent);
            let took = HEAP.peak_usage() - before;
            if took > times * sent.len() {
                over.push(format!("{took} bytes, not {times} x {SENT}, for {input:?}"));
            }
        }
    }
    assert!(over.is_empty(), "{over:#?}");
}

/// A beginning, one thing over and over, and an end. `#` in it is a number, another each time.
#[derive(Debug)]
struct Hostile(&'static str, &'static str, &'static str);

impl Hostile {
    fn of(&self, length: usize) -> Bytes {
        let Self(start, again, end) = self;
        let mut text = (*start).to_owned();
        let mut numbers = (1..).map(|number: u64| number.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20);
        while text.len() < length {
            text += &again.replace('#', &numbers.next().unwrap().to_string());
        }
        if again.ends_with(',') {
            text.pop();
        }
        (text + end).into()
    }
}

type Read = fn(&Bytes);

/// How much each input is.
const SENT: usize = 1 << 16;

/// A buffer that doubles, while it is copied into the next one.
const COPIES: usize = 4;

/// A number of two bytes as a value of 32, in such a buffer; so are texts and small structs.
const VALUES: usize = 64;

/// An empty object of three bytes as a struct of some hundreds, in such a buffer.
const STRUCTS: usize = 512;

#[rustfmt::skip]
const DECODERS: &[(Read, usize, &[Hostile])] = &[
    (frames, COPIES, &[
        Hostile("", "x", ""),
        Hostile("data: ", "x", "\n\n"),
        Hostile("", "\n", ""),
        Hostile("", "\r", ""),
        Hostile("", ":\n", ""),
        Hostile("", "data\n\n", ""),
        Hostile("", "data\n", "\n"),
        Hostile("", "id: #\ndata\n\n", ""),
        Hostile("", "event: #\n", ""),
        Hostile("id:", "x", "\ndata\n\ndata\n\n"),
    ]),
    // What is beyond the limit is not kept.
    (few_frames, 1, &[Hostile("", "x", ""), Hostile("", "data: xxxxxxxx\n", "")]),
    (stream::<CreateChatCompletion>, VALUES, &[
        Hostile("", "data: {\"choices\":[{\"index\":#}]}\n\n", ""),
        Hostile("", "data: {\"choices\":[{\"index\":-#,\"delta\":{}}]}\n\n", ""),
        Hostile("", "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":#}]}}]}\n\n", ""),
        Hostile("", "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"id\":\"#\"}]}}]}\n\n", ""),
        Hostile("", "data: {\"choices\":[{\"delta\":{\"content\":\"x\"}}]}\n\n", ""),
        Hostile("data: {\"choices\":[{\"delta\":{\"content\":\"", "x", "\"}}]}\n\n"),
        Hostile("data: {\"choices\":[{\"content_filter_results\":{", "\"#\":{},", "}}]}\n\n"),
        Hostile("", "data: {\"error\":{}}\n\n", ""),
    ]),
    (stream::<CreateChatCompletion>, STRUCTS, &[
        Hostile("data: {\"choices\":[", "{},", "]}\n\n"),
        Hostile("data: {\"choices\":[", "{\"index\":#},", "]}\n\n"),
        Hostile("data: {\"choices\":[{\"delta\":{\"tool_calls\":[", "{},", "]}}]}\n\n"),
        Hostile("data: {\"choices\":[{\"delta\":{\"annotations\":[", "{},", "]}}]}\n\n"),
        Hostile("data: {\"choices\":[{\"logprobs\":{\"content\":[", "{},", "]}}]}\n\n"),
        Hostile("data: {\"prompt_filter_results\":[", "{},", "]}\n\n"),
    ]),
    (stream::<CreateCompletion>, STRUCTS, &[
        Hostile("", "data: {\"choices\":[{\"index\":#}]}\n\n", ""),
        Hostile("data: {\"choices\":[", "{},", "]}\n\n"),
        Hostile("data: {\"choices\":[{\"logprobs\":{\"top_logprobs\":[", "{},", "]}}]}\n\n"),
    ]),
    (stream::<CreateResponse>, VALUES, &[
        Hostile("", "data: {\"type\":\"response.output_item.added\",\"output_index\":#,\"item\":{\"type\":\"message\",\"role\":\"assistant\",\"content\":[]}}\n\n", ""),
        Hostile("", "data: {\"type\":\"response.output_text.delta\",\"output_index\":#,\"content_index\":#,\"delta\":\"x\"}\n\n", ""),
        Hostile("data: {\"type\":\"response.output_item.added\",\"item\":{\"type\":\"message\",\"role\":\"assistant\"}}\n\n", "data: {\"type\":\"response.content_part.added\",\"content_index\":#,\"part\":{\"type\":\"output_text\",\"text\":\"\"}}\n\n", ""),
        Hostile("data: {\"type\":\"response.output_item.added\",\"item\":{\"type\":\"reasoning\",\"summary\":[]}}\n\n", "data: {\"type\":\"response.reasoning_summary_part.added\",\"summary_index\":#,\"part\":{\"type\":\"summary_text\",\"text\":\"\"}}\n\n", ""),
        Hostile("data: {\"type\":\"response.output_item.added\",\"item\":{\"type\":\"message\",\"role\":\"assistant\"}}\n\n", "data: {\"type\":\"response.output_text.delta\",\"content_index\":#,\"delta\":\"x\"}\n\n", ""),
        Hostile("", "data: {\"type\":\"response.output_item.added\",\"output_index\":#,\"item\":{\"type\":\"message\",\"role\":\"user\",\"content\":[{\"type\":\"output_text\",\"text\":\"\"}]}}\n\n", ""),
        Hostile("", "data: {\"type\":\"response.function_call_arguments.delta\",\"output_index\":#,\"delta\":\"x\"}\n\n", ""),
        Hostile("", "data: {\"type\":\"response.created\",\"response\":{}}\n\n", ""),
        Hostile("", "data: {\"type\":\"#\"}\n\n", ""),
        Hostile("data: {\"type\":\"?\",\"a\":[", "[],", "]}\n\n"),
    ]),
    (stream::<CreateResponse>, STRUCTS, &[
        Hostile("data: {\"type\":\"response.completed\",\"response\":{\"output\":[", "{},", "]}}\n\n"),
    ]),
    (body::<CreateChatCompletion>, VALUES, &[
        Hostile(r#"{"choices":[{"logprobs":{"content":[{"bytes":["#, "0,", "]}]}}]}"),
        Hostile(r#"{"choices":[{"message":{"content":""#, "x", r#""}}]}"#),
        Hostile(r#"{"unknown":["#, "0,", "]}"),
        Hostile("", "[", ""),
        Hostile(r#"{"choices":"#, "[", ""),
    ]),
    (body::<CreateChatCompletion>, STRUCTS, &[
        Hostile(r#"{"choices":["#, "{},", "]}"),
        Hostile(r#"{"choices":[{"message":{"tool_calls":["#, "{},", "]}}]}"),
        Hostile(r#"{"choices":[{"message":{"annotations":["#, "{},", "]}}]}"),
        Hostile(r#"{"choices":[{"logprobs":{"content":["#, "{},", "]}}]}"),
        Hostile(r#"{"choices":[{"message":{"context":{"citations":["#, "{},", "]}}}]}"),
    ]),
    (body::<CreateCompletion>, STRUCTS, &[Hostile(r#"{"choices":["#, "{},", "]}")]),
    (body::<CreateEmbedding>, COPIES, &[
        Hostile(r#"{"data":[{"embedding":""#, "AAAAAAAAAAAAAAAA", r#""}]}"#),
    ]),
    (body::<CreateEmbedding>, VALUES, &[
        Hostile(r#"{"data":["#, "{\"embedding\":[]},", "]}"),
        Hostile(r#"{"data":["#, "{\"embedding\":\"\"},", "]}"),
        Hostile(r#"{"data":[{"embedding":["#, "0,", "]}]}"),
    ]),
    (body::<CreateResponse>, STRUCTS, &[
        Hostile(r#"{"output":["#, "{},", "]}"),
        Hostile(r#"{"output":["#, "{\"type\":\"message\",\"role\":\"assistant\",\"content\":[]},", "]}"),
        Hostile(r#"{"output":[{"type":"message","role":"user","content":["#, "{},", "]}]}"),
        Hostile(r#"{"output":[{"type":"reasoning","summary":["#, "{},", "]}]}"),
        Hostile(r#"{"tools":["#, "{},", "]}"),
        Hostile(r#"{"content_filters":["#, "{},", "]}"),
        Hostile(r#"{"metadata":{"#, "\"#\":\"\",", "}}"),
    ]),
    (body::<GenerateImage>, COPIES, &[Hostile(r#"{"data":[{"b64_json":""#, "AAAA", r#""}]}"#)]),
    (body::<GenerateImage>, STRUCTS, &[Hostile(r#"{"data":["#, "{},", "]}")]),
    (body::<CreateTranscription>, STRUCTS, &[
        Hostile("", "x", ""),
        Hostile(r#"{"text":"","words":["#, "{\"word\":\"\",\"start\":0,\"end\":0},", "]}"),
        Hostile(r#"{"text":"","segments":["#, "{},", "]}"),
        Hostile(r#"{"text":"","segments":[{"tokens":["#, "0,", "]}]}"),
    ]),
    (body::<ListFiles>, STRUCTS, &[Hostile(r#"{"data":["#, "{\"id\":\"\"},", "]}")]),
    (body::<ListModels>, STRUCTS, &[Hostile(r#"{"data":["#, "{},", "]}")]),
    (body::<ListBatches>, STRUCTS, &[Hostile(r#"{"data":["#, "{\"id\":\"\"},", "]}")]),
    (body::<ListConversationItems>, STRUCTS, &[Hostile(r#"{"data":["#, "{},", "]}")]),
    (body::<SearchVectorStore>, STRUCTS, &[Hostile(r#"{"data":["#, "{},", "]}")]),
    (error, VALUES, &[
        Hostile("", "[", ""),
        Hostile("", r#"{"error":"#, ""),
        Hostile("[", "0,", "]"),
        Hostile("[", "[],", "]"),
        Hostile(r#"{"error":{"#, "\"#\":0,", "}}"),
        Hostile(r#"{"error":{"details":["#, "0,", "]}}"),
        Hostile(r#"{"error":{"innererror":{"content_filter_result":{"#, "\"#\":{},", "}}}}"),
        Hostile(r#"{"error":""#, "x", r#""}"#),
    ]),
    (error, STRUCTS, &[
        Hostile(r#"{"error":{"content_filters":["#, "{},", "]}}"),
        Hostile(r#"{"error":{"innererror":{"content_filter_result":{"custom_blocklists":["#, "{},", "]}}}}"),
    ]),
    (batch, VALUES, &[
        Hostile("", "\n", ""),
        Hostile("", "{\"custom_id\":\"#\"}\n", ""),
        Hostile(r#"{"custom_id":"a","response":{"body":["#, "0,", "]}}"),
    ]),
    (batch, STRUCTS, &[Hostile("", "{}\n", "")]),
    (realtime, STRUCTS, &[
        Hostile(r#"{"type":"session.created","session":{"tools":["#, "{},", "]}}"),
        Hostile(r#"{"type":"response.done","response":{"output":["#, "{},", "]}}"),
        Hostile(r#"{"type":"rate_limits.updated","rate_limits":["#, "{},", "]}"),
    ]),
];

/// Comes as it does from a socket, and is dropped frame by frame.
fn frames(sent: &Bytes) {
    split(sent, Decoder::new()).unwrap();
}

/// As [`frames`], by a decoder that takes a quarter of what is sent at most.
fn few_frames(sent: &Bytes) {
    split(sent, Decoder::with_limit(SENT / 4)).unwrap_err();
}

fn split(sent: &Bytes, mut decoder: Decoder) -> Result<(), TooLong> {
    for piece in pieces(sent) {
        decoder.push(piece);
        while decoder.next_frame()?.is_some() {}
    }
    drop(decoder.finish());
    Ok(())
}

fn stream<O: Streaming>(sent: &Bytes) {
    let mut decoder = Decoder::new();
    let mut memory = StreamMemory::default();
    let mut accumulator = O::Accumulator::default();
    for piece in pieces(sent) {
        decoder.push(piece);
        while let Some(frame) = decoder.next_frame().unwrap() {
            let event = <O::Event as StreamEvent>::decode_next(&frame.data(), &mut memory);
            if let Ok(event) = event {
                accumulator.push(event);
            }
        }
    }
    drop(accumulator.finish());
}

fn pieces(sent: &Bytes) -> impl Iterator<Item = Bytes> {
    let mut rest = sent.clone();
    iter::from_fn(move || {
        let length = rest.len().min(1000);
        (length > 0).then(|| Bytes::copy_from_slice(&rest.split_to(length)))
    })
}

fn body<O: Operation>(sent: &Bytes) {
    drop(O::Response::decode(sent));
}

fn error(sent: &Bytes) {
    let body = ErrorBody::read(sent.clone());
    drop(body.api().map(ApiError::content_filter_outcome));
}

fn batch(sent: &Bytes) {
    let Ok(results) = BatchResults::read(sent) else {
        return;
    };
    drop(
        results
            .answers::<CreateChatCompletion>()
            .collect::<Vec<_>>(),
    );
}

fn realtime(sent: &Bytes) {
    drop(<ServerEvent as StreamEvent>::decode(
        str::from_utf8(sent).unwrap(),
    ));
}
