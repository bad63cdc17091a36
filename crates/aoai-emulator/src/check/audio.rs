//! The arguments of speech and recordings.

use super::{Field, Rule};

pub(crate) const TRANSCRIPTION: &[Field] = &[
    FILE,
    MODEL,
    PROMPT,
    RESPONSE_FORMAT,
    TEMPERATURE,
    Field::optional(
        "chunking_strategy",
        &Rule::OneOf(&[&Rule::Text, &Rule::Map(&Rule::Any)]),
    ),
    Field::optional("include", &words(&Rule::Words(&["logprobs"]))),
    Field::optional("language", &Rule::Text),
    Field::optional("stream", &Rule::Bool),
    Field::optional(
        "timestamp_granularities",
        &words(&Rule::Words(&["word", "segment"])),
    ),
];

pub(crate) const TRANSLATION: &[Field] = &[FILE, MODEL, PROMPT, RESPONSE_FORMAT, TEMPERATURE];

pub(crate) const SPEECH: &[Field] = &[
    Field::required("input", &Rule::TextUpTo(4096)),
    Field::required("voice", &Rule::Words(VOICES)),
    MODEL,
    Field::optional("instructions", &Rule::Text),
    Field::optional(
        "response_format",
        &Rule::Words(&["mp3", "opus", "aac", "flac", "wav", "pcm"]),
    ),
    Field::optional("speed", &Rule::Number(0.25, 4.0)),
    Field::optional("stream_format", &Rule::Words(&["audio", "sse"])),
];

const FILE: Field = Field::required("file", &Rule::File);
const MODEL: Field = Field::optional("model", &Rule::Text);
const PROMPT: Field = Field::optional("prompt", &Rule::Text);
const RESPONSE_FORMAT: Field = Field::optional(
    "response_format",
    &Rule::Words(&["json", "text", "srt", "verbose_json", "vtt"]),
);
const TEMPERATURE: Field = Field::optional("temperature", &Rule::Number(0.0, 1.0));

const VOICES: &[&str] = &[
    "alloy", "ash", "ballad", "coral", "echo", "fable", "onyx", "nova", "sage", "shimmer", "verse",
];

const fn words(of: &'static Rule) -> Rule {
    Rule::List {
        of,
        min: 1,
        max: 16,
    }
}
