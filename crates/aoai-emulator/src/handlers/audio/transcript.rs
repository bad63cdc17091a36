//! What is said in a recording, in each of the forms that it can be asked for.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::super::{Answer, generated};
use super::input_tokens;
use crate::route::Call;
use crate::stream::{Dialect, Events, event};
use crate::text;

/// What is said in a recording.
pub(super) struct Transcript {
    pub(super) text: String,
    seconds: f64,
    sentences: Vec<Spoken>,
}

/// A piece of it, and when it is said.
struct Spoken {
    text: String,
    from: f64,
    to: f64,
}

impl Transcript {
    pub(super) fn new(text: String, seconds: f64) -> Self {
        let sentences = spread(sentences(&text).into_iter(), seconds);
        Self {
            text,
            seconds,
            sentences,
        }
    }

    /// Everything that is known.
    pub(super) fn verbose(&self, task: &str, words: bool) -> Value {
        let segment = |(id, spoken): (usize, &Spoken)| {
            json!({
                "avg_logprob": text::LOGPROB,
                "compression_ratio": 1.0,
                "end": spoken.to,
                "id": id,
                "no_speech_prob": 0.01,
                "seek": 0,
                "start": spoken.from,
                "temperature": 0.0,
                "text": spoken.text,
                "tokens": (50_364..).take(text::tokens(&spoken.text).len()).collect::<Vec<u32>>(),
            })
        };
        let segments: Vec<Value> = self.sentences.iter().enumerate().map(segment).collect();
        let mut verbose = json!({
            "duration": self.seconds,
            "language": "english",
            "segments": segments,
            "task": task,
            "text": self.text,
        });
        if words {
            let words = spread(self.text.split_inclusive(' '), self.seconds);
            let word = |word: &Spoken| {
                let bare = word.text.trim_matches(|c: char| !c.is_alphanumeric());
                json!({"end": word.to, "start": word.from, "word": bare})
            };
            verbose["words"] = words.iter().map(word).collect();
        }
        verbose
    }

    /// The text and what it cost.
    pub(super) fn counted(&self, call: &Call<'_>) -> Answer {
        let mut body = json!({"text": self.text, "usage": self.usage(call)});
        if tells_logprobs(call) {
            body["logprobs"] = logprobs(&self.text);
        }
        Answer::json(body.to_string(), self.tokens(call))
    }

    /// The text in pieces, then all of it with what it cost.
    pub(super) fn events(&self, call: &Call<'_>) -> Answer {
        let told = tells_logprobs(call);
        let with = |mut data: Value, text: &str| {
            if told {
                data["logprobs"] = logprobs(text);
            }
            event(&data)
        };
        let pieces = generated::pieces(&self.text, call.instructions.chunks);
        let delta = |piece: &String| {
            with(
                json!({"type": "transcript.text.delta", "delta": piece}),
                piece,
            )
        };
        let done = json!({
            "type": "transcript.text.done",
            "text": self.text,
            "usage": self.usage(call),
        });
        let events = Events {
            prompt_filter: None,
            then: pieces.iter().map(delta).collect(),
            end: vec![with(done, &self.text)],
            dialect: Dialect::Data,
        };
        Answer::events(events, self.tokens(call))
    }

    /// Subtitles of the form `SubRip`.
    pub(super) fn srt(&self) -> String {
        let mut srt = String::new();
        for (index, spoken) in self.sentences.iter().enumerate() {
            let [from, to] = [spoken.from, spoken.to].map(|at| clock(at, ','));
            let _ = write!(srt, "{}\n{from} --> {to}\n{}\n\n", index + 1, spoken.text);
        }
        srt
    }

    /// Subtitles of the form `WebVTT`.
    pub(super) fn vtt(&self) -> String {
        let mut vtt = "WEBVTT\n\n".to_owned();
        for spoken in &self.sentences {
            let [from, to] = [spoken.from, spoken.to].map(|at| clock(at, '.'));
            let _ = write!(vtt, "{from} --> {to}\n{}\n\n", spoken.text);
        }
        vtt
    }

    fn usage(&self, call: &Call<'_>) -> Value {
        let (sound, words) = input_tokens(call, self.seconds);
        let output = text::count(&self.text);
        json!({
            "input_token_details": {"audio_tokens": sound, "text_tokens": words},
            "input_tokens": sound + words,
            "output_tokens": output,
            "total_tokens": sound + words + output,
            "type": "tokens",
        })
    }

    fn tokens(&self, call: &Call<'_>) -> u64 {
        self.usage(call)["total_tokens"]
            .as_u64()
            .unwrap_or_default()
    }
}

fn sentences(text: &str) -> Vec<&str> {
    let ends = ['.', '!', '?'];
    let mut sentences = Vec::new();
    let mut from = 0;
    for (at, _) in text.match_indices(' ') {
        if text[..at].ends_with(ends) {
            sentences.push(&text[from..at]);
            from = at;
        }
    }
    sentences.push(&text[from..]);
    sentences
}

/// Pieces of a text, each with its share of the time.
fn spread<'a>(pieces: impl Iterator<Item = &'a str>, seconds: f64) -> Vec<Spoken> {
    let pieces: Vec<&str> = pieces.map(str::trim).filter(|it| !it.is_empty()).collect();
    let length = |piece: &str| u32::try_from(piece.len()).map_or(0.0, f64::from);
    let all: f64 = pieces.iter().map(|piece| length(piece)).sum();
    let mut at = 0.0;
    let mut spoken = Vec::with_capacity(pieces.len());
    for piece in pieces {
        let end = at + seconds * length(piece) / all;
        spoken.push(Spoken {
            text: piece.to_owned(),
            from: hundredths(at),
            to: hundredths(end),
        });
        at = end;
    }
    spoken
}

fn hundredths(seconds: f64) -> f64 {
    (seconds * 100.0).round() / 100.0
}

/// `00:01:02,340`.
fn clock(seconds: f64, point: char) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a recording has less than 25 MiB"
    )]
    let millis = (seconds * 1000.0).round() as u64;
    let (hours, minutes) = (millis / 3_600_000, millis / 60_000 % 60);
    let (seconds, millis) = (millis / 1000 % 60, millis % 1000);
    format!("{hours:02}:{minutes:02}:{seconds:02}{point}{millis:03}")
}

fn logprobs(text: &str) -> Value {
    let told = generated::logprobs(text, 0).into_iter();
    let told = told
        .map(|it| json!({"bytes": it["bytes"], "logprob": it["logprob"], "token": it["token"]}));
    told.collect()
}

fn tells_logprobs(call: &Call<'_>) -> bool {
    let include = call.body.get("include").and_then(Value::as_array);
    include.is_some_and(|include| include.iter().any(|it| it == "logprobs"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_shared_by_length() {
        let transcript = Transcript::new("Hello. How are you?".to_owned(), 1.8);
        assert_eq!(
            transcript.srt(),
            "1\n00:00:00,000 --> 00:00:00,600\nHello.\n\n2\n00:00:00,600 --> 00:00:01,800\nHow are you?\n\n"
        );
        assert_eq!(
            transcript.vtt(),
            "WEBVTT\n\n00:00:00.000 --> 00:00:00.600\nHello.\n\n00:00:00.600 --> 00:00:01.800\nHow are you?\n\n"
        );
    }

    #[test]
    fn a_time_has_hours_minutes_seconds_and_thousandths() {
        assert_eq!(clock(3_723.045, ','), "01:02:03,045");
    }
}
