//! Work without a socket: framing, decoding, encoding.

use std::convert::Infallible;
use std::hint::black_box;

use anyhow::{Context as _, Result};
use aoai_http::sse::{Decoder, Frame};
use aoai_spec::Suite;
use aoai_types::batches::BatchLine;
use aoai_types::chat::{ChatAccumulator, ChatCompletion, ChatCompletionChunk};
use aoai_types::embeddings::Embeddings;
use aoai_types::operation::StreamMemory;
use aoai_types::vector_stores::file_batches::CreateFileBatch;
use aoai_types::{Accumulator as _, Encode, Operation as _, Payload as _, StreamEvent, Surface};
use async_openai::types::chat::{CreateChatCompletionResponse, CreateChatCompletionStreamResponse};
use async_openai::types::embeddings::CreateBase64EmbeddingResponse;
use bytes::{Bytes, BytesMut};
use eventsource_stream::Eventsource as _;
use futures_util::{FutureExt as _, StreamExt as _, stream};
use serde::de::{DeserializeOwned, IgnoredAny};

use crate::client::{self, Chunk};
use crate::{payload, service};

/// One piece of work, done unit by unit: an event, a chunk, an answer, whatever its name says.
pub struct Work {
    /// What is done.
    pub name: &'static str,
    /// By whom.
    pub by: &'static str,
    /// How many units a round has.
    pub units: usize,
    run: fn(usize, usize) -> Result<()>,
}

impl Work {
    const fn new(
        name: &'static str,
        by: &'static str,
        units: usize,
        run: fn(usize, usize) -> Result<()>,
    ) -> Self {
        Self {
            name,
            by,
            units,
            run,
        }
    }

    /// The name on the command line.
    pub fn id(&self) -> String {
        format!("{}/{}", self.name, self.by)
    }

    /// Makes the material for `units` units and works through it `rounds` times.
    pub fn run(&self, units: usize, rounds: usize) -> Result<()> {
        (self.run)(units, rounds)
    }
}

/// The work of a name.
pub fn of_name(id: &str) -> Result<&'static Work> {
    let named = WORKS.iter().find(|work| work.id() == id);
    named.with_context(|| format!("there is no work {id:?}"))
}

/// All there is.
pub const WORKS: &[Work] = &[
    Work::new(FRAMING_EACH, "eventsource-stream", 500, |units, rounds| {
        let reads = payload::chat_events(units, 6, false);
        frames_of_eventsource_stream(&reads, rounds)
    }),
    Work::new(FRAMING_WHOLE, "eventsource-stream", 500, |units, rounds| {
        frames_of_eventsource_stream(&in_big_reads(units), rounds)
    }),
    Work::new(FRAMING_EACH, "aoai", 500, |units, rounds| {
        let reads = payload::chat_events(units, 6, false);
        through_the_decoder(&reads, rounds, take_frame)
    }),
    Work::new(FRAMING_WHOLE, "aoai", 500, |units, rounds| {
        through_the_decoder(&in_big_reads(units), rounds, take_frame)
    }),
    Work::new(TYPED_EACH, "aoai", 500, |units, rounds| {
        let reads = payload::chat_events(units, 6, false);
        through_the_decoder(&reads, rounds, decode_frame)
    }),
    Work::new(TYPED_WHOLE, "aoai", 500, |units, rounds| {
        through_the_decoder(&in_big_reads(units), rounds, decode_frame)
    }),
    Work::new(CHUNK, "scan only", 500, decode_chunks::<IgnoredAny>),
    Work::new(CHUNK, "minimal", 500, decode_chunks::<Chunk>),
    Work::new(
        CHUNK,
        "async-openai",
        500,
        decode_chunks::<CreateChatCompletionStreamResponse>,
    ),
    Work::new(CHUNK, "aoai", 500, |units, rounds| {
        let chunks = chunks(units, false);
        repeat(rounds, &chunks, |chunk| {
            Ok(<ChatCompletionChunk as StreamEvent>::decode(chunk)?)
        })
    }),
    Work::new(ANSWER, "async-openai", 1, |_, rounds| {
        decode_answers::<CreateChatCompletionResponse>(rounds)
    }),
    Work::new(ANSWER, "aoai", 1, |_, rounds| {
        let body = Bytes::from(payload::chat(210));
        repeat(rounds, &[body], |body| Ok(ChatCompletion::decode(body)?))
    }),
    Work::new(REQUEST, "async-openai", 1, |_, rounds| {
        let request = client::async_openai::question();
        repeat(rounds, &[request], |request| {
            Ok(serde_json::to_vec(request)?)
        })
    }),
    Work::new(REQUEST, "aoai", 1, |_, rounds| {
        let request = client::aoai::question();
        let cx = Encode::new(Surface::V1);
        repeat(rounds, &[request], |request| Ok(request.to_wire(&cx)?))
    }),
    Work::new(VECTORS, "async-openai", 64, |units, rounds| {
        let body = payload::embeddings_as_base64(units);
        repeat(rounds, &[body], |body| {
            let answer: CreateBase64EmbeddingResponse = serde_json::from_str(body)?;
            let vectors = answer
                .data
                .into_iter()
                .map(|data| Vec::<f32>::from(data.embedding));
            Ok(vectors.collect::<Vec<_>>())
        })
    }),
    Work::new(VECTORS, "aoai", 64, |units, rounds| {
        let body = Bytes::from(payload::embeddings_as_base64(units));
        repeat(rounds, &[body], |body| Ok(Embeddings::decode(body)?))
    }),
    Work::new(ACCUMULATOR, "aoai", 500, |units, rounds| {
        let chunks: Vec<ChatCompletionChunk> = payload::tool_call_chunks(units)
            .iter()
            .map(|chunk| StreamEvent::decode(chunk))
            .collect::<Result<_, _>>()?;
        repeat(rounds, &[chunks], |chunks| {
            let mut accumulator = ChatAccumulator::default();
            for chunk in chunks {
                accumulator.push(chunk.clone());
            }
            Ok(accumulator.finish())
        })
    }),
    Work::new(FILES, "aoai", 500, |units, rounds| {
        let files = (0..units).map(|at| format!("assistant-{at:024}"));
        let request = CreateFileBatch::new("vs_orchard", files);
        let cx = Encode::new(Surface::V1);
        repeat(rounds, &[request], |request| Ok(request.to_wire(&cx)?))
    }),
    Work::new(LINES, "aoai", 500, |units, rounds| {
        let request = client::aoai::question();
        repeat(rounds, &[()], |()| {
            let lines = (0..units).map(|at| BatchLine::new(at.to_string(), &request, Surface::V1));
            let lines: Vec<BatchLine> = lines.collect::<Result<_, _>>()?;
            Ok(BatchLine::to_jsonl(&lines))
        })
    }),
    Work::new(SPEC_READING, "aoai", 200, |units, rounds| {
        let text = service::spec_of_entries(units);
        repeat(rounds, &[text], |text| Ok(Suite::from_text("spec", text)))
    }),
    Work::new(SPEC_MATCHING, "aoai", 200, service::run_spec_of_entries),
];

/// Framing with an event in each read.
pub const FRAMING_EACH: &str = "framing, an event a read";
/// Framing with many events in each read.
pub const FRAMING_WHOLE: &str = "framing, 64 KiB reads";
/// Framing and decoding with an event in each read.
pub const TYPED_EACH: &str = "typed events, an event a read";
/// Framing and decoding with many events in each read.
pub const TYPED_WHOLE: &str = "typed events, 64 KiB reads";
/// Adding up the fragments of a tool call's arguments.
pub const ACCUMULATOR: &str = "adding up a tool call's fragments";
/// Encoding a request that names many files.
pub const FILES: &str = "a batch of files, encoding";
/// Writing the input file of a batch.
pub const LINES: &str = "a batch's input file, writing";
/// Reading a spec that expects a list.
pub const SPEC_READING: &str = "a spec with a list, reading";
/// Running a spec that expects a list: reading, calling the emulator, matching.
pub const SPEC_MATCHING: &str = "a spec with a list, running";
const CHUNK: &str = "chunk decoding";
const ANSWER: &str = "chat answer decoding";
const REQUEST: &str = "chat request encoding";
const VECTORS: &str = "embeddings decoding, base64";

fn frames_of_eventsource_stream(reads: &[String], rounds: usize) -> Result<()> {
    let reads = as_read(reads);
    for _ in 0..rounds {
        let reads = reads.iter().cloned().map(Ok::<_, Infallible>);
        let mut events = std::pin::pin!(stream::iter(reads).eventsource());
        // A stream over memory is never waited for.
        while let Some(Some(event)) = events.next().now_or_never() {
            black_box(event?);
        }
    }
    Ok(())
}

fn through_the_decoder(
    reads: &[String],
    rounds: usize,
    each: impl Fn(&Frame, &mut StreamMemory) -> Result<()>,
) -> Result<()> {
    let reads = as_read(reads);
    for _ in 0..rounds {
        let mut decoder = Decoder::new();
        let mut memory = StreamMemory::default();
        for read in &reads {
            decoder.push(read.clone());
            // Looked at where it lies: moving it is not part of the work.
            while let Some(frame) = &decoder.next_frame()? {
                each(frame, &mut memory)?;
            }
        }
    }
    Ok(())
}

/// The reads as hyper hands them out: parts of one buffer.
fn as_read(reads: &[String]) -> Vec<Bytes> {
    let mut buffer = BytesMut::from(reads.concat().as_bytes());
    let parts = reads
        .iter()
        .map(|read| buffer.split_to(read.len()).freeze());
    parts.collect()
}

#[expect(clippy::unnecessary_wraps, reason = "decoding the frame can fail")]
fn take_frame(frame: &Frame, _: &mut StreamMemory) -> Result<()> {
    black_box(frame);
    Ok(())
}

fn decode_frame(frame: &Frame, memory: &mut StreamMemory) -> Result<()> {
    if frame.bytes().as_ref() != b"[DONE]" {
        let chunk = ChatCompletionChunk::decode_next(&frame.data(), memory)?;
        black_box(chunk);
    }
    Ok(())
}

fn decode_chunks<T: DeserializeOwned>(units: usize, rounds: usize) -> Result<()> {
    let chunks = chunks(units, false);
    repeat(rounds, &chunks, |chunk| {
        Ok(serde_json::from_str::<T>(chunk)?)
    })
}

fn decode_answers<T: DeserializeOwned>(rounds: usize) -> Result<()> {
    let body = payload::chat(210);
    repeat(rounds, &[body], |body| Ok(serde_json::from_str::<T>(body)?))
}

fn repeat<T, U>(rounds: usize, all: &[T], each: impl Fn(&T) -> Result<U>) -> Result<()> {
    for _ in 0..rounds {
        for one in all {
            black_box(each(one)?);
        }
    }
    Ok(())
}

/// The data of `units` events with text.
fn chunks(units: usize, obfuscated: bool) -> Vec<String> {
    let events = payload::chat_events(units, 6, obfuscated).into_iter();
    let texts = events.skip(2).take(units);
    texts
        .map(|event| event["data: ".len()..].trim_end().to_owned())
        .collect()
}

fn in_big_reads(events: usize) -> Vec<String> {
    let whole = payload::chat_events(events, 6, false).concat();
    let reads = whole.as_bytes().chunks(64 * 1024);
    reads
        .map(|read| String::from_utf8_lossy(read).into_owned())
        .collect()
}
